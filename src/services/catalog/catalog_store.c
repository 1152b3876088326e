/* SPDX-License-Identifier: Apache-2.0
 * Structs to rows for catalog_put.c, through the queries of sql/catalog.sql. Makes no decisions and
 * must never begin or commit. Reading is in catalog_store_read.c. */
#include "services/catalog/catalog_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "catalog_sql.h"

enum catalog_status catalog_store_status(str name)
{
    for (int s = 0; s < CATALOG_STATUSES_N; s++)
        if (str_eq(name, str_from_c(catalog_status_names[s])))
            return (enum catalog_status)s;
    panic(__FILE__, "a status that nobody wrote");
}

/* An empty text is kept as NULL. */
static str or_null(str s)
{
    return s.n > 0 ? s : (str){ NULL, 0 };
}

/* ---- texts inside rows ---- */

static void add_string(struct buf *out, str s, const char *before)
{
    buf_add(out, str_from_c(before));
    json_quote(out, s.p ? s : S(""));
}

static str attributes_text(struct arena *arena, const struct catalog_attribute *list, size_t n)
{
    static const char *const kinds[] = {
        [CATALOG_TEXT] = ",0", [CATALOG_NUMBER] = ",1", [CATALOG_BOOL] = ",2"
    };
    struct buf out = { .arena = arena };
    size_t room = 2;
    for (size_t i = 0; i < n; i++)
        room += list[i].name.n + list[i].label.n + list[i].value.n + list[i].unit.n + 16;
    (void)buf_room(&out, room);
    for (size_t i = 0; i < n; i++) {
        add_string(&out, list[i].name, i == 0 ? "[[" : ",[");
        add_string(&out, list[i].label, ",");
        buf_add(&out, str_from_c(kinds[list[i].kind]));
        add_string(&out, list[i].value, ",");
        if (list[i].unit.n > 0)
            add_string(&out, list[i].unit, ",");
        buf_char(&out, ']');
    }
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

static str options_text(struct arena *arena, const struct catalog_option *list, size_t n)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++) {
        add_string(&out, list[i].name, i == 0 ? "[[" : ",[");
        add_string(&out, list[i].value, ",");
        buf_char(&out, ']');
    }
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

static str images_text(struct arena *arena, const str *list, size_t n)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++)
        add_string(&out, list[i], i == 0 ? "[" : ",");
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

struct catalog_sealed catalog_store_texts(struct arena *arena, const struct catalog_product *in)
{
    return (struct catalog_sealed){
        .attributes = attributes_text(arena, in->attributes, in->attributes_n),
        .images = images_text(arena, in->images, in->images_n),
    };
}

/* ---- products ---- */

#define KNOWN_OF(row)                                                                              \
    (struct catalog_known)                                                                         \
    {                                                                                              \
        .category = true, .product = !id_is_none((row).product_id),                                \
        .product_id = (row).product_id, .category_id = (row).old_category_id,                      \
        .digest = (row).digest.v, .created_ms = (row).created_ms.v,                                \
        .rating_sum = (row).rating_sum.v, .rating_count = (row).rating_count.v,                    \
        .status = (row).status.p ? catalog_store_status((row).status) : CATALOG_DRAFT              \
    }

static err known_by_id(struct catalog *c, struct cx *cx, const struct catalog_product *const *in,
    size_t n, struct catalog_known *ret)
{
    struct catalog_sql_known_by_id_in *keys =
        NEW_N(cx->arena, n, struct catalog_sql_known_by_id_in);
    struct catalog_sql_known_by_id_row *rows =
        NEW_N(cx->arena, n, struct catalog_sql_known_by_id_row);
    bool *found = NEW_N(cx->arena, n, bool);
    size_t *of = NEW_N(cx->arena, n, size_t), keys_n = 0;
    for (size_t i = 0; i < n; i++)
        if (!id_is_none(in[i]->product_id) || in[i]->source.n == 0) {
            of[keys_n] = i;
            keys[keys_n++] = (struct catalog_sql_known_by_id_in){ .category_id = in[i]->category_id,
                .product_id = in[i]->product_id };
        }
    err e =
        keys_n ? catalog_sql_known_by_id_batch(c->deps.db, cx, keys, keys_n, rows, found) : NULL;
    for (size_t i = 0; !e && i < keys_n; i++)
        if (found[i])
            ret[of[i]] = KNOWN_OF(rows[i]);
    return e;
}

