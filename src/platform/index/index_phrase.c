/* SPDX-License-Identifier: Apache-2.0
 * Words in a row: positions of documents that have them all. Called by index_run.c and
 * index_match.c; must never be asked for documents that fall. */
#include "platform/index/index_plan.h"

#define POSITIONS_MAX 1024 /* of one word in one document; what is beyond is in no phrase */

static void open_place(struct arena *arena, const struct index_segment *s, struct index_run *kid,
    struct index_place *p)
{
    p->found = NEW_N(arena, POSITIONS_MAX, uint32_t);
    if (kid->kids_n == 0) {
        p->n = 1;
        p->cursors = NEW(arena, struct index_cursor);
        const struct index_term *t = index_dict_find(&s->dict, kid->plan->text);
        if (t)
            index_cursor_open(p->cursors, arena, &s->postings, *t);
        return;
    }
    p->cursors = NEW_N(arena, kid->kids_n, struct index_cursor);
    for (size_t i = 0; i < kid->kids_n; i++) {
        const struct index_term *t = index_dict_find(&s->dict, kid->kids[i].plan->text);
        if (t)
            index_cursor_open(&p->cursors[p->n++], arena, &s->postings, *t);
    }
}

void index_phrase_open(struct arena *arena, const struct index_segment *s, struct index_run *r)
{
    r->places = NEW_N(arena, r->kids_n, struct index_place);
    for (size_t i = 0; i < r->kids_n; i++)
        open_place(arena, s, &r->kids[i], &r->places[i]);
}

static void find_positions(struct index_place *p, uint32_t doc)
{
    p->found_n = 0;
    for (size_t i = 0; i < p->n; i++) {
        int at = index_cursor_find(&p->cursors[i], doc);
        if (at >= 0)
            p->found_n += index_cursor_positions(
                &p->cursors[i], (unsigned)at, p->found + p->found_n, POSITIONS_MAX - p->found_n);
    }
}

static bool has_position(const struct index_place *p, uint32_t position)
{
    for (size_t i = 0; i < p->found_n; i++)
        if (p->found[i] == position)
            return true;
    return false;
}

bool index_phrase_at(struct index_run *r, uint32_t doc)
{
    for (size_t i = 0; i < r->kids_n; i++) {
        find_positions(&r->places[i], doc);
        if (r->places[i].found_n == 0)
            return false;
    }
    for (size_t i = 0; i < r->places[0].found_n; i++) {
        uint32_t position = r->places[0].found[i];
        bool row = (!r->fields || r->fields >> (position >> 16) & 1) &&
                   (position & 0xffff) + r->kids_n <= INDEX_POSITION_MAX;
        for (size_t k = 1; row && k < r->kids_n; k++)
            row = has_position(&r->places[k], position + (uint32_t)k);
        if (row)
            return true;
    }
    return false;
}
