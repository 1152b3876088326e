/* SPDX-License-Identifier: Apache-2.0
 * The chain: one job takes what waits over in order, and whoever doubts walks it again. Called by
 * the scheduler and the command line; must never write a row twice or out of order. */
#include "audit_sql.h"
#include "base/instant.h"
#include "platform/audit/audit_internal.h"
#include "platform/log/log.h"
#include "platform/secret/secret.h"

#define BATCH 200
#define PRUNE_BATCH 500
#define FIRST S("0000000000000000000000000000000000000000000000000000000000000000")

void audit_field(struct buf *out, str text)
{
    buf_fmt(out, "%zu:" STR_F ";", text.n, STR_A(text));
}

static void add_id(struct arena *arena, struct buf *out, id value)
{
    audit_field(out, id_is_none(value) ? S("") : id_text(arena, value));
}

/* Of everything that the row says, and of the row before. */
static str hash_of(struct arena *arena, const struct audit_sql_entry_add_in *e)
{
    struct buf out = { .arena = arena };
    buf_fmt(&out, "%lld;%lld;", (long long)e->seq, (long long)e->at_ms);
    add_id(arena, &out, e->entry_id);
    add_id(arena, &out, e->actor_id);
    add_id(arena, &out, e->behind_id);
    add_id(arena, &out, e->credential_id);
    const str texts[] = { e->act, e->kind, e->object, e->before_text, e->after_text, e->detail_hash,
        e->prev_hash };
    for (size_t i = 0; i < COUNT(texts); i++)
        audit_field(&out, texts[i]);
    return secret_sha256_hex(arena, buf_str(&out));
}

/* ---- chaining ---- */

static err chain_one(struct audit *a, struct cx *cx, const struct audit_sql_waiting_list_row *w,
    struct audit_sql_entry_head_row *head)
{
    struct audit_sql_entry_add_in in = { .seq = head->seq + 1,
        .entry_id = w->entry_id,
        .at_ms = w->at_ms,
        .actor_id = w->actor_id,
        .behind_id = w->behind_id,
        .credential_id = w->credential_id,
        .act = w->act,
        .kind = w->kind,
        .object = w->object,
        .before_text = w->before_text,
        .after_text = w->after_text,
        .detail_hash = w->detail_hash,
        .prev_hash = head->hash };
    in.hash = hash_of(cx->arena, &in);
    err e = audit_sql_entry_add(a->deps.db, cx, in);
    if (!e)
        e = audit_sql_waiting_remove(
            a->deps.db, cx, (struct audit_sql_waiting_remove_in){ w->entry_id });
    head->seq = in.seq;
    head->hash = in.hash;
    return e;
}

static err job_chain(void *service, struct cx *cx, bool *ret_more)
{
    struct audit *a = service;
    struct audit_sql_waiting_list_row *rows;
    struct audit_sql_entry_head_row head = { .seq = 0, .hash = FIRST };
    bool found;
    size_t n;
    err e = audit_sql_waiting_list(
        a->deps.db, cx, (struct audit_sql_waiting_list_in){ BATCH }, &rows, &n);
    if (e || !n)
        return e;
    e = audit_sql_entry_head(a->deps.db, cx, &head, &found);
    for (size_t i = 0; !e && i < n; i++)
        e = chain_one(a, cx, &rows[i], &head);
    if (!e && a->deps.log)
        log_line(a->deps.log, LOG_INFO, S("audit chained"),
            LOG_FIELDS({ "seq", { 0 }, head.seq }, { "hash", head.hash, 0 }));
    *ret_more = !e && n == BATCH;
    return e;
}

static err job_prune(void *service, struct cx *cx, bool *ret_more)
{
    struct audit *a = service;
    int64_t removed = 0;
    err e = audit_sql_detail_prune(a->deps.db, cx,
        (struct audit_sql_detail_prune_in){
            cx->now_ms - a->deps.detail_days * DAY_MS, PRUNE_BATCH },
        &removed);
    *ret_more = !e && removed == PRUNE_BATCH;
    return e;
}

