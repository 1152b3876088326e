/* SPDX-License-Identifier: Apache-2.0
 * One spelling for brands, attributes and values that differ in case and marks alone: the first
 * that was seen. Called when documents are made and when filters are read. Must never change a
 * spelling: the index has it. */
#include "base/utf8.h"
#include "platform/search/search_index_internal.h"

#define PAIRS_MAX 2000000 /* that are learnt from an index */

void search_spellings_open(struct search_spellings *s)
{
    *s = (struct search_spellings){ .arena = arena_open((size_t)64 << 10) };
    pthread_rwlock_init(&s->lock, NULL);
    s->brands.spelled.arena = s->brands.folded.arena = s->arena;
    s->attributes.spelled.arena = s->attributes.folded.arena = s->arena;
    s->values.arena = s->arena;
}

void search_spellings_close(struct search_spellings *s)
{
    if (!s->arena)
        return;
    pthread_rwlock_destroy(&s->lock);
    arena_close(s->arena);
    *s = (struct search_spellings){ 0 };
}

static pthread_rwlock_t *lock_alone(struct search_spellings *s)
{
    int failed = pthread_rwlock_wrlock(&s->lock);
    ASSERT(!failed);
    return &s->lock;
}

static pthread_rwlock_t *lock_shared(struct search_spellings *s)
{
    int failed = pthread_rwlock_rdlock(&s->lock);
    ASSERT(!failed);
    return &s->lock;
}

static str value_key(struct arena *scratch, uint32_t attribute, str value)
{
    return str_fmt(scratch, "%u\x1f" STR_F, attribute, STR_A(utf8_fold(scratch, value)));
}

void search_label_cut(str full, str *ret_name, str *ret_label)
{
    *ret_name = str_cut(&full, SEARCH_LABEL_MARK);
    *ret_label = full.n > 0 ? full : *ret_name;
}

/* ---- learning ---- */
static str brand_put(struct search_spellings *s, struct arena *scratch, str brand)
{
    uint32_t name = search_names_put(&s->brands, scratch, brand); /* may move `shown` */
    return s->brands.shown[name];
}

static uint32_t attribute_put(struct search_spellings *s, struct arena *scratch, str name, str full)
{
    uint32_t known = s->attributes.folded.n;
    uint32_t attribute = search_names_put(&s->attributes, scratch, name);
    if (attribute < known)
        return attribute;
    s->full = search_room(s->arena, s->full, &s->full_cap, attribute, sizeof *s->full);
    s->full[attribute] = str_dup(s->arena, full);
    return attribute;
}

static str value_put(struct search_spellings *s, struct arena *scratch, uint32_t attribute, str v)
{
    uint32_t known = s->values.n;
    uint32_t value = search_dict_put(&s->values, value_key(scratch, attribute, v));
    if (value < known)
        return s->shown[value];
    s->shown = search_room(s->arena, s->shown, &s->shown_cap, value, sizeof *s->shown);
    return s->shown[value] = str_dup(s->arena, v);
}

str search_spelling_of_brand(struct search_spellings *s, struct arena *scratch, str brand)
{
    SEARCH_HELD pthread_rwlock_t *lock = lock_alone(s);
    return brand_put(s, scratch, brand);
}

struct search_pair search_spelling_of_value(
    struct search_spellings *s, struct arena *scratch, struct search_attribute in)
{
    str full = str_fmt(scratch, STR_F "%c" STR_F, STR_A(in.name), SEARCH_LABEL_MARK,
        STR_A(in.label.n > 0 ? in.label : in.name));
    SEARCH_HELD pthread_rwlock_t *lock = lock_alone(s);
    uint32_t attribute = attribute_put(s, scratch, in.name, full);
    return (struct search_pair){ .full = s->full[attribute],
        .value = value_put(s, scratch, attribute, in.value) };
}

/* ---- asking ---- */
str search_spelling_find_brand(struct search_spellings *s, struct arena *arena, str brand)
{
    SEARCH_HELD pthread_rwlock_t *lock = lock_shared(s);
    uint32_t name = search_names_find(&s->brands, arena, brand);
    return name == SEARCH_NONE ? brand : s->brands.shown[name];
}

struct search_pair search_spelling_find_value(
    struct search_spellings *s, struct arena *arena, str name, str value)
{
    SEARCH_HELD pthread_rwlock_t *lock = lock_shared(s);
    uint32_t attribute = search_names_find(&s->attributes, arena, name);
    if (attribute == SEARCH_NONE)
        return (struct search_pair){ .full = name, .value = value };
    uint32_t v = search_dict_find(&s->values, value_key(arena, attribute, value));
    return (struct search_pair){ .full = s->full[attribute],
        .value = v == SEARCH_NONE ? value : s->shown[v] };
}

err search_spellings_learn(struct search_spellings *s, struct cx *cx, struct index *ix)
{
    const struct index_facet facets[] = {
        { .on = INDEX_KEYWORD, .field = KEY_BRAND, .counts_max = PAIRS_MAX },
        { .on = INDEX_ATTRIBUTE, .counts_max = PAIRS_MAX },
    };
    struct index_query q = { .facets = facets, .facets_n = COUNT(facets) };
    struct index_result found;
    err e = index_find(ix, cx, &q, &found);
    if (e)
        return e;
    DEFER(arena_close_at) struct arena *scratch = arena_open((size_t)64 << 10);
    SEARCH_HELD pthread_rwlock_t *lock = lock_alone(s);
    for (size_t i = 0; i < found.facets[0].n; i++)
        (void)brand_put(s, scratch, found.facets[0].counts[i].value);
    for (size_t i = 0; i < found.facets[1].n; i++) {
        struct index_count pair = found.facets[1].counts[i];
        str name, label;
        search_label_cut(pair.name, &name, &label);
        (void)value_put(s, scratch, attribute_put(s, scratch, name, pair.name), pair.value);
        arena_reset(scratch);
    }
    return NULL;
}
