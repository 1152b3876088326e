/* SPDX-License-Identifier: Apache-2.0
 * Imports and POST /products on both engines, with an index that only counts. Run by
 * `./dev test assortment`. */
#include <stdlib.h>
#include <unistd.h>

#include "flows/assortment/import_internal.h"
#include "platform/file/file.h"
#include "tests/support/ask.h"

/* ---- an index that remembers what it was told ---- */

struct seen {
    int puts, removes;
    struct search_doc last; /* texts live in the store's cx */
};

static err fake_put(void *self, struct cx *cx, const struct search_doc *docs, size_t n)
{
    struct seen *seen = self;
    (void)cx;
    seen->puts += (int)n;
    if (n)
        seen->last = docs[n - 1];
    return NULL;
}

static err fake_remove(void *self, struct cx *cx, const id *ids, size_t n)
{
    struct seen *seen = self;
    (void)cx;
    (void)ids;
    seen->removes += (int)n;
    return NULL;
}

/* ---- a shop ---- */

struct bad {
    int64_t line;
    str why;
};
struct desk {
    struct store *s;
    struct cx *cx;
    struct arena *life;
    struct seen seen;
    struct search search;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct assortment *a;
    id warehouse_id;
    str path;
    struct bad bad[20];
    size_t bad_n;
    struct assortment_report report;
};

static err unit_warehouse(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return inventory_warehouse_add(d->inventory, cx,
        (struct inventory_warehouse){ .code = S("MAIN"), .name = S("Main"), .country = S("US") },
        &d->warehouse_id);
}

/* With `lanes` units run on threads of their own, as in the application. */
static struct desk *desk_open_on(void **state, bool lanes)
{
    struct store *s = store_open_with((struct store_opts){ .engine = store_engine(state),
        .folders = (const char *[]){ "platform/bus", "services/inventory", "services/catalog",
            "services/pricing", NULL },
        .lanes = lanes });
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);
    d->s = s;
    d->cx = store_cx(s);
    d->life = life;
    d->search = (struct search){ .put = fake_put, .remove = fake_remove, .self = &d->seen };
    struct db *db = store_db(s);
    d->catalog = catalog_open(life, (struct catalog_deps){ .db = db });
    d->pricing = pricing_open(life, (struct pricing_deps){ .db = db, .currency = S("USD") });
    d->inventory = inventory_open(life, (struct inventory_deps){ .db = db });
    d->a = assortment_open(life, (struct assortment_deps){ .db = db,
                                     .catalog = d->catalog,
                                     .pricing = d->pricing,
                                     .inventory = d->inventory,
                                     .search = &d->search });
    CHECK_ERR(d->cx, store_write(s, unit_warehouse, d), NULL);
    char *path = (char *)str_c(life, S("/tmp/souk-import-XXXXXX"));
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    d->path = str_from_c(path);
    return d;
}

static struct desk *desk_open(void **state)
{
    return desk_open_on(state, false);
}

static void desk_close(struct desk *d)
{
    unlink(str_c(d->life, d->path));
    store_close(d->s);
    arena_close(d->life);
}

static void note_bad(void *arg, int64_t line, const char *why, str detail)
{
    struct desk *d = arg;
    CHECK(d->bad_n < COUNT(d->bad));
    d->bad[d->bad_n++] = (struct bad){ line,
        str_fmt(d->life, "%s%s" STR_F, why, detail.n ? "; " : "", STR_A(detail)) };
}

static err import(struct desk *d, enum assortment_format format, const char *text)
{
    CHECK(file_put(
        d->life, (struct file_put){ .path = d->path, .bytes = str_from_c(text), .mode = 0600 }));
    d->bad_n = 0;
    d->seen = (struct seen){ .puts = 0 };
    cx_clear(d->cx);
    return assortment_import_file(d->a, d->cx,
        &(struct assortment_import){
            .file = d->path, .format = format, .bad_row = note_bad, .arg = d },
        &d->report);
}

