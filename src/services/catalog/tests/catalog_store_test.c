/* SPDX-License-Identifier: Apache-2.0
 * The verbs of products on both engines. Run by meson test. Must never look into a table: what
 * counts is what the verbs say. */
#include "services/catalog/tests/catalog_shop.h"

#include "services/catalog/catalog_domain.h"

static void check_variant(const struct catalog_variant *got, const struct catalog_variant *want)
{
    CHECK_STR(got->sku, want->sku);
    CHECK_STR(got->ean, want->ean);
    CHECK_STR(got->image, want->image);
    CHECK_STR(got->colour, want->colour);
    CHECK_INT(got->weight_g, want->weight_g);
    CHECK_INT((int64_t)got->options_n, (int64_t)want->options_n);
    for (size_t i = 0; i < want->options_n; i++) {
        CHECK_STR(got->options[i].name, want->options[i].name);
        CHECK_STR(got->options[i].value, want->options[i].value);
    }
}

/* All that was put; not what the store adds. */
static void check_product(const struct catalog_product *got, const struct catalog_product *want)
{
    CHECK(id_eq(got->category_id, want->category_id));
    CHECK(id_eq(got->seller_id, want->seller_id));
    CHECK_STR(got->seller_name, want->seller_name);
    CHECK_STR(got->source, want->source);
    CHECK_STR(got->title, want->title);
    CHECK_STR(got->brand, want->brand);
    CHECK_STR(got->description, want->description);
    CHECK_STR(got->picture, want->picture);
    CHECK_INT(got->status, want->status);
    CHECK_INT(got->released_ms, want->released_ms);
    CHECK_INT(got->rating_sum, want->rating_sum);
    CHECK_INT(got->rating_count, want->rating_count);
    CHECK_INT(got->prime, want->prime);
    CHECK_INT((int64_t)got->attributes_n, (int64_t)want->attributes_n);
    for (size_t i = 0; i < want->attributes_n; i++) {
        CHECK_STR(got->attributes[i].name, want->attributes[i].name);
        CHECK_STR(got->attributes[i].label, want->attributes[i].label);
        CHECK_INT(got->attributes[i].kind, want->attributes[i].kind);
        CHECK_STR(got->attributes[i].value, want->attributes[i].value);
        CHECK_STR(got->attributes[i].unit, want->attributes[i].unit);
    }
    CHECK_INT((int64_t)got->images_n, (int64_t)want->images_n);
    for (size_t i = 0; i < want->images_n; i++)
        CHECK_STR(got->images[i], want->images[i]);
    CHECK_INT((int64_t)got->variants_n, (int64_t)want->variants_n);
    for (size_t i = 0; i < want->variants_n; i++)
        check_variant(&got->variants[i], &want->variants[i]);
}

static err try_put(struct shop *shop, const struct catalog_product *in)
{
    struct call call = { .shop = shop, .product = in };
    return store_write(shop->s, do_put, &call);
}

/* ---- what is put is what is read ---- */

static void a_product_is_read_as_it_was_put(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    const str images[] = { S("/media/b/one.png"), S("/media/b/two.jpg") };
    in.images = images;
    in.images_n = 2;
    in.seller_id = id_from_name(S("t"), S("seller"));
    in.seller_name = S("Nordlicht");
    in.picture = S("laptop");
    id ids[2];
    id product_id = shop_put(shop, &in, ids);
    struct catalog_product got = shop_get(shop, product_id);
    check_product(&got, &in);
    CHECK(id_eq(got.product_id, product_id));
    CHECK_STR(got.slug, S("aurora-15-cafe"));
    CHECK_STR(got.category_label, S("Electronics > Laptops"));
    CHECK_STR(got.category_path, S("electronics/laptops"));
    CHECK_INT(got.version, 1);
    CHECK_INT(got.created_ms, shop->cx->now_ms);
    CHECK_INT(got.updated_ms, shop->cx->now_ms);
    for (int i = 0; i < 2; i++) {
        CHECK(id_eq(got.variants[i].variant_id, ids[i]));
        CHECK_INT(got.variants[i].position, i);
    }
    CHECK_INT(shop_events(shop), 1);
    shop_close(shop);
}

