/* SPDX-License-Identifier: Apache-2.0
 * A query's tree made ready: weights of its words from how rare they are in the whole index, then,
 * for one segment after another, cursors that run. For index_*.c alone.
 *
 * Scores are integers (weight x impact), so that their sum does not depend on the order in which
 * they are added: pruned and full evaluation agree to the bit. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_PLAN_H
#define SOUK_PLATFORM_INDEX_INDEX_PLAN_H

#include "platform/index/index_internal.h"
#include "platform/index/index_query.h"

#define INDEX_SCALE 2048.0 /* weight of a word with rarity 1 */
#define INDEX_WEIGHTS_MAX (UINT32_MAX / 255 - INDEX_NODES_MAX)

/* How rare words were: kept in page tokens, so that the next page weighs them as the first did,
 * also when it is asked with a tree that has got other words beside them (a new synonym, say). */
struct index_rarity {
    uint64_t docs;
    struct index_rare {
        uint32_t key; /* a hash of the word, of INDEX_RARE_BITS */
        uint32_t df;
    } * words; /* in the order of the tree; of one key the first is the first one's, and so on */
    size_t n;
};
#define INDEX_RARE_BITS 28

struct index_plan {
    enum index_op op;
    enum index_role role;
    str text;
    uint32_t fields, least;
    uint32_t weight;       /* of TERM and PREFIX */
    double rarity, factor; /* its parts, for explanations */
    uint32_t df;
    struct index_plan *kids;
    size_t kids_n;
};
/* NULL when it is too deep or too large. `given` may be NULL; what was used goes to *ret. */
struct index_plan *index_plan_make(struct arena *arena, const struct index_view *v,
    const struct index_shape *shape, const struct index_node *root,
    const struct index_rarity *given, struct index_rarity *ret);

/* ---- running in one segment (index_run.c) ---- */
struct index_run {
    enum index_op op;
    enum index_role role;
    uint32_t fields; /* 0: all */
    uint32_t weight, least;
    uint64_t cost;              /* about how many documents match */
    struct index_cursor cursor; /* TERM */
    const uint8_t *column;      /* impacts of all documents, in place of a cursor; or NULL */
    const uint8_t *column_max;  /* of each INDEX_BLOCK documents */
    uint8_t max;                /* impact */
    struct index_run *kids;     /* of an AND: required ones first, the rarest leading */
    size_t kids_n, required_n;
    struct index_place *places;     /* of a PHRASE, for each kid */
    uint32_t *docs, *scores, *rest; /* INDEX_WINDOW each, for kids */
    uint64_t *bounds;               /* of kids, in the window */
    const struct index_plan *plan;
    uint32_t all; /* documents of the segment */
};
struct index_place {              /* where a kid of a phrase stands */
    struct index_cursor *cursors; /* of the alternatives */
    size_t n;
    uint32_t *found; /* positions */
    size_t found_n;
};
/* NULL: nothing matches in this segment. */
struct index_run *index_run_open(
    struct arena *arena, const struct index_segment *s, const struct index_plan *plan);
/* The first document >= lo that may match; `all` when there is none. */
uint32_t index_run_seek(struct index_run *r, uint32_t lo);
/* Matches in [lo, hi), hi - lo <= INDEX_WINDOW, with scores (>= 1). Those below `floor` may be left
 * out. Windows rise. */
struct index_window {
    uint32_t lo, hi;
    uint64_t floor;
};
size_t index_run_next(
    struct index_run *r, struct index_window in, uint32_t *ret_docs, uint32_t *ret_scores);
/* Scores of documents, rising; 0: no match. */
void index_run_probe(struct index_run *r, const uint32_t *docs, size_t n, uint32_t *ret_scores);
/* No match in [lo, hi) has a higher score. */
uint64_t index_run_bound(struct index_run *r, uint32_t lo, uint32_t hi);

/* ---- phrases (index_phrase.c) ---- */
void index_phrase_open(struct arena *arena, const struct index_segment *s, struct index_run *r);
bool index_phrase_at(struct index_run *r, uint32_t doc); /* documents rise */

/* ---- prefixes (index_prefix.c) ---- */
/* Documents that have tokens with this prefix, in one segment: about, some may count twice. */
uint64_t index_prefix_df(const struct index_segment *s, str prefix);
/* Makes r an ANY of the tokens, or a column of their impacts; false when there are none. */
bool index_prefix_open(struct arena *arena, const struct index_segment *s, struct index_run *r);
void index_run_term(struct arena *arena, const struct index_segment *s, struct index_run *r,
    const struct index_term *term);

#endif
