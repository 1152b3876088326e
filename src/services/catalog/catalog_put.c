/* SPDX-License-Identifier: Apache-2.0
 * Adding and replacing products: check all, find what is there, refuse, and only then write what
 * differs. Called by imports by the million, so every step is one batch for many products. Must
 * never write anything of a product that it refuses, nor begin or commit. */
#include "base/map.h"
#include "services/catalog/catalog_store.h"

/* A product on its way into the tables. */
struct put {
    const struct catalog_product *in;
    struct catalog_put *ret;
    const struct catalog_sealed *sealed;
    struct catalog_known known;
    bool same;
    struct catalog_stored *stored;
    size_t stored_n;
    struct catalog_match *matches; /* one for each variant */
};

/* Products that do not concern each other, so that they may be looked at together. */
struct round {
    struct put *puts;
    size_t n;
};

static bool is_open(const struct put *p)
{
    return !p->ret->e;
}

static bool is_written(const struct put *p)
{
    return is_open(p) && !p->same;
}

/* The failure is the product's own, and told with it. */
static void refuse(struct cx *cx, struct put *p, err e)
{
    p->ret->e = e;
    p->ret->detail = str_dup(cx->arena, cx->detail);
    p->ret->fields = cx->fields;
    cx_clear(cx);
}

/* ---- which products go together ---- */

/* True when a product of the round has this name of a thing; else it has it from now on. */
static bool seen(struct map *map, str name)
{
    if (map_get(map, name))
        return true;
    map_put(map, name, map);
    return false;
}

static bool repeats(struct map *ids, struct map *texts, const struct catalog_product *p)
{
    bool again =
        !id_is_none(p->product_id) && seen(ids, (str){ (const char *)p->product_id.b, 16 });
    again = (p->source.n && seen(ids, p->source)) || again;
    for (size_t i = 0; i < p->variants_n; i++)
        again = seen(texts, p->variants[i].sku) || again;
    return again;
}

/* How many products from the first one on have ids, sources and SKUs of their own. A product that
 * says its SKU twice is a round of its own, and will be refused. */
static size_t round_size(struct cx *cx, const struct catalog_product *in, size_t n)
{
    struct map ids = map_new(cx->arena, n * 2), skus = map_new(cx->arena, n * 2);
    size_t size = 0;
    while (size < n && !repeats(&ids, &skus, &in[size]))
        size++;
    return size ? size : 1;
}

/* ---- what is there ---- */

static err find_known(struct catalog *c, struct cx *cx, struct round *r)
{
    const struct catalog_product **in = NEW_N(cx->arena, r->n, const struct catalog_product *);
    struct catalog_known *known = NEW_N(cx->arena, r->n, struct catalog_known);
    struct put **of = NEW_N(cx->arena, r->n, struct put *);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct put *p = &r->puts[i];
        p->sealed = p->in->sealed;
        err bad = p->sealed ? NULL : catalog_product_seal(cx, p->in, &p->sealed);
        if (bad) {
            refuse(cx, p, bad);
            continue;
        }
        of[n] = p;
        in[n++] = p->in;
    }
    err e = catalog_store_known(c, cx, in, n, known);
    for (size_t i = 0; !e && i < n; i++) {
        struct put *p = of[i];
        p->known = known[i];
        p->same = known[i].product && known[i].digest == p->sealed->digest &&
                  known[i].status == p->in->status;
        if (!known[i].category)
            refuse(
                cx, p, FAIL(cx, CATALOG_CATEGORY_UNKNOWN, "of \"" STR_F "\"", STR_A(p->in->title)));
    }
    return e;
}

/* Stored products that will be written wait for each other, in the order of their ids; then what is
 * stored of all is read. */