static void the_least_product_there_is(void **state)
{
    struct shop *shop = shop_open(state);
    const struct catalog_variant variant = { .sku = S("X") };
    struct catalog_product in = {
        .category_id = shop->home, .title = S("\xe6\x9c\xac"), .variants = &variant, .variants_n = 1
    };
    struct catalog_product got = shop_get(shop, shop_put(shop, &in, NULL));
    check_product(&got, &in);
    CHECK_STR(got.slug, S("product"));
    CHECK(!got.source.p && !got.seller_name.p && !got.picture.p && !got.images);
    CHECK(!got.variants[0].ean.p && !got.variants[0].image.p && !got.variants[0].colour.p);
    CHECK_INT(got.status, CATALOG_DRAFT);
    shop_close(shop);
}

static void the_largest_product_there_is(void **state)
{
    struct shop *shop = shop_open(state);
    struct arena *arena = shop->cx->arena;
    struct catalog_product in = shop_laptop(shop);
    struct buf text = { .arena = arena };
    while (text.n < CATALOG_DESCRIPTION_MAX)
        buf_char(&text, '"');
    struct catalog_attribute *attributes =
        NEW_N(arena, CATALOG_ATTRIBUTES_MAX, struct catalog_attribute);
    for (int i = 0; i < CATALOG_ATTRIBUTES_MAX; i++)
        attributes[i] = (struct catalog_attribute){ .name = str_fmt(arena, "a_%d", i),
            .label = S("\\"),
            .value = str_sub(buf_str(&text), 0, CATALOG_ATTRIBUTE_VALUE_MAX) };
    struct catalog_variant *variants = NEW_N(arena, CATALOG_VARIANTS_MAX, struct catalog_variant);
    for (int i = 0; i < CATALOG_VARIANTS_MAX; i++)
        variants[i].sku = str_fmt(arena, "SKU-%d", i);
    in.description = buf_str(&text);
    in.attributes = attributes;
    in.attributes_n = CATALOG_ATTRIBUTES_MAX;
    in.variants = variants;
    in.variants_n = CATALOG_VARIANTS_MAX;
    struct catalog_product got = shop_get(shop, shop_put(shop, &in, NULL));
    check_product(&got, &in);
    shop_close(shop);
}

/* ---- repeats and changes ---- */

static void a_repeat_changes_nothing(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id first_ids[2], ids[2];
    id first = shop_put(shop, &in, first_ids);
    shop->cx->now_ms += 1000;
    CHECK(id_eq(shop_put(shop, &in, ids), first));
    CHECK(id_eq(shop_put(shop, &in, NULL), first));
    for (int i = 0; i < 2; i++)
        CHECK(id_eq(ids[i], first_ids[i]));
    struct catalog_product got = shop_get(shop, first);
    CHECK_INT(got.version, 1);
    CHECK(got.updated_ms < shop->cx->now_ms);
    CHECK_INT(shop_events(shop), 1);
    shop_close(shop);
}

static void a_change_is_written_and_told(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id first = shop_put(shop, &in, NULL);
    int64_t created_ms = shop->cx->now_ms;
    shop->cx->now_ms += 1000;
    in.title = S("Aurora 16");
    in.attributes_n = 1;
    CHECK(id_eq(shop_put(shop, &in, NULL), first));
    struct catalog_product got = shop_get(shop, first);
    check_product(&got, &in);
    CHECK_STR(got.slug, S("aurora-16"));
    CHECK_INT(got.version, 2);
    CHECK_INT(got.created_ms, created_ms);
    CHECK_INT(got.updated_ms, created_ms + 1000);
    CHECK_INT(shop_events(shop), 2);
    in.status = CATALOG_WITHDRAWN; /* the status alone is a change as well */
    shop_put(shop, &in, NULL);
    CHECK_INT(shop_get(shop, first).version, 3);
    CHECK_INT(shop_get(shop, first).status, CATALOG_WITHDRAWN);
    CHECK_INT(shop_events(shop), 3);
    shop_close(shop);
}

static void a_silent_put_tells_nobody(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    in.silent = true;
    id product_id = shop_put(shop, &in, NULL);
    in.title = S("Aurora 16");
    shop_put(shop, &in, NULL);
    CHECK_INT(shop_get(shop, product_id).version, 2);
    CHECK_INT(shop_events(shop), 0);
    shop_close(shop);
}

