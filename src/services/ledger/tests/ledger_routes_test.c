/* SPDX-License-Identifier: Apache-2.0
 * The books as staff see them: the trial balance, statements page by page, what is refused. Run by
 * meson. */
#include "services/ledger/ledger_routes.h"

#include "services/ledger/ledger.h"
#include "tests/support/ask.h"

static const char *const folders[] = { "services/ledger", NULL };
static const id seller = { { 7 } };

struct desk {
    struct store *s;
    struct ledger *l;
    currency currency;
    struct ledger_entry entries[3];
    size_t n;
    id posting_id;
};

static err post(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return ledger_post(d->l, cx,
        &(struct ledger_posting){ .posting_id = d->posting_id,
            .kind = S("sale"),
            .reference = d->posting_id,
            .currency = d->currency,
            .entries = d->entries,
            .n = d->n,
            .memo = S("by hand") });
}

static const struct booking {
    const char *currency;
    int64_t paid, sales, owed;
} bookings[] = {
    { "USD", 1250, 1000, 250 },
    { "USD", 300, 300, 0 },
    { "USD", -100, 0, -100 },
    { "JPY", 500, 500, 0 },
};

static struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(store_engine(state), folders) };
    d.l = ledger_open(store_cx(d.s)->arena, (struct ledger_deps){ .db = store_db(d.s) });
    struct rng rng = rng_seeded(1);
    for (size_t i = 0; i < COUNT(bookings); i++) {
        const struct booking *b = &bookings[i];
        const struct ledger_entry entries[] = { { { .kind = LEDGER_PROVIDER }, b->paid },
            { { .kind = LEDGER_SALES }, -b->sales }, { { LEDGER_SELLER, seller }, -b->owed } };
        d.n = 0;
        for (size_t k = 0; k < COUNT(entries); k++)
            if (entries[k].minor)
                d.entries[d.n++] = entries[k];
        d.posting_id = id_new(&rng, 1767225600000 + (int64_t)i * 1000);
        CHECK(currency_parse(str_from_c(b->currency), &d.currency));
        CHECK_ERR(store_cx(d.s), store_write(d.s, post, &d), NULL);
    }
    return d;
}

static struct answer get(struct desk *d, str path)
{
    return ask(d->s,
        (struct ask){ .routes = ledger_routes, .service = d->l, .method = "GET", .path = path });
}

/* The reply is a success and holds this text. */
static void has(const struct answer *a, const char *text)
{
    CHECK(a->e == NULL);
    CASE(text, str_find(a->body, str_from_c(text), 0) >= 0);
}

static void test_trial(void **state)
{
    struct desk d = desk_open(state);
    struct answer a = get(&d, S("/api/v1/admin/ledger"));
    has(&a,
        "{\"kind\":\"provider\",\"side\":\"debit\",\"currency\":\"USD\",\"debit\":15.50,"
        "\"credit\":1.00,\"balance\":14.50}");
    has(&a,
        "{\"kind\":\"sales\",\"side\":\"credit\",\"currency\":\"USD\",\"debit\":0.00,"
        "\"credit\":13.00,\"balance\":13.00}");
    has(&a,
        "{\"kind\":\"seller\",\"side\":\"credit\",\"currency\":\"USD\",\"debit\":1.00,"
        "\"credit\":2.50,\"balance\":1.50}");
    has(&a,
        "{\"kind\":\"provider\",\"side\":\"debit\",\"currency\":\"JPY\",\"debit\":500,"
        "\"credit\":0,\"balance\":500}");
    store_close(d.s);
}

static void test_statement(void **state)
{
    struct desk d = desk_open(state);
    struct answer a = get(&d, S("/api/v1/admin/ledger/provider?currency=USD&limit=2"));
    has(&a, "\"balance\":14.50,\"available\":14.50");
    has(&a, "\"credit\":1.00");
    has(&a, "\"debit\":3.00");
    CHECK(str_find(a.body, S("\"debit\":12.50"), 0) < 0);
    has(&a, "\"memo\":\"by hand\"");
    has(&a, "\"createdAt\":\"2026-01-01T00:00:00.000Z\"");
    struct arena *arena = store_cx(d.s)->arena;
    ptrdiff_t at = str_find(a.body, S("\"nextPageToken\":\""), 0);
    CHECK(at > 0);
    str token = str_sub(a.body, (size_t)at + S("\"nextPageToken\":\"").n, ID_TEXT_N);
    a = get(&d,
        str_cat(arena, S("/api/v1/admin/ledger/provider?currency=USD&limit=2&pageToken="), token));
    has(&a, "\"debit\":12.50");
    CHECK(str_find(a.body, S("nextPageToken"), 0) < 0);
    CHECK(str_find(a.body, S("\"debit\":3.00"), 0) < 0);
    a = get(&d, str_cat(arena, S("/api/v1/admin/ledger/seller?currency=USD&owner="),
                    id_text(arena, seller)));
    has(&a, "\"side\":\"credit\",\"currency\":\"USD\",\"balance\":1.50");
    store_close(d.s);
}

static const struct refused_case {
    const char *name, *path;
    err want;
} refused_cases[] = {
    { "nobody's account", "seller?currency=USD", &ERR_INVALID },
    { "somebody's where there is one",
        "sales?currency=USD&owner=01890000-0000-7000-8000-000000000000", &ERR_INVALID },
    { "a currency that is none", "sales?currency=XQX", &ERR_INVALID },
    { "no currency", "sales", &ERR_MALFORMED },
    { "an account that is none", "petty_cash?currency=USD", &ERR_INVALID },
};

static void test_refused(void **state)
{
    struct desk d = desk_open(state);
    struct arena *arena = store_cx(d.s)->arena;
    for (size_t i = 0; i < COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        struct answer a = get(&d, str_cat(arena, S("/api/v1/admin/ledger/"), str_from_c(c->path)));
        CASE(c->name, a.e == c->want);
    }
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_trial),
        STORE_TEST(test_statement),
        STORE_TEST(test_refused),
    };
    return cmocka_run_group_tests_name("ledger_routes", tests, NULL, NULL);
}
