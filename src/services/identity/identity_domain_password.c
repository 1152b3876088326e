/* SPDX-License-Identifier: Apache-2.0
 * The passwords that everybody tries first, by rule and from a short list of our own making. Called
 * by identity.c before a password is hashed; must never keep or print one. */
#include "services/identity/identity_domain.h"

static const char *const words[] = { "password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd",
    "pa$$word", "motdepasse", "contrasena", "wachtwoord", "parola", "parool", "senha", "haslo",
    "qwerty", "qwertz", "azerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm",
    "qazwsx", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "q1w2e3r4", "abc", "abcd", "abcdef", "iloveyou",
    "loveyou", "lovely", "princess", "prinzessin", "sunshine", "sonnenschein", "monkey", "dragon",
    "shadow", "master", "michael", "jessica", "jennifer", "jordan", "daniel", "thomas", "andrea",
    "charlie", "ashley", "nicole", "football", "fussball", "futbol", "baseball", "basketball",
    "hockey", "superman", "batman", "spiderman", "pokemon", "starwars", "naruto", "matrix",
    "welcome", "willkommen", "bienvenue", "letmein", "lassmichrein", "trustno", "whatever",
    "secret", "geheim", "changeme", "default", "admin", "administrator", "root", "user", "guest",
    "login", "test", "testing", "tester", "demo", "hello", "hallo", "bonjour", "freedom",
    "freiheit", "flower", "blume", "summer", "sommer", "winter", "spring", "autumn", "herbst",
    "computer", "internet", "samsung", "google", "facebook", "whoami", "killer", "ninja", "mustang",
    "ferrari", "mercedes", "porsche", "chelsea", "liverpool", "arsenal", "barcelona", "juventus",
    "bayern", "soccer", "jesus", "angel", "buster", "cookie", "cheese", "pepper", "ginger",
    "tigger", "orange", "purple", "banana", "chocolate", "diamond", "golden", "silver", "access",
    "hunter", "ranger", "biteme", "fuckyou", "asshole", "schatz", "souk", "market", "marketplace",
    "shop", "shopping" };
static const char *const ends[] = { "", "1", "2", "3", "7", "9", "0", "11", "12", "13", "21", "22",
    "23", "69", "77", "88", "99", "00", "01", "007", "111", "123", "321", "666", "777", "1234",
    "4321", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "!", "!!", "1!",
    "12!", "123!", "1234!", "@123", "#123", "_123", "@1", "#1", ".", "?", "abc", "2018", "2019",
    "2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027" };
/* Walks along keyboards, of which any piece is common. */
static const char *const rows[] = { "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujm", "1234567890qwertyuiop",
    "0987654321poiuytrewq", "mnbvcxzlkjhgfdsapoiuytrewq", "zaq12wsxcde34rfv", "147258369",
    "123456789987654321", "abcdefghijklmnopqrstuvwxyz0123456789", "01234567890123456789",
    "98765432109876543210", "zyxwvutsrqponmlkjihgfedcba" };
#define PIECE_MAX 4
#define OWN_MIN 4 /* of a name: shorter ones begin too many words */

/* A piece of at most four characters, again and again. */
static bool is_repeated(str s)
{
    for (size_t piece = 1; piece <= PIECE_MAX && piece * 2 <= s.n; piece++) {
        size_t i = piece;
        while (i < s.n && s.p[i] == s.p[i - piece])
            i++;
        if (i == s.n)
            return true;
    }
    return false;
}

static bool is_walk(str s)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_find(str_from_c(rows[i]), s, 0) >= 0)
            return true;
    return false;
}

static bool is_with_end(str s, str word)
{
    if (!str_starts(s, word))
        return false;
    str end = str_skip(s, word.n);
    bool common = str_eq(end, word); /* said twice */
    for (size_t k = 0; k < COUNT(ends) && !common; k++)
        common = str_eq(end, str_from_c(ends[k]));
    return common;
}

static bool is_word_with_end(str s)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (is_with_end(s, str_from_c(words[i])))
            return true;
    return false;
}

/* Whether it is one of the words in `text`, with a common ending. */
static bool is_part_with_end(str s, str text)
{
    size_t n = 0;
    for (size_t i = 0; i <= text.n; i++) {
        char c = '\0';
        if (i < text.n)
            c = text.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (letter) {
            n++;
            continue;
        }
        if (n >= OWN_MIN && is_with_end(s, str_sub(text, i - n, n)))
            return true;
        n = 0;
    }
    return false;
}

bool identity_domain_password_own(struct arena *arena, str email, str host, str password)
{
    str s = str_lower(arena, password), mail = str_lower(arena, email), local = mail;
    str whole = str_cut(&local, '@');
    return (whole.n >= OWN_MIN && is_with_end(s, whole)) || is_part_with_end(s, mail) ||
           is_part_with_end(s, str_lower(arena, host));
}

bool identity_domain_password_common(struct arena *arena, str password)
{
    str s = str_lower(arena, password);
    return is_repeated(s) || is_walk(s) || is_word_with_end(s);
}
