/* SPDX-License-Identifier: Apache-2.0
 * Sponsored results: of the first page of a search, those with a campaign go where they paid to be,
 * and say so. Called for lists; must never show what the search did not find, nor show it twice. */
#include "flows/shop/shop_internal.h"

#include <string.h>

#define SLOTS 2
static const size_t slots[SLOTS] = { 0, 5 }; /* behind what staff pinned */

static bool has_rule(struct shop_rules rules, enum merchandising_kind kind, id product_id)
{
    for (size_t i = 0; i < rules.n; i++)
        if (rules.all[i].kind == kind && id_eq(rules.all[i].product_id, product_id))
            return true;
    return false;
}

/* A card that stands higher without paying stays where it is, and is not sponsored. */
static void lift(struct shop_card *cards, size_t from, size_t to)
{
    if (from <= to)
        return;
    struct shop_card card = cards[from];
    card.sponsored = true;
    memmove(&cards[to + 1], &cards[to], (from - to) * sizeof *cards);
    cards[to] = card;
}

/* Which cards may be sponsored: what has all words, can be bought and is not in staff's hands. */
static size_t candidates(struct shop_rules rules, const struct shop_list *l, id *ret)
{
    size_t n = 0, whole = l->cards_n;
    if (l->found.relaxed && l->found.whole < (int64_t)whole)
        whole = (size_t)l->found.whole;
    for (size_t i = 0; i < whole; i++) {
        id product_id = l->cards[i].product.product_id;
        if (l->cards[i].stock > 0 && !has_rule(rules, MERCHANDISING_BURY, product_id) &&
            !has_rule(rules, MERCHANDISING_PIN, product_id))
            ret[n++] = product_id;
    }
    return n;
}

err shop_sponsored_apply(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    struct shop_rules rules, struct shop_list *l)
{
    const struct search_query *q = &l->query;
    size_t first = 0, picked[SLOTS], picked_n = 0;
    if (!s->deps.campaigns || !in->ads || in->explain || l->page != 1 || q->page_token.n ||
        !q->text.n || q->sort != SEARCH_RELEVANCE)
        return NULL;
    id *ids = NEW_N(cx->arena, l->cards_n + 1, id);
    size_t n = candidates(rules, l, ids);
    while (first < l->cards_n &&
           has_rule(rules, MERCHANDISING_PIN, l->cards[first].product.product_id))
        first++;
    err e = n > 0 ? campaigns_pick(s->deps.campaigns, cx, ids, n, SLOTS, picked, &picked_n) : NULL;
    for (size_t i = 0; !e && i < picked_n; i++)
        for (size_t at = first; at < l->cards_n; at++)
            if (id_eq(l->cards[at].product.product_id, ids[picked[i]])) {
                lift(l->cards, at, first + slots[i]);
                break;
            }
    return e;
}
