/* SPDX-License-Identifier: Apache-2.0
 * The verbs of prices on both engines. Run by meson test. */
#include "services/pricing/pricing.h"
#include "tests/support/store.h"

static const currency USD = { "USD" };

struct shop {
    struct store *s;
    struct cx *cx;
    struct bus *bus;
    struct pricing *p;
};

/* One call of a verb, as the argument of its unit. */
struct call {
    struct pricing *p;
    struct pricing_change change;
    const struct pricing_key *keys;
    const id *ids;
    size_t n;
    struct pricing_price *prices;
    struct pricing_line *lines;
    struct pricing_place place;
    enum pricing_speed speed;
    struct pricing_quote quote;
    struct pricing_option options[PRICING_SPEEDS_N];
};

#define CALL(name, expression)                                                                     \
    static err name(void *arg, struct cx *cx)                                                      \
    {                                                                                              \
        struct call *call = arg;                                                                   \
        return expression;                                                                         \
    }
CALL(do_set, pricing_set(call->p, cx, call->change))
CALL(do_get, pricing_get(call->p, cx, call->keys, call->n, call->prices))
CALL(do_of_product, pricing_of_product(call->p, cx, call->ids[0], &call->prices, &call->n))
CALL(do_from, pricing_from(call->p, cx, call->ids, call->n, call->prices))
CALL(do_quote,
    pricing_quote(call->p, cx, call->lines, call->n, call->place, call->speed, &call->quote))
/* As with promotions: filled, discounts given, asked again without a statement. */
CALL(do_discounted,
    pricing_fill(call->p, cx, call->lines, call->n)
        ?: (call->lines[0].discount = call->lines[0].price.minor / 2,
               pricing_quote_wish(call->p, cx, call->lines, call->n,
                   &(struct pricing_wish){
                       .place = call->place, .shipping_discount = 600, .filled = true },
                   &call->quote)))
CALL(do_options, pricing_options(call->p, cx, call->lines, call->n, call->place, call->options))

static struct shop *shop_open(void **state)
{
    struct store *s = store_open(
        store_engine(state), (const char *const[]){ "platform/bus", "services/pricing", NULL });
    struct cx *cx = store_cx(s);
    struct shop *shop = NEW(cx->arena, struct shop);
    struct bus *bus = bus_open(cx->arena, (struct bus_opts){ .db = store_db(s) });
    *shop = (struct shop){ .s = s,
        .cx = cx,
        .bus = bus,
        .p = pricing_open(cx->arena,
            (struct pricing_deps){ .db = store_db(s), .bus = bus, .currency = S("USD") }) };
    return shop;
}

static void shop_close(struct shop *shop)
{
    struct store *s = shop->s;
    bus_close(shop->bus);
    store_close(s);
}

static int64_t events(struct shop *shop)
{
    struct bus_figures figures = { 0 };
    CHECK_ERR(shop->cx, bus_figures_of(shop->bus, shop->cx, &figures), NULL);
    return figures.waiting;
}

static id named(const char *name)
{
    return id_from_name(S("pricing_test"), str_from_c(name));
}

static struct pricing_price priced(
    const char *product, const char *variant, int64_t price, int64_t list)
{
    return (struct pricing_price){ .product_id = named(product),
        .variant_id = named(variant),
        .price = money_of(price, USD),
        .list = list ? money_of(list, USD) : (money){ 0 } };
}

static void set(struct shop *shop, const struct pricing_price *prices, size_t n)
{
    struct call call = { .p = shop->p, .change = { .prices = prices, .n = n } };
    CHECK_ERR(shop->cx, store_write(shop->s, do_set, &call), NULL);
}

static struct pricing_price get(struct shop *shop, const char *product, const char *variant)
{
    struct pricing_key key = { named(product), named(variant) };
    struct pricing_price price;
    struct call call = { .p = shop->p, .keys = &key, .n = 1, .prices = &price };
    CHECK_ERR(shop->cx, store_read(shop->s, do_get, &call), NULL);
    return price;
}

static void prices_are_kept_and_told(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 999, 1299), priced("b", "b1", 500, 0),
        priced("a", "a2", 899, 0) };
    set(shop, prices, 3);
    struct pricing_price a1 = get(shop, "a", "a1"), b1 = get(shop, "b", "b1");
    CHECK_INT(a1.price.minor, 999);
    CHECK_INT(a1.list.minor, 1299);
    CHECK_INT(a1.version, 1);
    CHECK(currency_eq(a1.price.currency, USD));
    CHECK(id_eq(a1.product_id, named("a")) && id_eq(a1.variant_id, named("a1")));
    CHECK_INT(b1.list.minor, 500);
    CHECK_INT(get(shop, "a", "b1").price.currency.code[0], 0);
    CHECK_INT(events(shop), 2); /* one for each product */
    shop_close(shop);
}

