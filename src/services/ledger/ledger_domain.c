/* SPDX-License-Identifier: Apache-2.0
 * The rules of the books: the chart of accounts, what a posting must be. Called by ledger.c; must
 * never do I/O or read a clock. */
#include "services/ledger/ledger_domain.h"

#include <assert.h>
#include <inttypes.h>

const char *const ledger_kind_names[LEDGER_KINDS_N + 1] = {
    "provider",
    "buyer",
    "seller",
    "sales",
    "commission",
    "commission_tax",
    "tax",
    "shipping",
    "discount",
    "wallet",
    "gift_card",
    "refund",
    "reserve",
    "payout",
    "loss",
    NULL,
};
const char *const ledger_hold_state_names[HOLD_STATES_N + 1] = { "live", "posted", "voided",
    "expired", NULL };

/* The chart of accounts: 1 what we have, 2 what we owe, 4 what we earn, 5 what we bear. */
static const struct kind_row {
    int64_t code;
    bool debit, limited, owned;
} chart[] = {
    [LEDGER_PROVIDER] = { 1000, .debit = true },
    [LEDGER_BUYER] = { 1100, .debit = true, .owned = true },
    [LEDGER_SELLER] = { 2000, .owned = true },
    [LEDGER_RESERVE] = { 2010, .owned = true },
    [LEDGER_PAYOUT] = { 2020 },
    [LEDGER_WALLET] = { 2100, .owned = true, .limited = true },
    [LEDGER_GIFT_CARD] = { 2110, .owned = true, .limited = true },
    [LEDGER_TAX] = { 2200 },
    [LEDGER_COMMISSION_TAX] = { 2210 },
    [LEDGER_SALES] = { 4000 },
    [LEDGER_COMMISSION] = { 4100 },
    [LEDGER_SHIPPING] = { 4200 },
    [LEDGER_DISCOUNT] = { 5000, .debit = true },
    [LEDGER_REFUND] = { 5100, .debit = true },
    [LEDGER_LOSS] = { 5200, .debit = true },
};
static_assert(COUNT(chart) == LEDGER_KINDS_N, "each kind has a row");

bool ledger_grows_by_debit(enum ledger_kind kind)
{
    return chart[kind].debit;
}

bool ledger_is_limited(enum ledger_kind kind)
{
    return chart[kind].limited;
}

bool ledger_is_owned(enum ledger_kind kind)
{
    return chart[kind].owned;
}

int64_t ledger_domain_code(enum ledger_kind kind)
{
    ASSERT(chart[kind].code > 0);
    return chart[kind].code;
}

bool ledger_domain_kind(int64_t code, enum ledger_kind *ret)
{
    for (int k = 0; k < LEDGER_KINDS_N; k++)
        if (chart[k].code == code) {
            *ret = (enum ledger_kind)k;
            return true;
        }
    return false;
}

bool ledger_domain_same(struct ledger_account a, struct ledger_account b)
{
    return a.kind == b.kind && id_eq(a.owner, b.owner);
}

int64_t ledger_domain_balance(enum ledger_kind kind, int64_t minor)
{
    return chart[kind].debit ? minor : -minor;
}

err ledger_domain_balanced(struct cx *cx, const struct ledger_entry *entries, size_t n)
{
    if (n < 2 || n > LEDGER_ENTRIES_MAX)
        return FAIL(cx, ERR_BUG, "a posting of %zu entries", n);
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ledger_account *account = &entries[i].account;
        const char *name = ledger_kind_names[account->kind];
        if (entries[i].minor == 0 || __builtin_add_overflow(sum, entries[i].minor, &sum))
            return FAIL(cx, ERR_BUG, "%s: an entry of nothing, or too much", name);
        if (chart[account->kind].owned == id_is_none(account->owner))
            return FAIL(cx, ERR_BUG, "%s: %s", name,
                chart[account->kind].owned ? "has no owner" : "is the shop's");
        for (size_t k = 0; k < i; k++)
            if (ledger_domain_same(entries[k].account, *account))
                return FAIL(cx, ERR_BUG, "%s: an account comes twice", name);
    }
    if (sum != 0)
        return FAIL(cx, ERR_BUG, "a posting that sums to %" PRId64, sum);
    return NULL;
}
