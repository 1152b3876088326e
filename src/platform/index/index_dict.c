/* SPDX-License-Identifier: Apache-2.0
 * The dictionary of a segment. Called by what makes, merges and queries segments; must never trust
 * a length that it reads. */
#include "platform/index/index_dict.h"

/* ---- writing ---- */

static size_t common(str a, str b)
{
    size_t n = 0, most = a.n < b.n ? a.n : b.n;
    while (n < most && a.p[n] == b.p[n])
        n++;
    return n;
}

void index_dict_add(struct index_dict_writer *w, str token, struct index_term term)
{
    size_t number = w->terms.n / sizeof term;
    str former = { w->former, w->former_n };
    size_t shared = common(former, token);

    ASSERT(token.n <= INDEX_TOKEN_MAX && w->bytes.n < UINT32_MAX);
    ASSERT(number == 0 || str_cmp(former, token) < 0);
    if (number % INDEX_GROUP == 0) {
        struct index_group group = { .at = (uint32_t)w->bytes.n };
        index_bytes_add(&w->groups, &group, sizeof group);
        shared = 0;
    }
    struct index_group *group =
        (struct index_group *)(void *)(w->groups.p + w->groups.n - sizeof *group);
    group->df = term.df > group->df ? term.df : group->df;
    index_bytes_add(&w->bytes, &(uint8_t){ (uint8_t)shared }, 1);
    index_bytes_add(&w->bytes, &(uint8_t){ (uint8_t)(token.n - shared) }, 1);
    index_bytes_add(&w->bytes, token.p + shared, token.n - shared);
    index_bytes_add(&w->terms, &term, sizeof term);
    memcpy(w->former, token.p, token.n);
    w->former_n = token.n;
}

void index_dict_free(struct index_dict_writer *w)
{
    index_bytes_free(&w->groups);
    index_bytes_free(&w->terms);
    index_bytes_free(&w->bytes);
}

/* ---- reading ---- */

/* The token at w->at, put over the former one. */
static void read_token(struct index_walk *w)
{
    const uint8_t *end = w->dict->bytes + w->dict->bytes_n;
    if (end - w->at < 2) {
        w->shared = w->n = 0;
        return;
    }
    size_t shared = w->at[0], more = w->at[1];
    w->at += 2;
    if (shared > w->n)
        shared = w->n;
    if (more > INDEX_TOKEN_MAX - shared)
        more = INDEX_TOKEN_MAX - shared;
    if (more > (size_t)(end - w->at))
        more = (size_t)(end - w->at);
    memcpy(w->token + shared, w->at, more);
    w->at += more;
    w->shared = shared;
    w->n = shared + more;
}

/* The walk goes to the first token of a group. */
static void to_group(struct index_walk *w, size_t group)
{
    w->next = group * INDEX_GROUP;
    w->at = w->dict->bytes + w->dict->groups[group].at;
    w->n = 0;
}

static str first_of(const struct index_dict *dict, size_t group)
{
    const uint8_t *p = dict->bytes + dict->groups[group].at, *end = dict->bytes + dict->bytes_n;
    if (end - p < 2)
        return (str){ 0 };
    size_t n = p[1];
    return (str){ (const char *)p + 2, n < (size_t)(end - p - 2) ? n : (size_t)(end - p - 2) };
}

/* The last group whose first token is <= token; 0 when there is none. */
static size_t group_of(const struct index_dict *dict, str token)
{
    size_t low = 0, high = dict->groups_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(first_of(dict, mid), token) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? low - 1 : 0;
}

void index_walk_open(struct index_walk *w, const struct index_dict *dict, str from)
{
    w->dict = dict;
    w->next = 0;
    w->n = w->shared = 0;
    w->at = dict->bytes;
    if (dict->terms_n == 0)
        return;
    to_group(w, group_of(dict, from));
    struct index_walk before = *w;
    while (index_walk_next(w) && str_cmp(index_walk_token(w), from) < 0)
        before = *w;
    *w = before; /* one step before the token sought */
}

bool index_walk_next(struct index_walk *w)
{
    if (w->next >= w->dict->terms_n)
        return false;
    if (w->next % INDEX_GROUP == 0)
        to_group(w, w->next / INDEX_GROUP);
    read_token(w);
    w->next++;
    return true;
}

const struct index_term *index_dict_find(const struct index_dict *dict, str token)
{
    if (dict->terms_n == 0 || token.n > INDEX_TOKEN_MAX)
        return NULL;
    struct index_walk w;
    w.dict = dict;
    w.shared = 0;
    to_group(&w, group_of(dict, token));
    size_t end = w.next + INDEX_GROUP < dict->terms_n ? w.next + INDEX_GROUP : dict->terms_n;
    while (w.next < end && index_walk_next(&w)) {
        int order = str_cmp(index_walk_token(&w), token);
        if (order == 0)
            return index_walk_term(&w);
        if (order > 0)
            return NULL;
    }
    return NULL;
}
