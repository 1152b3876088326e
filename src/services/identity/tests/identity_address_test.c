/* SPDX-License-Identifier: Apache-2.0
 * Addresses in rows, on both engines: whose they are, which is the default, how many. Run by
 * `./dev test identity`. */
#include "services/identity/tests/identity_desk.h"

static err do_put(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_address_put(d->identity, cx, d->user_id, d->address, &d->address_id);
}

static err do_list(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_address_list(d->identity, cx, d->user_id, &d->addresses, &d->addresses_n);
}

static err do_get(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_address_get(d->identity, cx, d->user_id, d->address_id, &d->address);
}

static err do_remove(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_address_remove(d->identity, cx, d->user_id, d->address_id);
}

static struct identity_address somewhere(const char *city)
{
    return (struct identity_address){ .name = S("Ada"),
        .line1 = S("1 Main St"),
        .city = str_from_c(city),
        .region = S("OR"),
        .postal_code = S("97201"),
        .country = S("US") };
}

static id put(struct desk *d, struct identity_address address)
{
    d->address = address;
    d->cx->now_ms++; /* ids of one millisecond have no order */
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), NULL);
    return d->address_id;
}

/* The cities in the order of the list, the default with a star. */
static str cities(struct desk *d)
{
    struct buf out = { .arena = d->cx->arena };
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    for (size_t i = 0; i < d->addresses_n; i++)
        buf_fmt(&out, "%s" STR_F "%s", i ? " " : "", STR_A(d->addresses[i].city),
            d->addresses[i].is_default ? "*" : "");
    return buf_str(&out);
}

static void reads_as_it_was_put(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    put(&d, somewhere("A"));
    struct identity_address want = somewhere("B");
    want.line2 = S("Apt 2");
    want.phone = S("+1 503 555 0100");
    put(&d, want);
    CHECK_ERR(d.cx, store_read(d.s, do_get, &d), NULL);
    CHECK_STR(d.address.name, want.name);
    CHECK_STR(d.address.line1, want.line1);
    CHECK_STR(d.address.line2, want.line2);
    CHECK_STR(d.address.city, want.city);
    CHECK_STR(d.address.region, want.region);
    CHECK_STR(d.address.postal_code, want.postal_code);
    CHECK_STR(d.address.country, want.country);
    CHECK_STR(d.address.phone, want.phone);
    CHECK(!d.address.is_default);
    desk_close(&d);
}

static void there_is_one_default(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    CHECK_STR(cities(&d), S(""));
    id a = put(&d, somewhere("A")); /* the first is, though it does not ask */
    CHECK_STR(cities(&d), S("A*"));
    id b = put(&d, somewhere("B"));
    CHECK_STR(cities(&d), S("A* B"));
    struct identity_address asks = somewhere("C");
    asks.is_default = true;
    id c = put(&d, asks);
    CHECK_STR(cities(&d), S("C* A B"));
    struct identity_address gives_up = somewhere("C2");
    gives_up.address_id = c;
    put(&d, gives_up);
    CHECK_STR(cities(&d), S("C2* A B"));
    struct identity_address takes = somewhere("B2");
    takes.address_id = b;
    takes.is_default = true;
    put(&d, takes);
    CHECK_STR(cities(&d), S("B2* A C2"));
    d.address_id = b;
    CHECK_ERR(d.cx, store_write(d.s, do_remove, &d), NULL);
    CHECK_STR(cities(&d), S("A* C2"));
    d.address_id = c;
    CHECK_ERR(d.cx, store_write(d.s, do_remove, &d), NULL);
    d.address_id = a;
    CHECK_ERR(d.cx, store_write(d.s, do_remove, &d), NULL);
    CHECK_STR(cities(&d), S(""));
    desk_close(&d);
}

static void anothers_is_not_there(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    id ada = d.user_id;
    id address = put(&d, somewhere("A"));
    CHECK_ERR(d.cx, desk_register(&d, "eve@example.com"), NULL);
    d.address_id = address;
    CHECK_ERR(d.cx, store_read(d.s, do_get, &d), &IDENTITY_ADDRESS_UNKNOWN);
    CHECK_ERR(d.cx, store_write(d.s, do_remove, &d), &IDENTITY_ADDRESS_UNKNOWN);
    d.address = somewhere("Eve's");
    d.address.address_id = address;
    CHECK_ERR(d.cx, store_write(d.s, do_put, &d), &IDENTITY_ADDRESS_UNKNOWN);
    CHECK_STR(cities(&d), S(""));
    d.user_id = ada;
    CHECK_STR(cities(&d), S("A*"));
    d.user_id = cx_id(d.cx);
    d.address = somewhere("Nobody's");
    CHECK_ERR(d.cx, store_write(d.s, do_put, &d), &ERR_MISSING);
    desk_close(&d);
}

static void fifty_are_enough(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    for (int i = 0; i < IDENTITY_ADDRESSES_MAX; i++)
        put(&d, somewhere("A"));
    id last = d.address_id;
    CHECK_ERR(d.cx, store_write(d.s, do_put, &d), &IDENTITY_ADDRESSES_FULL);
    struct identity_address changed = somewhere("B");
    changed.address_id = last;
    put(&d, changed); /* changing is not adding */
    CHECK_ERR(d.cx, store_read(d.s, do_list, &d), NULL);
    CHECK_INT((int64_t)d.addresses_n, IDENTITY_ADDRESSES_MAX);
    desk_close(&d);
}

static void what_is_wrong_is_not_written(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.address = somewhere("A");
    d.address.postal_code = S("K1A 0B1");
    CHECK_ERR(d.cx, store_write(d.s, do_put, &d), &ERR_INVALID);
    CHECK_STR(d.cx->fields->pointer, S("/postalCode"));
    CHECK_STR(cities(&d), S(""));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(reads_as_it_was_put),
        STORE_TEST(there_is_one_default),
        STORE_TEST(anothers_is_not_there),
        STORE_TEST(fifty_are_enough),
        STORE_TEST(what_is_wrong_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
