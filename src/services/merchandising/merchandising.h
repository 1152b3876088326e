/* SPDX-License-Identifier: Apache-2.0
 * What staff do to searches (synonyms, pins, buries, redirects), and what people search for. All
 * verbs but merchandising_count run in the caller's unit of work. */
#ifndef SOUK_SERVICES_MERCHANDISING_MERCHANDISING_H
#define SOUK_SERVICES_MERCHANDISING_MERCHANDISING_H

#include "platform/http/service.h"

struct merchandising;
extern const struct service merchandising_service;

extern const problem MERCHANDISING_KNOWN; /* 409 already_there: such a synonym or rule */
extern const problem MERCHANDISING_FULL;  /* 409 too_many */

#define MERCHANDISING_KEEP_DAYS 180
struct merchandising_deps {
    struct db *db;
    int64_t keep_days; /* what was searched for; 0: MERCHANDISING_KEEP_DAYS */
};
struct merchandising *merchandising_open(struct arena *life, struct merchandising_deps deps);
void merchandising_close(struct merchandising *m); /* NULL is a no-op */

#define MERCHANDISING_TEXT_MAX 100
#define MERCHANDISING_SYNONYMS_MAX 5000
#define MERCHANDISING_RULES_MAX 50 /* of one query */

/* ---- synonyms ---- */
struct merchandising_synonym {
    id synonym_id;
    str term, replacement; /* words or phrases */
    bool one_way;          /* who searches for term finds replacement, not the other way round */
    int64_t created_at;    /* Unix milliseconds, as all times */
};
/* WRITE. MERCHANDISING_KNOWN, MERCHANDISING_FULL, ERR_INVALID. */
err merchandising_synonym_add(struct merchandising *m, struct cx *cx,
    const struct merchandising_synonym *in, struct merchandising_synonym *ret) MUST_USE;
err merchandising_synonym_remove(struct merchandising *m, struct cx *cx, id synonym_id) MUST_USE;
err merchandising_synonyms(struct merchandising *m, struct cx *cx,
    struct merchandising_synonym **ret, size_t *ret_n) MUST_USE;

/* ---- rules of a query ---- */
enum merchandising_kind {
    MERCHANDISING_PIN,      /* the product comes first, by position */
    MERCHANDISING_BURY,     /* the product comes last */
    MERCHANDISING_REDIRECT, /* the page of `target` instead of results */
    MERCHANDISING_KINDS_N,
};
extern const char *const merchandising_kind_names[MERCHANDISING_KINDS_N + 1];
struct merchandising_rule {
    id rule_id;
    str query;
    enum merchandising_kind kind;
    id product_id;
    int64_t position;
    str target; /* a path of the shop: "/c/computers" */
    int64_t created_ms;
};
/* WRITE. MERCHANDISING_KNOWN, MERCHANDISING_FULL, ERR_INVALID. */
err merchandising_rule_add(struct merchandising *m, struct cx *cx,
    const struct merchandising_rule *in, struct merchandising_rule *ret) MUST_USE;
err merchandising_rule_remove(struct merchandising *m, struct cx *cx, id rule_id) MUST_USE;
err merchandising_rules(struct merchandising *m, struct cx *cx, struct merchandising_rule **ret,
    size_t *ret_n) MUST_USE;
/* What a search needs: rules of this query, pins by position; and the version of the synonyms. */
err merchandising_of(struct merchandising *m, struct cx *cx, str query,
    struct merchandising_rule **ret, size_t *ret_n, int64_t *ret_version) MUST_USE;

/* ---- what is asked for ---- */
/* The one form of a query: small letters, single blanks, at most MERCHANDISING_TEXT_MAX characters;
 * absent when nothing is left. */
str merchandising_plain(struct arena *arena, str query);
/* Without a unit, from any thread: notes that a query found so many. */
void merchandising_count(struct merchandising *m, str query, int64_t found);
/* WRITE, one at a time: writes what was noted; if the unit is not committed, the next writes the
 * same. */
err merchandising_flush(struct merchandising *m, struct cx *cx) MUST_USE;
struct merchandising_query {
    str query;
    int64_t searches, found, last_at; /* found: by the last search */
};
/* The most frequent ones; `none`: of those that found nothing. */
err merchandising_asked(struct merchandising *m, struct cx *cx, bool none, int64_t limit,
    struct merchandising_query **ret, size_t *ret_n) MUST_USE;
/* The most frequent ones that found something and begin so. */
err merchandising_begun(struct merchandising *m, struct cx *cx, str prefix, int64_t limit,
    struct merchandising_query **ret, size_t *ret_n) MUST_USE;

#endif
