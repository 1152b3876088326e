/* SPDX-License-Identifier: Apache-2.0
 * Running a query's tree in one segment: opening, looking ahead and bounds. Matching itself is in
 * index_match.c. Called by index_find.c and index_explain.c; must never look back. */
#include <stdlib.h>

#include "platform/index/index_plan.h"

/* ---- opening ---- */

static bool open_node(struct arena *arena, const struct index_segment *s,
    const struct index_plan *plan, struct index_run *r);

/* Kids that can match at all; a required one that cannot leaves nothing. */
static bool open_kids(
    struct arena *arena, const struct index_segment *s, struct index_run *r, bool all_required)
{
    const struct index_plan *plan = r->plan;
    r->kids = NEW_N(arena, plan->kids_n, struct index_run);
    for (size_t i = 0; i < plan->kids_n; i++) {
        struct index_run *kid = &r->kids[r->kids_n];
        bool required = all_required || plan->kids[i].role == INDEX_REQUIRED;
        if (open_node(arena, s, &plan->kids[i], kid))
            r->kids_n++;
        else if (required)
            return false;
    }
    return r->kids_n > 0;
}

static int kid_order(const void *a, const void *b)
{
    const struct index_run *x = a, *y = b;
    if (x->role != y->role)
        return (int)x->role - (int)y->role;
    return (x->cost > y->cost) - (x->cost < y->cost);
}

static bool open_and(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    if (!open_kids(arena, s, r, false))
        return false;
    qsort(r->kids, r->kids_n, sizeof r->kids[0], kid_order);
    while (r->required_n < r->kids_n && r->kids[r->required_n].role == INDEX_REQUIRED)
        r->required_n++;
    r->cost = r->required_n ? r->kids[0].cost : 0;
    return r->required_n > 0;
}

static bool open_phrase(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    if (!open_kids(arena, s, r, true))
        return false;
    r->required_n = r->kids_n;
    index_phrase_open(arena, s, r); /* while kids are in the order of the words */
    qsort(r->kids, r->kids_n, sizeof r->kids[0], kid_order);
    r->cost = r->kids[0].cost;
    return true;
}

/* What can give most leads: the rest may then be looked up only where it matters. */
static int by_bound(const void *a, const void *b)
{
    const struct index_run *x = a, *y = b;
    uint64_t of_x = (uint64_t)x->weight * x->max, of_y = (uint64_t)y->weight * y->max;
    return (of_x < of_y) - (of_x > of_y);
}

static bool open_or(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    const struct index_plan *plan = r->plan;
    r->kids = NEW_N(arena, plan->kids_n, struct index_run);
    for (size_t i = 0; i < plan->kids_n; i++) {
        struct index_run *kid = &r->kids[r->kids_n];
        if (!open_node(arena, s, &plan->kids[i], kid))
            continue;
        r->cost += kid->cost;
        r->kids_n++;
    }
    if (r->op == INDEX_ANY)
        r->least = 1;
    qsort(r->kids, r->kids_n, sizeof r->kids[0], by_bound);
    return r->kids_n >= r->least;
}

void index_run_term(struct arena *arena, const struct index_segment *s, struct index_run *r,
    const struct index_term *term)
{
    r->op = INDEX_TERM;
    index_cursor_open(&r->cursor, arena, &s->postings, *term);
    r->cost = term->df;
    r->max = term->max;
    if (r->cursor.dense && !r->fields) {
        r->column = r->cursor.dense;
        r->column_max = r->cursor.dense_max;
    }
}

static bool open_leaf(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    if (r->op == INDEX_PREFIX)
        return index_prefix_open(arena, s, r);
    const struct index_term *term = index_dict_find(&s->dict, r->plan->text);
    if (term)
        index_run_term(arena, s, r, term);
    return term != NULL;
}