/* Those that were not found by their id. */
static err known_by_source(struct catalog *c, struct cx *cx,
    const struct catalog_product *const *in, size_t n, struct catalog_known *ret)
{
    struct catalog_sql_known_by_source_in *keys =
        NEW_N(cx->arena, n, struct catalog_sql_known_by_source_in);
    struct catalog_sql_known_by_source_row *rows =
        NEW_N(cx->arena, n, struct catalog_sql_known_by_source_row);
    bool *found = NEW_N(cx->arena, n, bool);
    size_t *of = NEW_N(cx->arena, n, size_t), keys_n = 0;
    for (size_t i = 0; i < n; i++)
        if (!ret[i].product && in[i]->source.n > 0) {
            of[keys_n] = i;
            keys[keys_n++] =
                (struct catalog_sql_known_by_source_in){ .category_id = in[i]->category_id,
                    .source = in[i]->source };
        }
    err e = keys_n ? catalog_sql_known_by_source_batch(c->deps.db, cx, keys, keys_n, rows, found)
                   : NULL;
    for (size_t i = 0; !e && i < keys_n; i++)
        if (found[i])
            ret[of[i]] = KNOWN_OF(rows[i]);
    return e;
}

err catalog_store_known(struct catalog *c, struct cx *cx, const struct catalog_product *const *in,
    size_t n, struct catalog_known *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = (struct catalog_known){ .category = false };
    err e = known_by_id(c, cx, in, n, ret);
    return e ? e : known_by_source(c, cx, in, n, ret);
}

static int id_order(const void *a, const void *b)
{
    return id_cmp(*(const id *)a, *(const id *)b);
}

err catalog_store_lock(struct catalog *c, struct cx *cx, id *product_ids, size_t n)
{
    struct catalog_sql_product_lock_in *keys =
        NEW_N(cx->arena, n, struct catalog_sql_product_lock_in);
    struct catalog_sql_product_lock_row *rows =
        NEW_N(cx->arena, n, struct catalog_sql_product_lock_row);
    bool *found = NEW_N(cx->arena, n, bool);
    if (db_engine_of(c->deps.db) == DB_SQLITE)
        return NULL; /* there is one writer */
    qsort(product_ids, n, sizeof product_ids[0], id_order);
    for (size_t i = 0; i < n; i++)
        keys[i].product_id = product_ids[i];
    return catalog_sql_product_lock_batch(c->deps.db, cx, keys, n, rows, found);
}

/* Adding and replacing take the same columns. */
#define PRODUCT_IN(type, row, cx)                                                                  \
    (struct type)                                                                                  \
    {                                                                                              \
        .product_id = (row).product_id, .category_id = (row).product->category_id,                 \
        .seller_id = (row).product->seller_id, .seller_name = or_null((row).product->seller_name), \
        .source = or_null((row).product->source),                                                  \
        .status = str_from_c(catalog_status_names[(row).product->status]),                         \
        .title = (row).product->title, .brand = (row).product->brand, .slug = (row).sealed->slug,  \
        .picture = or_null((row).product->picture), .images = (row).sealed->images,                \
        .released_ms = (row).product->released_ms, .rating_sum = (row).product->rating_sum,        \
        .rating_count = (row).product->rating_count, .prime = (row).product->prime,                \
        .digest = (row).sealed->digest, .now_ms = (cx)->now_ms,                                    \
        .description = (row).product->description, .attributes = (row).sealed->attributes          \
    }

err catalog_store_put(struct catalog *c, struct cx *cx, const struct catalog_row *rows, size_t n)
{
    struct catalog_sql_product_add_in *adds =
        NEW_N(cx->arena, n, struct catalog_sql_product_add_in);
    struct catalog_sql_product_set_in *sets =
        NEW_N(cx->arena, n, struct catalog_sql_product_set_in);
    size_t adds_n = 0, sets_n = 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].stored)
            sets[sets_n++] = PRODUCT_IN(catalog_sql_product_set_in, rows[i], cx);
        else
            adds[adds_n++] = PRODUCT_IN(catalog_sql_product_add_in, rows[i], cx);
    err e = sets_n ? catalog_sql_product_set_batch(c->deps.db, cx, sets, sets_n, NULL) : NULL;
    if (!e && adds_n)
        e = catalog_sql_product_add_batch(c->deps.db, cx, adds, adds_n, NULL);
    return e;
}

/* ---- variants ---- */

static int row_order(const void *key, const void *row)
{
    return id_cmp(*(const id *)key, ((const struct catalog_sql_variant_skus_row *)row)->product_id);
}

