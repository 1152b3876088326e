/* SPDX-License-Identifier: Apache-2.0
 * The invariants of the books over the live tables. Called by `souk check-data` and by tests; must
 * never change anything. One pass over journal and accounts in constant memory, however long. */
#include <assert.h>

#include "ledger_sql.h"
#include "services/ledger/ledger_store.h"

#define CURRENCIES_MAX 200

/* Of each currency: the accounts' sum, and fingerprints of the entries as journal and accounts have
 * them: sums of hashes, so that the order does not matter. */
struct sums {
    str currency;
    int64_t minor;
    uint64_t journal, accounts;
};
struct check {
    struct ledger *l;
    struct arena *life;
    struct sums list[CURRENCIES_MAX];
    size_t n, wrong;
};

static struct sums *sums_of(struct check *c, str code)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->list[i].currency, code))
            return &c->list[i];
    ASSERT(c->n < CURRENCIES_MAX);
    c->list[c->n] = (struct sums){ .currency = str_dup(c->life, code) };
    return &c->list[c->n++];
}

struct key { /* no padding: it is hashed as bytes */
    int64_t account, minor;
    id owner, posting_id, reference;
};
static_assert(sizeof(struct key) == 64, "no padding");

static uint64_t fingerprint(struct key key)
{
    return str_hash((str){ (const char *)&key, sizeof key });
}

static err look_at_posting(void *arg, struct cx *cx, const struct ledger_sql_check_posting_row *row)
{
    struct check *c = arg;
    struct sums *sums = sums_of(c, row->currency);
    struct ledger_entry *entries;
    size_t n;
    struct arena *arena = cx->arena;
    cx->arena = arena_open(16 * 1024);
    err e = ledger_store_entries(cx, row->entries, &entries, &n);
    if (!e)
        e = ledger_domain_balanced(cx, entries, n);
    for (size_t i = 0; !e && i < n; i++)
        sums->journal +=
            fingerprint((struct key){ .account = ledger_domain_code(entries[i].account.kind),
                .minor = entries[i].minor,
                .owner = entries[i].account.owner,
                .posting_id = row->posting_id,
                .reference = row->reference });
    if (e)
        c->wrong++;
    cx_clear(cx);
    arena_close(cx->arena);
    cx->arena = arena;
    return NULL;
}

static err look_at_entry(void *arg, struct cx *cx, const struct ledger_sql_check_entry_row *row)
{
    (void)cx;
    struct check *c = arg;
    struct sums *sums = sums_of(c, row->currency);
    sums->minor += row->minor;
    sums->accounts += fingerprint((struct key){ .account = row->account,
        .minor = row->minor,
        .owner = row->owner,
        .posting_id = row->posting_id,
        .reference = row->reference });
    return NULL;
}

err ledger_check(struct ledger *l, struct cx *cx, size_t *ret_wrong)
{
    struct check *c = NEW(cx->arena, struct check);
    *c = (struct check){ .l = l, .life = cx->arena };
    err e = ledger_sql_check_posting(l->deps.db, cx, look_at_posting, c);
    if (!e)
        e = ledger_sql_check_entry(l->deps.db, cx, look_at_entry, c);
    for (size_t i = 0; i < c->n; i++)
        c->wrong +=
            (size_t)(c->list[i].minor != 0) + (size_t)(c->list[i].journal != c->list[i].accounts);
    struct ledger_sql_check_hold_row *holds;
    struct ledger_sql_check_limited_row *limited;
    size_t holds_n = 0, limited_n = 0;
    if (!e)
        e = ledger_sql_check_hold(l->deps.db, cx, &holds, &holds_n);
    if (!e)
        e = ledger_sql_check_limited(l->deps.db, cx,
            (struct ledger_sql_check_limited_in){ .wallet = ledger_domain_code(LEDGER_WALLET),
                .gift_card = ledger_domain_code(LEDGER_GIFT_CARD) },
            &limited, &limited_n);
    *ret_wrong = c->wrong + holds_n + limited_n;
    return e;
}
