/* SPDX-License-Identifier: Apache-2.0
 * What many want and few get: variants that were refused a moment ago. They are looked at before
 * anything else is prepared. Called by checkout_place.c, checkout_crowd.c and checkout_prepare.c;
 * must never refuse by memory: the look does. */
#include <stdatomic.h>

#include "base/instant.h"
#include "flows/checkout/checkout_internal.h"

#define SCARCE_N 1024 /* variants; a later one takes an earlier one's place */
#define SCARCE_S 10   /* since it was refused last */
#define SECONDS_MASK UINT64_C(0xffffff)

/* The upper bits of the variant's hash, and below them the second of its last refusal. */
struct checkout_scarce {
    _Atomic uint64_t seen[SCARCE_N];
};

struct checkout_scarce *checkout_scarce_open(struct arena *life)
{
    return NEW(life, struct checkout_scarce);
}

static uint64_t second_of(const struct cx *cx)
{
    return (uint64_t)(cx->now_ms / SECOND_MS) & SECONDS_MASK;
}

void checkout_scarce_note(struct checkout *c, const struct cx *cx, id variant_id)
{
    uint64_t hash = id_hash(variant_id);
    atomic_store_explicit(&c->scarce->seen[hash % SCARCE_N], (hash & ~SECONDS_MASK) | second_of(cx),
        memory_order_relaxed);
}

static bool is_scarce(struct checkout *c, const struct cx *cx, id variant_id)
{
    uint64_t hash = id_hash(variant_id);
    uint64_t seen = atomic_load_explicit(&c->scarce->seen[hash % SCARCE_N], memory_order_relaxed);
    return ((seen ^ hash) & ~SECONDS_MASK) == 0 &&
           ((second_of(cx) - seen) & SECONDS_MASK) <= SCARCE_S;
}

bool checkout_wants_scarce(
    struct checkout *c, const struct cx *cx, const struct checkout_wish *wish)
{
    for (size_t i = 0; !wish->from_cart && i < wish->items_n; i++)
        if (is_scarce(c, cx, wish->items[i].variant_id))
            return true;
    return false;
}

bool checkout_scarce_want(struct checkout *c, struct cx *cx, const struct checkout_item *items,
    size_t n, struct inventory_want *ret)
{
    bool scarce = false;
    if (n > INVENTORY_LINES_MAX)
        return false;
    struct inventory_line *lines = NEW_N(cx->arena, n, struct inventory_line);
    for (size_t i = 0; i < n; i++) {
        if (id_is_none(items[i].variant_id))
            return false; /* the catalogue will know which is meant */
        scarce |= is_scarce(c, cx, items[i].variant_id);
        lines[i] =
            (struct inventory_line){ items[i].product_id, items[i].variant_id, items[i].quantity };
    }
    *ret = (struct inventory_want){ .cx = cx, .lines = lines, .lines_n = n };
    return scarce;
}
