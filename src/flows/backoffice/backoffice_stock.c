/* SPDX-License-Identifier: Apache-2.0
 * Stock that runs low, one variant with its levels and movements, and corrections by hand. Called
 * by the gateway; the rules of a movement are the inventory's. */
#include "flows/backoffice/backoffice_internal.h"
#include "platform/idem/idem.h"
#include "platform/secret/secret.h"

#define HERE "/admin/stock"
#define SOLD_DAYS 30
#define COVER_DAYS 30
#define REFERENCE_MAX 100

static str variant_path(struct cx *cx, id product_id, id variant_id)
{
    return str_fmt(cx->arena, HERE "/" STR_F "/" STR_F, STR_A(id_text(cx->arena, product_id)),
        STR_A(id_text(cx->arena, variant_id)));
}

/* "Colour: Navy, Size: M", and the SKU. */
static str variant_text(struct cx *cx, const struct catalog_variant *v)
{
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < v->options_n; i++)
        buf_fmt(&out, STR_F ": " STR_F ", ", STR_A(v->options[i].name), STR_A(v->options[i].value));
    buf_add(&out, v->sku);
    return buf_str(&out);
}

static const struct catalog_variant *variant_of(const struct catalog_product *p, id variant_id)
{
    for (size_t i = 0; i < p->variants_n; i++)
        if (id_eq(p->variants[i].variant_id, variant_id))
            return &p->variants[i];
    return NULL;
}

static str lasts_text(struct cx *cx, const struct inventory_forecast *f)
{
    if (f->sold <= 0)
        return S("\xE2\x80\x93");
    return f->available > 0 ? web_count(cx->arena, f->cover_days, "day", "days") : S("Sold out");
}

/* ---- the list ---- */

struct list_in {
    str q;
    id product, variant; /* after it */
};
static const struct json_field list_fields[] = {
    JSON_STR(struct list_in, q, .at = AT_QUERY, .max = 1000),
    JSON_ID(struct list_in, product, .at = AT_QUERY),
    JSON_ID(struct list_in, variant, .at = AT_QUERY),
};
const struct json_shape backoffice_stocks_in =
    JSON_SHAPE("OfficeStockQuery", struct list_in, list_fields);

struct low {
    struct inventory_low *rows;
    struct inventory_forecast *forecasts;
    struct catalog_product *products;
    size_t n;
};

static err see_low(struct backoffice *b, struct cx *cx, const struct list_in *in, struct low *l)
{
    err e = inventory_low_stock(b->deps.inventory, cx,
        (struct inventory_key){ in->product, in->variant }, BACKOFFICE_ROWS, &l->rows, &l->n);
    if (e)
        return e;
    struct inventory_key *keys = NEW_N(cx->arena, l->n, struct inventory_key);
    id *ids = NEW_N(cx->arena, l->n, id);
    l->forecasts = NEW_N(cx->arena, l->n, struct inventory_forecast);
    l->products = NEW_N(cx->arena, l->n, struct catalog_product);
    for (size_t i = 0; i < l->n; i++) {
        keys[i] = l->rows[i].key;
        ids[i] = keys[i].product_id;
    }
    if (l->n == 0)
        return NULL;
    e = inventory_forecasts(b->deps.inventory, cx, keys, l->n,
        (struct inventory_window){ .days = SOLD_DAYS, .cover_wanted = COVER_DAYS }, l->forecasts);
    return e ? e
             : catalog_products(b->deps.catalog, cx,
                   (struct catalog_wanted){
                       .product_ids = ids, .n = l->n, .unpublished_too = true },
                   l->products);
}