/* Rows, put, unchanged, bad. */
static void check_report(
    const struct desk *d, int64_t rows, int64_t products, int64_t unchanged, int64_t bad)
{
    CHECK_INT(d->report.rows, rows);
    CHECK_INT(d->report.products, products);
    CHECK_INT(d->report.unchanged, unchanged);
    CHECK_INT(d->report.bad, bad);
}

struct found {
    struct desk *d;
    str sku;
    struct catalog_product product;
    struct pricing_price price;
    int64_t stock;
    size_t variant;
};

static err unit_find(void *arg, struct cx *cx)
{
    struct found *f = arg;
    id product_id, variant_id;
    err e = catalog_variant_find(f->d->catalog, cx, f->sku, &product_id, &variant_id);
    if (!e)
        e = catalog_products(f->d->catalog, cx,
            (struct catalog_wanted){
                .product_ids = &product_id, .n = 1, .whole = true, .unpublished_too = true },
            &f->product);
    if (e)
        return e;
    while (!id_eq(f->product.variants[f->variant].variant_id, variant_id))
        f->variant++;
    struct pricing_key price_key = { product_id, variant_id };
    struct inventory_key stock_key = { product_id, variant_id };
    e = pricing_get(f->d->pricing, cx, &price_key, 1, &f->price);
    return e ? e : inventory_available(f->d->inventory, cx, &stock_key, 1, &f->stock);
}

static struct found find(struct desk *d, const char *sku)
{
    struct found f = { .d = d, .sku = str_from_c(sku) };
    CHECK_ERR(d->cx, store_read(d->s, unit_find, &f), NULL);
    return f;
}

struct tree {
    struct desk *d;
    int64_t products, others; /* published: all, and those that no rule knows */
};

static err unit_tree(void *arg, struct cx *cx)
{
    struct tree *t = arg;
    struct catalog_category *list;
    size_t n;
    err e = catalog_categories(t->d->catalog, cx, &list, &n);
    for (size_t i = 0; !e && i < n; i++) {
        t->products += id_is_none(list[i].parent_id) ? list[i].product_count : 0;
        t->others += str_eq(list[i].path, S("other")) ? list[i].product_count : 0;
    }
    return e;
}

static struct tree tree_of(struct desk *d)
{
    struct tree t = { .d = d };
    CHECK_ERR(d->cx, store_read(d->s, unit_tree, &t), NULL);
    return t;
}

/* ---- NDJSON ---- */

#define ICECAT(id_, title, price)                                                                  \
    "{\"id\":\"" id_ "\",\"name\":\"N\",\"title\":\"" title                                        \
    "\",\"supplier\":\"HP\",\"price\":" price ",\"attr_t_colour\":\"Black\"}\n"
#define GOOD_ROWS                                                                                  \
    ICECAT("1", "HP 255 Notebook 1920 x 1080 pixels", "44900")                                     \
    "\n" ICECAT("2", "HP 650A toner cartridge", "9900")

static void icecat_rows_are_put_once(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_NDJSON, GOOD_ROWS), NULL);
    check_report(d, 2, 2, 0, 0);
    CHECK_INT(d->seen.puts, 2);
    struct found f = find(d, "IC-1");
    CHECK_STR(f.product.category_path, S("computers/laptops"));
    CHECK_STR(f.product.category_label, S("Computers > Laptops"));
    CHECK_STR(f.product.source, S("icecat:1"));
    CHECK_INT(f.price.price.minor, 44900);
    CHECK_INT(f.product.status, CATALOG_PUBLISHED);
    CHECK_STR(find(d, "IC-2").product.category_path, S("printing/toner"));
    CHECK_INT(tree_of(d).products, 2);

    CHECK_ERR(d->cx, import(d, ASSORTMENT_NDJSON, GOOD_ROWS), NULL);
    check_report(d, 2, 0, 2, 0);
    CHECK_INT(d->seen.puts + d->seen.removes, 0);
    struct found again = find(d, "IC-1");
    CHECK_INT(again.product.version, f.product.version);
    CHECK_INT(again.price.version, f.price.version);
    CHECK_INT(again.stock, f.stock);
    desk_close(d);
}