err catalog_store_variants(
    struct catalog *c, struct cx *cx, const id *product_ids, size_t n, struct catalog_list *ret)
{
    struct catalog_sql_variant_skus_row *rows;
    size_t rows_n;
    err e = catalog_sql_variant_skus(c->deps.db, cx,
        (struct catalog_sql_variant_skus_in){
            .product_ids = { (const char *)product_ids, n * sizeof(id) } },
        &rows, &rows_n);
    if (e)
        return e;
    struct catalog_stored *list = NEW_N(cx->arena, rows_n, struct catalog_stored);
    for (size_t i = 0; i < rows_n; i++)
        list[i] = (struct catalog_stored){ .variant_id = rows[i].variant_id, .sku = rows[i].sku };
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct catalog_list){ .n = 0 };
        const struct catalog_sql_variant_skus_row *hit =
            rows_n ? bsearch(&product_ids[i], rows, rows_n, sizeof rows[0], row_order) : NULL;
        if (!hit)
            continue;
        size_t from = (size_t)(hit - rows), to = from + 1;
        while (from > 0 && id_eq(rows[from - 1].product_id, product_ids[i]))
            from--;
        while (to < rows_n && id_eq(rows[to].product_id, product_ids[i]))
            to++;
        ret[i] = (struct catalog_list){ .stored = list + from, .n = to - from };
    }
    return NULL;
}

err catalog_store_owners(struct catalog *c, struct cx *cx, const str *skus, size_t n, id *ret)
{
    struct catalog_sql_sku_owner_in *keys = NEW_N(cx->arena, n, struct catalog_sql_sku_owner_in);
    struct catalog_sql_sku_owner_row *rows = NEW_N(cx->arena, n, struct catalog_sql_sku_owner_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i].sku = skus[i];
    err e = catalog_sql_sku_owner_batch(c->deps.db, cx, keys, n, rows, found);
    for (size_t i = 0; !e && i < n; i++)
        ret[i] = found[i] ? rows[i].product_id : (id){ { 0 } };
    return e;
}

static err drop_variants(
    struct catalog *c, struct cx *cx, const struct catalog_variants *lists, size_t lists_n)
{
    size_t n = 0;
    for (size_t k = 0; k < lists_n; k++)
        n += lists[k].stored_n;
    struct catalog_sql_variant_drop_in *rows =
        NEW_N(cx->arena, n, struct catalog_sql_variant_drop_in);
    n = 0;
    for (size_t k = 0; k < lists_n; k++)
        for (size_t i = 0; i < lists[k].stored_n; i++)
            if (!lists[k].stored[i].kept)
                rows[n++] = (struct catalog_sql_variant_drop_in){ .product_id = lists[k].product_id,
                    .variant_id = lists[k].stored[i].variant_id };
    return n == 0 ? NULL : catalog_sql_variant_drop_batch(c->deps.db, cx, rows, n, NULL);
}

/* Changing and adding take the same columns. */
#define VARIANT_IN(type, cx, of, v, match)                                                         \
    (struct type)                                                                                  \
    {                                                                                              \
        .product_id = (of), .variant_id = (match)->variant_id, .sku = (v)->sku,                    \
        .ean = or_null((v)->ean),                                                                  \
        .options = options_text((cx)->arena, (v)->options, (v)->options_n),                        \
        .image = or_null((v)->image), .colour = or_null((v)->colour), .weight_g = (v)->weight_g,   \
        .position = (match)->position                                                              \
    }

/* What other units put between our look and our writing undoes this one: it may be repeated. */
err catalog_store_replace(
    struct catalog *c, struct cx *cx, const struct catalog_variants *lists, size_t lists_n)
{
    size_t n = 0, adds_n = 0, sets_n = 0;
    for (size_t k = 0; k < lists_n; k++)
        n += lists[k].n;
    struct catalog_sql_variant_set_in *sets =
        NEW_N(cx->arena, n, struct catalog_sql_variant_set_in);
    struct catalog_sql_variant_add_in *adds =
        NEW_N(cx->arena, n, struct catalog_sql_variant_add_in);
    int64_t *added = NEW_N(cx->arena, n, int64_t);
    for (size_t k = 0; k < lists_n; k++)
        for (size_t i = 0; i < lists[k].n; i++) {
            const struct catalog_variants *in = &lists[k];
            if (in->matches[i].stored)
                sets[sets_n++] = VARIANT_IN(catalog_sql_variant_set_in, cx, in->product_id,
                    &in->variants[i], &in->matches[i]);
            else
                adds[adds_n++] = VARIANT_IN(catalog_sql_variant_add_in, cx, in->product_id,
                    &in->variants[i], &in->matches[i]);
        }
    err e = drop_variants(c, cx, lists, lists_n);
    if (!e && sets_n)
        e = catalog_sql_variant_set_batch(c->deps.db, cx, sets, sets_n, NULL);
    if (!e && adds_n)
        e = catalog_sql_variant_add_batch(c->deps.db, cx, adds, adds_n, added);
    if (e == &DB_DUPLICATE)
        return FAIL(cx, CATALOG_SKU_TAKEN, "meanwhile");
    for (size_t i = 0; !e && i < adds_n; i++)
        if (added[i] == 0)
            return FAIL(cx, CATALOG_SKU_TAKEN, "meanwhile: " STR_F, STR_A(adds[i].sku));
    return e;
}
