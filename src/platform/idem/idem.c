/* SPDX-License-Identifier: Apache-2.0
 * Idempotency keys over one table. Called by the gateway and by sagas, in WRITE units.
 * Must never answer one client with what another has asked for. */
#include "platform/idem/idem.h"

#include <inttypes.h>

#include "base/instant.h"
#include "idem_sql.h"

const problem IDEM_REQUIRED_MISSING = { KIND_MALFORMED, "idem.required_missing",
    "idempotency_key_required", "This request needs an Idempotency-Key." };
const problem IDEM_BAD_KEY = { KIND_MALFORMED, "idem.bad_key", "idempotency_key_invalid",
    "An Idempotency-Key has 1 to 255 visible ASCII characters." };
const problem IDEM_REUSED = { KIND_INVALID, "idem.reused", "idempotency_key_reused",
    "This Idempotency-Key was used for another request." };
const problem IDEM_RUNNING = { KIND_CONFLICT, "idem.running", "request_in_progress",
    "The first request with this Idempotency-Key is still running." };

#define KEY_MAX 255
#define PRUNE_BATCH 500

err idem_key_check(struct cx *cx, str key)
{
    if (key.n == 0)
        return FAIL(cx, IDEM_REQUIRED_MISSING, "no key");
    if (key.n > KEY_MAX)
        return FAIL(cx, IDEM_BAD_KEY, "%zu characters", key.n);
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] < 0x21 || key.p[i] > 0x7e)
            return FAIL(cx, IDEM_BAD_KEY, "character %zu is not visible", i);
    return NULL;
}

static void claim_assert(const struct idem_claim *c)
{
    ASSERT(c->principal.n > 0);
    ASSERT(c->method.n > 0 && c->route.n > 0);
    ASSERT(c->key.n > 0 && c->key.n <= KEY_MAX);
}

static err claim_known(struct db *db, struct cx *cx, struct idem_claim claim,
    enum idem_state *ret_state, struct idem_reply *ret)
{
    struct idem_sql_claim_get_row row;
    bool found = false;

    err e = idem_sql_claim_get(db, cx,
        (struct idem_sql_claim_get_in){ .principal = claim.principal,
            .method = claim.method,
            .route = claim.route,
            .claim_key = claim.key },
        &row, &found);
    if (e)
        return e;
    if (!found) /* pruned between the two statements: asking again claims it */
        return FAIL(cx, IDEM_RUNNING, "gone while it was looked at");
    if (!str_eq(row.fingerprint, claim.fingerprint))
        return FAIL(cx, IDEM_REUSED, "other fingerprint");
    *ret = (struct idem_reply){ .subject = row.subject_id };
    if (!row.status.has)
        return FAIL(cx, IDEM_RUNNING, "not finished");
    ret->status = (int)row.status.v;
    ret->body = row.body;
    *ret_state = IDEM_REPLAY;
    return NULL;
}

err idem_take(struct db *db, struct cx *cx, struct idem_claim claim, id subject,
    enum idem_state *ret_state, struct idem_reply *ret)
{
    int64_t added = 0;

    claim_assert(&claim);
    ASSERT(claim.fingerprint.n > 0);
    struct idem_sql_claim_add_in row = { .principal = claim.principal,
        .method = claim.method,
        .route = claim.route,
        .claim_key = claim.key,
        .fingerprint = claim.fingerprint,
        .subject_id = subject,
        .created_ms = cx->now_ms };
    if (claim.unseen && db_presume(db, cx)) {
        *ret_state = IDEM_NEW;
        return idem_sql_claim_begin(db, cx, row);
    }
    err e = idem_sql_claim_add(db, cx, row, &added);
    if (e)
        return e;
    if (added == 0)
        return claim_known(db, cx, claim, ret_state, ret);
    *ret_state = IDEM_NEW;
    return NULL;
}

err idem_known(struct db *db, struct cx *cx, const struct idem_claim *claims, size_t n, bool *ret)
{
    struct idem_sql_claim_has_in *in = NEW_N(cx->arena, n, struct idem_sql_claim_has_in);
    struct idem_sql_claim_has_row *rows = NEW_N(cx->arena, n, struct idem_sql_claim_has_row);

    for (size_t i = 0; i < n; i++) {
        claim_assert(&claims[i]);
        in[i] = (struct idem_sql_claim_has_in){ .principal = claims[i].principal,
            .method = claims[i].method,
            .route = claims[i].route,
            .claim_key = claims[i].key };
    }
    return idem_sql_claim_has_batch(db, cx, in, n, rows, ret);
}

err idem_finish(struct db *db, struct cx *cx, struct idem_claim claim, int status, str body)
{
    claim_assert(&claim);
    ASSERT(status >= 100 && status < 600);
    return idem_sql_claim_finish(db, cx,
        (struct idem_sql_claim_finish_in){ .principal = claim.principal,
            .method = claim.method,
            .route = claim.route,
            .claim_key = claim.key,
            .status = status,
            .body = body.p ? body : S("") });
}

err idem_drop(struct db *db, struct cx *cx, struct idem_claim claim)
{
    claim_assert(&claim);
    return idem_sql_claim_drop(db, cx,
        (struct idem_sql_claim_drop_in){ .principal = claim.principal,
            .method = claim.method,
            .route = claim.route,
            .claim_key = claim.key });
}

static err prune(void *service, struct cx *cx, bool *ret_more)
{
    const struct idem_keeper *k = service;
    int64_t removed = 0;

    int64_t hours = k->keep_hours ? k->keep_hours : IDEM_KEEP_HOURS;
    err e = idem_sql_claim_prune(k->db, cx,
        (struct idem_sql_claim_prune_in){
            .before_ms = cx->now_ms - hours * HOUR_MS, .most = PRUNE_BATCH },
        &removed);
    if (e)
        return e;
    *ret_more = removed == PRUNE_BATCH;
    return NULL;
}

const struct job idem_jobs[] = {
    { .name = "idem.prune", .period_ms = 10 * MINUTE_MS, .fn = prune },
    { 0 },
};
