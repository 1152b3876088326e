/* SPDX-License-Identifier: Apache-2.0
 * Adding and replacing a product: check, find, write what differs, tell. Called by imports by the
 * million, so a repeat costs one statement and a new product three. Must never begin or commit. */
#include "services/catalog/catalog_store.h"

/* A product that is on its way into the tables. */
struct put {
    const struct catalog_product *in;
    struct catalog_known known;
    id product_id;
    struct catalog_stored *stored;
    size_t stored_n;
    struct catalog_match *matches; /* one for each variant */
};

static err match_variants(struct catalog *c, struct cx *cx, struct put *p)
{
    if (p->known.product) {
        err e = catalog_store_variants(c, cx, p->product_id, &p->stored, &p->stored_n);
        if (e)
            return e;
    }
    p->matches = NEW_N(cx->arena, p->in->variants_n, struct catalog_match);
    catalog_domain_match(p->in->variants, p->in->variants_n, p->stored, p->stored_n, p->matches);
    for (size_t i = 0; i < p->in->variants_n; i++)
        if (id_is_none(p->matches[i].variant_id))
            p->matches[i].variant_id = cx_id(cx);
    return NULL;
}

/* The row first: on PostgreSQL that locks the product before its variants are looked at. */
static err write(struct catalog *c, struct cx *cx, struct put *p, int64_t digest)
{
    struct catalog_row row = { .product = p->in,
        .product_id = p->product_id,
        .slug = p->in->slug.n > 0 ? p->in->slug : catalog_domain_slug(cx->arena, p->in),
        .digest = digest };
    err e = p->known.product ? catalog_store_set(c, cx, row) : catalog_store_add(c, cx, row);
    if (!e)
        e = match_variants(c, cx, p);
    if (e)
        return e;
    return catalog_store_replace(c, cx,
        &(struct catalog_variants){ .product_id = p->product_id,
            .variants = p->in->variants,
            .matches = p->matches,
            .n = p->in->variants_n,
            .stored = p->stored,
            .stored_n = p->stored_n });
}

static err tell(struct catalog *c, struct cx *cx, const struct put *p)
{
    const id nowhere = { { 0 } };
    bool was = p->known.product && p->known.status == CATALOG_PUBLISHED;
    bool is = p->in->status == CATALOG_PUBLISHED;
    err e = catalog_count_move(
        c, cx, was ? p->known.category_id : nowhere, is ? p->in->category_id : nowhere);
    return e ? e : catalog_emit(c, cx, p->product_id);
}

err catalog_product_put(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    id *ret_product_id, id *ret_ids)
{
    struct put p = { .in = in };
    err e = catalog_domain_check(cx, in);
    if (!e)
        e = catalog_store_known(c, cx, in, &p.known);
    if (e)
        return e;
    if (!p.known.category)
        return FAIL(cx, CATALOG_CATEGORY_UNKNOWN, "of \"" STR_F "\"", STR_A(in->title));
    p.product_id = p.known.product ? p.known.product_id
                                   : (id_is_none(in->product_id) ? cx_id(cx) : in->product_id);
    int64_t digest = catalog_domain_digest(in);
    bool same = p.known.product && p.known.digest == digest && p.known.status == in->status;
    if (same)
        e = ret_ids ? match_variants(c, cx, &p) : NULL; /* a repeat: nothing to write or to tell */
    else {
        e = write(c, cx, &p, digest);
        if (!e && !in->silent)
            e = tell(c, cx, &p);
    }
    if (e)
        return e;
    if (in->ret_outcome)
        *in->ret_outcome =
            same ? CATALOG_SAME : (p.known.product ? CATALOG_CHANGED : CATALOG_ADDED);
    for (size_t i = 0; ret_ids && i < in->variants_n; i++)
        ret_ids[i] = p.matches[i].variant_id;
    *ret_product_id = p.product_id;
    return NULL;
}
