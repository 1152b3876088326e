/* SPDX-License-Identifier: Apache-2.0
 * Gift cards of one person by many units at once, on real lanes of both engines: what was added up
 * before a card is given holds until it is there. And what staff see of them. Run by `./dev test
 * payments`. */
#include "base/instant.h"
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

/* ---- the list ---- */

struct listing {
    struct payments *payments;
    struct payments_gift_card given[3], *list;
    str codes[3];
    struct payments_gift_page page;
    size_t n;
};

static err give_three(void *arg, struct cx *cx)
{
    struct listing *l = arg;
    struct rng rng = rng_seeded(1);
    for (size_t i = 0; i < COUNT(l->given); i++) {
        l->given[i] = (struct payments_gift_card){ .card_id = id_new(&rng, (int64_t)i + 1),
            .amount = money_of((int64_t)i + 1, USD),
            .expires_ms = i ? 0 : cx->now_ms + 1,
            .issued_by = i ? issuer_of(i) : (id){ { 0 } },
            .recipient = i == 1 ? S("Ada <ada@example.com>") : (str){ 0 },
            .reason = i == 1 ? S("a lost parcel") : (str){ 0 } };
        err e = payments_gift_card_issue(l->payments, cx, &l->given[i], &l->codes[i]);
        if (e)
            return e;
    }
    return NULL;
}

static err list_them(void *arg, struct cx *cx)
{
    struct listing *l = arg;
    return payments_gift_cards_list(l->payments, cx, l->page, &l->list, &l->n);
}

static void list_is(struct store *s, struct listing *l, const size_t *want, size_t n)
{
    CHECK_ERR(store_cx(s), store_read(s, list_them, l), NULL);
    CHECK_INT(l->n, n);
    for (size_t i = 0; i < n; i++)
        CHECK(id_eq(l->list[i].card_id, l->given[want[i]].card_id));
}

/* ---- money that goes back to a card ---- */

struct back {
    struct payments *payments;
    struct payments_gift_card card;
    str code;
    int64_t shift_ms; /* of the expiry, from now; 0: it never expires */
    bool stop;
};

static err issue_it(void *arg, struct cx *cx)
{
    struct back *b = arg;
    b->card = (struct payments_gift_card){ .card_id = cx_id(cx),
        .amount = money_of(1000, USD),
        .expires_ms = b->shift_ms ? cx->now_ms + b->shift_ms : 0 };
    err e = payments_gift_card_issue(b->payments, cx, &b->card, &b->code);
    return e || !b->stop ? e : payments_gift_card_stop(b->payments, cx, b->card.card_id);
}

static err give_back(void *arg, struct cx *cx)
{
    struct back *b = arg;
    return payments_gift_card_back(b->payments, cx, b->card.card_id);
}

static err find_it(void *arg, struct cx *cx)
{
    struct back *b = arg;
    return payments_gift_card_find(b->payments, cx, b->code, &b->card);
}

#define BACK_MS (PAYMENTS_GIFT_BACK_DAYS * DAY_MS)
static const struct back_case {
    const char *name;
    int64_t shift_ms;
    bool stop;
    err want;
    int64_t want_ms; /* of the expiry, from now */
} back_cases[] = {
    { "never expires", 0, false, NULL, 0 },
    { "expired long ago", -400 * DAY_MS, false, NULL, BACK_MS },
    { "expires tomorrow", DAY_MS, false, NULL, BACK_MS },
    { "expires later", BACK_MS + 1, false, NULL, BACK_MS + 1 },
    { "stopped", 0, true, &PAYMENTS_GIFT_CARD_BAD, 0 },
    { "stopped and expired", -DAY_MS, true, &PAYMENTS_GIFT_CARD_BAD, 0 },
};

static void what_goes_back_can_be_used(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct cx *cx = store_cx(s);
    for (size_t i = 0; i < COUNT(back_cases); i++) {
        const struct back_case *c = &back_cases[i];
        struct back b = { .payments =
                              payments_open(cx->arena, (struct payments_deps){ store_db(s), 0 }),
            .shift_ms = c->shift_ms,
            .stop = c->stop };
        CHECK_ERR(cx, store_write(s, issue_it, &b), NULL);
        CHECK_ERR(cx, store_write(s, give_back, &b), NULL);
        CHECK_ERR(cx, store_read(s, find_it, &b), c->want);
        if (!c->want)
            CASE_INT(c->name, b.card.expires_ms, c->want_ms ? cx->now_ms + c->want_ms : 0);
    }
    store_close(s);
}

static void what_was_given_is_listed(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct arena *a = store_cx(s)->arena;
    struct listing l = { .payments = payments_open(a, (struct payments_deps){ store_db(s), 0 }) };
    l.page.limit = 10;
    list_is(s, &l, NULL, 0);
    CHECK_ERR(store_cx(s), store_write(s, give_three, &l), NULL);
    list_is(s, &l, (const size_t[]){ 2, 1, 0 }, 3);
    const struct payments_gift_card *card = &l.list[1];
    str code = l.codes[1], end = str_skip(code, code.n - PAYMENTS_GIFT_HINT_N);
    CHECK_STR(card->hint, end);
    CHECK_STR(card->recipient, S("Ada <ada@example.com>"));
    CHECK_STR(card->reason, S("a lost parcel"));
    CHECK_INT(card->amount.minor, 2);
    CHECK(id_eq(card->issued_by, issuer_of(1)) && !card->stopped && !card->expires_ms);
    CHECK_INT(l.list[2].expires_ms, store_cx(s)->now_ms + 1);
    CHECK(!l.list[2].recipient.n && !l.list[2].reason.n && id_is_none(l.list[2].issued_by));
    l.page.limit = 2;
    list_is(s, &l, (const size_t[]){ 2, 1 }, 2);
    l.page.before = l.given[1].card_id;
    list_is(s, &l, (const size_t[]){ 0 }, 1);
    l.page.before = (id){ { 0 } };
    l.page.ending = end;
    list_is(s, &l, (const size_t[]){ 1 }, 1);
    l.page.before = l.given[2].card_id;
    list_is(s, &l, (const size_t[]){ 1 }, 1);
    l.page.before = l.given[1].card_id;
    list_is(s, &l, NULL, 0);
    l.page.before = (id){ { 0 } };
    /* A whole code is nobody's to look a card up by. */
    const str none[] = { S("x"), S("****"), str_skip(code, code.n - 3), str_skip(code, code.n - 6),
        code };
    for (size_t i = 0; i < COUNT(none); i++) {
        l.page.ending = none[i];
        list_is(s, &l, NULL, 0);
    }
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(many_give_no_more_than_one_may),
        STORE_TEST(what_goes_back_can_be_used),
        STORE_TEST(what_was_given_is_listed),
    };
    return cmocka_run_group_tests_name("payments_gift", tests, NULL, NULL);
}