static void a_repeat_changes_nothing(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 999, 1299),
        priced("b", "b1", 500, 0) };
    set(shop, prices, 2);
    set(shop, prices, 2);
    CHECK_INT(get(shop, "a", "a1").version, 1);
    CHECK_INT(events(shop), 2);
    const struct pricing_price other[] = { priced("a", "a1", 999, 1399),
        priced("b", "b1", 500, 0) };
    set(shop, other, 2);
    CHECK_INT(get(shop, "a", "a1").version, 2);
    CHECK_INT(get(shop, "a", "a1").list.minor, 1399);
    CHECK_INT(get(shop, "b", "b1").version, 1);
    CHECK_INT(events(shop), 3); /* of a alone */
    set(shop, other, 0);
    CHECK_INT(events(shop), 3);
    shop_close(shop);
}

static void of_a_repeated_key_the_last_counts(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 100, 0), priced("a", "a2", 200, 0),
        priced("a", "a1", 300, 0), priced("a", "a1", 250, 0) };
    set(shop, prices, 4);
    CHECK_INT(get(shop, "a", "a1").price.minor, 250);
    CHECK_INT(get(shop, "a", "a1").version, 1);
    CHECK_INT(events(shop), 1);
    shop_close(shop);
}

static void silence_is_kept(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price price = priced("a", "a1", 100, 0);
    struct call call = { .p = shop->p, .change = { .prices = &price, .n = 1, .silent = true } };
    CHECK_ERR(shop->cx, store_write(shop->s, do_set, &call), NULL);
    CHECK_INT(get(shop, "a", "a1").price.minor, 100);
    CHECK_INT(events(shop), 0);
    shop_close(shop);
}

static void one_bad_price_writes_nothing(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 100, 0), priced("a", "a2", 0, 0),
        priced("a", "a3", 200, 100) };
    struct call call = { .p = shop->p, .change = { .prices = prices, .n = 3 } };
    CHECK_ERR(shop->cx, store_write(shop->s, do_set, &call), &ERR_INVALID);
    CHECK_STR(shop->cx->fields->pointer, S("/prices/1/price"));
    CHECK_STR(shop->cx->fields->next->pointer, S("/prices/2/listPrice"));
    CHECK_INT(get(shop, "a", "a1").price.currency.code[0], 0);
    shop_close(shop);
}

static void a_product_has_its_prices_and_the_cheapest(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 999, 1299), priced("a", "a2", 899, 0),
        priced("a", "a3", 899, 1000), priced("b", "b1", 5, 0) };
    set(shop, prices, 4);
    id ids[] = { named("a"), named("none"), named("b") };
    struct call all = { .p = shop->p, .ids = ids };
    CHECK_ERR(shop->cx, store_read(shop->s, do_of_product, &all), NULL);
    CHECK_INT((int64_t)all.n, 3);
    for (size_t i = 0; i < all.n; i++)
        CHECK(all.prices[i].price.minor == 999 || all.prices[i].price.minor == 899);
    struct pricing_price from[3];
    struct call call = { .p = shop->p, .ids = ids, .n = 3, .prices = from };
    CHECK_ERR(shop->cx, store_read(shop->s, do_from, &call), NULL);
    CHECK_INT(from[0].price.minor, 899);
    CHECK(id_eq(
        from[0].variant_id, id_cmp(named("a2"), named("a3")) < 0 ? named("a2") : named("a3")));
    CHECK_INT(from[1].price.currency.code[0], 0);
    CHECK(id_eq(from[1].product_id, named("none")));
    CHECK_INT(from[2].price.minor, 5);
    for (int i = 0; i < 3; i++) { /* whichever id is the least */
        struct pricing_price cheap = prices[i];
        cheap.price.minor = 100 - i;
        set(shop, &cheap, 1);
        CHECK_ERR(shop->cx, store_read(shop->s, do_from, &call), NULL);
        CHECK_INT(from[0].price.minor, 100 - i);
        CHECK(id_eq(from[0].variant_id, cheap.variant_id));
    }
    shop_close(shop);
}