static err unit_sell(void *arg, struct cx *cx)
{
    struct found *f = arg;
    struct inventory_level level;
    return inventory_move(f->d->inventory, cx,
        (struct inventory_move){ .product_id = f->product.product_id,
            .variant_id = f->product.variants[0].variant_id,
            .warehouse_id = f->d->warehouse_id,
            .kind = INVENTORY_COUNT,
            .quantity = 777 },
        &level);
}

/* Made-up stock is for new products; a changed price reaches the index with the real stock. */
static void a_repeat_keeps_stock_and_takes_prices(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_NDJSON, GOOD_ROWS), NULL);
    struct found f = find(d, "IC-1");
    CHECK_ERR(d->cx, store_write(d->s, unit_sell, &f), NULL);
    CHECK_ERR(d->cx,
        import(d, ASSORTMENT_NDJSON, ICECAT("1", "HP 255 Notebook 1920 x 1080 pixels", "39900")),
        NULL);
    check_report(d, 1, 1, 0, 0);
    CHECK_INT(d->seen.puts, 1);
    CHECK_INT(d->seen.last.price_minor, 39900);
    CHECK(d->seen.last.in_stock);
    f = find(d, "IC-1");
    CHECK_INT(f.stock, 777);
    CHECK_INT(f.price.price.minor, 39900);
    desk_close(d);
}

static void bad_rows_are_told_and_the_rest_goes_in(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx,
        import(d, ASSORTMENT_NDJSON,
            ICECAT("1", "HP 255", "44900") "no json\n" ICECAT("3", "", "1")
                ICECAT("4", "HP mouse", "-5") ICECAT("5", "HP \\u0001mouse", "500")),
        NULL);
    check_report(d, 5, 2, 0, 3);
    static const struct bad want[] = { { 2, S_INIT("it is no JSON object") },
        { 3, S_INIT("there is no title") }, { 4, S_INIT("the price is no amount above zero") } };
    CHECK_INT((int64_t)d->bad_n, (int64_t)COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        CHECK_INT(d->bad[i].line, want[i].line);
        CHECK_STR(d->bad[i].why, want[i].why);
    }
    CHECK_STR(find(d, "IC-5").product.title, S("HP mouse"));
    desk_close(d);
}

static void files_that_cannot_be_read_end_it(void **state)
{
    struct desk *d = desk_open(state);
    struct assortment_import in = { .file = S("/nowhere"), .format = ASSORTMENT_CSV };
    CHECK_ERR(d->cx, assortment_import_file(d->a, d->cx, &in, &d->report), &ERR_INVALID);
    cx_clear(d->cx);
    in = (struct assortment_import){
        .file = d->path, .format = ASSORTMENT_CSV, .map_file = S("/nowhere")
    };
    CHECK_ERR(d->cx, assortment_import_file(d->a, d->cx, &in, &d->report), &ERR_INVALID);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_CSV, ""), NULL);
    check_report(d, 0, 0, 0, 0);
    desk_close(d);
}

/* ---- CSV ---- */

static void csv_rows_become_products(void **state)
{
    struct desk *d = desk_open(state);
    const char *text =
        "\xef\xbb\xbfSKU,Title,Brand,Price,List price,Stock,Category,Attr Colour,"
        "Description,EAN\r\n"
        "A-1,Lamp,Acme,12.50,15.00,7,Home > Lamps,Red,\"One\r\nTwo, \"\"three\"\"\","
        "4006381333931\r\n"
        "A-2,Mug,Acme,3,,0,computers/mice,,,123\r\n"
        "A-3,\"Cup,Acme\r\n";
    CHECK_ERR(d->cx, import(d, ASSORTMENT_CSV, text), NULL);
    check_report(d, 3, 2, 0, 1);
    CHECK_INT(d->bad[0].line, 5);
    CHECK_STR(d->bad[0].why, S("a quote is not closed"));
    struct found f = find(d, "A-1");
    CHECK_STR(f.product.description, S("One\nTwo, \"three\""));
    CHECK_STR(f.product.category_path, S("imported/lamps"));
    CHECK_STR(f.product.category_label, S("Imported > Lamps"));
    CHECK_INT(f.price.price.minor, 1250);
    CHECK_INT(f.price.list.minor, 1500);
    CHECK_INT(f.stock, 7);
    CHECK_STR(f.product.attributes[0].label, S("Colour"));
    CHECK_STR(f.product.variants[0].ean, S("4006381333931"));
    f = find(d, "A-2");
    CHECK_STR(f.product.category_path, S("computers/mice"));
    CHECK_INT(f.stock, 0);
    CHECK_INT((int64_t)f.product.variants[0].ean.n, 0);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_CSV, text), NULL);
    check_report(d, 3, 0, 2, 1);
    desk_close(d);
}