static void products_are_found_by_id_or_source(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id wanted = id_from_name(S("t"), S("wanted"));
    in.product_id = wanted;
    CHECK(id_eq(shop_put(shop, &in, NULL), wanted)); /* a new one brings its id */
    in.source = (str){ NULL, 0 };
    in.title = S("By id");
    CHECK(id_eq(shop_put(shop, &in, NULL), wanted));
    CHECK_STR(shop_get(shop, wanted).title, S("By id"));
    CHECK_STR(shop_get(shop, wanted).source, S("test:1")); /* stays */
    in.product_id = id_from_name(S("t"), S("another"));
    in.source = S("test:1");
    in.title = S("By source");
    CHECK(id_eq(shop_put(shop, &in, NULL), wanted)); /* the source goes before a new id */
    CHECK_STR(shop_get(shop, wanted).title, S("By source"));
    in.product_id = wanted;
    in.source = S("test:2");
    shop_put(shop, &in, NULL);
    CHECK_STR(shop_get(shop, wanted).source, S("test:2"));
    shop_close(shop);
}

/* ---- variants ---- */

static void variants_keep_their_ids_by_sku(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id before[2], after[3];
    id product_id = shop_put(shop, &in, before);
    const struct catalog_variant variants[] = { { .sku = S("AUR-1-N"), .weight_g = 7 },
        shop_variants[1], { .sku = S("AUR-1-Z"), .variant_id = before[0] } };
    in.variants = variants;
    in.variants_n = 3;
    shop_put(shop, &in, after);
    struct catalog_product got = shop_get(shop, product_id);
    check_product(&got, &in);
    CHECK(id_eq(after[1], before[1]));
    CHECK(id_eq(after[2], before[0])); /* by id, with a new SKU */
    for (int i = 0; i < 3; i++)
        CHECK(id_eq(got.variants[i].variant_id, after[i]));
    in.variants_n = 1;
    shop_put(shop, &in, after);
    got = shop_get(shop, product_id);
    CHECK_INT((int64_t)got.variants_n, 1);
    CHECK(id_eq(got.variants[0].variant_id, after[0]));
    in.variants = &shop_variants[0]; /* its SKU is free again */
    shop_put(shop, &in, NULL);
    CHECK_STR(shop_get(shop, product_id).variants[0].sku, S("AUR-1-S"));
    shop_close(shop);
}

static void variants_stand_by_position(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    const struct catalog_variant variants[] = { { .sku = S("c"), .position = 30 },
        { .sku = S("a"), .position = 10 }, { .sku = S("b"), .position = 10 } };
    in.variants = variants;
    in.variants_n = 3;
    id ids[3];
    struct catalog_product got = shop_get(shop, shop_put(shop, &in, ids));
    const size_t from[] = { 1, 2, 0 };
    for (size_t i = 0; i < 3; i++) {
        CHECK_STR(got.variants[i].sku, variants[from[i]].sku);
        CHECK(id_eq(got.variants[i].variant_id, ids[from[i]]));
        CHECK_INT(got.variants[i].position, (int64_t)i);
    }
    shop_close(shop);
}

static void a_sku_of_another_product_is_refused(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id first = shop_put(shop, &in, NULL);
    const struct catalog_variant variants[] = { { .sku = S("NEW") }, { .sku = S("AUR-1-B") } };
    struct catalog_product other = { .category_id = shop->home,
        .source = S("test:2"),
        .title = S("Other"),
        .variants = variants,
        .variants_n = 2 };
    CHECK_ERR(shop->cx, try_put(shop, &other), &CATALOG_SKU_TAKEN);
    CHECK_STR(shop->cx->fields->pointer, S("/variants/1/sku"));
    CHECK(!shop->cx->fields->next);
    struct call find = { .shop = shop, .text = S("NEW") }; /* nothing of it was written */
    CHECK_ERR(shop->cx, store_read(shop->s, do_find, &find), &CATALOG_PRODUCT_GONE);

    other.variants_n = 1;
    id ids[1];
    id second = shop_put(shop, &other, ids);
    const struct catalog_variant renamed = { .sku = S("AUR-1-S"), .variant_id = ids[0] };
    other.variants = &renamed;
    CHECK_ERR(shop->cx, try_put(shop, &other), &CATALOG_SKU_TAKEN);
    CHECK_STR(shop_get(shop, second).variants[0].sku, S("NEW"));
    CHECK_INT(shop_get(shop, second).version, 1);
    CHECK_INT((int64_t)shop_get(shop, first).variants_n, 2);
    shop_close(shop);
}