static void prices_in_another_currency_are_none(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price price = priced("a", "a1", 999, 0);
    set(shop, &price, 1);
    shop->p = pricing_open(shop->cx->arena,
        (struct pricing_deps){ .db = store_db(shop->s), .bus = shop->bus, .currency = S("JPY") });
    CHECK_INT(get(shop, "a", "a1").price.currency.code[0], 0);
    struct pricing_price yen = priced("a", "a1", 120000, 0);
    yen.price.currency = pricing_currency(shop->p);
    set(shop, &yen, 1);
    CHECK_INT(get(shop, "a", "a1").price.minor, 120000);
    CHECK_INT(get(shop, "a", "a1").version, 2);
    shop_close(shop);
}

static void quotes_take_the_stored_prices(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price prices[] = { priced("a", "a1", 1000, 1250),
        priced("b", "b1", 500, 0) };
    set(shop, prices, 2);
    struct pricing_line lines[] = {
        { .product_id = named("a"), .variant_id = named("a1"), .quantity = 2, .weight_g = 1500 },
        { .product_id = named("b"), .variant_id = named("b1"), .quantity = 1, .prime = true },
    };
    struct call call = {
        .p = shop->p, .lines = lines, .n = 2, .place = { .country = S("US"), .region = S("CA") }
    };
    CHECK_ERR(shop->cx, store_read(shop->s, do_quote, &call), NULL);
    CHECK_INT(lines[0].subtotal.minor, 2000);
    CHECK_INT(lines[0].tax.minor, 145);
    CHECK_INT(lines[0].tax_bp, 725);
    CHECK_INT(lines[0].saving.minor, 500);
    CHECK_INT(lines[1].tax.minor, 36);
    CHECK_INT(call.quote.total.minor, 2500 + 181 + 649);
    CHECK_ERR(shop->cx, store_read(shop->s, do_discounted, &call), NULL);
    CHECK_INT(lines[0].tax.minor, 109); /* 7.25 % of 15.00 */
    CHECK_INT(call.quote.discount.minor, 500 + 600);
    CHECK_INT(call.quote.total.minor, 2500 + 145 + 649 - 1100);
    lines[0].discount = 0;
    call.place = (struct pricing_place){ 0 }; /* the shop's own country, no state */
    CHECK_ERR(shop->cx, store_read(shop->s, do_quote, &call), NULL);
    CHECK_INT(call.quote.total.minor, 2500 + 649);
    call.speed = PRICING_PRIME_2DAY;
    CHECK_ERR(shop->cx, store_read(shop->s, do_quote, &call), &PRICING_SPEED_UNKNOWN);
    CHECK_ERR(shop->cx, store_read(shop->s, do_options, &call), NULL);
    CHECK(call.options[PRICING_STANDARD].offered && !call.options[PRICING_PRIME_2DAY].offered);
    shop_close(shop);
}

static void lines_without_a_price_are_named(void **state)
{
    struct shop *shop = shop_open(state);
    const struct pricing_price price = priced("a", "a1", 1000, 1250);
    set(shop, &price, 1);
    struct pricing_line lines[] = {
        { .product_id = named("a"), .variant_id = named("a1"), .quantity = 1 },
        { .product_id = named("a"), .variant_id = named("gone"), .quantity = 1 },
    };
    struct call call = { .p = shop->p, .lines = lines, .n = 2 };
    CHECK_ERR(shop->cx, store_read(shop->s, do_quote, &call), &PRICING_NO_PRICE);
    CHECK_STR(shop->cx->fields->pointer, S("/items/1"));
    CHECK(!shop->cx->fields->next);
    CHECK_ERR(shop->cx, store_read(shop->s, do_options, &call), &PRICING_NO_PRICE);
    shop_close(shop);
}

static void every_query_fits_its_tables(void **state)
{
    struct shop *shop = shop_open(state);
    for (const struct db_query *const *q = pricing_service.queries; *q; q++)
        CHECK_ERR(shop->cx, db_query_check(store_db(shop->s), shop->cx, *q), NULL);
    shop_close(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(prices_are_kept_and_told),
        STORE_TEST(a_repeat_changes_nothing),
        STORE_TEST(of_a_repeated_key_the_last_counts),
        STORE_TEST(silence_is_kept),
        STORE_TEST(one_bad_price_writes_nothing),
        STORE_TEST(a_product_has_its_prices_and_the_cheapest),
        STORE_TEST(prices_in_another_currency_are_none),
        STORE_TEST(quotes_take_the_stored_prices),
        STORE_TEST(lines_without_a_price_are_named),
        STORE_TEST(every_query_fits_its_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