static err find_variants(struct catalog *c, struct cx *cx, struct round *r)
{
    id *ids = NEW_N(cx->arena, r->n, id);
    size_t *of = NEW_N(cx->arena, r->n, size_t);
    struct catalog_list *lists = NEW_N(cx->arena, r->n, struct catalog_list);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (is_written(&r->puts[i]) && r->puts[i].known.product)
            ids[n++] = r->puts[i].known.product_id;
    err e = n ? catalog_store_lock(c, cx, ids, n) : NULL;
    n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (is_open(&r->puts[i]) && r->puts[i].known.product) {
            of[n] = i;
            ids[n++] = r->puts[i].known.product_id;
        }
    if (!e && n)
        e = catalog_store_variants(c, cx, ids, n, lists);
    for (size_t i = 0; !e && i < n; i++) {
        r->puts[of[i]].stored = lists[i].stored;
        r->puts[of[i]].stored_n = lists[i].n;
    }
    return e;
}

static void match(struct cx *cx, struct put *p)
{
    size_t n = p->in->variants_n;
    p->matches = NEW_N(cx->arena, n, struct catalog_match);
    catalog_domain_match(p->in->variants, n, p->stored, p->stored_n, p->matches);
}

/* ---- SKUs of others ---- */

static bool stores_sku(const struct put *p, str sku)
{
    for (size_t i = 0; i < p->stored_n; i++)
        if (str_eq(p->stored[i].sku, sku))
            return true;
    return false;
}

/* A SKU that a former product of the round has now may be free after it: the round ends here. */
static bool ends_round(const struct round *r, size_t at, id owner)
{
    for (size_t i = 0; i < at; i++)
        if (is_written(&r->puts[i]) && r->puts[i].known.product &&
            id_eq(r->puts[i].known.product_id, owner))
            return true;
    return false;
}

struct asked {
    size_t put, variant;
};

static size_t ask_skus(const struct round *r, struct asked *asked, str *skus)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct put *p = &r->puts[i];
        for (size_t v = 0; is_written(p) && v < p->in->variants_n; v++)
            if (!stores_sku(p, p->in->variants[v].sku)) {
                asked[n] = (struct asked){ i, v };
                skus[n++] = p->in->variants[v].sku;
            }
    }
    return n;
}

static err check_skus(struct catalog *c, struct cx *cx, struct round *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->puts[i].in->variants_n;
    struct asked *asked = NEW_N(cx->arena, n, struct asked);
    str *skus = NEW_N(cx->arena, n, str);
    id *owners = NEW_N(cx->arena, n, id);
    n = ask_skus(r, asked, skus);
    err e = n ? catalog_store_owners(c, cx, skus, n, owners) : NULL;
    if (e)
        return e;
    for (size_t i = 0; i < n;) {
        size_t at = asked[i].put, taken = 0;
        for (; i < n && asked[i].put == at; i++) {
            if (id_is_none(owners[i]))
                continue;
            if (ends_round(r, at, owners[i])) {
                r->n = at;
                cx_clear(cx);
                return NULL;
            }
            cx_field(cx, str_fmt(cx->arena, "/variants/%zu/sku", asked[i].variant), "sku_taken",
                "belongs to another product");
            taken++;
        }
        if (taken)
            refuse(cx, &r->puts[at], FAIL(cx, CATALOG_SKU_TAKEN, "%zu SKUs", taken));
    }
    return NULL;
}

/* ---- writing ---- */

static void fill_result(struct cx *cx, struct put *p)
{
    struct catalog_put *ret = p->ret;
    const struct catalog_product *in = p->in;
    const struct catalog_known *known = &p->known;
    id *ids = NEW_N(cx->arena, in->variants_n, id);
    match(cx, p);
    for (size_t i = 0; i < in->variants_n; i++) {
        if (id_is_none(p->matches[i].variant_id))
            p->matches[i].variant_id = cx_id(cx);
        ids[i] = p->matches[i].variant_id;
    }
    bool keeps = known->product && !in->rating_count;
    *ret = (struct catalog_put){
        .outcome = p->same ? CATALOG_SAME : (known->product ? CATALOG_CHANGED : CATALOG_ADDED),
        .variant_ids = ids,
        .created_ms = known->product ? known->created_ms : cx->now_ms,
        .rating_sum = keeps ? known->rating_sum : in->rating_sum,
        .rating_count = keeps ? known->rating_count : in->rating_count
    };
    if (known->product)
        ret->product_id = known->product_id;
    else
        ret->product_id = id_is_none(in->product_id) ? cx_id(cx) : in->product_id;
}

