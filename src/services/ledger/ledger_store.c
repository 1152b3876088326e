/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for ledger.c, through the queries of sql/ledger.sql. Makes no decisions and must
 * never begin or commit. */
#include "services/ledger/ledger_store.h"

#include <inttypes.h>

#include "ledger_sql.h"

/* ---- entries as text ---- */

struct written {
    int64_t account, minor;
    id owner;
};
static const struct json_field written_fields[] = {
    JSON_INT(struct written, account, .required = true),
    JSON_ID(struct written, owner),
    JSON_INT(struct written, minor, .required = true),
};
static const struct json_shape written_shape =
    JSON_SHAPE("LedgerWritten", struct written, written_fields);
struct written_list {
    struct written *entries;
    size_t entries_n;
};
static const struct json_field written_list_fields[] = {
    JSON_LIST(struct written_list, entries, written_shape, .required = true, .min = 2,
        .max = LEDGER_ENTRIES_MAX),
};
static const struct json_shape written_list_shape =
    JSON_SHAPE("LedgerWrittenList", struct written_list, written_list_fields);

str ledger_store_text(struct arena *arena, const struct ledger_entry *entries, size_t n)
{
    struct written_list list = { .entries = NEW_N(arena, n, struct written), .entries_n = n };
    for (size_t i = 0; i < n; i++)
        list.entries[i] = (struct written){ .account = ledger_domain_code(entries[i].account.kind),
            .owner = entries[i].account.owner,
            .minor = entries[i].minor };
    struct buf out = { .arena = arena };
    json_encode(&out, &written_list_shape, &list, /* snake= */ false);
    return buf_str(&out);
}

err ledger_store_entries(struct cx *cx, str text, struct ledger_entry **ret, size_t *ret_n)
{
    struct written_list list;
    if (json_decode(cx, text, &written_list_shape, &list, NULL)) {
        cx_clear(cx);
        return FAIL(cx, ERR_BUG, "a posting that cannot be read");
    }
    struct ledger_entry *entries = NEW_N(cx->arena, list.entries_n, struct ledger_entry);
    for (size_t i = 0; i < list.entries_n; i++) {
        entries[i].account.owner = list.entries[i].owner;
        entries[i].minor = list.entries[i].minor;
        if (!ledger_domain_kind(list.entries[i].account, &entries[i].account.kind))
            return FAIL(cx, ERR_BUG, "no account %" PRId64, list.entries[i].account);
    }
    *ret = entries;
    *ret_n = list.entries_n;
    return NULL;
}

/* ---- postings ---- */

static err known(
    struct ledger *l, struct cx *cx, const struct ledger_posting *in, str entries, bool *ret_known)
{
    struct ledger_sql_posting_get_row row;
    err e = ledger_sql_posting_get(l->deps.db, cx,
        (struct ledger_sql_posting_get_in){
            .reference = in->reference, .posting_id = in->posting_id },
        &row, ret_known);
    if (e || !*ret_known)
        return e;
    if (!str_eq(row.kind, in->kind) || !str_eq(row.currency, currency_str(&in->currency)) ||
        !str_eq(row.entries, entries))
        return FAIL(cx, ERR_BUG, "another posting has this id, a " STR_F, STR_A(row.kind));
    return NULL;
}

err ledger_store_known(
    struct ledger *l, struct cx *cx, const struct ledger_posting *in, bool *ret_known)
{
    return known(l, cx, in, ledger_store_text(cx->arena, in->entries, in->n), ret_known);
}

/* Whether it was not there before; if it was, it was the same. */
static err add(struct ledger *l, struct cx *cx, const struct ledger_posting *in, bool *ret_new)
{
    struct db *db = l->deps.db;
    struct ledger_sql_posting_add_in row = { .reference = in->reference,
        .posting_id = in->posting_id,
        .kind = in->kind,
        .currency = currency_str(&in->currency),
        .entries = ledger_store_text(cx->arena, in->entries, in->n),
        .memo = in->memo,
        .created_ms = cx->now_ms };
    int64_t added = 0;
    bool there = true;
    *ret_new = true;
    if (db_presume(db, cx))
        return ledger_sql_posting_begin(db, cx, row);
    err e = ledger_sql_posting_add(db, cx, row, &added);
    *ret_new = added > 0;
    if (!e && !added)
        e = known(l, cx, in, row.entries, &there);
    ASSERT(e || there);
    return e;
}

err ledger_store_post(
    struct ledger *l, struct cx *cx, const struct ledger_posting *in, bool *ret_new)
{
    err e = add(l, cx, in, ret_new);
    if (e || !*ret_new)
        return e;
    struct ledger_sql_entry_add_in *rows = NEW_N(cx->arena, in->n, struct ledger_sql_entry_add_in);
    for (size_t i = 0; i < in->n; i++)
        rows[i] = (struct ledger_sql_entry_add_in){
            .account = ledger_domain_code(in->entries[i].account.kind),
            .owner = in->entries[i].account.owner,
            .currency = currency_str(&in->currency),
            .posting_id = in->posting_id,
            .reference = in->reference,
            .minor = in->entries[i].minor,
        };
    return ledger_sql_entry_add_batch(l->deps.db, cx, rows, in->n);
}

/* ---- accounts ---- */

err ledger_store_guard(struct ledger *l, struct cx *cx, struct ledger_account account, currency cur)
{
    return ledger_sql_guard_lock(l->deps.db, cx,
        (struct ledger_sql_guard_lock_in){ .account = ledger_domain_code(account.kind),
            .owner = account.owner,
            .currency = currency_str(&cur) },
        NULL);
}

err ledger_store_balance(struct ledger *l, struct cx *cx, struct ledger_account account,
    currency cur, int64_t *ret_minor, int64_t *ret_held)
{
    struct ledger_sql_balance_row row = { 0 };
    bool found = false;
    err e = ledger_sql_balance(l->deps.db, cx,
        (struct ledger_sql_balance_in){ .account = ledger_domain_code(account.kind),
            .owner = account.owner,
            .currency = currency_str(&cur) },
        &row, &found);
    if (e)
        return e;
    *ret_minor = row.minor;
    *ret_held = row.held;
    return NULL;
}
