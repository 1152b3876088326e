/* SPDX-License-Identifier: Apache-2.0
 * What goes together; who wants an order of their own. Called by flows in their units; must never
 * take what nobody asked for as consent. */
#include "services/behaviour/behaviour.h"

#include <stdlib.h>

#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"

#define TOGETHER_LOOK 50 /* pairs that are compared */

static const struct service_part person_parts[] = {
    { "choice", &BEHAVIOUR_PERSON_WISH },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &BEHAVIOUR_ERASE_WISH, NULL };
static const struct service_person person = { person_parts, person_erase, NULL };

const struct service behaviour_service = {
    .name = "behaviour",
    .folder = "src/services/behaviour/",
    .routes = behaviour_routes,
    .jobs = behaviour_jobs,
    .queries = behaviour_queries,
    .person = &person,
    .marked = behaviour_marked,
};

struct behaviour *behaviour_open(struct arena *life, struct behaviour_deps deps)
{
    struct behaviour *b = NEW(life, struct behaviour);
    b->deps = deps;
    if (!b->deps.keep_days)
        b->deps.keep_days = BEHAVIOUR_DAYS;
    ASSERT(b->deps.keep_days > 0 && b->deps.keep_days <= BEHAVIOUR_DAYS);
    behaviour_notes_open(life, b);
    return b;
}

void behaviour_close(struct behaviour *b)
{
    if (b)
        behaviour_notes_close(b);
}

/* ---- what goes together ---- */
struct mate {
    id product_id;
    double affinity;
};
static int by_affinity(const void *a, const void *b)
{
    const struct mate *x = a, *y = b;
    if (x->affinity != y->affinity)
        return x->affinity > y->affinity ? -1 : 1;
    return id_cmp(x->product_id, y->product_id);
}

err behaviour_together(
    struct behaviour *b, struct cx *cx, id product_id, int64_t limit, id **ret, size_t *ret_n)
{
    struct behaviour_sql_pair_of_row *pairs;
    size_t n;
    err e = behaviour_sql_pair_of(
        b->deps.db, cx, (struct behaviour_sql_pair_of_in){ product_id, TOGETHER_LOOK }, &pairs, &n);
    *ret_n = 0;
    if (e || n == 0)
        return e;
    struct behaviour_sql_basket_get_in *keys =
        NEW_N(cx->arena, n + 1, struct behaviour_sql_basket_get_in);
    struct behaviour_sql_basket_get_row *rows =
        NEW_N(cx->arena, n + 1, struct behaviour_sql_basket_get_row);
    bool *found = NEW_N(cx->arena, n + 1, bool);
    for (size_t i = 0; i < n; i++)
        keys[i].product_id = pairs[i].other_id;
    keys[n].product_id = product_id;
    e = behaviour_sql_basket_get_batch(b->deps.db, cx, keys, n + 1, rows, found);
    if (e)
        return e;
    struct mate *mates = NEW_N(cx->arena, n, struct mate);
    for (size_t i = 0; i < n; i++)
        mates[i] = (struct mate){ pairs[i].other_id,
            behaviour_affinity(pairs[i].orders, rows[n].orders, rows[i].orders) };
    qsort(mates, n, sizeof *mates, by_affinity);
    *ret = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n && (int64_t)i < limit; i++)
        (*ret)[(*ret_n)++] = mates[i].product_id;
    return NULL;
}

/* ---- consent ---- */
err behaviour_personal(struct behaviour *b, struct cx *cx, id user_id, bool *ret)
{
    struct behaviour_sql_wish_get_row row;
    bool found;
    str user = id_text(cx->arena, user_id);
    err e = behaviour_sql_wish_get(
        b->deps.db, cx, (struct behaviour_sql_wish_get_in){ user, user }, &row, &found);
    if (!e)
        *ret = found && row.personal;
    return e;
}

err behaviour_set_personal(struct behaviour *b, struct cx *cx, id user_id, bool on)
{
    str user = id_text(cx->arena, user_id);
    err e = behaviour_sql_wish_clear(
        b->deps.db, cx, (struct behaviour_sql_wish_clear_in){ user }, NULL);
    return e ? e
             : behaviour_sql_wish_put(b->deps.db, cx,
                   (struct behaviour_sql_wish_put_in){ cx_id(cx), user, on, cx->now_ms }, NULL);
}
