/* SPDX-License-Identifier: Apache-2.0
 * What the demo shop's customers think of its products, and the ids of both. Called by
 * command_demo.c; must never write anything itself. */
#include "app/command_demo.h"

#define DEMO_FIRST_MS INT64_C(1735689600000) /* 2025-01-01 */

id command_demo_id(str name)
{
    return id_from_name(S("demo"), name);
}

/* The same for the same product, and in the order of their making: what is looked up by id grows
 * at its end, which is where a million rows go in quickly. The first 48 bits are a time, as they
 * are in all ids. */
static id timed_id(str name, int64_t at_ms)
{
    id a = command_demo_id(name);
    for (size_t k = 0; k < 6; k++)
        a.b[k] = (uint8_t)((uint64_t)at_ms >> (40 - 8 * k));
    return a;
}

id command_demo_product_id(const struct demo_product *p, int64_t i)
{
    return timed_id(p->key, DEMO_FIRST_MS + i);
}

int64_t command_demo_stars(const struct demo_product *p)
{
    int64_t sum = 0;
    for (int s = 0; s < REVIEWS_STARS; s++)
        sum += p->histogram[s] * (s + 1);
    return sum;
}

static void fill_review(struct demo *demo, struct cx *cx, int64_t i, const struct demo_product *p,
    int64_t k, struct reviews_review *ret)
{
    struct demo_review r;
    demo_review_of(demo, i, p, k, cx->arena, &r);
    str name = str_fmt(cx->arena, STR_F "/%lld", STR_A(p->key), (long long)k);
    *ret = (struct reviews_review){ .review_id = timed_id(name, r.created_ms),
        .product_id = command_demo_product_id(p, i),
        .user_id = command_demo_id(r.email),
        .rating = r.rating,
        .title = r.title,
        .comment = r.body,
        .author = r.author,
        .verified = r.verified,
        .helpful = r.helpful,
        .created_ms = r.created_ms,
        .updated_ms = r.created_ms };
}

void command_demo_reviews(struct demo *demo, struct cx *cx, int64_t first,
    const struct demo_product *products, size_t n, struct reviews_history *ret)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += (size_t)demo_texts(demo, &products[i]);
    struct reviews_review *list = NEW_N(cx->arena, room, struct reviews_review);
    struct reviews_total *totals = NEW_N(cx->arena, n, struct reviews_total);
    id *ids = NEW_N(cx->arena, n, id);
    *ret = (struct reviews_history){ .reviews = list, .product_ids = ids, .totals = totals };
    for (size_t i = 0; i < n; i++) {
        const struct demo_product *p = &products[i];
        if (p->rating_count == 0)
            continue;
        struct reviews_total *t = &totals[ret->totals_n];
        ids[ret->totals_n++] = command_demo_product_id(p, first + (int64_t)i);
        for (int s = 0; s < REVIEWS_STARS; s++)
            t->stars[s] = t->plain[s] = p->histogram[s];
        for (int64_t k = 0; k < demo_texts(demo, p); k++) {
            struct reviews_review *r = &list[ret->reviews_n++];
            fill_review(demo, cx, first + (int64_t)i, p, k, r);
            t->plain[r->rating - 1]--;
        }
    }
}
