/* SPDX-License-Identifier: Apache-2.0
 * A dictionary of a few words for tests of this folder. `near` offers all of them: the library has
 * to judge for itself. For tests alone. */
#ifndef SOUK_PLATFORM_TEXT_TESTS_TEXT_KIT_H
#define SOUK_PLATFORM_TEXT_TESTS_TEXT_KIT_H

#include "platform/text/text.h"

struct kit_word {
    str text;
    int64_t docs;
};
struct kit {
    const struct kit_word *words;
    size_t n;
};

static inline int64_t kit_docs(void *arg, str token)
{
    const struct kit *kit = arg;
    for (size_t i = 0; i < kit->n; i++)
        if (str_eq(kit->words[i].text, token))
            return kit->words[i].docs;
    return 0;
}

static inline void kit_near(void *arg, str word, unsigned distance,
    void (*each)(void *to, str token, int64_t docs), void *to)
{
    const struct kit *kit = arg;
    (void)word;
    (void)distance;
    for (size_t i = 0; i < kit->n; i++)
        each(to, kit->words[i].text, kit->words[i].docs);
}

static inline struct text_dictionary kit_dictionary(struct kit *kit)
{
    return (struct text_dictionary){ kit_docs, kit_near, kit };
}

#endif