static bool open_node(struct arena *arena, const struct index_segment *s,
    const struct index_plan *plan, struct index_run *r)
{
    *r = (struct index_run){ .op = plan->op,
        .role = plan->role,
        .fields = plan->fields,
        .weight = plan->weight,
        .least = plan->least,
        .plan = plan,
        .all = s->docs };
    bool open = true;
    switch (plan->op) {
    case INDEX_ALL:
        r->cost = s->docs;
        break;
    case INDEX_TERM:
    case INDEX_PREFIX:
        open = open_leaf(arena, s, r);
        break;
    case INDEX_PHRASE:
        open = open_phrase(arena, s, r);
        break;
    case INDEX_AND:
        open = open_and(arena, s, r);
        break;
    case INDEX_OR:
    case INDEX_ANY:
        open = open_or(arena, s, r);
        break;
    }
    if (open && r->kids_n > 0) {
        r->docs = NEW_N(arena, INDEX_WINDOW, uint32_t);
        r->scores = NEW_N(arena, INDEX_WINDOW, uint32_t);
        r->rest = NEW_N(arena, INDEX_WINDOW, uint32_t);
        r->bounds = NEW_N(arena, r->kids_n, uint64_t);
    }
    return open;
}

struct index_run *index_run_open(
    struct arena *arena, const struct index_segment *s, const struct index_plan *plan)
{
    struct index_run *r = NEW(arena, struct index_run);
    return open_node(arena, s, plan, r) ? r : NULL;
}

/* ---- looking ahead ---- */

static uint32_t seek_term(struct index_run *r, uint32_t lo)
{
    struct index_cursor *c = &r->cursor;
    if (!index_cursor_seek(c, lo))
        return r->all;
    uint32_t before = c->block ? c->blocks[c->block - 1].last + 1 : 0;
    /* A block that spans many windows is worth looking into. */
    if (c->blocks[c->block].last - before < INDEX_WINDOW)
        return lo > before ? lo : before;
    index_cursor_load(c);
    for (unsigned i = c->at; i < c->n; i++)
        if (c->docs[i] >= lo)
            return c->docs[i];
    return lo;
}

static uint32_t seek_column(const struct index_run *r, uint32_t lo)
{
    while (lo < r->all && !r->column_max[lo / INDEX_BLOCK])
        lo = (lo / INDEX_BLOCK + 1) * INDEX_BLOCK;
    return lo < r->all ? lo : r->all;
}

uint32_t index_run_seek(struct index_run *r, uint32_t lo)
{
    uint32_t at = r->all;
    if (lo >= r->all || r->op == INDEX_ALL)
        return lo < r->all ? lo : r->all;
    if (r->op == INDEX_OR || r->op == INDEX_ANY) {
        for (size_t i = 0; i < r->kids_n && at > lo; i++) {
            uint32_t kid = index_run_seek(&r->kids[i], lo);
            at = kid < at ? kid : at;
        }
        return at;
    }
    if (r->op == INDEX_AND || r->op == INDEX_PHRASE) {
        for (size_t i = 0; i < r->required_n; i++)
            lo = index_run_seek(&r->kids[i], lo);
        return lo;
    }
    return r->column ? seek_column(r, lo) : seek_term(r, lo);
}

/* ---- bounds ---- */

static uint64_t column_bound(const struct index_run *r, uint32_t lo, uint32_t hi)
{
    uint8_t max = 0;
    for (uint32_t b = lo / INDEX_BLOCK; b <= (hi - 1) / INDEX_BLOCK; b++)
        max = r->column_max[b] > max ? r->column_max[b] : max;
    return (uint64_t)r->weight * max;
}

uint64_t index_run_bound(struct index_run *r, uint32_t lo, uint32_t hi)
{
    uint64_t sum = 0;
    if (r->op == INDEX_ALL)
        return 1;
    if (r->kids_n == 0)
        return r->column ? column_bound(r, lo, hi)
                         : (uint64_t)r->weight * index_cursor_bound(&r->cursor, lo, hi);
    for (size_t i = 0; i < r->kids_n; i++) {
        struct index_run *kid = &r->kids[i];
        bool excluded = r->op == INDEX_AND && kid->role == INDEX_EXCLUDED;
        uint64_t bound = excluded ? 0 : index_run_bound(kid, lo, hi);
        r->bounds[i] = bound;
        if ((r->op == INDEX_AND || r->op == INDEX_PHRASE) && i < r->required_n && bound == 0)
            return 0;
        sum = r->op == INDEX_ANY ? (bound > sum ? bound : sum) : sum + bound;
    }
    return sum;
}
