/* SPDX-License-Identifier: Apache-2.0
 * The search port over the database's own text search: SQL yields what matches a text, memory has
 * what filters, facets and sorts look at. Opened by the application. Must never put user text into
 * a match expression but as quoted words (search_text.c). */
#include "search_sql.h"

#include "platform/search/search_internal.h"

const char *const search_sort_names[SEARCH_SORTS_N + 1] = { "relevance", "price_asc", "price_desc",
    "rating", "newest", "popularity", NULL };

#define WHOLE_ENOUGH 24  /* matches of whole words: then beginnings of words are left out */
#define BEGUN_SHARE 0.5F /* the best of these has this part of the score of the last of those */

/* ---- what matches ---- */
struct found {
    struct search_match *list;
    uint32_t n, cap;
};

static void found_add(struct found *found, struct cx *cx, int64_t doc, double score)
{
    found->list = search_room(cx->arena, found->list, &found->cap, found->n, sizeof *found->list);
    found->list[found->n++] = (struct search_match){ .doc = (uint32_t)doc, .score = (float)score };
}

static err ranked_row(void *arg, struct cx *cx, const struct search_sql_match_ranked_row *row)
{
    found_add(arg, cx, row->doc, row->score);
    return NULL;
}

static err match_row(void *arg, struct cx *cx, const struct search_sql_match_row *row)
{
    found_add(arg, cx, row->doc, 1);
    return NULL;
}

static err find(struct search_sql *s, struct cx *cx, str words, enum search_how how,
    enum search_sort sort, struct found *found)
{
    str expression = search_expression(cx->arena, db_engine_of(s->db), words, how);

    if (sort == SEARCH_RELEVANCE)
        return search_sql_match_ranked(s->db, cx,
            (struct search_sql_match_ranked_in){ .expression = expression }, ranked_row, found);
    return search_sql_match(
        s->db, cx, (struct search_sql_match_in){ .expression = expression }, match_row, found);
}

/* Behind the few with whole words come those that begin with the last one. */
static void add_begun(struct found *found, struct cx *cx, const struct found *begun)
{
    uint32_t whole = found->n;
    float least = 0, most = 0;

    for (uint32_t i = 0; i < whole; i++)
        least = i == 0 || found->list[i].score < least ? found->list[i].score : least;
    for (uint32_t i = 0; i < begun->n; i++)
        most = begun->list[i].score > most ? begun->list[i].score : most;
    for (uint32_t i = 0; i < begun->n; i++) {
        struct search_match match = begun->list[i];
        bool known = false;
        for (uint32_t k = 0; k < whole && !known; k++)
            known = found->list[k].doc == match.doc;
        float share = most > 0 ? match.score / most : 0;
        if (!known)
            found_add(found, cx, match.doc,
                whole > 0 ? (double)(least * BEGUN_SHARE * share) : (double)match.score);
    }
}

/* All words first; few of these are joined by beginnings of words; when no document has them all,
 * some of them. */
static err find_text(struct search_sql *s, struct cx *cx, const struct search_query *q, str words,
    struct found *found, struct search_result *ret)
{
    struct found begun = { 0 };

    err e = find(s, cx, words, SEARCH_HOW_ALL, q->sort, found);
    if (!e && found->n < WHOLE_ENOUGH)
        e = find(s, cx, words, SEARCH_HOW_BEGUN, q->sort, &begun);
    if (e)
        return e;
    add_begun(found, cx, &begun);
    if (found->n > 0)
        return NULL;
    if (str_find_char(words, ' ', 0) >= 0)
        e = find(s, cx, words, SEARCH_HOW_SOME, q->sort, found);
    if (e)
        return e;
    ret->relaxed = found->n > 0;
    return q->page_token.n > 0 ? NULL : search_correct(s, cx, words, &ret->corrected);
}

static err query(void *self, struct cx *cx, const struct search_query *q, struct search_result *ret)
{
    struct search_sql *s = self;
    bool all = str_trim(q->text).n == 0;
    str words = search_words(cx->arena, q->text, SEARCH_TEXT_MAX); /* none: signs alone */
    struct found found = { 0 };
    struct search_pass pass;

    *ret = (struct search_result){ 0 };
    err e = search_cache_refresh(s, cx);
    if (!e && words.n > 0)
        e = find_text(s, cx, q, words, &found, ret);
    if (e)
        return e;
    SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(&s->cache);
    e = search_pass_init(&pass, cx, &s->cache, q, words);
    if (!e)
        e = search_page_init(&pass, cx, all ? NULL : found.list, found.n);
    if (e)
        return e;
    for (uint32_t doc = 1; all && doc < s->cache.docs_n; doc++)
        search_pass_doc(&pass, (struct search_match){ .doc = doc, .score = 1 });
    for (uint32_t i = 0; i < found.n; i++)
        search_pass_doc(&pass, found.list[i]);
    search_page_result(&pass, cx, ret);
    if (q->facets)
        search_facets_result(&pass, ret);
    return NULL;
}

static err count(void *self, struct cx *cx, int64_t *ret_n)
{
    struct search_sql *s = self;
    struct search_sql_state_get_row state;
    bool found;

    err e = search_sql_state_get(s->db, cx, &state, &found);
    if (e)
        return e;
    *ret_n = found ? state.alive : 0;
    return NULL;
}

err search_sql_open(struct arena *life, struct cx *cx, struct db *db, struct search *ret)
{
    (void)cx;
    ASSERT(db);
    struct search_sql *s = NEW(life, struct search_sql);
    s->db = db;
    search_cache_init(&s->cache);
    *ret = (struct search){ .prepare = search_prepare,
        .put = search_put,
        .signals = search_signals_put,
        .remove = search_remove,
        .query = query,
        .complete = search_complete,
        .count = count,
        .self = s };
    return NULL;
}

void search_sql_close(struct search *search)
{
    struct search_sql *s = search->self;
    if (s)
        search_cache_release(&s->cache);
    *search = (struct search){ 0 };
}