static void what_is_refused_leaves_no_trace(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    in.category_id = id_from_name(S("t"), S("nowhere"));
    CHECK_ERR(shop->cx, try_put(shop, &in), &CATALOG_CATEGORY_UNKNOWN);
    in.product_id = id_from_name(S("t"), S("wanted"));
    CHECK_ERR(shop->cx, try_put(shop, &in), &CATALOG_CATEGORY_UNKNOWN);
    in.category_id = shop->laptops;
    in.title = S("");
    CHECK_ERR(shop->cx, try_put(shop, &in), &ERR_INVALID);
    struct call call = { .shop = shop };
    CHECK_ERR(shop->cx, store_read(shop->s, do_count, &call), NULL);
    CHECK_INT(call.n, 0);
    CHECK_INT(shop_events(shop), 0);
    shop_close(shop);
}

/* ---- reading ---- */

static void buyers_see_published_products_only(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop), got;
    in.status = CATALOG_SUBMITTED;
    struct call call = { .shop = shop, .id = shop_put(shop, &in, NULL), .products = &got };
    CHECK_ERR(shop->cx, store_read(shop->s, do_get, &call), &CATALOG_PRODUCT_GONE);
    CHECK_STR(shop_get(shop, call.id).title, in.title); /* unpublished too */
    call.status = CATALOG_PUBLISHED;
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), NULL);
    CHECK_ERR(shop->cx, store_read(shop->s, do_get, &call), NULL);
    in.status = CATALOG_PUBLISHED;
    check_product(&got, &in);
    call.id = id_from_name(S("t"), S("nobody"));
    CHECK_ERR(shop->cx, store_read(shop->s, do_get, &call), &CATALOG_PRODUCT_GONE);
    shop_close(shop);
}

static void many_are_read_at_once(void **state)
{
    enum { MANY = 40 };
    struct shop *shop = shop_open(state);
    struct arena *arena = shop->cx->arena;
    id ids[MANY + 3];
    for (int i = 0; i < MANY; i++) {
        const struct catalog_variant variants[] = { { .sku = str_fmt(arena, "A-%d", i) },
            { .sku = str_fmt(arena, "B-%d", i), .options = shop_black, .options_n = 1 } };
        struct catalog_product in = shop_laptop(shop);
        in.source = str_fmt(arena, "test:%d", i);
        in.title = str_fmt(arena, "Product %d", i);
        in.variants = variants;
        in.variants_n = (size_t)(1 + i % 2);
        in.status = i == 7 ? CATALOG_DRAFT : CATALOG_PUBLISHED;
        ids[MANY - 1 - i] = shop_put(shop, &in, NULL); /* not in the order of ids */
    }
    ids[MANY] = id_from_name(S("t"), S("nobody"));
    ids[MANY + 1] = ids[3]; /* once more */
    ids[MANY + 2] = (id){ { 0 } };
    struct catalog_product got[MANY + 3];
    struct call call = {
        .shop = shop, .products = got, .wanted = { .product_ids = ids, .n = COUNT(ids) }
    };
    CHECK_ERR(shop->cx, store_read(shop->s, do_products, &call), NULL);
    for (int k = 0; k < MANY; k++) {
        int i = MANY - 1 - k;
        if (i == 7) {
            CHECK(id_is_none(got[k].product_id) && got[k].variants_n == 0);
            continue;
        }
        CHECK(id_eq(got[k].product_id, ids[k]));
        CHECK_STR(got[k].title, str_fmt(arena, "Product %d", i));
        CHECK_INT((int64_t)got[k].variants_n, 1 + i % 2);
        CHECK_STR(got[k].variants[0].sku, str_fmt(arena, "A-%d", i));
        CHECK(!got[k].description.p && got[k].attributes_n == 0);
    }
    CHECK(id_is_none(got[MANY].product_id));
    CHECK(id_eq(got[MANY + 1].product_id, ids[3]) && got[MANY + 1].variants_n > 0);
    CHECK(id_is_none(got[MANY + 2].product_id));
    call.wanted.n = 0;
    CHECK_ERR(shop->cx, store_read(shop->s, do_products, &call), NULL);
    shop_close(shop);
}

