/* SPDX-License-Identifier: Apache-2.0
 * Languages: stop words, words before what a product goes with, and stemmers (libstemmer) that are
 * lent to one thread at a time. Called by all that reads texts. Must never stem a model number. */
#include <stdlib.h>

#include <libstemmer.h>

#include "platform/text/text_internal.h"

#define MEMO 1024 /* stems that are remembered, by hash: texts repeat their words */
#define MEMO_WORD 23
#define STEM_MIN 3
#define STEM_MAX 40 /* longer words are no words */

const struct text_tongue text_tongues[TEXT_LANGUAGES_N] = {
    [TEXT_ENGLISH] = { "en", "english",
        " a an and are as at be by for from in is it of on or that the this to with without your ",
        " for with w without to compatible fits incl including ", false },
    [TEXT_GERMAN] = { "de", "german",
        " am an auf aus bei das dem den der des die ein eine einem einen einer fur im in ist mit"
        " oder ohne und vom von zu zum zur ",
        " fur mit ohne passend kompatibel inkl zu zum zur ", false },
    [TEXT_FRENCH] = { "fr", "french",
        " a au aux avec d dans de des du en et l la le les ou par pour sans sur un une ",
        " pour avec sans compatible ", true },
    [TEXT_SPANISH] = { "es", "spanish",
        " a al con de del el en la las lo los o para por sin un una unos unas y ",
        " para con sin compatible ", true },
    [TEXT_ITALIAN] = { "it", "italian",
        " a ai al alla con da dal dei del della di e ed gli i il in la le lo o per senza su un una"
        " uno ",
        " per con senza compatibile ", true },
    [TEXT_DUTCH] = { "nl", "dutch",
        " aan bij de een en het in is met of op te tot uit van voor zonder ",
        " voor met zonder geschikt ", false },
    [TEXT_PORTUGUESE] = { "pt", "portuguese",
        " a ao as com da das de do dos e em na nas no nos o os ou para por sem um uma ",
        " para com sem compativel ", true },
    [TEXT_SWEDISH] = { "sv", "swedish",
        " av den det du ar att en ett for fran i med och om pa som till utan ",
        " for till med utan ", false },
    [TEXT_DANISH] = { "da", "danish",
        " af at de den der det en er et for fra i med og om pa som til uden ", " til med uden ",
        false },
};

enum text_language text_language_of(str tag)
{
    str first = str_cut(&tag, '-');
    for (int i = 0; i < TEXT_LANGUAGES_N; i++)
        if (str_eq_nocase(first, str_from_c(text_tongues[i].tag)))
            return (enum text_language)i;
    return TEXT_ENGLISH;
}

bool text_listed(const char *list, str word)
{
    for (const char *at = list; word.n > 0 && (at = strchr(at, word.p[0])) != NULL; at++)
        if (at[-1] == ' ' && strncmp(at, word.p, word.n) == 0 && at[word.n] == ' ')
            return true;
    return false;
}

/* ---- stemmers ---- */
struct memo {
    uint8_t word_n, stem_n;
    char word[MEMO_WORD], stem[MEMO_WORD];
};
struct text_stems {
    struct text_stems *next; /* idle ones of a language */
    enum text_language language;
    struct sb_stemmer *stemmer;
    struct memo memo[MEMO];
};

static struct text_stems *stems_open(enum text_language language)
{
    struct text_stems *stems = calloc(1, sizeof *stems);
    ASSERT(stems != NULL);
    stems->language = language;
    stems->stemmer = sb_stemmer_new(text_tongues[language].stemmer, "UTF_8");
    ASSERT(stems->stemmer != NULL);
    return stems;
}

static void stems_close(struct text_stems *stems)
{
    sb_stemmer_delete(stems->stemmer);
    free(stems);
}

struct text_stems *text_stems_take(struct text *t, enum text_language language)
{
    pthread_mutex_lock(&t->lock);
    struct text_stems *stems = t->idle[language];
    if (stems)
        t->idle[language] = stems->next;
    pthread_mutex_unlock(&t->lock);
    return stems ? stems : stems_open(language);
}

void text_stems_give(struct text *t, struct text_stems *stems)
{
    pthread_mutex_lock(&t->lock);
    stems->next = t->idle[stems->language];
    t->idle[stems->language] = stems;
    pthread_mutex_unlock(&t->lock);
}

static bool plain_word(str word)
{
    if (word.n < STEM_MIN || word.n > STEM_MAX)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (text_is_digit(word.p[i]) || word.p[i] == '.')
            return false;
    return true;
}

str text_stem(struct text_stems *stems, str word)
{
    if (!plain_word(word))
        return word;
    struct memo *memo = &stems->memo[str_hash(word) % MEMO];
    if (word.n == memo->word_n && memcmp(memo->word, word.p, word.n) == 0)
        return memo->stem_n == 0 ? word : (str){ memo->stem, memo->stem_n };
    const sb_symbol *found =
        sb_stemmer_stem(stems->stemmer, (const sb_symbol *)word.p, (int)word.n);
    ASSERT(found != NULL);
    str stem = { (const char *)found, (size_t)sb_stemmer_length(stems->stemmer) };
    if (stem.n == 0 || str_eq(stem, word))
        stem = word;
    if (word.n > MEMO_WORD || stem.n > MEMO_WORD)
        return stem;
    memo->word_n = (uint8_t)word.n;
    memcpy(memo->word, word.p, word.n);
    memo->stem_n = 0;
    if (stem.p == word.p)
        return word;
    memo->stem_n = (uint8_t)stem.n;
    memcpy(memo->stem, stem.p, stem.n);
    return stem;
}

/* ---- the whole ---- */
struct text *text_open(void)
{
    struct text *t = calloc(1, sizeof *t);
    ASSERT(t != NULL);
    int failed = pthread_mutex_init(&t->lock, NULL);
    ASSERT(!failed);
    return t;
}

void text_close(struct text *t)
{
    if (!t)
        return;
    for (int i = 0; i < TEXT_LANGUAGES_N; i++) {
        while (t->idle[i]) {
            struct text_stems *next = t->idle[i]->next;
            stems_close(t->idle[i]);
            t->idle[i] = next;
        }
        text_synonyms_give(t, t->synonyms[i]);
    }
    pthread_mutex_destroy(&t->lock);
    free(t);
}
