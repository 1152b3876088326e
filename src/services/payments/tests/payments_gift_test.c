/* SPDX-License-Identifier: Apache-2.0
 * Gift cards of one person by many units at once, on real lanes of both engines: what was added up
 * before a card is given holds until it is there. Run by `./dev test payments`. */
#include "services/payments/payments.h"
#include "tests/support/store.h"

#define USD ((currency){ "USD" })
#define GIVERS 80
#define ISSUERS 2
#define CARD_MINOR 100
#define LIMIT_MINOR 750

static const char *const folders[] = { "services/payments", NULL };
static const problem ABOVE = { KIND_DENIED, "test.above", NULL, "Above the limit" };

struct giver {
    struct cx cx;
    struct payments *payments;
    struct db_ticket *ticket;
    id issuer;
    int64_t given_minor;
};

/* As src/flows/credit does: the sum, the limit, the card. */
static err give(void *arg, struct cx *cx)
{
    struct giver *g = arg;
    struct payments_gift_card card = {
        .card_id = cx_id(cx), .amount = money_of(CARD_MINOR, USD), .issued_by = g->issuer
    };
    str code;
    err e = payments_gift_cards_issued(g->payments, cx, g->issuer, 0, &g->given_minor);
    if (!e && g->given_minor + CARD_MINOR > LIMIT_MINOR)
        e = FAIL(cx, ABOVE, "%lld", (long long)g->given_minor);
    return e ? e : payments_gift_card_issue(g->payments, cx, &card, &code);
}

static err look(void *arg, struct cx *cx)
{
    struct giver *g = arg;
    return payments_gift_cards_issued(g->payments, cx, g->issuer, 0, &g->given_minor);
}

static id issuer_of(size_t i)
{
    return id_from_name(S("issuer"), i % ISSUERS ? S("a") : S("b"));
}

static void many_give_no_more_than_one_may(void **state)
{
    struct store *s = store_open_with(
        (struct store_opts){ .engine = store_engine(state), .folders = folders, .lanes = true });
    struct cx *cx = store_cx(s);
    struct payments *p = payments_open(cx->arena, (struct payments_deps){ .db = store_db(s) });
    struct giver *givers = NEW_N(cx->arena, GIVERS, struct giver);
    size_t given = 0;
    for (size_t i = 0; i < GIVERS; i++) {
        struct giver *g = &givers[i];
        *g = (struct giver){ .payments = p, .issuer = issuer_of(i) };
        g->cx =
            (struct cx){ .arena = arena_open(4096), .now_ms = cx->now_ms, .rng = rng_seeded(i) };
        g->ticket = db_write_start(store_db(s), &g->cx, i / ISSUERS, give, g); /* on all lanes */
    }
    for (size_t i = 0; i < GIVERS; i++) {
        err e = db_write_finish(givers[i].ticket);
        if (e)
            CHECK_ERR(&givers[i].cx, e, &ABOVE);
        given += !e;
        arena_close(givers[i].cx.arena);
    }
    for (size_t i = 0; i < ISSUERS; i++) {
        struct giver g = { .payments = p, .issuer = issuer_of(i) };
        CHECK_ERR(cx, store_write(s, look, &g), NULL);
        CHECK_INT(g.given_minor, LIMIT_MINOR / CARD_MINOR * CARD_MINOR);
    }
    CHECK_INT(given, ISSUERS * (LIMIT_MINOR / CARD_MINOR));
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(many_give_no_more_than_one_may),
    };
    return cmocka_run_group_tests_name("payments_gift", tests, NULL, NULL);
}