static void pages_go_through_all_published(void **state)
{
    enum { MANY = 7 };
    struct shop *shop = shop_open(state);
    for (int i = 0; i < MANY; i++) {
        struct catalog_variant variant = { .sku = str_fmt(shop->cx->arena, "A-%d", i) };
        struct catalog_product in = { .category_id = shop->home,
            .title = S("Thing"),
            .variants = &variant,
            .variants_n = 1,
            .status = i == 2 ? CATALOG_DRAFT : CATALOG_PUBLISHED };
        shop_put(shop, &in, NULL);
    }
    struct call call = { .shop = shop, .n = 2 };
    int seen = 0;
    for (int page = 0; page < 4; page++) {
        id before = call.id;
        CHECK_ERR(shop->cx, store_read(shop->s, do_page, &call), NULL);
        CHECK_INT((int64_t)call.count, page < 3 ? 2 : 0);
        for (size_t i = 0; i < call.count; i++, seen++) {
            CHECK(id_cmp(call.ids[i], before) > 0);
            before = call.id = call.ids[i];
        }
    }
    CHECK_INT(seen, MANY - 1);
    CHECK_ERR(shop->cx, store_read(shop->s, do_count, &call), NULL);
    CHECK_INT(call.n, MANY - 1);
    shop_close(shop);
}

static void variants_are_found_by_sku_or_ean(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id ids[2];
    id product_id = shop_put(shop, &in, ids);
    const str codes[] = { S("AUR-1-S"), S("4006381333931"), S("AUR-1-B") };
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct call call = { .shop = shop, .text = codes[i] };
        CHECK_ERR(shop->cx, store_read(shop->s, do_find, &call), NULL);
        CHECK(id_eq(call.id, product_id) && id_eq(call.id2, ids[i / 2]));
    }
    struct call call = { .shop = shop, .text = S("aur-1-s") };
    CHECK_ERR(shop->cx, store_read(shop->s, do_find, &call), &CATALOG_PRODUCT_GONE);
    shop_close(shop);
}

/* ---- statuses ---- */

static void statuses_are_told_once(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    in.status = CATALOG_DRAFT;
    struct call call = { .shop = shop, .id = shop_put(shop, &in, NULL) };
    call.status = CATALOG_PUBLISHED;
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), NULL);
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), NULL); /* it has it already */
    CHECK_INT(shop_get(shop, call.id).version, 2);
    CHECK_INT(shop_events(shop), 2);
    call.status = CATALOG_SUBMITTED;
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), &CATALOG_STATUS_REFUSED);
    CHECK_INT(shop_get(shop, call.id).status, CATALOG_PUBLISHED);
    in.status = CATALOG_DRAFT; /* the same put again: the status has changed since */
    shop_put(shop, &in, NULL);
    CHECK_INT(shop_get(shop, call.id).status, CATALOG_DRAFT);
    call.id = id_from_name(S("t"), S("nobody"));
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), &CATALOG_PRODUCT_GONE);
    shop_close(shop);
}

static void every_query_fits_its_tables(void **state)
{
    struct shop *shop = shop_open(state);
    for (const struct db_query *const *q = catalog_service.queries; *q; q++)
        CHECK_ERR(shop->cx, db_query_check(store_db(shop->s), shop->cx, *q), NULL);
    shop_close(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_product_is_read_as_it_was_put),
        STORE_TEST(the_least_product_there_is),
        STORE_TEST(the_largest_product_there_is),
        STORE_TEST(a_repeat_changes_nothing),
        STORE_TEST(a_change_is_written_and_told),
        STORE_TEST(a_silent_put_tells_nobody),
        STORE_TEST(products_are_found_by_id_or_source),
        STORE_TEST(variants_keep_their_ids_by_sku),
        STORE_TEST(variants_stand_by_position),
        STORE_TEST(a_sku_of_another_product_is_refused),
        STORE_TEST(what_is_refused_leaves_no_trace),
        STORE_TEST(buyers_see_published_products_only),
        STORE_TEST(many_are_read_at_once),
        STORE_TEST(pages_go_through_all_published),
        STORE_TEST(variants_are_found_by_sku_or_ean),
        STORE_TEST(statuses_are_told_once),
        STORE_TEST(every_query_fits_its_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
