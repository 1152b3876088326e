/* SPDX-License-Identifier: Apache-2.0
 * The routes of the catalogue and its pictures, on both engines, without the edge. Run by meson
 * test. Must never write a file: blobs are kept in memory. */
#include "platform/blob/blob.h"
#include "services/catalog/catalog_domain.h"
#include "services/catalog/tests/catalog_shop.h"
#include "tests/support/ask.h"

/* ---- a blob store of one ---- */

struct one_blob {
    struct arena *arena;
    str name, bytes;
    int puts;
};

static err one_put(void *self, struct cx *cx, str name, str bytes)
{
    struct one_blob *one = self;
    (void)cx;
    one->name = str_dup(one->arena, name);
    one->bytes = str_dup(one->arena, bytes);
    one->puts++;
    return NULL;
}

static err one_get(void *self, struct cx *cx, str name, str *ret)
{
    struct one_blob *one = self;
    if (!str_eq(name, one->name))
        return FAIL(cx, ERR_MISSING, "another blob");
    *ret = one->bytes;
    return NULL;
}

static struct one_blob *with_blob(struct shop *shop)
{
    struct one_blob *one = NEW(shop->cx->arena, struct one_blob);
    struct blob *blob = NEW(shop->cx->arena, struct blob);
    one->arena = shop->cx->arena;
    *blob = (struct blob){ .put = one_put, .get = one_get, .self = one };
    shop->c = catalog_open(shop->cx->arena,
        (struct catalog_deps){ .db = store_db(shop->s), .bus = shop->bus, .blob = blob });
    return one;
}

static struct answer ask_catalog(struct shop *shop, const char *method, str path, str body)
{
    return ask(shop->s, (struct ask){ .routes = catalog_service.routes,
                            .service = shop->c,
                            .method = method,
                            .path = path,
                            .body = body });
}

static const str no_body = { NULL, 0 };

/* ---- categories ---- */

static void categories_are_listed_as_a_tree(void **state)
{
    struct shop *shop = shop_open(state);
    struct answer a = ask_catalog(shop, "GET", S("/api/v1/categories"), no_body);
    CHECK_ERR(shop->cx, a.e, NULL);
    CHECK_INT(a.route->caching, CACHING_PUBLIC);
    const str in_order[] = { S("\"path\":\"electronics\""), S("\"path\":\"electronics/laptops\""),
        S("\"path\":\"home-garden\"") };
    ptrdiff_t at = 0;
    for (size_t i = 0; i < COUNT(in_order); i++) {
        at = str_find(a.body, in_order[i], (size_t)at);
        CHECK(at > 0);
    }
    CHECK(str_find(a.body, S("\"label\":\"Electronics > Laptops\""), 0) > 0);
    shop_close(shop);
}

static void categories_are_added(void **state)
{
    struct shop *shop = shop_open(state);
    str body = str_fmt(shop->cx->arena,
        "{\"name\":\"Phones\",\"parentId\":\"" STR_F "\",\"picture\":\"phone\",\"position\":3}",
        STR_A(id_text(shop->cx->arena, shop->electronics)));
    struct answer a = ask_catalog(shop, "POST", S("/api/v1/admin/categories"), body);
    CHECK_ERR(shop->cx, a.e, NULL);
    CHECK_INT(a.status, 201);
    CHECK(str_find(a.body, S("\"path\":\"electronics/phones\""), 0) > 0);
    CHECK(str_find(a.body, S("\"productCount\":0"), 0) > 0);
    CHECK_INT(a.route->scope, SCOPE_CATALOG);
    a = ask_catalog(shop, "POST", S("/api/v1/admin/categories"),
        S("{\"name\":\"A\",\"parentId\":\"00000000-0000-7000-8000-000000000001\"}"));
    CHECK_ERR(shop->cx, a.e, &CATALOG_CATEGORY_UNKNOWN);
    a = ask_catalog(
        shop, "POST", S("/api/v1/admin/categories"), S("{\"name\":\"A\",\"slug\":\"A b\"}"));
    CHECK_ERR(shop->cx, a.e, &ERR_INVALID);
    CHECK_STR(shop->cx->fields->pointer, S("/slug"));
    shop_close(shop);
}

/* ---- statuses ---- */

