/* SPDX-License-Identifier: Apache-2.0
 * gift against a real database, unchanged on both engines. */
#include "services/gift/gift.h"
#include "tests/support/store.h"

#define OWNER                                                                                      \
    (id)                                                                                           \
    {                                                                                              \
        {                                                                                          \
            1                                                                                      \
        }                                                                                          \
    }
#define OTHER                                                                                      \
    (id)                                                                                           \
    {                                                                                              \
        {                                                                                          \
            2                                                                                      \
        }                                                                                          \
    }

struct call {
    struct gift *gift;
    id owner_id;
    str name;
    struct gift_item item, *items;
    size_t items_n;
};

static err do_add(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return gift_add(c->gift, cx, c->owner_id, c->name, &c->item);
}

static err do_list(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return gift_list(c->gift, cx, c->owner_id, &c->items, &c->items_n);
}

static struct store *open_gift(void **state, struct call *c)
{
    struct store *s = store_open(store_engine(state), (const char *[]){ "services/gift", NULL });
    struct gift_deps deps = { .db = store_db(s) };
    *c = (struct call){ .gift = gift_open(store_cx(s)->arena, deps), .owner_id = OWNER };
    return s;
}

static void what_is_added_is_listed(void **state)
{
    struct call c;
    struct store *s = open_gift(state, &c);

    c.name = S("a scarf");
    CHECK_ERR(store_cx(s), store_write(s, do_add, &c), NULL);
    CHECK_ERR(store_cx(s), store_read(s, do_list, &c), NULL);
    CHECK_INT(c.items_n, 1);
    CHECK_STR(c.items[0].name, S("a scarf"));
    CHECK(id_eq(c.items[0].item_id, c.item.item_id));
    store_close(s);
}

static void others_see_nothing(void **state)
{
    struct call c;
    struct store *s = open_gift(state, &c);

    c.name = S("a scarf");
    CHECK_ERR(store_cx(s), store_write(s, do_add, &c), NULL);
    c.owner_id = OTHER;
    CHECK_ERR(store_cx(s), store_read(s, do_list, &c), NULL);
    CHECK_INT(c.items_n, 0);
    store_close(s);
}

static void full_writes_nothing(void **state)
{
    struct call c;
    struct store *s = open_gift(state, &c);

    c.name = S("one of many");
    for (size_t i = 0; i < GIFT_ITEMS_MAX; i++)
        CHECK_ERR(store_cx(s), store_write(s, do_add, &c), NULL);
    CHECK_ERR(store_cx(s), store_write(s, do_add, &c), &GIFT_FULL);
    CHECK_ERR(store_cx(s), store_read(s, do_list, &c), NULL);
    CHECK_INT(c.items_n, GIFT_ITEMS_MAX);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_is_added_is_listed),
        STORE_TEST(others_see_nothing),
        STORE_TEST(full_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
