/* SPDX-License-Identifier: Apache-2.0
 * Imports on both engines, with an index that only counts. Run by `./dev test assortment`. */
#include "flows/assortment/tests/assortment_desk.h"

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

/* Rows of a handle further down must not replace the product of the first ones. */
static void shopify_rows_that_stand_apart_are_refused(void **state)
{
    struct desk *d = desk_open(state);
    const char *text = SHOPIFY_HEADER
        "cap,Cap,,Acme,Caps,,true,Size,S,,,CAP-S,,1,1.00,,,\n"
        "cap,,,,,,,,M,,,CAP-M,,1,1.00,,,\n"
        "mug,Mug,,Acme,Mugs,,true,Title,Default Title,,,MUG,,1,1.00,,,\n"
        "cap,Cap,,Acme,Caps,,true,Size,L,,,CAP-L,,1,1.00,,,\n"
        "cap,,,,,,,,XL,,,CAP-XL,,1,1.00,,,\n"
        "pen,Pen,,Acme,Pens,,true,Title,Default Title,,,PEN,,1,1.00,,,\n";
    for (int again = 0; again < 2; again++) {
        CHECK_ERR(d->cx, import(d, ASSORTMENT_SHOPIFY, text), NULL);
        check_report(d, 6, again ? 0 : 3, again ? 3 : 0, 1);
        CHECK_INT(d->bad[0].line, 5);
        CHECK_STR(
            d->bad[0].why, S("rows of this handle stand further up, and must stand together"));
        CHECK_INT((int64_t)find(d, "CAP-S").product.variants_n, 2);
        CHECK_INT((int64_t)find(d, "PEN").product.variants_n, 1);
    }
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
        STORE_TEST(shopify_rows_that_stand_apart_are_refused),
        STORE_TEST(most_of_the_real_file_has_a_category),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
