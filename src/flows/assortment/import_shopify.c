/* SPDX-License-Identifier: Apache-2.0
 * Shopify's product export: several rows a product, one a variant, and rows that hold a picture
 * only. Called by imports for the rows of one handle; must never do I/O. Pictures on other hosts
 * are left out. */
#include "base/utf8.h"
#include "flows/assortment/import_internal.h"

#define VARIANTS_MAX 100
#define OPTIONS 3
#define OPTION_MAX 100
#define WEIGHT_MAX 1000000

struct shopify {
    struct arena *arena;
    const struct import_row *rows;
    size_t n;
    struct map_place place;
    str handle;
    str option_names[OPTIONS];
};

static str first_of(const struct shopify *s, str column)
{
    str value = { NULL, 0 };
    for (size_t i = 0; i < s->n && !value.n; i++)
        value = import_cell(&s->rows[i], column);
    return str_trim(value);
}

static bool is_variant(const struct import_row *row)
{
    return import_cell(row, S("variant_price")).n || import_cell(row, S("option1_value")).n ||
           import_cell(row, S("variant_sku")).n;
}

static int64_t number_of(const struct import_row *row, str column, int64_t max)
{
    str text = str_trim(import_cell(row, column));
    str whole = str_cut(&text, '.');
    int64_t n = 0;
    if (!str_to_i64(whole, &n) || n < 0)
        return 0;
    return n < max ? n : max;
}

/* "Default Title" is what Shopify writes for products without options. */
static void fill_options(
    const struct shopify *s, const struct import_row *row, struct catalog_variant *v)
{
    static const str columns[OPTIONS] = { S_INIT("option1_value"), S_INIT("option2_value"),
        S_INIT("option3_value") };
    struct catalog_option *options = NEW_N(s->arena, OPTIONS, struct catalog_option);
    for (size_t i = 0; i < OPTIONS; i++) {
        str value = import_line_text(s->arena, import_cell(row, columns[i]), OPTION_MAX);
        if (!value.n || str_eq(value, S("Default Title")))
            continue;
        options[v->options_n++] =
            (struct catalog_option){ s->option_names[i].n ? s->option_names[i] : S("Option"),
                value };
        if (str_starts(utf8_fold(s->arena, s->option_names[i]), S("colo")))
            v->colour = str_sub(value, 0, value.n <= 40 ? value.n : 0);
    }
    v->options = options;
}

static bool sku_is_used(const struct catalog_variant *list, size_t n, str sku)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].sku, sku))
            return true;
    return false;
}

/* The file's SKU, or one of the handle and the options; told apart by a number when it is twice. */
static str sku_of(const struct shopify *s, const struct import_row *row,
    const struct catalog_variant *list, size_t n)
{
    const struct catalog_variant *v = &list[n];
    struct buf text = { .arena = s->arena };
    buf_add(&text, str_trim(import_cell(row, S("variant_sku"))));
    if (!text.n) {
        buf_add(&text, s->handle);
        for (size_t i = 0; i < v->options_n; i++) {
            buf_char(&text, '-');
            buf_add(&text, utf8_slug(s->arena, v->options[i].value, OPTION_MAX));
        }
    }
    str sku = import_sku(s->arena, buf_str(&text));
    for (size_t k = 2; sku_is_used(list, n, sku); k++)
        sku = import_sku(s->arena, str_fmt(s->arena, STR_F "-%zu", STR_A(buf_str(&text)), k));
    return sku;
}

static const char *fill_variant(const struct shopify *s, const struct import_row *row,
    struct catalog_variant *list, size_t n, struct assortment_offer *offer)
{
    struct catalog_variant *v = &list[n];
    fill_options(s, row, v);
    v->sku = sku_of(s, row, list, n);
    str ean = str_trim(import_cell(row, S("variant_barcode")));
    if (import_ean_ok(ean))
        v->ean = ean;
    v->weight_g = number_of(row, S("variant_grams"), WEIGHT_MAX);
    v->position = (int64_t)n;
    if (!import_price(
            import_cell(row, S("variant_price")), false, s->place.currency, &offer->price))
        return "the price of a variant is no amount above zero";
    if (!import_price(import_cell(row, S("variant_compare_at_price")), false, s->place.currency,
            &offer->list))
        offer->list = offer->price;
    if (id_is_none(s->place.warehouse_id) || !import_cell(row, S("variant_inventory_qty")).n)
        return NULL;
    struct assortment_stock *stock = NEW(s->arena, struct assortment_stock);
    *stock = (struct assortment_stock){ s->place.warehouse_id,
        number_of(row, S("variant_inventory_qty"), INVENTORY_ON_HAND_MAX) };
    offer->stock = stock;
    offer->stock_n = 1;
    return NULL;
}