static void products_are_published_by_staff(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    in.status = CATALOG_SUBMITTED;
    str text = id_text(shop->cx->arena, shop_put(shop, &in, NULL));
    str path = str_fmt(shop->cx->arena, "/api/v1/admin/products/" STR_F "/status", STR_A(text));
    struct answer a = ask_catalog(shop, "PUT", path, S("{\"status\":\"published\"}"));
    CHECK_ERR(shop->cx, a.e, NULL);
    CHECK_STR(a.body, str_fmt(shop->cx->arena,
                          "{\"productId\":\"" STR_F "\",\"status\":\"published\"}", STR_A(text)));
    CHECK_INT(a.route->scope, SCOPE_CATALOG);
    CHECK(a.route->conflict != NULL);
    CHECK_ERR(shop->cx, ask_catalog(shop, "PUT", path, S("{\"status\":\"draft\"}")).e,
        &CATALOG_STATUS_REFUSED);
    CHECK_ERR(shop->cx, ask_catalog(shop, "PUT", path, S("{\"status\":\"sold\"}")).e, &ERR_INVALID);
    path = S("/api/v1/admin/products/00000000-0000-7000-8000-000000000001/status");
    CHECK_ERR(shop->cx, ask_catalog(shop, "PUT", path, S("{\"status\":\"draft\"}")).e,
        &CATALOG_PRODUCT_GONE);
    shop_close(shop);
}

/* ---- drawn pictures ---- */

static void pictures_are_drawn_by_kind_and_colour(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    str text = id_text(shop->cx->arena, shop_put(shop, &in, NULL));
    static const struct {
        const char *file;
        err want;
    } files[] = {
        { "0.svg", NULL },
        { "1.svg", NULL },
        { "2.svg?c=Silver&v=1", NULL },
        { "0.svg?c=Natural%20Titanium&v=17", NULL },
        { "3.svg", &ERR_MISSING },
        { "0.png", &ERR_MISSING },
        { "svg", &ERR_MISSING },
        { "00.svg", &ERR_MISSING },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        str path = str_fmt(shop->cx->arena, "/media/p/" STR_F "/%s", STR_A(text), files[i].file);
        struct answer a = ask_catalog(shop, "GET", path, no_body);
        CASE(files[i].file, a.e == files[i].want);
        if (a.e)
            continue;
        CASE_STR(files[i].file, a.type, S("image/svg+xml"));
        CASE(files[i].file, str_starts(a.body, S("<svg")) && a.body.n > 500);
        CASE_INT(files[i].file, a.route->caching, CACHING_FOREVER);
        CASE_INT(files[i].file, a.route->surface, SURFACE_PAGE);
    }
    str silver = ask_catalog(shop, "GET",
        str_fmt(shop->cx->arena, "/media/p/" STR_F "/0.svg?c=Silver", STR_A(text)), no_body)
                     .body;
    str red = ask_catalog(shop, "GET",
        str_fmt(shop->cx->arena, "/media/p/" STR_F "/0.svg?c=Red", STR_A(text)), no_body)
                  .body;
    CHECK(!str_eq(silver, red));
    str path = S("/media/p/00000000-0000-7000-8000-000000000001/0.svg");
    CHECK_ERR(shop->cx, ask_catalog(shop, "GET", path, no_body).e, &CATALOG_PRODUCT_GONE);
    shop_close(shop);
}

/* The product's own kind goes before its category's. */
static void the_kind_is_the_products_or_the_categorys(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id product_id = shop_put(shop, &in, NULL);
    str path = str_fmt(
        shop->cx->arena, "/media/p/" STR_F "/0.svg", STR_A(id_text(shop->cx->arena, product_id)));
    str laptop = ask_catalog(shop, "GET", path, no_body).body;
    in.picture = S("mug");
    shop_put(shop, &in, NULL);
    str mug = ask_catalog(shop, "GET", path, no_body).body;
    CHECK(!str_eq(laptop, mug));
    in.picture = S("laptop");
    shop_put(shop, &in, NULL);
    CHECK_STR(ask_catalog(shop, "GET", path, no_body).body, laptop);
    shop_close(shop);
}

static const str own_images[] = { S_INIT("/media/b/1.png"), S_INIT("/media/b/2.png") };
static const struct catalog_variant coloured = { .colour = S_INIT("Sea & Sky") };
static const struct catalog_variant pictured = { .colour = S_INIT("Red"),
    .image = S_INIT("/media/b/v.png") };
static const struct path_case {
    const char *name;
    size_t images_n;
    const struct catalog_variant *variant;
    int view;
    str want;
} path_cases[] = {
    { "drawn", 0, NULL, 0, S_INIT("/media/p/01000000-0000-0000-0000-000000000000/0.svg?v=7") },
    { "drawn in a colour", 0, &coloured, 2,
        S_INIT("/media/p/01000000-0000-0000-0000-000000000000/2.svg?c=Sea%20%26%20Sky&v=7") },
    { "of the variant", 2, &pictured, 0, S_INIT("/media/b/v.png") },
    { "the variant has one alone", 2, &pictured, 1, S_INIT("/media/b/2.png") },
    { "the rest is drawn", 0, &pictured, 1,
        S_INIT("/media/p/01000000-0000-0000-0000-000000000000/1.svg?c=Red&v=7") },
    { "of the product", 2, &coloured, 0, S_INIT("/media/b/1.png") },
    { "its last", 2, NULL, 2, S_INIT("/media/b/2.png") },
};

