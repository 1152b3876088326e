/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of the text pipeline: any bytes as a text, a title, a query, synonyms and a word of
 * the dictionary. Run by ./dev fuzz text. Must never make a token that is no token. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/utf8.h"
#include "platform/text/tests/text_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void token_check(str token)
{
    ASSERT(token.n > 0 && token.n <= TEXT_WORD_MAX);
    ASSERT(utf8_valid(token));
    for (size_t i = 0; i < token.n; i++) {
        unsigned char c = (unsigned char)token.p[i];
        ASSERT(c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
               (i == 0 && (c == '~' || c == '=')));
    }
}

static void tokens_check(const struct text_tokens *tokens)
{
    for (size_t i = 0; i < tokens->n; i++) {
        token_check(tokens->tokens[i].text);
        ASSERT(tokens->tokens[i].position < tokens->next);
        ASSERT(i == 0 || tokens->tokens[i].position >= tokens->tokens[i - 1].position);
    }
}

static void query_check(struct text *t, struct arena *arena, struct text_reading how, str typed)
{
    struct text_query q = text_query_read(t, arena, how, typed);
    ASSERT(q.n <= TEXT_TERMS_MAX && q.head < (int)q.n);
    ASSERT(utf8_valid(q.plain));
    for (size_t i = 0; i < q.n; i++) {
        ASSERT(q.terms[i].ways_n <= TEXT_WAYS_MAX);
        for (size_t w = 0; w < q.terms[i].ways_n; w++) {
            const struct text_way *way = &q.terms[i].ways[w];
            ASSERT(way->n > 0 && way->weight > 0 && way->weight <= 1);
            for (size_t k = 0; k < way->n; k++)
                token_check(way->tokens[k]);
        }
    }
    if (how.dictionary)
        ASSERT(utf8_valid(text_correct(t, arena, how.dictionary, &q).text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    enum text_language language = data[0] % TEXT_LANGUAGES_N;
    str s = { (const char *)data + 1, size - 1 }, rest = s;
    str first = str_cut(&rest, '\n');
    struct text_synonym rows[] = { { first, rest, false }, { S("laptop"), first, true } };
    struct kit_word words[] = { { first, 3 }, { S("laptop"), 900 }, { S("cable"), 90 } };
    struct kit kit = { words, COUNT(words) };
    struct text_dictionary dictionary = kit_dictionary(&kit);

    text_synonyms_set(t, language, rows, COUNT(rows));
    struct text_lesson *lesson = text_lesson_open(t, language);
    text_lesson_category(lesson, S("a"), first);
    text_lesson_title(lesson, S("a"), rest);
    text_lesson_title(lesson, S("b"), s);
    struct text_types *types = text_lesson_end(lesson);
    struct text_tokens tokens = { .arena = arena }, lead = { .arena = arena };
    text_tokens_add(t, language, s, &tokens);
    text_tokens_add_lead(t, types, language, s, &lead);
    tokens_check(&tokens);
    tokens_check(&lead);
    query_check(t, arena, (struct text_reading){ language, NULL, true }, s);
    query_check(t, arena, (struct text_reading){ language, &dictionary, true }, s);
    struct text_query q = text_query_read(t, arena, (struct text_reading){ language, NULL, 0 }, s);
    struct text_type type;
    if (text_types_of(types, arena, &q, &type, 1) == 1)
        ASSERT(type.share == 1);
    (void)text_distance(first, rest, 2);
    text_types_close(types);
    text_close(t);
    arena_close(arena);
    return 0;
}
