/* SPDX-License-Identifier: Apache-2.0
 * Gift cards and wallets: issue, redeem, look. Called by the gateway, in its units; must never keep
 * or log a code. */
#include "flows/credit/credit.h"

#include "base/instant.h"
#include "platform/http/route.h"
#include "platform/http/service.h"
#include "platform/idem/idem.h"
#include "platform/secret/secret.h"

struct credit {
    struct credit_deps deps;
    currency currency;
};

const problem CREDIT_NOTHING = { KIND_CONFLICT, "credit.nothing", "gift_card_empty",
    "Nothing is left on the gift card" };
const problem CREDIT_PROOF = { KIND_DENIED, "credit.proof", "step_up_required",
    "A large gift card wants your password or a code once more" };
const problem CREDIT_ABOVE = { KIND_DENIED, "credit.above", "approval_required",
    "Nobody gives away so much alone: make it a refund, which another person approves" };

struct credit *credit_open(struct arena *life, struct credit_deps deps)
{
    struct credit *c = NEW(life, struct credit);
    *c = (struct credit){ .deps = deps };
    bool known = currency_parse(deps.currency, &c->currency);
    ASSERT(known);
    return c;
}

static err post(struct credit *c, struct cx *cx, id posting_id, const char *kind,
    struct ledger_account from, struct ledger_account to, int64_t minor)
{
    return ledger_transfer(c->deps.ledger, cx,
        &(struct ledger_transfer){ .posting_id = posting_id,
            .reference = posting_id,
            .kind = str_from_c(kind),
            .from = from,
            .to = to,
            .amount = money_of(minor, c->currency) });
}

/* ---- staff issue ---- */

#define CARD_MINOR_MAX 1000000 /* 10,000.00 */

static const struct json_field issue_fields[] = {
    JSON_AMOUNT(struct credit_gift, amount, .required = true, .doc = "0.01 to 10,000"),
    JSON_TIME(struct credit_gift, expires_at, .doc = "absent: never"),
    JSON_STR(struct credit_gift, recipient, .max = PAYMENTS_GIFT_TEXT_MAX,
        .doc = "for whom it is; staff see it in the list"),
    JSON_STR(struct credit_gift, reason, .max = PAYMENTS_GIFT_TEXT_MAX, .doc = "why it is given"),
    JSON_STR(struct credit_gift, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000),
};
static const struct json_shape issue_shape =
    JSON_SHAPE("GiftCardInput", struct credit_gift, issue_fields);

static const struct json_field card_fields[] = {
    JSON_ID(struct credit_given, gift_card_id, .required = true),
    JSON_STR(struct credit_given, code, .doc = "shown once; a repeat of the key gets none"),
    JSON_MONEY(struct credit_given, amount, .required = true),
    JSON_STR(struct credit_given, currency, .required = true),
    JSON_TIME(struct credit_given, expires_at),
};
static const struct json_shape card_shape =
    JSON_SHAPE("GiftCard", struct credit_given, card_fields);

static void check_text(struct cx *cx, const char *pointer, str text)
{
    if (text.n > PAYMENTS_GIFT_TEXT_MAX)
        cx_field(
            cx, str_from_c(pointer), "too_long", "at most %d characters", PAYMENTS_GIFT_TEXT_MAX);
}

static err check_gift(struct credit *c, struct cx *cx, const struct credit_gift *in, money *ret)
{
    if (!money_parse(in->amount, c->currency, ret) || ret->minor < 1 || ret->minor > CARD_MINOR_MAX)
        cx_field(cx, S("/amount"), "out_of_bounds", "0.01 to 10,000, two decimals");
    if (in->expires_at && in->expires_at <= cx->now_ms)
        cx_field(cx, S("/expiresAt"), "out_of_bounds", "in the past");
    check_text(cx, "/recipient", in->recipient);
    check_text(cx, "/reason", in->reason);
    return cx->fields ? FAIL(cx, ERR_INVALID, "a gift card") : NULL;
}

/* The limits of refunds: a card is money, too, and many small ones are a large one. */
static err may_give(const struct credit *c, struct cx *cx, int64_t minor)
{
    const struct credit_deps *deps = &c->deps;
    int64_t before;
    err e = payments_gift_cards_issued(
        deps->payments, cx, cx->who.user_id, cx->now_ms - DAY_MS, &before);
    if (e)
        return e;
    minor += before;
    if (deps->alone_minor > 0 && minor > deps->alone_minor)
        return FAIL(cx, CREDIT_ABOVE, "%lld", (long long)minor);
    if (minor > deps->proof_above_minor && cx->who.proved_ms + ROUTE_PROVED_MS <= cx->now_ms)
        return FAIL(cx, CREDIT_PROOF, "proved too long ago");
    return NULL;
}

