/* SPDX-License-Identifier: Apache-2.0
 * The verbs of promotions but for the counting of limits: changing them, and what comes off a
 * basket. Called by routes and flows inside their unit of work; must never begin or commit one. */
#include "services/promotions/promotions.h"

#include <stdlib.h>

#include "platform/thread/thread.h"
#include "promotions_sql.h"
#include "services/promotions/promotions_domain.h"
#include "services/promotions/promotions_jobs.h"
#include "services/promotions/promotions_routes.h"
#include "services/promotions/promotions_store.h"

const problem PROMOTIONS_CODE_TAKEN = { KIND_CONFLICT, "promotions.code_taken", "coupon_code_taken",
    "Another promotion has this code" };
const problem PROMOTIONS_FIXED = { KIND_CONFLICT, "promotions.fixed", "promotion_fixed",
    "This cannot be changed any more; end it and make another" };

struct promotions *promotions_open(struct arena *life, struct promotions_deps deps)
{
    struct promotions *p = NEW(life, struct promotions);
    p->deps = deps;
    p->lock = lock_open(life);
    bool known = currency_parse(deps.currency, &p->currency);
    ASSERT(known);
    return p;
}

void promotions_close(struct promotions *p)
{
    if (!p || !p->live)
        return;
    ASSERT(p->live->holders == 1);
    arena_close(p->live->arena);
    p->live = NULL;
}

/* ---- changing ---- */

static err not_there(struct cx *cx, id promotion_id)
{
    return FAIL(cx, ERR_MISSING, "promotion " STR_F, STR_A(id_text(cx->arena, promotion_id)));
}

/* What the row is, and whether the change is one that it allows. */
static err change(struct promotions *p, struct cx *cx, const struct promotions_promotion *in)
{
    struct promotions_promotion old;
    bool found = false, changed = false;
    err e = promotions_store_get(p, cx, in->promotion_id, &old, &found);
    if (e)
        return e;
    if (!found)
        return not_there(cx, in->promotion_id);
    e = promotions_store_change(p, cx, in, &changed);
    if (!e && !changed)
        return FAIL(cx, PROMOTIONS_FIXED, "ended=%d used=%lld spent=%lld", old.ended_ms > 0,
            (long long)old.used, (long long)old.spent_minor);
    return e;
}

/* A code that another promotion has, told before the database refuses it. */
static err check_code(struct promotions *p, struct cx *cx, const struct promotions_promotion *in)
{
    if (in->code.n == 0)
        return NULL;
    struct promotions_promotion other;
    bool found = false;
    err e = promotions_store_codes(p, cx, &in->code, 1, &other, &found);
    if (e || !found || id_eq(other.promotion_id, in->promotion_id))
        return e;
    cx_field(cx, S("/code"), "coupon_code_taken", "another promotion has it");
    return FAIL(cx, PROMOTIONS_CODE_TAKEN, "code " STR_F, STR_A(in->code));
}

err promotions_put(struct promotions *p, struct cx *cx, const struct promotions_promotion *in,
    struct promotions_promotion *ret)
{
    struct promotions_promotion row = *in;
    err e = promotions_domain_check(cx, &row);
    if (!e)
        e = check_code(p, cx, &row);
    if (e)
        return e;
    if (id_is_none(row.promotion_id)) {
        row.promotion_id = cx_id(cx);
        e = promotions_store_add(p, cx, &row);
    } else {
        e = change(p, cx, &row);
    }
    if (e == &DB_DUPLICATE)
        return FAIL(cx, PROMOTIONS_CODE_TAKEN, "code " STR_F, STR_A(row.code));
    if (e)
        return e;
    promotions_store_outdate(p, cx);
    return promotions_get(p, cx, row.promotion_id, ret);
}

err promotions_get(
    struct promotions *p, struct cx *cx, id promotion_id, struct promotions_promotion *ret)
{
    bool found = false;
    err e = promotions_store_get(p, cx, promotion_id, ret, &found);
    return e || found ? e : not_there(cx, promotion_id);
}

err promotions_list(struct promotions *p, struct cx *cx, struct promotions_page in,
    struct promotions_promotion **ret, size_t *ret_n)
{
    return promotions_store_list(p, cx, in, ret, ret_n);
}

err promotions_end(struct promotions *p, struct cx *cx, id promotion_id)
{
    struct promotions_promotion known;
    err e = promotions_get(p, cx, promotion_id, &known);
    if (e)
        return e;
    promotions_store_outdate(p, cx);
    return promotions_sql_promotion_end(p->deps.db, cx,
        (struct promotions_sql_promotion_end_in){ .promotion_id = promotion_id,
            .currency = currency_str(&p->currency),
            .now_ms = cx->now_ms },
        NULL);
}

/* ---- deals ---- */

static int ends_cmp(const void *left, const void *right)
{
    const struct promotions_promotion *a = left, *b = right;
    int c = (a->ends_ms > b->ends_ms) - (a->ends_ms < b->ends_ms);
    return c ? c : id_cmp(a->promotion_id, b->promotion_id);
}

