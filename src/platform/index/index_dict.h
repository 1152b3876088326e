/* SPDX-License-Identifier: Apache-2.0
 * The dictionary of one segment: its tokens in order of bytes, front-coded in groups of 16, and
 * what is known of each. For index_*.c alone; reading never leaves the sections. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_DICT_H
#define SOUK_PLATFORM_INDEX_INDEX_DICT_H

#include "platform/index/index.h"
#include "platform/index/index_postings.h"

#define INDEX_GROUP 16 /* tokens */

struct index_group {
    uint32_t at; /* its bytes */
    uint32_t df; /* the highest of its tokens */
};
struct index_dict {
    const struct index_group *groups;
    const struct index_term *terms;
    const uint8_t *bytes;
    size_t groups_n, terms_n, bytes_n;
};

struct index_dict_writer {
    struct index_bytes groups, terms, bytes;
    char former[INDEX_TOKEN_MAX];
    size_t former_n;
};
/* Tokens rise; at most INDEX_TOKEN_MAX bytes. */
void index_dict_add(struct index_dict_writer *w, str token, struct index_term term);
void index_dict_free(struct index_dict_writer *w);

/* Walks tokens in order. */
struct index_walk {
    const struct index_dict *dict;
    size_t next; /* number of the token after the current one */
    const uint8_t *at;
    size_t shared; /* bytes that the current token has in common with the one before */
    size_t n;
    char token[INDEX_TOKEN_MAX];
};
/* To the first token >= `from`; index_walk_next then gives it. */
void index_walk_open(struct index_walk *w, const struct index_dict *dict, str from);
bool index_walk_next(struct index_walk *w); /* false at the end */
static inline str index_walk_token(const struct index_walk *w)
{
    return (str){ w->token, w->n };
}
static inline const struct index_term *index_walk_term(const struct index_walk *w)
{
    return &w->dict->terms[w->next - 1];
}
/* NULL when there is no such token. */
const struct index_term *index_dict_find(const struct index_dict *dict, str token);

#endif