static struct idem_claim claim_of(struct cx *cx, const struct credit_gift *in)
{
    struct buf asked = { .arena = cx->arena };
    json_encode(&asked, &issue_shape, in, false);
    buf_add(&asked, in->amount); /* goes in only */
    return (struct idem_claim){ .principal = str_cat(
                                    cx->arena, S("user:"), id_text(cx->arena, cx->who.user_id)),
        .method = S("POST"),
        .route = S("/api/v1/admin/gift-cards"),
        .key = in->key,
        .fingerprint = secret_sha256_hex(cx->arena, buf_str(&asked)) };
}

struct issuing {
    struct credit *c;
    const struct credit_gift *in;
    struct idem_claim claim;
    struct credit_given view;
    bool apart; /* cards are in another database: a card is there before there is money on it */
    bool known; /* then: something has claimed the key */
    bool replayed;
};

static err unit_card(void *arg, struct cx *cx)
{
    struct issuing *i = arg;
    const struct payments_gift_card card = { .card_id = i->view.gift_card_id,
        .amount = i->view.amount,
        .expires_ms = i->in->expires_at,
        .issued_by = cx->who.user_id,
        .recipient = i->in->recipient,
        .reason = i->in->reason };
    err e = may_give(i->c, cx, card.amount.minor);
    return e ? e : payments_gift_card_issue(i->c->deps.payments, cx, &card, &i->view.code);
}

static err unit_known(void *arg, struct cx *cx)
{
    struct issuing *i = arg;
    return idem_known(i->c->deps.db, cx, &i->claim, 1, &i->known);
}

/* A card without money is worth nothing, and nobody has seen its code: one that is left behind by a
 * crash, or by two with one key at once, does no harm. */
static err unit_books(void *arg, struct cx *cx)
{
    struct issuing *i = arg;
    struct credit *c = i->c;
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(c->deps.db, cx, i->claim, i->view.gift_card_id, &state, &stored);
    if (e)
        return e;
    i->replayed = state == IDEM_REPLAY;
    if (i->replayed) {
        i->view.gift_card_id = stored.subject;
        i->view.code = (str){ 0 };
        return NULL;
    }
    if (!i->apart)
        e = unit_card(i, cx);
    if (!e)
        e = post(c, cx, i->view.gift_card_id, "gift_card",
            (struct ledger_account){ LEDGER_LOSS, { 0 } },
            (struct ledger_account){ LEDGER_GIFT_CARD, i->view.gift_card_id },
            i->view.amount.minor);
    return e ? e : idem_finish(c->deps.db, cx, i->claim, 201, S("{}"));
}

/* The key is claimed here and not at the edge, which would keep the answer with the code. */
err credit_give(
    struct credit *c, struct cx *cx, const struct credit_gift *in, struct credit_given *ret)
{
    struct issuing *i = NEW(cx->arena, struct issuing);
    *i = (struct issuing){ .c = c,
        .in = in,
        .claim = claim_of(cx, in),
        .view = { .gift_card_id = cx_id(cx), .expires_at = in->expires_at },
        .apart = c->deps.db_payments && c->deps.db_payments != c->deps.db };
    i->view.currency = str_dup(cx->arena, currency_str(&c->currency));
    uint64_t conflict = id_hash(cx->who.user_id); /* one after the other: they are added up */
    err e = check_gift(c, cx, in, &i->view.amount);
    if (!e)
        e = idem_key_check(cx, in->key);
    if (!e && i->apart)
        e = db_read(cx, unit_known, i);
    if (!e && i->apart && !i->known)
        e = db_write_wait(c->deps.db_payments, cx, conflict, unit_card, i);
    if (!e)
        e = db_write_wait(c->deps.db, cx, conflict, unit_books, i);
    if (!e)
        *ret = i->view;
    return e;
}

static err post_issue(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct credit_given *given = NEW(cx->arena, struct credit_given);
    err e = credit_give(service, cx, body, given);
    if (e)
        return e;
    if (!given->code.n)
        reply_add_header(reply, S("Idempotent-Replayed"), S("true"));
    return reply_json(reply, 201, &card_shape, given);
}