const struct job audit_jobs[] = {
    { .name = "audit.chain", .period_ms = SECOND_MS, .fn = job_chain },
    { .name = "audit.prune_details", .period_ms = HOUR_MS, .fn = job_prune },
    { 0 },
};

/* ---- walking it ---- */

struct walk {
    struct audit_report *report;
    struct audit_known known;
    struct arena *scratch;
    int64_t seq;
    char prev[64];
    bool known_seen;
};

static void find(struct walk *w, enum audit_wrong wrong, int64_t seq, int64_t last)
{
    if (w->report->findings_n < AUDIT_FINDINGS_MAX)
        w->report->findings[w->report->findings_n++] =
            (struct audit_finding){ .wrong = wrong, .seq = seq, .last = last };
}

static void check_row(struct walk *w, const struct audit_sql_entry_walk_row *r)
{
    struct audit_sql_entry_add_in e = { r->seq, r->entry_id, r->at_ms, r->actor_id, r->behind_id,
        r->credential_id, r->act, r->kind, r->object, r->before_text, r->after_text, r->detail_hash,
        r->prev_hash, r->hash };
    str prev = { w->prev, sizeof w->prev };
    bool next = r->seq == w->seq + 1;
    bool whole = str_eq(hash_of(w->scratch, &e), r->hash);
    if (!next)
        find(w, AUDIT_REMOVED, w->seq + 1, r->seq - 1);
    if (!whole)
        find(w, AUDIT_CHANGED, r->seq, r->seq);
    else if (next && !str_eq(r->prev_hash, prev))
        find(w, AUDIT_REPLACED, w->seq ? w->seq : r->seq, r->seq);
    if (r->salt.p &&
        !str_eq(audit_detail_hash(w->scratch, r->salt, r->peer, r->reason), r->detail_hash))
        find(w, AUDIT_DETAIL, r->seq, r->seq);
    if (r->seq == w->known.seq) {
        w->known_seen = true;
        if (!str_eq(r->hash, w->known.hash))
            find(w, AUDIT_HEAD, r->seq, r->seq);
    }
}

static err walk_row(void *arg, struct cx *cx, const struct audit_sql_entry_walk_row *r)
{
    struct walk *w = arg;
    (void)cx;
    check_row(w, r);
    arena_reset(w->scratch);
    for (size_t i = 0; i < sizeof w->prev; i++)
        w->prev[i] = i < r->hash.n ? r->hash.p[i] : '-';
    w->seq = r->seq;
    w->report->rows++;
    return NULL;
}

err audit_verify(struct audit *a, struct cx *cx, struct audit_known known, struct audit_report *ret)
{
    struct walk w = { .report = ret, .known = known, .scratch = arena_open(4096) };
    *ret = (struct audit_report){ .rows = 0 };
    for (size_t i = 0; i < sizeof w.prev; i++)
        w.prev[i] = '0';
    err e = audit_sql_entry_walk(a->deps.db, cx, walk_row, &w);
    arena_close(w.scratch);
    ret->head = str_dup(cx->arena, (str){ w.prev, sizeof w.prev });
    if (!e && known.seq > 0 && !w.known_seen)
        find(&w, AUDIT_HEAD, known.seq, known.seq);
    return e;
}

str audit_finding_text(struct arena *arena, const struct audit_finding *f)
{
    long long seq = (long long)f->seq, last = (long long)f->last;
    switch (f->wrong) {
    case AUDIT_CHANGED:
        return str_fmt(arena, "row %lld was changed, or put in", seq);
    case AUDIT_REMOVED:
        return last > seq ? str_fmt(arena, "rows %lld to %lld were removed", seq, last)
                          : str_fmt(arena, "row %lld was removed", seq);
    case AUDIT_REPLACED:
        return str_fmt(arena, "row %lld was replaced: row %lld follows another", seq, last);
    case AUDIT_DETAIL:
        return str_fmt(arena, "address or reason of row %lld were changed", seq);
    case AUDIT_HEAD:
        return str_fmt(arena, "row %lld is not the one that was known", seq);
    }
    return S("");
}