/* Two products with one SKU: nothing of the second may stay, and the others go in. */
static void a_taken_sku_leaves_no_half_product(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx,
        import(d, ASSORTMENT_CSV, "sku,title,price\nIC-1,First,1.00\nB-2,Other,1.00\n"), NULL);
    check_report(d, 2, 2, 0, 0);
    CHECK_ERR(d->cx,
        import(d, ASSORTMENT_NDJSON, ICECAT("1", "Second", "100") ICECAT("7", "HP mouse", "200")),
        NULL);
    check_report(d, 2, 1, 0, 1);
    CHECK_INT(d->bad[0].line, 1);
    CHECK(str_starts(d->bad[0].why, S("Another product has this SKU")));
    CHECK_STR(find(d, "IC-1").product.title, S("First"));
    CHECK_STR(find(d, "IC-7").product.title, S("HP mouse"));
    CHECK_INT(tree_of(d).products, 3);
    desk_close(d);
}

/* ---- Shopify ---- */

#define SHOPIFY_HEADER                                                                             \
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,"              \
    "Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,"    \
    "Variant Compare At Price,Variant Barcode,Image Src\n"
#define SHOPIFY                                                                                    \
    SHOPIFY_HEADER                                                                                 \
    "shirt,Shirt,<p>Soft &amp; warm</p>,Acme,Shirts,\"a, b\",true,Color,Red,Size,"                 \
    "M,,120,4,19.99,25.00,4006381333931,http://x/1.jpg\n"                                          \
    "shirt,,,,,,,,Red,,L,SH-L,130,0,20.99,,,\n"                                                    \
    "shirt,,,,,,,,,,,,,,,,,http://x/2.jpg\n"                                                       \
    "mug,Mug,Plain,Acme,,,false,Title,Default Title,,,MUG,300,-2,5.00,,nonsense,\n"                \
    "free,Free,,Acme,,,true,Title,Default Title,,,FREE,,1,0.00,,,\n"

static void shopify_products_have_their_variants(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_SHOPIFY, SHOPIFY), NULL);
    check_report(d, 5, 2, 0, 1);
    CHECK_INT(d->bad[0].line, 6);
    struct found f = find(d, "shirt-red-m");
    const struct catalog_product *p = &f.product;
    CHECK_STR(p->title, S("Shirt"));
    CHECK_STR(p->source, S("shopify:shirt"));
    CHECK_STR(p->description, S("Soft & warm"));
    CHECK_STR(p->category_path, S("imported/shirts"));
    CHECK_STR(p->attributes[0].value, S("a, b"));
    CHECK_INT((int64_t)p->variants_n, 2);
    CHECK_STR(p->variants[0].options[1].name, S("Size"));
    CHECK_STR(p->variants[0].options[1].value, S("M"));
    CHECK_STR(p->variants[0].colour, S("Red"));
    CHECK_STR(p->variants[0].ean, S("4006381333931"));
    CHECK_INT(p->variants[1].weight_g, 130);
    CHECK_INT(f.price.price.minor, 1999);
    CHECK_INT(f.price.list.minor, 2500);
    CHECK_INT(f.stock, 4);
    CHECK_INT(find(d, "SH-L").price.price.minor, 2099);
    f = find(d, "MUG");
    CHECK_INT(f.product.status, CATALOG_DRAFT);
    CHECK_STR(f.product.category_path, S("other"));
    CHECK_INT((int64_t)f.product.variants[0].options_n, 0);
    CHECK_INT(f.stock, 0);
    CHECK_ERR(d->cx, import(d, ASSORTMENT_SHOPIFY, SHOPIFY), NULL);
    check_report(d, 5, 0, 2, 1);
    desk_close(d);
}

