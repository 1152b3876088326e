/* SPDX-License-Identifier: Apache-2.0
 * Lists, templates and patterns of the demo generator. Called by its siblings.
 * Must never choose anything but from the stream it is given. */
#include "base/err.h"
#include "flows/demo/demo_internal.h"

size_t demo_list_n(const char *list)
{
    size_t n = 1;
    for (const char *p = list; *p; p++)
        n += *p == '|';
    return n;
}

str demo_list_at(const char *list, size_t i)
{
    str rest = str_from_c(list);
    str item = str_cut(&rest, '|');
    while (i-- > 0) {
        ASSERT(rest.p != NULL);
        item = str_cut(&rest, '|');
    }
    return item;
}

str demo_list_pick(const char *list, struct rng *rng)
{
    return demo_list_at(list, (size_t)rng_below(rng, demo_list_n(list)));
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "Dining Chair" yes; "USB-C", "Full HD", "Vitamin C", "Wi-Fi 6" no. */
static bool can_lower(str s)
{
    bool start = true, capital = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (is_upper(c)) {
            bool word = i + 1 < s.n && is_lower(s.p[i + 1]);
            if (!start || !word)
                return false;
            capital = true;
        } else if (!is_lower(c) && c != ' ' && c != '-' && c != '\'' && (unsigned char)c < 0x80) {
            return false;
        }
        start = c == ' ' || c == '-';
    }
    return capital;
}

static bool at_sentence_start(const struct buf *out, size_t from)
{
    str so_far = str_trim(str_skip(buf_str(out), from));
    return so_far.n == 0 || str_ends(so_far, S(".")) || str_ends(so_far, S("!")) ||
           str_ends(so_far, S(":"));
}

static bool sounds_like_vowel(str s)
{
    if (s.n == 0)
        return false;
    if (str_starts(s, S("8")) || str_eq(s, S("11")) || str_eq(s, S("18")))
        return true;
    if (str_starts(s, S("LED")) || str_starts(s, S("LCD")) || str_starts(s, S("XL")))
        return true;
    if (str_starts(s, S("One")) || str_starts(s, S("one")))
        return false;
    return str_find_char(S("AEIOaeio"), s.p[0], 0) >= 0;
}

/* Names of people, places and works keep their capitals. */
static bool is_name(str key)
{
    static const str names[] = { S_INIT("author"), S_INIT("origin"), S_INIT("kitchen"),
        S_INIT("language"), S_INIT("plant") };
    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(key, names[i]))
            return true;
    }
    return false;
}

static str lookup(str key, struct demo_fill fill, bool *ret_is_name)
{
    *ret_is_name = true;
    if (str_eq(key, S("x")))
        return fill.x;
    const struct demo_product *p = fill.product;
    if (!p)
        panic("demo", "a template asks for a product");
    if (str_eq(key, S("brand")))
        return p->brand;
    if (str_eq(key, S("name")))
        return p->model;
    *ret_is_name = is_name(key);
    for (size_t i = 0; i < p->values_n; i++) {
        if (str_eq(key, p->values[i].of->key))
            return p->values[i].text;
    }
    panic("demo", "a template names an unknown attribute");
}

void demo_fill(struct buf *out, str text, struct demo_fill fill)
{
    size_t from = out->n;
    for (str rest = text; rest.p != NULL;) {
        bool more = str_find_char(rest, '{', 0) >= 0;
        buf_add(out, str_cut(&rest, '{'));
        if (!more)
            break;
        bool name = false;
        str value = lookup(str_cut(&rest, '}'), fill, &name);
        str before = str_skip(buf_str(out), from);
        bool article = str_eq_nocase(before, S("a ")) || str_ends(before, S(" a ")) ||
                       str_ends(before, S(" A "));
        if (article && sounds_like_vowel(value)) {
            out->n--;
            buf_add(out, S("n "));
        }
        bool small = fill.sentence && !name && can_lower(value) && !at_sentence_start(out, from);
        buf_add(out, small ? str_lower(out->arena, value) : value);
    }
}

str demo_pattern(struct arena *arena, str pattern, struct rng *rng)
{
    static const str letters = S_INIT("ABEGHJLNPRSTXYZ"); /* in postcodes of every country */
    struct buf out = { .arena = arena };
    bool word = false; /* an 'N' inside a word is a letter */
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        bool next = i + 1 < pattern.n && is_lower(pattern.p[i + 1]);
        if (c == '#')
            buf_i64(&out, rng_between(rng, 0, 9));
        else if (c == 'N' && !word && !next && !str_starts(str_skip(pattern, i), S("N.")))
            buf_i64(&out, rng_between(rng, 2, 9));
        else if (c == '@')
            buf_char(&out, letters.p[rng_below(rng, letters.n)]);
        else
            buf_char(&out, c);
        word = is_lower(c) || (is_upper(c) && c != 'N');
    }
    return buf_str(&out);
}

int demo_ean_check(str twelve)
{
    ASSERT(twelve.n == 12);
    int sum = 0;
    for (size_t i = 0; i < 12; i++)
        sum += (twelve.p[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return (10 - sum % 10) % 10;
}
