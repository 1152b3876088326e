/* SPDX-License-Identifier: Apache-2.0
 * An inverted index in process: tokens in, query trees in, ranked ids with exact facets out. Knows
 * no language (callers bring tokens), no shop and no database. Derived data: can always be rebuilt.
 *
 * Any number of threads may query, none waits for a writer; writers take turns. What a call has
 * written is seen by every query that begins after it. Queries: index_query.h. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_H
#define SOUK_PLATFORM_INDEX_INDEX_H

#include "base/err.h"

extern const problem INDEX_CORRUPT; /* files are damaged: rebuild */
extern const problem INDEX_FOREIGN; /* of another schema, version or machine: rebuild */
extern const problem INDEX_IO;      /* the disk failed */

#define INDEX_TEXTS_MAX 8
#define INDEX_KEYWORDS_MAX 8
#define INDEX_NUMBERS_MAX 32
#define INDEX_FLAGS_MAX 32
#define INDEX_TOKEN_MAX 64       /* bytes; what is longer is cut at a character */
#define INDEX_POSITION_MAX 65535 /* later tokens match, but are in no phrase */

/* ---- schema ---- */
struct index_text_field {
    const char *name;
    float weight; /* of a word in this field, as in BM25F */
    float b;      /* 0: length does not matter, 1: fully */
};
struct index_keyword_field {
    const char *name;
    bool many; /* a document may have several values */
};
struct index_schema {
    const struct index_text_field *texts;
    const struct index_keyword_field *keywords;
    const char *const *numbers; /* names of int64 columns */
    const char *const *flags;
    size_t texts_n, keywords_n, numbers_n, flags_n;
    float k1; /* saturation; 0: 1.2 */
};

/* ---- documents ---- */
struct index_token {
    str text;
    uint32_t position; /* never falling within a field; alternatives share one */
};
struct index_text {
    const struct index_token *tokens;
    size_t n;
};
struct index_values {
    const str *values;
    size_t n;
};
struct index_attribute {
    str name, value; /* value absent: a number */
    int64_t number;
};
/* Arrays have an entry for every field of the schema; NULL: all empty. */
struct index_doc {
    id id;
    const struct index_text *texts;
    const struct index_values *keywords;
    const int64_t *numbers;
    uint32_t flags; /* bit i: flag i */
    const struct index_attribute *attributes;
    size_t attributes_n;
};

struct index;
/* Empty; the schema is copied. Merges run on a thread of the index's own. */
struct index *index_open(struct index_schema schema);
void index_close(struct index *ix); /* NULL is a no-op; nobody may be using it */
/* Adds or replaces. Best in batches; of one id twice the last counts. */
void index_put(struct index *ix, const struct index_doc *docs, size_t n);
size_t index_remove(struct index *ix, const id *ids, size_t n); /* how many were there */
/* What a column holds; false when there is no such document. */
bool index_get_number(struct index *ix, id doc_id, size_t number, int64_t *ret);
/* In place, at once; false when there is no such document. */
bool index_set_number(struct index *ix, id doc_id, size_t number, int64_t value);
bool index_set_flag(struct index *ix, id doc_id, size_t flag, bool value);
/* Where the owner's change log is applied up to; kept in snapshots. */
void index_set_sequence(struct index *ix, int64_t sequence);
int64_t index_sequence(struct index *ix);
/* Merges all there is into one segment, in the calling thread. */
void index_optimize(struct index *ix);

/* Whether a query that looks at very many documents may use a second thread, of the index's own,
 * while no other query does and a processor is idle; it may when nothing is said. */
void index_share_work(struct index *ix, bool on);

/* ---- files (docs/index-format.md) ---- */
/* Writes what is not there yet; a crash at any point leaves the former snapshot. */
err index_save(struct index *ix, struct cx *cx, str folder) MUST_USE;
/* A new index of the folder's snapshot; ERR_MISSING when there is none. */
err index_load(struct cx *cx, str folder, struct index_schema schema, struct index **ret) MUST_USE;
/* `ix` gets what `fresh` has, and the other way round: queries see all of one or all of the other.
 * Both of one schema. For rebuilding beside the living index. */
void index_swap(struct index *ix, struct index *fresh);

struct index_figures {
    int64_t docs, segments, tokens, bytes, removed; /* bytes: of memory and mapped files */
};
struct index_figures index_figures_of(struct index *ix);

#endif