static void paths_of_pictures(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(path_cases); i++) {
        const struct path_case *t = &path_cases[i];
        struct catalog_product p = {
            .product_id = { { 1 } }, .version = 7, .images = own_images, .images_n = t->images_n
        };
        CASE_STR(t->name, catalog_picture_path(cx->arena, &p, t->variant, t->view), t->want);
    }
    check_cx_close(cx);
}

/* ---- photographs ---- */

#define PNG_64 "iVBORw0KGgoAAAANSUhEUg=="

static err put_image(struct shop *shop, str base64, str *ret)
{
    cx_clear(shop->cx);
    return catalog_image_put(shop->c, shop->cx, base64, ret);
}

static void photographs_are_kept_under_their_digest(void **state)
{
    struct shop *shop = shop_open(state);
    struct one_blob *one = with_blob(shop);
    str path, again;
    CHECK_ERR(shop->cx, put_image(shop, S(PNG_64), &path), NULL);
    CHECK(str_starts(path, S("/media/b/")) && str_ends(path, S(".png")));
    CHECK_STR(str_skip(path, S("/media/b/").n), one->name);
    CHECK_ERR(shop->cx, put_image(shop, S("data:image/jpeg;base64," PNG_64), &again), NULL);
    CHECK_STR(again, path); /* what it says it is does not count */
    struct answer a = ask_catalog(shop, "GET", path, no_body);
    CHECK_ERR(shop->cx, a.e, NULL);
    CHECK_STR(a.type, S("image/png"));
    CHECK_STR(str_base64(shop->cx->arena, a.body), S(PNG_64));
    CHECK_INT(a.route->caching, CACHING_FOREVER);
    struct catalog_product in = shop_laptop(shop); /* and a product takes the path */
    in.images = &path;
    in.images_n = 1;
    CHECK_STR(shop_get(shop, shop_put(shop, &in, NULL)).images[0], path);
    shop_close(shop);
}

static void other_names_are_not_served(void **state)
{
    struct shop *shop = shop_open(state);
    (void)with_blob(shop);
    const str names[] = { S("/media/b/x.png"), S("/media/b/..%2f..%2fetc%2fpasswd"),
        S("/media/b/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.png"),
        S("/media/b/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.html") };
    for (size_t i = 0; i < COUNT(names); i++)
        CHECK_ERR(shop->cx, ask_catalog(shop, "GET", names[i], no_body).e, &ERR_MISSING);
    shop_close(shop);
}

static void bad_photographs_are_refused(void **state)
{
    struct shop *shop = shop_open(state);
    struct one_blob *one = with_blob(shop);
    struct arena *arena = shop->cx->arena;
    char *large = arena_alloc(arena, CATALOG_IMAGE_BYTES_MAX + 4);
    memcpy(large, "GIF89a", 6);
    str most = str_base64(arena, (str){ large, CATALOG_IMAGE_BYTES_MAX });
    str more = str_base64(arena, (str){ large, CATALOG_IMAGE_BYTES_MAX + 1 });
    str path = S("untouched");
    const str bad[] = { more, str_base64(arena, S("<svg/>")), S("%%%"), S(""), S("data:"),
        S("data:image/png;base64") };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_ERR(shop->cx, put_image(shop, bad[i], &path), &CATALOG_IMAGE_BAD);
    CHECK_INT(one->puts, 0);
    CHECK_STR(path, S("untouched"));
    CHECK_ERR(shop->cx, put_image(shop, most, &path), NULL);
    CHECK(str_ends(path, S(".gif")));
    shop->c = catalog_open(arena, (struct catalog_deps){ .db = store_db(shop->s) });
    CHECK_ERR(shop->cx, put_image(shop, S(PNG_64), &path), &CATALOG_IMAGE_BAD);
    CHECK_ERR(shop->cx, ask_catalog(shop, "GET", path, no_body).e, &ERR_MISSING);
    shop_close(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_pictures),
        STORE_TEST(categories_are_listed_as_a_tree),
        STORE_TEST(categories_are_added),
        STORE_TEST(products_are_published_by_staff),
        STORE_TEST(pictures_are_drawn_by_kind_and_colour),
        STORE_TEST(the_kind_is_the_products_or_the_categorys),
        STORE_TEST(photographs_are_kept_under_their_digest),
        STORE_TEST(other_names_are_not_served),
        STORE_TEST(bad_photographs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
