/* SPDX-License-Identifier: Apache-2.0
 * Prefixes: few tokens become alternatives, many a column of impacts made for this query. Called by
 * index_plan.c and index_run.c; must never leave a token out. */
#include "platform/index/index_plan.h"

#define FEW 16 /* tokens */

uint64_t index_prefix_df(const struct index_segment *s, str prefix)
{
    struct index_walk w;
    uint64_t df = 0;
    index_walk_open(&w, &s->dict, prefix);
    while (index_walk_next(&w) && str_starts(index_walk_token(&w), prefix))
        df += index_walk_term(&w)->df;
    return df;
}

static void add_to_column(
    struct index_run *r, struct index_cursor *c, uint8_t *column, uint8_t *column_max)
{
    for (; c->block < c->blocks_n; c->block++) {
        index_cursor_load(c);
        if (r->fields)
            index_cursor_masks(c);
        for (unsigned i = 0; i < c->n; i++) {
            uint32_t doc = c->docs[i];
            if (doc >= r->all || (r->fields && !(c->masks[i] & r->fields)))
                continue;
            uint8_t impact = c->impacts[i] ? c->impacts[i] : 1,
                    *max = &column_max[doc / INDEX_BLOCK];
            column[doc] = impact > column[doc] ? impact : column[doc];
            *max = impact > *max ? impact : *max;
        }
    }
}

static void open_column(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    uint8_t *column = NEW_N(arena, index_dense_size(s->docs), uint8_t);
    uint8_t *column_max = column + index_dense_docs(s->docs);
    struct index_cursor c;
    struct index_walk w;
    index_cursor_buffers(&c, arena);
    index_walk_open(&w, &s->dict, r->plan->text);
    while (index_walk_next(&w) && str_starts(index_walk_token(&w), r->plan->text)) {
        const struct index_term *t = index_walk_term(&w);
        index_cursor_reopen(&c, &s->postings, *t);
        add_to_column(r, &c, column, column_max);
        r->max = t->max > r->max ? t->max : r->max;
        r->cost += t->df;
    }
    r->column = column;
    r->column_max = column_max;
}

bool index_prefix_open(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    struct index_walk w;
    const struct index_term *terms[FEW];
    size_t n = 0;
    index_walk_open(&w, &s->dict, r->plan->text);
    while (n <= FEW && index_walk_next(&w) && str_starts(index_walk_token(&w), r->plan->text)) {
        if (n < FEW)
            terms[n] = index_walk_term(&w);
        n++;
    }
    if (n > FEW) {
        open_column(arena, s, r);
        return true;
    }
    r->op = INDEX_ANY;
    r->least = 1;
    r->kids = NEW_N(arena, n, struct index_run);
    r->kids_n = n;
    for (size_t i = 0; i < n; i++) {
        r->kids[i] = (struct index_run){
            .fields = r->fields, .weight = r->weight, .plan = r->plan, .all = r->all
        };
        index_run_term(arena, s, &r->kids[i], terms[i]);
        r->cost += r->kids[i].cost;
    }
    return n > 0;
}