/* More products than a batch holds, so that handles end and begin at its edges. */
static void shopify_goes_over_batches(void **state)
{
    struct desk *d = desk_open_on(state, true);
    struct buf text = { .arena = d->life };
    buf_add(&text, S(SHOPIFY_HEADER));
    for (int i = 0; i < 1203; i++)
        for (int v = 0; v < 2; v++)
            buf_fmt(&text, "h%d,%s,,Acme,Caps,,true,Size,%d,,,H%d-%d,,1,1.00,,,\n", i,
                v ? "" : "Cap", v, i, v);
    buf_char(&text, '\0');
    CHECK_ERR(d->cx, import(d, ASSORTMENT_SHOPIFY, text.p), NULL);
    check_report(d, 2406, 1203, 0, 0);
    static const char *const skus[] = { "H0-1", "H499-0", "H499-1", "H500-0", "H501-1", "H1202-1" };
    for (size_t i = 0; i < COUNT(skus); i++) {
        struct found f = find(d, skus[i]);
        CASE_INT(skus[i], (int64_t)f.product.variants_n, 2);
        CASE_STR(skus[i], f.product.title, S("Cap"));
    }
    desk_close(d);
}

/* ---- POST /products ---- */

static struct answer post(struct desk *d, unsigned roles, const char *body)
{
    cx_clear(d->cx);
    d->cx->who = (struct principal){
        .user_id = id_from_name(S("test"), S("seller")), .name = S("Sam Seller"), .roles = roles
    };
    return ask(d->s, (struct ask){ .routes = assortment_routes,
                         .service = d->a,
                         .method = "POST",
                         .path = S("/api/v1/products"),
                         .body = str_from_c(body) });
}

#define BODY(rest) "{\"title\":\"Desk lamp\",\"category\":\"lamps\",\"price\":19.90" rest "}"

static err unit_category(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    id made;
    return catalog_category_put(
        d->catalog, cx, (struct catalog_category){ .name = S("Lamps") }, &made);
}

static struct desk *desk_with_lamps(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, store_write(d->s, unit_category, d), NULL);
    return d;
}

static void a_seller_submits_and_staff_publishes(void **state)
{
    struct desk *d = desk_with_lamps(state);
    struct answer a = post(d, ROLE_SELLER,
        BODY(",\"brand\":\"Acme\",\"variants\":[{\"sku\":\"L-1\",\"attributes\":{\"Colour\":"
             "\"Red\"},\"stock\":3},{\"attributes\":{\"Colour\":\"Blue\"},\"price\":\"21.00\"}],"
             "\"specifications\":{\"Light flux\":800,\"Dimmable\":true}"));
    CHECK_ERR(d->cx, a.e, NULL);
    CHECK_INT(a.status, 201);
    CHECK(str_find(a.body, S("\"status\":\"submitted\""), 0) > 0);
    CHECK_STR(a.reply.headers[0].name, S("Location"));
    CHECK_INT(d->seen.puts, 0);
    struct found f = find(d, "L-1");
    CHECK_STR(f.product.seller_name, S("Sam Seller"));
    CHECK_INT((int64_t)f.product.variants_n, 2);
    CHECK_STR(f.product.attributes[0].name, S("light_flux"));
    CHECK_STR(f.product.attributes[0].label, S("Light flux"));
    CHECK_INT(f.product.attributes[0].kind, CATALOG_NUMBER);
    CHECK_INT(f.price.price.minor, 1990);
    CHECK_INT(f.stock, 3);
    CHECK(str_starts(f.product.variants[1].sku, S("S-")));
    a = post(d, ROLE_SELLER | ROLE_ADMIN, BODY(""));
    CHECK_ERR(d->cx, a.e, NULL);
    CHECK(str_find(a.body, S("\"status\":\"published\""), 0) > 0);
    CHECK_INT(d->seen.puts, 1);
    CHECK_STR(d->seen.last.category_path, S("lamps"));
    desk_close(d);
}