/* ---- and see what was given ---- */

#define LIST_MAX 50

struct list_in {
    str ending;
    id before;
};
static const struct json_field list_in_fields[] = {
    JSON_STR(struct list_in, ending, .at = AT_QUERY, .min = PAYMENTS_GIFT_HINT_N,
        .max = PAYMENTS_GIFT_HINT_N, .doc = "the last four characters of its code"),
    JSON_ID(struct list_in, before, .at = AT_QUERY, .doc = "older than this one"),
};
static const struct json_shape list_in_shape =
    JSON_SHAPE("GiftCardsQuery", struct list_in, list_in_fields);

struct issued_view {
    id gift_card_id, issued_by;
    str ending, currency, recipient, reason;
    money amount, left;
    int64_t issued_at, expires_at;
    bool stopped;
};
static const struct json_field issued_fields[] = {
    JSON_ID(struct issued_view, gift_card_id, .required = true),
    JSON_STR(struct issued_view, ending, .required = true, .doc = "of its code: four characters"),
    JSON_MONEY(struct issued_view, amount, .required = true, .doc = "when it was given"),
    JSON_MONEY(
        struct issued_view, left, .required = true, .doc = "without what orders on their way hold"),
    JSON_STR(struct issued_view, currency, .required = true),
    JSON_STR(struct issued_view, recipient),
    JSON_STR(struct issued_view, reason),
    JSON_ID(struct issued_view, issued_by, .doc = "absent: nobody of the staff"),
    JSON_TIME(struct issued_view, issued_at, .required = true),
    JSON_TIME(struct issued_view, expires_at, .doc = "absent: never"),
    JSON_BOOL(struct issued_view, stopped, .required = true),
};
static const struct json_shape issued_shape =
    JSON_SHAPE("GiftCardGiven", struct issued_view, issued_fields);
struct list_view {
    struct issued_view *gift_cards;
    size_t gift_cards_n;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_view, gift_cards, issued_shape, .required = true, .max = LIST_MAX),
};
static const struct json_shape list_shape =
    JSON_SHAPE("GiftCardList", struct list_view, list_fields);

static err get_issued(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct credit *c = service;
    const struct list_in *in = body;
    struct payments_gift_card *cards;
    struct list_view *v = NEW(cx->arena, struct list_view);
    size_t n;
    err e = payments_gift_cards_list(c->deps.payments, cx,
        (struct payments_gift_page){
            .ending = in->ending, .before = in->before, .limit = LIST_MAX },
        &cards, &n);
    if (e)
        return e;
    struct ledger_asked *asked = NEW_N(cx->arena, n, struct ledger_asked);
    struct ledger_left *left = NEW_N(cx->arena, n, struct ledger_left);
    for (size_t i = 0; i < n; i++)
        asked[i] = (struct ledger_asked){ { LEDGER_GIFT_CARD, cards[i].card_id },
            cards[i].amount.currency };
    e = ledger_balances(c->deps.ledger, cx, asked, n, left);
    if (e)
        return e;
    v->gift_cards = NEW_N(cx->arena, n, struct issued_view);
    for (v->gift_cards_n = 0; v->gift_cards_n < n; v->gift_cards_n++) {
        const struct payments_gift_card *card = &cards[v->gift_cards_n];
        v->gift_cards[v->gift_cards_n] = (struct issued_view){ .gift_card_id = card->card_id,
            .ending = card->hint,
            .amount = card->amount,
            .left = money_of(left[v->gift_cards_n].available, card->amount.currency),
            .currency = str_dup(cx->arena, currency_str(&card->amount.currency)),
            .recipient = card->recipient,
            .reason = card->reason,
            .issued_by = card->issued_by,
            .issued_at = card->issued_ms,
            .expires_at = card->expires_ms,
            .stopped = card->stopped };
    }
    return reply_json(reply, 200, &list_shape, v);
}

/* ---- users redeem and look ---- */

struct redeem_body {
    str code;
};
static const struct json_field redeem_fields[] = {
    JSON_STR(struct redeem_body, code, .required = true, .min = 1, .max = 60),
};
static const struct json_shape redeem_shape =
    JSON_SHAPE("GiftCardRedeemInput", struct redeem_body, redeem_fields);