err promotions_deals(
    struct promotions *p, struct cx *cx, struct promotions_promotion **ret, size_t *ret_n)
{
    struct promotions_live *live;
    err e = promotions_store_live(p, cx, &live);
    if (e)
        return e;
    size_t n = 0, all = live ? live->n : 0;
    struct promotions_promotion *list = NEW_N(cx->arena, all, struct promotions_promotion);
    for (size_t i = 0; i < all; i++)
        if (live->list[i].kind == PROMOTIONS_DEAL && live->list[i].ends_ms > cx->now_ms)
            list[n++] = promotions_store_copy(cx->arena, &live->list[i]);
    promotions_store_let_go(p, live);
    qsort(list, n, sizeof list[0], ends_cmp);
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- what comes off a basket ---- */

/* What could apply, in cx->arena. */
struct choice {
    struct promotions_candidate *list;
    size_t n;
};

static err add_automatic(
    struct promotions *p, struct cx *cx, const struct promotions_basket *in, struct choice *choice)
{
    struct promotions_live *live;
    err e = promotions_store_live(p, cx, &live);
    if (e || !live)
        return e;
    choice->list = NEW_N(cx->arena, live->n + in->codes_n, struct promotions_candidate);
    for (size_t i = 0; i < live->n; i++) {
        const struct promotions_promotion *row = &live->list[i];
        if (!promotions_domain_live(row, cx->now_ms) || !promotions_domain_touches(row, in))
            continue;
        struct promotions_promotion *copy = NEW(cx->arena, struct promotions_promotion);
        *copy = promotions_store_copy(cx->arena, row);
        choice->list[choice->n++].promotion = copy;
    }
    promotions_store_let_go(p, live);
    return NULL;
}

static bool has_code(const str *codes, size_t n, str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(codes[i], code))
            return true;
    return false;
}

static err add_codes(
    struct promotions *p, struct cx *cx, const struct promotions_basket *in, struct choice *choice)
{
    str codes[PROMOTIONS_CODES_MAX];
    bool found[PROMOTIONS_CODES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < in->codes_n; i++)
        if (promotions_domain_code(cx->arena, in->codes[i], &codes[n]) &&
            !has_code(codes, n, codes[n]))
            n++;
    if (n == 0)
        return NULL;
    struct promotions_promotion *rows = NEW_N(cx->arena, n, struct promotions_promotion);
    err e = promotions_store_codes(p, cx, codes, n, rows, found);
    if (!choice->list)
        choice->list = NEW_N(cx->arena, n, struct promotions_candidate);
    for (size_t i = 0; !e && i < n; i++)
        if (found[i])
            choice->list[choice->n++].promotion = &rows[i];
    return e;
}

/* What the buyer has used of those that limit it; one statement, or none. */
static err add_mine(
    struct promotions *p, struct cx *cx, const struct promotions_buyer *buyer, struct choice choice)
{
    struct promotions_sql_customer_used_in *in =
        NEW_N(cx->arena, choice.n, struct promotions_sql_customer_used_in);
    struct promotions_candidate **whose = NEW_N(cx->arena, choice.n, struct promotions_candidate *);
    id customer = promotions_store_customer(cx, buyer);
    size_t n = 0;
    for (size_t i = 0; i < choice.n; i++) {
        if (choice.list[i].promotion->per_customer == 0 || id_is_none(customer))
            continue;
        whose[n] = &choice.list[i];
        in[n++] = (struct promotions_sql_customer_used_in){
            .promotion_id = choice.list[i].promotion->promotion_id, .customer_id = customer
        };
    }
    if (n == 0)
        return NULL;
    struct promotions_sql_customer_used_row *rows =
        NEW_N(cx->arena, n, struct promotions_sql_customer_used_row);
    bool *found = NEW_N(cx->arena, n, bool);
    err e = promotions_sql_customer_used_batch(p->deps.db, cx, in, n, rows, found);
    for (size_t i = 0; !e && i < n; i++)
        whose[i]->mine = found[i] ? rows[i].used : 0;
    return e;
}

static err ask_first(
    struct cx *cx, const struct promotions_buyer *buyer, struct choice choice, bool *ret)
{
    bool matters = false;
    for (size_t i = 0; i < choice.n; i++)
        matters = matters || choice.list[i].promotion->first_order;
    *ret = false;
    return matters && buyer->first_order ? buyer->first_order(buyer->first_order_arg, cx, ret)
                                         : NULL;
}

err promotions_evaluate(struct promotions *p, struct cx *cx, const struct promotions_basket *in,
    struct promotions_result *ret)
{
    struct choice choice = { .n = 0 };
    struct promotions_world world = { .now_ms = cx->now_ms, .currency = p->currency };
    err e = add_automatic(p, cx, in, &choice);
    if (!e)
        e = add_codes(p, cx, in, &choice);
    if (!e && choice.n > 0)
        e = add_mine(p, cx, &in->buyer, choice);
    if (!e && choice.n > 0)
        e = ask_first(cx, &in->buyer, choice, &world.first_order);
    if (e)
        return e;
    world.candidates = choice.list;
    world.candidates_n = choice.n;
    promotions_domain_evaluate(cx->arena, &world, in, ret);
    return NULL;
}

/* ---- the tables that the application sees ---- */

static const problem *const problems[] = {
    &PROMOTIONS_UNKNOWN,
    &PROMOTIONS_EXPIRED,
    &PROMOTIONS_EXHAUSTED,
    &PROMOTIONS_NOT_APPLICABLE,
    &PROMOTIONS_CODE_TAKEN,
    &PROMOTIONS_FIXED,
    NULL,
};
const struct service promotions_service = {
    .name = "promotions",
    .folder = "src/services/promotions/",
    .routes = promotions_routes,
    .jobs = promotions_jobs,
    .queries = promotions_queries,
    .problems = problems,
};
