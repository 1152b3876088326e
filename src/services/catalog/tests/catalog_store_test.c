/* SPDX-License-Identifier: Apache-2.0
 * The verbs of products on both engines. */
#include "services/catalog/tests/catalog_shop.h"

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

static void test_put_and_get(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_put_and_get),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