static const char *fill_variants(const struct shopify *s, struct assortment_item *item)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += is_variant(&s->rows[i]);
    if (!n || n > VARIANTS_MAX)
        return n ? "there are more than 100 variants" : "there is no variant";
    struct catalog_variant *list = NEW_N(s->arena, n, struct catalog_variant);
    struct assortment_offer *offers = NEW_N(s->arena, n, struct assortment_offer);
    item->product.variants = list;
    item->offers = offers;
    for (size_t i = 0; i < s->n; i++) {
        if (!is_variant(&s->rows[i]))
            continue;
        size_t at = item->product.variants_n++;
        const char *why = fill_variant(s, &s->rows[i], list, at, &offers[at]);
        if (why)
            return why;
    }
    return NULL;
}

static enum catalog_status status_of(const struct shopify *s)
{
    str published = first_of(s, S("published")), status = first_of(s, S("status"));
    bool hidden = str_eq_nocase(published, S("false")) || str_eq_nocase(status, S("draft")) ||
                  str_eq_nocase(status, S("archived"));
    return hidden ? CATALOG_DRAFT : CATALOG_PUBLISHED;
}

static void fill_tags(const struct shopify *s, struct catalog_product *p)
{
    str tags = import_line_text(s->arena, first_of(s, S("tags")), 1000);
    if (!tags.n)
        return;
    struct catalog_attribute *a = NEW(s->arena, struct catalog_attribute);
    *a = (struct catalog_attribute){
        .name = S("tags"), .label = S("Tags"), .kind = CATALOG_TEXT, .value = tags
    };
    p->attributes = a;
    p->attributes_n = 1;
}

const char *import_shopify_item(struct arena *arena, const struct import_row *rows, size_t n,
    struct map_place place, struct assortment_item *ret)
{
    static const str option_columns[OPTIONS] = { S_INIT("option1_name"), S_INIT("option2_name"),
        S_INIT("option3_name") };
    struct shopify s = { .arena = arena, .rows = rows, .n = n, .place = place };
    s.handle = first_of(&s, S("handle"));
    for (size_t i = 0; i < OPTIONS; i++)
        s.option_names[i] = import_line_text(arena, first_of(&s, option_columns[i]), OPTION_MAX);
    str type = first_of(&s, S("type"));
    if (!type.n)
        type = first_of(&s, S("product_category"));
    str source = str_cat(arena, S("shopify:"), s.handle);
    *ret = (struct assortment_item){
        .product = { .source = import_line_text(arena, source, 200),
            .title = import_line_text(arena, first_of(&s, S("title")), 300),
            .brand = import_line_text(arena, first_of(&s, S("vendor")), 100),
            .description = import_block_text(
                arena, import_html_text(arena, first_of(&s, S("body_html"))), 20000),
            .status = status_of(&s) },
        .category_path = type, /* absent: by the rules */
    };
    fill_tags(&s, &ret->product);
    if (!s.handle.n)
        return "there is no handle";
    if (!ret->product.title.n)
        return "there is no title";
    return fill_variants(&s, ret);
}

/* ---- handles ---- */

static bool slot_take(uint64_t *slots, size_t cap, uint64_t hash)
{
    size_t at = (size_t)hash & (cap - 1);
    while (slots[at] && slots[at] != hash)
        at = (at + 1) & (cap - 1);
    if (slots[at])
        return false;
    slots[at] = hash;
    return true;
}

static void handles_grow(struct import_handles *h)
{
    size_t cap = h->cap ? h->cap * 2 : 1024;
    struct arena *arena = arena_open(cap * sizeof *h->slots + 64);
    uint64_t *slots = NEW_N(arena, cap, uint64_t);
    for (size_t i = 0; i < h->cap; i++)
        if (h->slots[i])
            (void)slot_take(slots, cap, h->slots[i]);
    import_handles_close(h);
    h->arena = arena;
    h->slots = slots;
    h->cap = cap;
}

bool import_handles_add(struct import_handles *h, str handle)
{
    if (h->n * 2 >= h->cap)
        handles_grow(h);
    uint64_t hash = str_hash(handle);
    if (!slot_take(h->slots, h->cap, hash ? hash : 1))
        return false;
    h->n++;
    return true;
}

void import_handles_close(struct import_handles *h)
{
    if (h->arena)
        arena_close(h->arena);
    h->arena = NULL;
}