static const struct refused_case {
    const char *name, *body;
    err want;
    const char *pointer;
} refused_cases[] = {
    { "unknown category", "{\"title\":\"T\",\"category\":\"x\",\"price\":1}",
        &CATALOG_CATEGORY_UNKNOWN, NULL },
    { "unknown category id",
        "{\"title\":\"T\",\"category\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"price\":1}",
        &CATALOG_CATEGORY_UNKNOWN, NULL },
    { "no price", "{\"title\":\"T\",\"category\":\"lamps\"}", &ERR_MALFORMED, "/price" },
    { "free", "{\"title\":\"T\",\"category\":\"lamps\",\"price\":0}", &ERR_INVALID, "/price" },
    { "part of a cent", "{\"title\":\"T\",\"category\":\"lamps\",\"price\":1.999}", &ERR_INVALID,
        "/price" },
    { "list below price", BODY(",\"listPrice\":5"), &ERR_INVALID, "/listPrice" },
    { "bad EAN", BODY(",\"variants\":[{\"ean\":\"4006381333932\"}]"), &ERR_INVALID,
        "/variants/0/ean" },
    { "bad price of a variant", BODY(",\"variants\":[{},{\"price\":0}]"), &ERR_INVALID,
        "/variants/1/price" },
    { "SKU twice", BODY(",\"variants\":[{\"sku\":\"A\"},{\"sku\":\"A\"}]"), &ERR_INVALID,
        "/variants/1/sku" },
    { "taken SKU", BODY(",\"variants\":[{\"sku\":\"TAKEN\"}]"), &CATALOG_SKU_TAKEN, NULL },
    { "no picture", BODY(",\"images\":[\"bm8gcGljdHVyZQ==\"]"), &CATALOG_IMAGE_BAD, "/images/0" },
};

static void what_is_wrong_with_a_product_is_told(void **state)
{
    struct desk *d = desk_with_lamps(state);
    CHECK_ERR(d->cx, post(d, ROLE_SELLER, BODY(",\"variants\":[{\"sku\":\"TAKEN\"}]")).e, NULL);
    for (size_t i = 0; i < COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        struct answer a = post(d, ROLE_SELLER, c->body);
        CASE_STR(c->name, str_from_c(a.e ? a.e->slug : NULL), str_from_c(c->want->slug));
        if (c->pointer)
            CASE_STR(c->name, d->cx->fields ? d->cx->fields->pointer : S("none"),
                str_from_c(c->pointer));
    }
    desk_close(d);
}

/* ---- the real file ---- */

static void most_of_the_real_file_has_a_category(void **state)
{
    const char *root = getenv("SOUK_SOURCE_ROOT");
    struct cx *probe = check_cx_open();
    str file =
        str_fmt(probe->arena, "%s/../shared/data/icecat-products.ndjson.gz", root ? root : ".");
    bool there = access(str_c(probe->arena, file), R_OK) == 0;
    if (!there || store_engine(state) != DB_SQLITE) {
        check_cx_close(probe);
        skip();
    }
    struct desk *d = desk_open_on(state, true);
    CHECK_ERR(d->cx,
        assortment_import_file(d->a, d->cx,
            &(struct assortment_import){ .file = file, .bad_row = note_bad, .arg = d }, &d->report),
        NULL);
    check_report(d, 19406, 19406, 0, 0);
    struct tree t = tree_of(d);
    CHECK_INT(t.products, 19406);
    CHECK(t.others * 100 <= 5 * t.products);
    check_cx_close(probe);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(icecat_rows_are_put_once),
        STORE_TEST(a_repeat_keeps_stock_and_takes_prices),
        STORE_TEST(bad_rows_are_told_and_the_rest_goes_in),
        STORE_TEST(files_that_cannot_be_read_end_it),
        STORE_TEST(csv_rows_become_products),
        STORE_TEST(a_taken_sku_leaves_no_half_product),
        STORE_TEST(shopify_products_have_their_variants),
        STORE_TEST(shopify_goes_over_batches),
        STORE_TEST(a_seller_submits_and_staff_publishes),
        STORE_TEST(what_is_wrong_with_a_product_is_told),
        STORE_TEST(most_of_the_real_file_has_a_category),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
