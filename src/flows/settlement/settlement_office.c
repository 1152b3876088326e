/* SPDX-License-Identifier: Apache-2.0
 * Forms of the back office: send a payout, say how it went. Called by the gateway; each leads back
 * to the page with a word that says what happened. */
#include "flows/settlement/settlement_internal.h"
#include "platform/http/route.h"

#define TYPED_MAX 4000

struct office_in {
    id payout_id, seller_id;
    str amount, reason, note, key, decision;
};
static const struct json_field make_fields[] = {
    JSON_ID(struct office_in, seller_id, .at = AT_PATH, .required = true),
    JSON_STR(struct office_in, amount, .max = TYPED_MAX),
    JSON_STR(struct office_in, reason, .max = TYPED_MAX),
    JSON_STR(struct office_in, key, .required = true, .max = 1000),
};
const struct json_shape settlement_office_make_in =
    JSON_SHAPE("OfficePayout", struct office_in, make_fields);
static const char *const decisions[] = { "paid", "failed", NULL };
static const struct json_field end_fields[] = {
    JSON_ID(struct office_in, payout_id, .at = AT_PATH, .required = true),
    JSON_STR(struct office_in, decision, .required = true, .one_of = decisions),
    JSON_STR(struct office_in, note, .max = TYPED_MAX),
};
const struct json_shape settlement_office_end_in =
    JSON_SHAPE("OfficePayoutEnd", struct office_in, end_fields);

/* What went wrong, as a word of the page's query; NULL: not for the page. */
static const char *word_of(err e)
{
    static const struct {
        err e;
        const char *word;
    } words[] = { { &ERR_INVALID, "wrong" }, { &SETTLEMENT_LOW, "low" },
        { &PAYOUTS_NO_ACCOUNT, "missing" }, { &PAYOUTS_NEW, "new" }, { &PAYOUTS_OVER, "over" } };
    for (size_t i = 0; i < COUNT(words); i++)
        if (e == words[i].e)
            return words[i].word;
    return NULL;
}

static err back(struct cx *cx, id seller_id, err e, const char *said, struct reply *reply)
{
    const char *word = e ? word_of(e) : said;
    if (!word)
        return e;
    cx_clear(cx);
    return reply_redirect(reply, str_fmt(cx->arena, "/admin/payouts?q=" STR_F "&said=%s",
                                     STR_A(id_text(cx->arena, seller_id)), word));
}

err settlement_office_make(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct office_in *in = body;
    struct settlement_making m = {
        .seller_id = in->seller_id, .amount = str_trim(in->amount), .reason = str_trim(in->reason)
    };
    m.claim = settlement_claim(cx, in->seller_id, m.amount, m.reason, in->key);
    err e = settlement_make(service, cx, &m);
    return back(cx, in->seller_id, e, m.asked ? "asked" : "made", reply);
}

err settlement_office_end(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct office_in *in = body;
    bool paid = str_eq(in->decision, S("paid"));
    struct payouts_payout payout = { .made_ms = 0 };
    err e = settlement_end(service, cx,
        (struct payouts_end){ .payout_id = in->payout_id, .paid = paid, .note = in->note },
        &payout);
    return back(cx, payout.seller_id, e, paid ? "paid" : "failed", reply);
}
