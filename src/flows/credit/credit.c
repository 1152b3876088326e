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

struct issue_body {
    str amount, key;
    int64_t expires_at;
};
static const struct json_field issue_fields[] = {
    JSON_AMOUNT(struct issue_body, amount, .required = true, .doc = "0.01 to 10,000"),
    JSON_TIME(struct issue_body, expires_at, .doc = "absent: never"),
    JSON_STR(struct issue_body, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000),
};
static const struct json_shape issue_shape =
    JSON_SHAPE("GiftCardInput", struct issue_body, issue_fields);

struct card_view {
    id gift_card_id;
    str code, currency;
    money amount;
    int64_t expires_at;
};
static const struct json_field card_fields[] = {
    JSON_ID(struct card_view, gift_card_id, .required = true),
    JSON_STR(struct card_view, code, .doc = "shown once; a repeat of the key gets none"),
    JSON_MONEY(struct card_view, amount, .required = true),
    JSON_STR(struct card_view, currency, .required = true),
    JSON_TIME(struct card_view, expires_at),
};
static const struct json_shape card_shape = JSON_SHAPE("GiftCard", struct card_view, card_fields);

static err issue_in_of(struct credit *c, struct cx *cx, const struct issue_body *in, money *ret)
{
    if (!money_parse(in->amount, c->currency, ret) || ret->minor < 1 ||
        ret->minor > CARD_MINOR_MAX) {
        cx_field(cx, S("/amount"), "out_of_bounds", "0.01 to 10,000, two decimals");
        return FAIL(cx, ERR_INVALID, "amount of a gift card");
    }
    if (in->expires_at && in->expires_at <= cx->now_ms) {
        cx_field(cx, S("/expiresAt"), "out_of_bounds", "in the past");
        return FAIL(cx, ERR_INVALID, "expiry of a gift card");
    }
    return NULL;
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

static struct idem_claim claim_of(struct cx *cx, const struct issue_body *in)
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
    const struct issue_body *in;
    struct idem_claim claim;
    struct card_view view;
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
        .issued_by = cx->who.user_id };
    err e = may_give(i->c, cx, card.amount.minor);
    return e ? e : payments_gift_card_issue(i->c->deps.payments, cx, &card, &i->view.code);
}

static err unit_known(void *arg, struct cx *cx)
{
    struct issuing *i = arg;
    return idem_known(i->c->deps.db, cx, i->claim, &i->known);
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
static err post_issue(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct credit *c = service;
    struct issuing *i = NEW(cx->arena, struct issuing);
    *i = (struct issuing){ .c = c,
        .in = body,
        .claim = claim_of(cx, body),
        .view = { .gift_card_id = cx_id(cx) },
        .apart = c->deps.db_payments && c->deps.db_payments != c->deps.db };
    i->view.expires_at = i->in->expires_at;
    i->view.currency = str_dup(cx->arena, currency_str(&c->currency));
    uint64_t conflict = id_hash(cx->who.user_id); /* one after the other: they are added up */
    err e = issue_in_of(c, cx, i->in, &i->view.amount);
    if (!e && i->apart)
        e = db_read(cx, unit_known, i);
    if (!e && i->apart && !i->known)
        e = db_write_wait(c->deps.db_payments, cx, conflict, unit_card, i);
    if (!e)
        e = db_write_wait(c->deps.db, cx, conflict, unit_books, i);
    if (!e && i->replayed)
        reply_add_header(reply, S("Idempotent-Replayed"), S("true"));
    return e ? e : reply_json(reply, 201, &card_shape, &i->view);
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
        cx_field(cx, S("/code"), e->slug, "%s", e->title);
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
