/* SPDX-License-Identifier: Apache-2.0
 * The flow's parts that are neither making nor ending: bank accounts of sellers, what is told, and
 * what is written into the trail. Called by the gateway and the bus; must never show a whole number
 * to anybody but staff who send money there. */
#include "flows/settlement/settlement.h"

#include "flows/settlement/settlement_internal.h"
#include "platform/audit/audit.h"

struct settlement *settlement_open(struct arena *life, struct settlement_deps deps)
{
    struct settlement *s = NEW(life, struct settlement);
    *s = (struct settlement){ .deps = deps };
    bool known = currency_parse(deps.currency, &s->currency);
    ASSERT(known);
    return s;
}

struct ledger_account settlement_owed(id seller_id)
{
    return (struct ledger_account){ LEDGER_SELLER, seller_id };
}

uint64_t settlement_own_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const struct json_field told_fields[] = {
    JSON_ID(struct settlement_told, seller_id, .required = true),
    JSON_ID(struct settlement_told, payout_id),
    JSON_STR(struct settlement_told, email),
    JSON_STR(struct settlement_told, name),
    JSON_STR(struct settlement_told, total),
    JSON_STR(struct settlement_told, currency),
    JSON_STR(struct settlement_told, reason),
    JSON_STR(struct settlement_told, other),
};
static const struct json_shape told_shape =
    JSON_SHAPE("SettlementTold", struct settlement_told, told_fields);

err settlement_tell(struct settlement *s, struct cx *cx, const char *type, id aggregate,
    const struct settlement_told *told)
{
    return bus_emit(s->deps.bus, s->deps.db_books, cx, type, aggregate, &told_shape, told);
}

err settlement_account_put(
    struct settlement *s, struct cx *cx, struct payouts_account in, struct payouts_account *ret)
{
    err e = payouts_account_put(s->deps.payouts, cx, cx->who.user_id, in, ret);
    return e ? e
             : settlement_tell(s, cx, "payouts.account_changed", cx->who.user_id,
                   &(struct settlement_told){ .seller_id = cx->who.user_id,
                       .email = cx->who.email,
                       .name = cx->who.name,
                       .other = ret->hint });
}

static int64_t pending_of(const struct payouts_sum *sums, size_t n, currency cur)
{
    for (size_t i = 0; i < n; i++)
        if (currency_eq(sums[i].currency, cur))
            return sums[i].minor;
    return 0;
}

err settlement_check(struct settlement *s, struct cx *cx, size_t *ret_wrong)
{
    struct payouts_sum *pending;
    struct ledger_sum *booked;
    size_t pending_n, booked_n, known = 0;
    *ret_wrong = 0;
    err e = payouts_pending(s->deps.payouts, cx, &pending, &pending_n);
    if (!e)
        e = ledger_trial(s->deps.ledger, cx, &booked, &booked_n);
    for (size_t i = 0; !e && i < booked_n; i++) {
        if (booked[i].kind != LEDGER_PAYOUT)
            continue;
        int64_t minor = pending_of(pending, pending_n, booked[i].currency);
        known += minor > 0;
        *ret_wrong += minor != booked[i].balance_minor;
    }
    if (!e)
        *ret_wrong += pending_n - known; /* currencies that the books know nothing of */
    return e;
}

/* The trail is in the shop's database, which may be another than the books'. */
static err note_account(void *service, struct cx *cx, const struct bus_event *event)
{
    struct settlement *s = service;
    return audit_note(s->deps.audit, cx,
        (struct audit_act){ .act = "payouts.account_changed",
            .kind = "user",
            .object_id = event->aggregate,
            .actor_id = event->aggregate });
}

static const struct bus_handler events[] = {
    { "payouts.account_changed", "settlement.account_noted", note_account },
    { 0 },
};
static const problem *const problems[] = { &SETTLEMENT_LOW, NULL };
const struct service settlement_service = {
    .name = "settlement",
    .folder = "src/flows/settlement/",
    .routes = settlement_routes,
    .page_routes = settlement_page_routes,
    .events = events,
    .pages = settlement_pages,
    .problems = problems,
};