struct wallet_view {
    money balance, available;
    str currency;
};
static const struct json_field wallet_fields[] = {
    JSON_MONEY(struct wallet_view, balance, .required = true),
    JSON_MONEY(struct wallet_view, available, .required = true,
        .doc = "without what orders on their way hold"),
    JSON_STR(struct wallet_view, currency, .required = true),
};
static const struct json_shape wallet_shape =
    JSON_SHAPE("Wallet", struct wallet_view, wallet_fields);

static struct ledger_account wallet_of(const struct cx *cx)
{
    return (struct ledger_account){ LEDGER_WALLET, cx->who.user_id };
}

static err show_wallet(struct credit *c, struct cx *cx, struct reply *reply)
{
    struct wallet_view *v = NEW(cx->arena, struct wallet_view);
    int64_t balance = 0, available = 0;
    err e = ledger_balance(c->deps.ledger, cx, wallet_of(cx), c->currency, &balance, &available);
    *v = (struct wallet_view){ .balance = money_of(balance, c->currency),
        .available = money_of(available, c->currency),
        .currency = str_dup(cx->arena, currency_str(&c->currency)) };
    return e ? e : reply_json(reply, 200, &wallet_shape, v);
}

/* The account's limit decides a race: a card's cent is posted once. */
static err post_redeem(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct credit *c = service;
    const struct redeem_body *in = body;
    struct payments_gift_card card;
    int64_t balance = 0, available = 0;
    err e = payments_gift_card_find(c->deps.payments, cx, in->code, &card);
    if (e && e->kind == KIND_INVALID)
        cx_field(cx, S("/code"), e->code, "%s", e->title); /* both have one */
    if (!e && !currency_eq(card.amount.currency, c->currency))
        e = FAIL(cx, ERR_BUG, "a gift card of another currency");
    if (e)
        return e;
    struct ledger_account from = { LEDGER_GIFT_CARD, card.card_id };
    e = ledger_balance(c->deps.ledger, cx, from, c->currency, &balance, &available);
    if (!e && available <= 0)
        e = FAIL(cx, CREDIT_NOTHING, "nothing free on the card");
    if (!e)
        e = post(c, cx, cx_id(cx), "redeem", from, wallet_of(cx), available);
    return e ? e : show_wallet(c, cx, reply);
}

static err get_wallet(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    return show_wallet(service, cx, reply);
}

/* ---- the table ---- */

static const problem *const issue_problems[] = { &CREDIT_PROOF, &CREDIT_ABOVE,
    &IDEM_REQUIRED_MISSING, &IDEM_REUSED, &IDEM_RUNNING, NULL };
static const problem *const redeem_problems[] = { &PAYMENTS_GIFT_CARD_BAD, &PAYMENTS_GIFT_CARD_OVER,
    &CREDIT_NOTHING, &LEDGER_BALANCE_LOW, &IDEM_REQUIRED_MISSING, &IDEM_REUSED, &IDEM_RUNNING,
    NULL };
static const struct route routes[] = {
    { .method = "POST",
        .path = "/api/v1/admin/gift-cards",
        .scope = SCOPE_REFUNDS,
        .unit = UNIT_NONE,
        .idempotency = IDEM_OWN,
        .in = &issue_shape,
        .out = &card_shape,
        .status = 201,
        .problems = issue_problems,
        .fn = post_issue,
        .summary = "Issue a gift card; its code is shown once" },
    { .method = "GET",
        .path = "/api/v1/admin/gift-cards",
        .scope = SCOPE_REFUNDS,
        .unit = UNIT_READ,
        .in = &list_in_shape,
        .out = &list_shape,
        .fn = get_issued,
        .summary = "Gift cards that were given, the newest first, without their codes" },
    { .method = "POST",
        .path = "/api/v1/gift-cards/redeem",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .owner = "ledger",
        .idempotency = IDEM_REQUIRED,
        .limit = LIMIT_PAYMENT,
        .in = &redeem_shape,
        .out = &wallet_shape,
        .problems = redeem_problems,
        .fn = post_redeem,
        .summary = "Put what is left on a gift card into the wallet" },
    { .method = "GET",
        .path = "/api/v1/users/me/wallet",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &wallet_shape,
        .fn = get_wallet,
        .summary = "One's own wallet" },
    ROUTES_END,
};

static const problem *const problems[] = { &CREDIT_NOTHING, &CREDIT_PROOF, &CREDIT_ABOVE, NULL };
const struct service credit_service = {
    .name = "credit",
    .folder = "src/flows/credit/",
    .routes = routes,
    .problems = problems,
};
