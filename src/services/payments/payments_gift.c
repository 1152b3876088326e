/* SPDX-License-Identifier: Apache-2.0
 * Gift cards: issued and looked up by their codes. Called by flows inside their units. Must never
 * keep, log or compare a code in plain. */
#include "base/instant.h"
#include "payments_sql.h"
#include "platform/secret/secret.h"
#include "services/payments/payments_domain.h"
#include "services/payments/payments_store.h"

const problem PAYMENTS_GIFT_CARD_BAD = { KIND_INVALID, "payments.gift_card_bad",
    "gift_card_invalid", "There is no such gift card" };
const problem PAYMENTS_GIFT_CARD_OVER = { KIND_INVALID, "payments.gift_card_over",
    "gift_card_expired", "The gift card has expired" };

err payments_gift_card_issue(
    struct payments *p, struct cx *cx, const struct payments_gift_card *in, str *ret_code)
{
    const uint64_t random[3] = { secret_u64(), secret_u64(), secret_u64() };
    int64_t added = 0;
    ASSERT(!id_is_none(in->card_id) && in->amount.minor > 0);
    str code = payments_domain_code(cx->arena, random);
    str plain = payments_domain_code_plain(cx->arena, code);
    ASSERT(plain.n == PAYMENTS_CODE_N);
    err e = payments_sql_gift_card_add(p->deps.db, cx,
        (struct payments_sql_gift_card_add_in){ .card_id = in->card_id,
            .code_hash = secret_sha256(cx->arena, plain),
            .hint = str_skip(plain, plain.n - PAYMENTS_GIFT_HINT_N),
            .amount_minor = in->amount.minor,
            .currency = str_from_c(in->amount.currency.code),
            .issued_ms = cx->now_ms,
            .expires_ms = in->expires_ms,
            .issued_by = in->issued_by,
            .recipient = in->recipient,
            .reason = in->reason },
        &added);
    if (!e && added == 0)
        return FAIL(cx, ERR_BUG, "this gift card was issued before");
    if (e)
        return e;
    *ret_code = code;
    return NULL;
}

err payments_gift_cards_issued(
    struct payments *p, struct cx *cx, id issued_by, int64_t since_ms, int64_t *ret_minor)
{
    struct payments_sql_gift_cards_issued_row row = { 0 };
    bool found;
    err e = payments_sql_issuer_lock(
        p->deps.db, cx, (struct payments_sql_issuer_lock_in){ .issued_by = issued_by }, NULL);
    if (!e)
        e = payments_sql_gift_cards_issued(p->deps.db, cx,
            (struct payments_sql_gift_cards_issued_in){
                .issued_by = issued_by, .since_ms = since_ms },
            &row, &found);
    if (e)
        return e;
    *ret_minor = row.minor;
    return NULL;
}

err payments_gift_cards_list(struct payments *p, struct cx *cx, struct payments_gift_page in,
    struct payments_gift_card **ret, size_t *ret_n)
{
    struct payments_sql_gift_cards_list_row *rows;
    str hint = payments_domain_ending(cx->arena, in.ending, PAYMENTS_GIFT_HINT_N);
    *ret = NULL;
    *ret_n = 0;
    if (in.ending.n && !hint.n)
        return NULL;
    size_t n = 0;
    err e = hint.n ? payments_sql_gift_cards_ending(p->deps.db, cx,
                         (struct payments_sql_gift_cards_ending_in){
                             .hint = hint, .before = id_or_greatest(in.before), .limit = in.limit },
                         &rows, &n)
                   : payments_sql_gift_cards_list(p->deps.db, cx,
                         (struct payments_sql_gift_cards_list_in){
                             .before = id_or_greatest(in.before), .limit = in.limit },
                         &rows, &n);
    if (e)
        return e;
    struct payments_gift_card *list = NEW_N(cx->arena, n, struct payments_gift_card);
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct payments_gift_card){ .card_id = rows[i].card_id,
            .hint = rows[i].hint,
            .amount = { .minor = rows[i].amount_minor },
            .issued_ms = rows[i].issued_ms,
            .expires_ms = rows[i].expires_ms,
            .stopped = rows[i].stopped,
            .issued_by = rows[i].issued_by,
            .recipient = rows[i].recipient,
            .reason = rows[i].reason };
        if (!currency_parse(rows[i].currency, &list[i].amount.currency))
            return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(rows[i].currency));
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}

err payments_gift_card_find(
    struct payments *p, struct cx *cx, str code, struct payments_gift_card *ret)
{
    struct payments_sql_gift_card_find_row row;
    bool found = false;
    str plain = payments_domain_code_plain(cx->arena, code);
    if (!plain.n)
        return FAIL(cx, PAYMENTS_GIFT_CARD_BAD, "not of the form of a code");
    err e = payments_sql_gift_card_find(p->deps.db, cx,
        (struct payments_sql_gift_card_find_in){ .code_hash = secret_sha256(cx->arena, plain) },
        &row, &found);
    if (e)
        return e;
    if (!found || row.stopped)
        return FAIL(cx, PAYMENTS_GIFT_CARD_BAD, found ? "stopped" : "unknown code");
    if (row.expires_ms && row.expires_ms <= cx->now_ms)
        return FAIL(cx, PAYMENTS_GIFT_CARD_OVER, "expired");
    struct payments_gift_card card = { .card_id = row.card_id,
        .hint = row.hint,
        .amount = { .minor = row.amount_minor },
        .issued_ms = row.issued_ms,
        .expires_ms = row.expires_ms };
    if (!currency_parse(row.currency, &card.amount.currency))
        return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(row.currency));
    *ret = card;
    return NULL;
}

err payments_gift_card_back(struct payments *p, struct cx *cx, id card_id)
{
    return payments_sql_gift_card_back(p->deps.db, cx,
        (struct payments_sql_gift_card_back_in){
            .card_id = card_id, .until_ms = cx->now_ms + PAYMENTS_GIFT_BACK_DAYS * DAY_MS },
        NULL);
}

err payments_gift_card_stop(struct payments *p, struct cx *cx, id card_id)
{
    int64_t changed = 0;
    err e = payments_sql_gift_card_stop(
        p->deps.db, cx, (struct payments_sql_gift_card_stop_in){ .card_id = card_id }, &changed);
    return !e && changed == 0 ? FAIL(cx, ERR_MISSING, "no such gift card") : e;
}
