/* SPDX-License-Identifier: Apache-2.0
 * Which words are types of products, learnt from titles and categories; what products of each
 * category cost. Called before an index is
 * made and after one was loaded. Must never keep queries waiting: it learns aside, then swaps. */
#include "platform/search/search_index_internal.h"
#include "search_sql.h"

#define TITLES_MAX 100000 /* the newest */

struct learning {
    struct search_index *s;
    struct arena *arena;
    struct text_lesson *lesson;
    struct search_dict paths;
    str *titles;
    uint32_t *path_of, n, titles_cap, path_of_cap, prices_cap;
    int64_t *prices;
    int64_t alive;
};

static err title_row(void *arg, struct cx *cx, const struct search_sql_doc_lessons_row *row)
{
    struct learning *l = arg;
    (void)cx;
    l->titles = search_room(l->arena, l->titles, &l->titles_cap, l->n, sizeof *l->titles);
    l->path_of = search_room(l->arena, l->path_of, &l->path_of_cap, l->n, sizeof *l->path_of);
    l->prices = search_room(l->arena, l->prices, &l->prices_cap, l->n, sizeof *l->prices);
    l->prices[l->n] = row->price_minor;
    l->titles[l->n] = str_dup(l->arena, row->title);
    l->path_of[l->n++] = search_dict_put(&l->paths, row->category_path);
    return NULL;
}

static err price_row(void *arg, struct cx *cx, const struct search_sql_doc_prices_row *row)
{
    struct learning *l = arg;
    (void)cx;
    l->path_of = search_room(l->arena, l->path_of, &l->path_of_cap, l->n, sizeof *l->path_of);
    l->prices = search_room(l->arena, l->prices, &l->prices_cap, l->n, sizeof *l->prices);
    l->prices[l->n] = row->price_minor;
    l->path_of[l->n++] = search_dict_put(&l->paths, row->category_path);
    return NULL;
}

static err prices_unit(void *arg, struct cx *cx)
{
    struct learning *l = arg;
    struct search_sql_state_get_row state;
    bool found;
    err e = search_sql_state_get(l->s->db, cx, &state, &found);
    int64_t after = e ? 0 : state.last_doc - TITLES_MAX;
    return e ? e
             : search_sql_doc_prices(l->s->db, cx,
                   (struct search_sql_doc_prices_in){ .after = after > 0 ? after : 0 }, price_row,
                   l);
}

/* Under the lock of the spellings: readers of medians hold it. */
static void swap_prices(struct search_index *s, struct search_prices *prices, struct arena **arena)
{
    struct search_prices former = s->prices;
    struct arena *former_arena = s->prices_arena;
    s->prices = *prices;
    s->prices_arena = *arena;
    *prices = former;
    *arena = former_arena;
}

err search_index_learn_prices(struct search_index *s, struct cx *cx, bool *ret_changed)
{
    DEFER(arena_close_at) struct arena *arena = arena_open((size_t)256 << 10);
    struct learning l = { .s = s, .arena = arena, .paths = { .arena = arena } };
    err e = db_read(cx, prices_unit, &l);
    if (e)
        return e;
    struct arena *prices_arena = arena_open(4096);
    struct search_prices prices =
        search_prices_of(prices_arena, &l.paths, l.path_of, l.prices, l.n);
    *ret_changed = !search_prices_same(&prices, &s->prices); /* only this thread swaps them */
    pthread_rwlock_wrlock(&s->spellings.lock);
    swap_prices(s, &prices, &prices_arena);
    pthread_rwlock_unlock(&s->spellings.lock);
    arena_close(prices_arena);
    return NULL;
}

static err learn_unit(void *arg, struct cx *cx)
{
    struct learning *l = arg;
    struct search_index *s = l->s;
    struct search_sql_state_get_row state;
    bool found;
    str *paths = NULL, *names = NULL;
    size_t n = 0;
    err e = search_sql_state_get(s->db, cx, &state, &found);
    if (!e && s->source.categories)
        e = s->source.categories(s->source.self, cx, &paths, &names, &n);
    int64_t after = e ? 0 : state.last_doc - TITLES_MAX;
    l->alive = e ? 0 : state.alive;
    if (!e)
        e = search_sql_doc_lessons(s->db, cx,
            (struct search_sql_doc_lessons_in){ .after = after > 0 ? after : 0 }, title_row, l);
    for (size_t i = 0; !e && i < n; i++)
        text_lesson_category(l->lesson, paths[i], names[i]);
    for (uint32_t i = 0; !e && n == 0 && i < l->paths.n; i++)
        text_lesson_category(
            l->lesson, l->paths.texts[i], search_category_words(cx->arena, l->paths.texts[i]));
    return e;
}

err search_index_learn(struct search_index *s, struct cx *cx)
{
    DEFER(arena_close_at) struct arena *arena = arena_open((size_t)256 << 10);
    struct learning l = { .s = s,
        .arena = arena,
        .lesson = text_lesson_open(s->text, TEXT_ENGLISH),
        .paths = { .arena = arena } };
    if (s->without & SEARCH_PAIRS)
        text_lesson_without_pairs(l.lesson);
    err e = db_read(cx, learn_unit, &l);
    for (uint32_t i = 0; !e && i < l.n; i++)
        text_lesson_title(l.lesson, l.paths.texts[l.path_of[i]], l.titles[i]);
    struct text_types *types = text_lesson_end(l.lesson);
    if (e) {
        text_types_close(types);
        return e;
    }
    struct arena *prices_arena = arena_open(4096);
    struct search_prices prices =
        search_prices_of(prices_arena, &l.paths, l.path_of, l.prices, l.n);
    pthread_rwlock_wrlock(&s->spellings.lock);
    struct text_types *former = s->types;
    s->types = types;
    swap_prices(s, &prices, &prices_arena);
    pthread_rwlock_unlock(&s->spellings.lock);
    arena_close(prices_arena);
    s->types_docs = l.alive;
    text_types_close(former);
    return NULL;
}
