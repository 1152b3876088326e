/* SPDX-License-Identifier: Apache-2.0
 * Texts as numbers, so that columns hold four bytes where rows hold words. Called by the cache.
 * Must never forget a text: numbers stay what they are as long as the cache. */
#include "base/utf8.h"
#include "platform/search/search_internal.h"

#define SLOTS_MIN 64u

void *search_room(struct arena *arena, void *p, uint32_t *cap, uint32_t n, size_t size)
{
    if (n < *cap)
        return p;
    uint32_t more = *cap == 0 ? 64 : *cap;
    while (more <= n) {
        ASSERT(more < UINT32_MAX / 2);
        more *= 2;
    }
    p = arena_grow(arena, p, *cap * size, more * size);
    *cap = more;
    return p;
}

static uint32_t slot_of(const struct search_dict *dict, str text)
{
    uint32_t mask = dict->slots_cap - 1;
    uint32_t at = (uint32_t)str_hash(text) & mask;
    while (dict->slots[at] != 0 && !str_eq(dict->texts[dict->slots[at] - 1], text))
        at = (at + 1) & mask;
    return at;
}

uint32_t search_dict_find(const struct search_dict *dict, str text)
{
    if (dict->n == 0)
        return SEARCH_NONE;
    uint32_t slot = dict->slots[slot_of(dict, text)];
    return slot == 0 ? SEARCH_NONE : slot - 1;
}

static void dict_resize(struct search_dict *dict)
{
    dict->slots_cap = dict->slots_cap == 0 ? SLOTS_MIN : dict->slots_cap * 2;
    dict->slots = NEW_N(dict->arena, dict->slots_cap, uint32_t);
    for (uint32_t i = 0; i < dict->n; i++)
        dict->slots[slot_of(dict, dict->texts[i])] = i + 1;
}

uint32_t search_dict_put(struct search_dict *dict, str text)
{
    if ((dict->n + 1) * 2 > dict->slots_cap)
        dict_resize(dict);
    uint32_t at = slot_of(dict, text);
    if (dict->slots[at] != 0)
        return dict->slots[at] - 1;
    dict->texts = search_room(dict->arena, dict->texts, &dict->cap, dict->n, sizeof *dict->texts);
    dict->texts[dict->n] = str_dup(dict->arena, text);
    dict->slots[at] = ++dict->n;
    return dict->n - 1;
}

uint32_t search_names_find(const struct search_names *names, struct arena *scratch, str text)
{
    uint32_t spelling = search_dict_find(&names->spelled, text);
    if (spelling != SEARCH_NONE)
        return names->name_of[spelling];
    return search_dict_find(&names->folded, utf8_fold(scratch, text));
}

uint32_t search_names_put(struct search_names *names, struct arena *scratch, str text)
{
    struct arena *arena = names->spelled.arena;
    uint32_t known = names->spelled.n, named = names->folded.n;

    uint32_t spelling = search_dict_put(&names->spelled, text);
    if (spelling < known)
        return names->name_of[spelling];
    uint32_t name = search_dict_put(&names->folded, utf8_fold(scratch, text));
    names->name_of =
        search_room(arena, names->name_of, &names->spelled_cap, spelling, sizeof *names->name_of);
    names->name_of[spelling] = name;
    if (name < named)
        return name;
    names->shown = search_room(arena, names->shown, &names->shown_cap, name, sizeof *names->shown);
    names->docs = search_room(arena, names->docs, &names->docs_cap, name, sizeof *names->docs);
    names->shown[name] = names->spelled.texts[spelling];
    names->docs[name] = 0;
    return name;
}