static const struct office_table_view *low_table(struct cx *cx, const struct low *l)
{
    static const struct backoffice_column columns[] = { { "Article", false },
        { "Can be sold", true }, { "Reserved", true }, { "Low at", true },
        { "Sold in 30 days", true }, { "Lasts", false }, { "Order", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, l->n * width, struct office_cell_view);
    for (size_t i = 0; i < l->n; i++) {
        const struct inventory_low *r = &l->rows[i];
        const struct inventory_forecast *f = &l->forecasts[i];
        const struct catalog_variant *v = variant_of(&l->products[i], r->key.variant_id);
        struct office_cell_view *row = cells + i * width;
        row[0] = (struct office_cell_view){ .text = v ? l->products[i].title
                                                      : S("An article that is gone"),
            .href = v ? variant_path(cx, r->key.product_id, r->key.variant_id) : (str){ 0 },
            .note = v ? variant_text(cx, v) : (str){ 0 } };
        row[1] = (struct office_cell_view){ .text = web_number(a, r->available),
            .chip = r->available > 0 ? S("warn") : S("bad") };
        row[2] = (struct office_cell_view){ .text = web_number(a, r->reserved) };
        row[3] = (struct office_cell_view){ .text = web_number(a, r->low_at) };
        row[4] = (struct office_cell_view){ .text = web_number(a, f->sold) };
        row[5] = (struct office_cell_view){ .text = lasts_text(cx, f) };
        row[6] = (struct office_cell_view){ .text = web_number(a, f->reorder) };
    }
    return backoffice_table(cx, "Stock that runs low", columns, cells, l->n);
}

static err show_low(
    struct backoffice *b, struct cx *cx, const struct list_in *in, str unknown, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_find_view *find = NEW(cx->arena, struct office_find_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    struct low l = { .n = 0 };
    err e = unknown.n ? NULL : see_low(b, cx, in, &l);
    if (e)
        return e;
    str none = unknown.n
                   ? str_fmt(cx->arena, "No article has the SKU or EAN " STR_F ".", STR_A(unknown))
                   : S("Nothing runs low.");
    backoffice_add(&blocks, (struct office_block_view){ .key = S("low"),
                                .title = S("Stock that runs low"),
                                .hide_title = true,
                                .table = low_table(cx, &l),
                                .empty = l.n ? (str){ 0 } : none });
    *find = (struct office_find_view){
        .label = S("SKU or EAN"), .value = in->q, .action = S(HERE), .button = S("Find")
    };
    if (l.n == BACKOFFICE_ROWS) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        const struct inventory_key *last = &l.rows[l.n - 1].key;
        paging->older = str_fmt(cx->arena, HERE "?product=" STR_F "&variant=" STR_F,
            STR_A(id_text(cx->arena, last->product_id)),
            STR_A(id_text(cx->arena, last->variant_id)));
        v->paging = paging;
    }
    v->title = S("Low stock");
    v->lead =
        S("At or below its mark in all warehouses together. Order is what lasts for 30 days "
          "at the rate of the last 30.");
    v->find = find;
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

err backoffice_get_stocks(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct list_in *in = body;
    str wanted = str_trim(in->q);
    id product_id, variant_id;
    if (!wanted.n)
        return show_low(b, cx, in, (str){ 0 }, reply);
    err e = catalog_variant_find(b->deps.catalog, cx, wanted, &product_id, &variant_id);
    if (!e)
        return reply_redirect(reply, variant_path(cx, product_id, variant_id));
    if (e != &CATALOG_PRODUCT_GONE)
        return e;
    cx_clear(cx);
    return show_low(b, cx, in, wanted, reply);
}

/* ---- one variant ---- */

struct stock_in {
    id product_id, variant_id, before, warehouse_id;
    str said, kind, quantity, reason, reference, key;
};
#define KEY_FIELDS                                                                                 \
    JSON_ID(struct stock_in, product_id, .at = AT_PATH, .required = true),                         \
        JSON_ID(struct stock_in, variant_id, .at = AT_PATH, .required = true)
static const char *const saids[] = { "moved", NULL };
static const struct json_field stock_fields[] = {
    KEY_FIELDS,
    JSON_ID(struct stock_in, before, .at = AT_QUERY),
    JSON_STR(struct stock_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_stock_in =
    JSON_SHAPE("OfficeStockOne", struct stock_in, stock_fields);
/* What is done by hand; a sale is made by an order only. */
static const struct {
    const char *name, *label;
    enum inventory_kind kind;
} kinds[] = { { "receipt", "Goods came in", INVENTORY_RECEIPT },
    { "count", "Counted: it is so many", INVENTORY_COUNT },
    { "adjustment", "Corrected by (+ or \xE2\x88\x92)", INVENTORY_ADJUSTMENT },
    { "damage", "Damaged or lost", INVENTORY_DAMAGE },
    { "return", "Came back from a buyer", INVENTORY_RETURN } };
static const char *const kind_names[] = { "receipt", "count", "adjustment", "damage", "return",
    NULL };
static const struct json_field move_fields[] = {
    KEY_FIELDS,
    JSON_ID(struct stock_in, warehouse_id, .required = true),
    JSON_STR(struct stock_in, kind, .required = true, .one_of = kind_names),
    JSON_STR(struct stock_in, quantity, .max = 100),
    JSON_STR(struct stock_in, reason, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct stock_in, reference, .max = REFERENCE_MAX),
    JSON_STR(struct stock_in, key, .required = true, .max = 255),
};
const struct json_shape backoffice_stock_move =
    JSON_SHAPE("OfficeStockMove", struct stock_in, move_fields);

struct seen {
    struct catalog_product product;
    const struct catalog_variant *variant;
    struct inventory_warehouse *warehouses;
    struct inventory_level *levels;
    struct inventory_movement *movements;
    struct inventory_forecast forecast;
    size_t warehouses_n, levels_n, movements_n;
};

static err see(struct backoffice *b, struct cx *cx, const struct stock_in *in, struct seen *s)
{
    struct inventory *inv = b->deps.inventory;
    struct inventory_key key = { in->product_id, in->variant_id };
    err e = catalog_product_get(b->deps.catalog, cx, in->product_id, &s->product);
    if (e)
        return e;
    s->variant = variant_of(&s->product, in->variant_id);
    if (!s->variant)
        return FAIL(cx, ERR_MISSING, "no such variant");
    e = inventory_warehouse_list(inv, cx, &s->warehouses, &s->warehouses_n);
    if (!e)
        e = inventory_levels(inv, cx, in->product_id, in->variant_id, &s->levels, &s->levels_n);
    if (!e)
        e = inventory_forecasts(inv, cx, &key, 1,
            (struct inventory_window){ .days = SOLD_DAYS, .cover_wanted = COVER_DAYS },
            &s->forecast);
    if (!e)
        e = inventory_movements(inv, cx,
            (struct inventory_history){ .product_id = in->product_id,
                .variant_id = in->variant_id,
                .before = in->before,
                .limit = BACKOFFICE_ROWS },
            &s->movements, &s->movements_n);
    return e;
}

static str warehouse_name(const struct seen *s, id warehouse_id)
{
    for (size_t i = 0; i < s->warehouses_n; i++)
        if (id_eq(s->warehouses[i].warehouse_id, warehouse_id))
            return s->warehouses[i].name;
    return S("Another warehouse");
}

static const struct office_table_view *levels_of(struct cx *cx, const struct seen *s)
{
    static const struct backoffice_column columns[] = { { "Warehouse", false }, { "On hand", true },
        { "Reserved", true }, { "Can be sold", true }, { "Low at", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, s->levels_n * width, struct office_cell_view);
    for (size_t i = 0; i < s->levels_n; i++) {
        const struct inventory_level *l = &s->levels[i];
        struct office_cell_view *row = cells + i * width;
        row[0].text = warehouse_name(s, l->warehouse_id);
        row[0].strong = true;
        row[1].text = web_number(cx->arena, l->on_hand);
        row[2].text = web_number(cx->arena, l->reserved);
        row[3].text = web_number(cx->arena, l->available);
        row[4].text = web_number(cx->arena, l->low_at);
    }
    return backoffice_table(cx, "Levels", columns, cells, s->levels_n);
}

static const struct office_table_view *movements_of(struct cx *cx, const struct seen *s)
{
    static const struct backoffice_column columns[] = { { "What", false }, { "Change", true },
        { "Then", true }, { "Warehouse", false }, { "Why", false }, { "When", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, s->movements_n * width, struct office_cell_view);
    for (size_t i = 0; i < s->movements_n; i++) {
        const struct inventory_movement *m = &s->movements[i];
        struct office_cell_view *row = cells + i * width;
        row[0].text = backoffice_domain_words(a, m->kind);
        row[0].note = id_is_none(m->actor_id) ? S("by the system") : S("by staff");
        row[1].text = str_fmt(a, "%+lld", (long long)m->change);
        row[2].text = web_number(a, m->after);
        row[3].text = warehouse_name(s, m->warehouse_id);
        row[4].text = m->reason;
        row[4].note = m->reference;
        row[5].text = backoffice_when(cx, m->created_ms);
        row[5].note = backoffice_time(cx, m->created_ms);
    }
    return backoffice_table(cx, "Movements, newest first", columns, cells, s->movements_n);
}

static const struct office_facts_view *facts_of(struct cx *cx, const struct seen *s)
{
    struct office_fact_view *rows = NEW_N(cx->arena, 8, struct office_fact_view);
    size_t n = 0;
    backoffice_fact(rows, &n, "Product", s->product.title);
    rows[0].href = str_cat(cx->arena, S("/p/"), id_text(cx->arena, s->product.product_id));
    backoffice_fact(rows, &n, "SKU", s->variant->sku);
    backoffice_fact(rows, &n, "EAN", s->variant->ean);
    backoffice_fact(rows, &n, "Can be sold", web_number(cx->arena, s->forecast.available));
    backoffice_fact(rows, &n, "Sold in 30 days", web_number(cx->arena, s->forecast.sold));
    backoffice_fact(rows, &n, "Lasts", lasts_text(cx, &s->forecast));
    backoffice_fact(rows, &n, "To order", web_number(cx->arena, s->forecast.reorder));
    return backoffice_facts(cx, rows, n);
}

/* ---- the correction ---- */

static const struct office_form_view *move_form(struct cx *cx, const struct seen *s,
    const struct stock_in *in, const struct field_error *faults)
{
    enum { FIELDS_N = 5 };
    struct arena *a = cx->arena;
    struct office_form_view *form = NEW(a, struct office_form_view);
    struct office_field_view *fields = NEW_N(a, FIELDS_N, struct office_field_view);
    struct option_view *places = NEW_N(a, s->warehouses_n, struct option_view);
    struct option_view *deeds = NEW_N(a, COUNT(kinds), struct option_view);
    struct hidden_view *hidden = NEW(a, struct hidden_view);
    for (size_t i = 0; i < s->warehouses_n; i++)
        places[i] = (struct option_view){ id_text(a, s->warehouses[i].warehouse_id),
            s->warehouses[i].name, id_eq(s->warehouses[i].warehouse_id, in->warehouse_id) };
    for (size_t i = 0; i < COUNT(kinds); i++)
        deeds[i] = (struct option_view){ str_from_c(kinds[i].name), str_from_c(kinds[i].label),
            str_eq(in->kind, str_from_c(kinds[i].name)) };
    fields[0] = (struct office_field_view){ .name = S("kind"),
        .label = S("What happened"),
        .options = deeds,
        .options_n = COUNT(kinds),
        .select = true };
    fields[1] = (struct office_field_view){ .name = S("warehouseId"),
        .label = S("Where"),
        .options = places,
        .options_n = s->warehouses_n,
        .select = true };
    fields[2] = (struct office_field_view){ .name = S("quantity"),
        .label = S("How many"),
        .value = in->quantity,
        .size = S("short"),
        .max = 14,
        .required = true };
    fields[3] = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .value = in->reason,
        .hint = S("Kept with the movement and your name."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    fields[4] = (struct office_field_view){ .name = S("reference"),
        .label = S("Reference (optional)"),
        .value = in->reference,
        .hint = S("The delivery note, for one."),
        .max = REFERENCE_MAX };
    backoffice_place_faults(cx, faults, fields, FIELDS_N);
    *hidden = (struct hidden_view){ S("key"), id_text(a, cx_id(cx)) };
    *form = (struct office_form_view){ .key = S("move"),
        .text = S("It counts at once, for everybody who buys."),
        .action = variant_path(cx, in->product_id, in->variant_id),
        .button = S("Book it"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = fields,
        .fields_n = FIELDS_N };
    return form;
}

static err show_variant(struct backoffice *b, struct cx *cx, const struct stock_in *in, err refused,
    const struct field_error *faults, struct reply *reply)
{
    struct seen s = { .levels_n = 0 };
    err e = see(b, cx, in, &s);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 2);
    struct backoffice_blocks side = backoffice_blocks_of(cx, 2);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("levels"),
                                .title = S("Where it lies"),
                                .table = levels_of(cx, &s),
                                .empty = s.levels_n ? (str){ 0 } : S("Nowhere yet.") });
    backoffice_add(&blocks, (struct office_block_view){ .key = S("movements"),
                                .title = S("What happened to it"),
                                .table = movements_of(cx, &s),
                                .empty = s.movements_n ? (str){ 0 } : S("Nothing yet.") });
    backoffice_add(&side, (struct office_block_view){ .key = S("correct"),
                              .title = S("Correct the stock"),
                              .forms = move_form(cx, &s, in, faults),
                              .forms_n = 1 });
    backoffice_add(
        &side, (struct office_block_view){
                   .key = S("facts"), .title = S("The article"), .facts = facts_of(cx, &s) });
    if (s.movements_n == BACKOFFICE_ROWS) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = str_fmt(cx->arena, STR_F "?before=" STR_F,
            STR_A(variant_path(cx, in->product_id, in->variant_id)),
            STR_A(id_text(cx->arena, s.movements[s.movements_n - 1].movement_id)));
        v->paging = paging;
    }
    v->title = s.product.title;
    v->lead = variant_text(cx, s.variant);
    v->back = backoffice_back(cx, "Low stock", HERE);
    if (refused)
        v->alert =
            backoffice_alert(cx, "bad", S("Nothing was booked."), S("See the fields below."));
    else if (in->said.n)
        v->alert = backoffice_alert(cx, "good", S("It is booked."), (str){ 0 });
    backoffice_columns(v, &blocks, &side);
    return backoffice_show(b, cx, v, HERE, backoffice_status(refused), reply);
}

err backoffice_get_stock(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return show_variant(service, cx, body, NULL, NULL, reply);
}

uint64_t backoffice_stock_conflict(const struct cx *cx, const void *body)
{
    const struct stock_in *in = body;
    (void)cx;
    return id_hash(in->variant_id);
}

/* What the form says, checked as far as the inventory does not. */
static err move_of(struct cx *cx, const struct stock_in *in, struct inventory_move *ret)
{
    int64_t quantity = 0;
    str error = backoffice_reason_error(cx, in->reason);
    str digits = str_starts(in->quantity, S("+")) ? str_skip(in->quantity, 1) : in->quantity;
    if (error.n)
        cx_field(cx, S("/reason"), "required", STR_F, STR_A(error));
    if (!str_to_i64(digits, &quantity) || quantity > INVENTORY_ON_HAND_MAX ||
        quantity < -INVENTORY_ON_HAND_MAX)
        cx_field(cx, S("/quantity"), "not_allowed", "a whole number");
    if (cx->fields)
        return FAIL(cx, ERR_INVALID, "a correction of stock");
    *ret = (struct inventory_move){ .product_id = in->product_id,
        .variant_id = in->variant_id,
        .warehouse_id = in->warehouse_id,
        .quantity = quantity,
        .reason = in->reason,
        .reference = in->reference.n ? in->reference : (str){ 0 },
        .actor_id = cx->who.user_id };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(in->kind, str_from_c(kinds[i].name)))
            ret->kind = kinds[i].kind;
    return NULL;
}

/* The form's own key: sent twice, it counts once. */
static struct idem_claim claim_of(struct cx *cx, const struct stock_in *in)
{
    str asked = str_fmt(cx->arena, STR_F "\n" STR_F "\n" STR_F "\n" STR_F "\n" STR_F,
        STR_A(id_text(cx->arena, in->variant_id)), STR_A(id_text(cx->arena, in->warehouse_id)),
        STR_A(in->kind), STR_A(in->quantity), STR_A(in->reason));
    return (struct idem_claim){ .principal = str_cat(
                                    cx->arena, S("user:"), id_text(cx->arena, cx->who.user_id)),
        .method = S("POST"),
        .route = S("/admin/stock/{productId}/{variantId}"),
        .key = in->key,
        .fingerprint = secret_sha256_hex(cx->arena, asked) };
}

static err book(struct backoffice *b, struct cx *cx, const struct stock_in *in)
{
    struct inventory_move move;
    struct inventory_level level;
    struct idem_claim claim = claim_of(cx, in);
    struct idem_reply stored;
    enum idem_state state;
    err e = move_of(cx, in, &move);
    if (!e)
        e = idem_key_check(cx, in->key);
    if (!e)
        e = idem_take(b->deps.db_stock, cx, claim, in->variant_id, &state, &stored);
    if (e || state == IDEM_REPLAY)
        return e;
    e = inventory_move(b->deps.inventory, cx, move, &level);
    if (!e)
        return idem_finish(b->deps.db_stock, cx, claim, 200, S("{}"));
    if (e == &INVENTORY_BELOW_ZERO)
        cx_field(cx, S("/quantity"), "too_small", "that would be less than what is reserved");
    err undone = e == &INVENTORY_BELOW_ZERO || e == &ERR_INVALID
                     ? idem_drop(b->deps.db_stock, cx, claim)
                     : NULL;
    return undone ? undone : e;
}

err backoffice_post_stock(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    struct stock_in in = *(const struct stock_in *)body;
    struct seen s;
    in.reason = str_trim(in.reason);
    in.quantity = str_trim(in.quantity);
    err e = see(b, cx, &in, &s); /* the article is there */
    if (!e)
        e = book(b, cx, &in);
    if (!e)
        return reply_redirect(reply,
            str_cat(cx->arena, variant_path(cx, in.product_id, in.variant_id), S("?said=moved")));
    if (e != &ERR_INVALID && e != &INVENTORY_BELOW_ZERO)
        return e;
    const struct field_error *faults = cx->fields; /* the level may be there now, with nothing */
    cx_clear(cx);
    return show_variant(b, cx, &in, e, faults, reply);
}