static err write_round(struct catalog *c, struct cx *cx, const struct round *r)
{
    struct catalog_row *rows = NEW_N(cx->arena, r->n, struct catalog_row);
    struct catalog_variants *lists = NEW_N(cx->arena, r->n, struct catalog_variants);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct put *p = &r->puts[i];
        if (!is_written(p))
            continue;
        rows[n] = (struct catalog_row){ .product = p->in,
            .product_id = p->ret->product_id,
            .stored = p->known.product,
            .sealed = p->sealed };
        lists[n++] = (struct catalog_variants){ .product_id = p->ret->product_id,
            .variants = p->in->variants,
            .matches = p->matches,
            .n = p->in->variants_n,
            .stored = p->stored,
            .stored_n = p->stored_n };
    }
    err e = n ? catalog_store_put(c, cx, rows, n) : NULL;
    return !e && n ? catalog_store_replace(c, cx, lists, n) : e;
}

static err tell(struct catalog *c, struct cx *cx, const struct put *p)
{
    const id nowhere = { { 0 } };
    bool was = p->known.product && p->known.status == CATALOG_PUBLISHED;
    bool is = p->in->status == CATALOG_PUBLISHED;
    err e = catalog_count_move(
        c, cx, was ? p->known.category_id : nowhere, is ? p->in->category_id : nowhere);
    return e ? e : catalog_emit(c, cx, p->ret->product_id);
}

static err put_round(struct catalog *c, struct cx *cx, struct round *r)
{
    err e = find_known(c, cx, r);
    if (!e)
        e = find_variants(c, cx, r);
    if (!e)
        e = check_skus(c, cx, r);
    for (size_t i = 0; !e && i < r->n; i++)
        if (is_open(&r->puts[i]))
            fill_result(cx, &r->puts[i]);
    if (!e)
        e = write_round(c, cx, r);
    for (size_t i = 0; !e && i < r->n; i++)
        if (is_written(&r->puts[i]) && !r->puts[i].in->silent)
            e = tell(c, cx, &r->puts[i]);
    return e;
}

/* ---- the verbs ---- */

err catalog_product_seal(
    struct cx *cx, const struct catalog_product *in, const struct catalog_sealed **ret)
{
    err e = catalog_domain_check(cx, in);
    if (e)
        return e;
    struct catalog_sealed *sealed = NEW(cx->arena, struct catalog_sealed);
    *sealed = catalog_store_texts(cx->arena, in);
    sealed->digest = catalog_domain_digest(in);
    sealed->slug = in->slug.n > 0 ? in->slug : catalog_domain_slug(cx->arena, in);
    *ret = sealed;
    return NULL;
}

err catalog_products_put(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    size_t n, struct catalog_put *ret)
{
    for (size_t done = 0; done < n;) {
        struct round r = { .n = round_size(cx, in + done, n - done) };
        r.puts = NEW_N(cx->arena, r.n, struct put);
        for (size_t i = 0; i < r.n; i++) {
            ret[done + i] = (struct catalog_put){ .e = NULL };
            r.puts[i] = (struct put){ .in = &in[done + i], .ret = &ret[done + i] };
        }
        err e = put_round(c, cx, &r);
        if (e)
            return e;
        ASSERT(r.n > 0);
        done += r.n;
    }
    return NULL;
}

err catalog_product_put(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    id *ret_product_id, id *ret_ids)
{
    struct catalog_put put;
    err e = catalog_products_put(c, cx, in, 1, &put);
    if (e)
        return e;
    if (put.e) {
        cx->fields = put.fields;
        return cx_fail(cx, put.e, __FILE__, STR_F, STR_A(put.detail));
    }
    if (in->ret_outcome)
        *in->ret_outcome = put.outcome;
    for (size_t i = 0; ret_ids && i < in->variants_n; i++)
        ret_ids[i] = put.variant_ids[i];
    *ret_product_id = put.product_id;
    return NULL;
}
