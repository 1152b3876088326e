/* SPDX-License-Identifier: Apache-2.0
 * The audit trail on both engines: what was written is chained, cannot be changed by statements,
 * and what somebody changes who can do more is found. Run by meson. */
#include "platform/audit/audit.h"

#include "base/instant.h"
#include "platform/job/job.h"
#include "tests/support/store.h"

#define ACTOR ((id){ { 1, 2, 3 } })
#define OTHER ((id){ { 9, 9, 9 } })

struct desk {
    struct store *s;
    struct audit *audit;
    struct audit_act act;
    struct audit_filter filter;
    struct audit_known known;
    struct audit_entry *list;
    size_t n;
    struct audit_report report;
};

static struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(
                          store_engine(state), (const char *[]){ "platform/audit", NULL }) };
    d.audit = audit_open(store_cx(d.s)->arena, (struct audit_deps){ .db = store_db(d.s) });
    return d;
}

static err do_note(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return audit_note(d->audit, cx, d->act);
}

static err do_chain(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    bool more;
    return audit_jobs[0].fn(d->audit, cx, &more);
}

static err do_prune(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    bool more;
    cx->now_ms += (AUDIT_DETAIL_DAYS + 1) * DAY_MS;
    err e = audit_jobs[1].fn(d->audit, cx, &more);
    cx->now_ms -= (AUDIT_DETAIL_DAYS + 1) * DAY_MS;
    return e;
}

static err do_list(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return audit_list(d->audit, cx, d->filter, &d->list, &d->n);
}

static err do_verify(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return audit_verify(d->audit, cx, d->known, &d->report);
}

static err do_forget(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return audit_forget(d->audit, cx, ACTOR);
}

/* n acts of two people, chained. */
static void write_acts(struct desk *d, int n)
{
    struct cx *cx = store_cx(d->s);
    for (int i = 0; i < n; i++) {
        cx->who.user_id = i % 2 ? OTHER : ACTOR;
        cx->peer = S("192.0.2.7");
        d->act = (struct audit_act){ .act = i % 3 ? "order.refunded" : "user.roles",
            .kind = "order",
            .object = str_fmt(cx->arena, "o%d", i % 4),
            .before = S("1"),
            .after = S("2"),
            .reason = S("Asked for by telephone") };
        CHECK_ERR(cx, store_write(d->s, do_note, d), NULL);
    }
    CHECK_ERR(cx, store_write(d->s, do_chain, d), NULL);
}

static void verify(struct desk *d)
{
    CHECK_ERR(store_cx(d->s), store_read(d->s, do_verify, d), NULL);
}

static void test_written_and_found(void **state)
{
    struct desk d = desk_open(state);
    write_acts(&d, 12);
    d.filter = (struct audit_filter){ .limit = 5 };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 5);
    CHECK_INT(d.list[0].seq, 12);
    CHECK_STR(d.list[0].peer, S("192.0.2.7"));
    CHECK_STR(d.list[0].reason, S("Asked for by telephone"));
    d.filter = (struct audit_filter){ .limit = 50, .before = d.list[4].seq };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 7);
    d.filter = (struct audit_filter){ .limit = 50, .actor_id = OTHER };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 6);
    d.filter = (struct audit_filter){ .limit = 50, .actor_id = OTHER, .act = S("user.roles") };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 2);
    d.filter = (struct audit_filter){ .limit = 50, .object = S("o3") };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 3);
    verify(&d);
    CHECK_INT(d.report.rows, 12);
    CHECK_INT(d.report.findings_n, 0);
    CHECK_INT(d.report.head.n, 64);
    store_close(d.s);
}

/* Statements of whoever has the database at hand, without more rights than the shop. */
static void test_only_added_to(void **state)
{
    static const char *const statements[] = { "UPDATE audit_entry SET after_text = 'x'",
        "DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE seq = 3",
        "UPDATE audit_waiting SET after_text = 'x'", "DELETE FROM audit_waiting",
        "UPDATE audit_detail SET peer = 'x'" };
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct desk d = desk_open(state);
        write_acts(&d, 4);
        d.act.act = "waits";
        CHECK_ERR(store_cx(d.s), store_write(d.s, do_note, &d), NULL);
        CHECK(store_refuses(d.s, statements[i]));
        CHECK_ERR(store_cx(d.s), store_write(d.s, do_chain, &d), NULL);
        verify(&d);
        CHECK_INT(d.report.rows, 5);
        CHECK_INT(d.report.findings_n, 0);
        store_close(d.s);
    }
}

#define FREE_SQLITE                                                                                \
    "DROP TRIGGER audit_entry_kept; DROP TRIGGER audit_entry_fixed; DROP TRIGGER "                 \
    "audit_detail_fixed;"
#define FREE_PG                                                                                    \
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL; ALTER TABLE audit_detail DISABLE TRIGGER ALL;"

/* And of somebody who takes the triggers away first. */
static void test_tampering(void **state)
{
    static const struct tampering {
        const char *what, *sql, *found;
    } cases[] = {
        { "an amount", "UPDATE audit_entry SET after_text = '3' WHERE seq = 4",
            "row 4 was changed, or put in" },
        { "who it was", "UPDATE audit_entry SET actor_id = NULL WHERE seq = 1",
            "row 1 was changed, or put in" },
        { "one gone", "DELETE FROM audit_entry WHERE seq = 5", "row 5 was removed" },
        { "the first gone", "DELETE FROM audit_entry WHERE seq <= 2", "rows 1 to 2 were removed" },
        { "one put in",
            "INSERT INTO audit_entry SELECT 9, d.entry_id, e.at_ms, e.actor_id, e.behind_id, "
            "e.credential_id, e.act, e.kind, e.object, e.before_text, e.after_text, "
            "e.detail_hash, e.hash, e.prev_hash FROM audit_entry e, audit_loose d WHERE e.seq = 8",
            "row 9 was changed, or put in" },
        { "another chain",
            "UPDATE audit_entry SET hash = (SELECT prev_hash FROM audit_entry WHERE seq = 1) "
            "WHERE seq = 6",
            "row 6 was changed, or put in" },
        { "the address", "UPDATE audit_detail SET peer = '198.51.100.1'",
            "address or reason of row 1 were changed" },
        { "the end cut off", "DELETE FROM audit_entry WHERE seq = 8",
            "row 8 is not the one that was known" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk d = desk_open(state);
        write_acts(&d, 8);
        verify(&d);
        d.known = (struct audit_known){ 8, d.report.head };
        verify(&d);
        CHECK_INT(d.report.findings_n, 0);
        store_script(d.s,
            "CREATE TABLE audit_loose (entry_id uuid); INSERT INTO audit_loose "
            "VALUES (NULL)");
        store_script(d.s, store_engine(state) == DB_SQLITE
                              ? "UPDATE audit_loose SET entry_id = x'"
                                "0102030405060708090a0b0c0d0e0f10'"
                              : "UPDATE audit_loose SET entry_id = "
                                "'01020304-0506-0708-090a-0b0c0d0e0f10'");
        store_script(d.s, store_engine(state) == DB_SQLITE ? FREE_SQLITE : FREE_PG);
        store_script(d.s, cases[i].sql);
        verify(&d);
        CHECK(d.report.findings_n > 0);
        str said = audit_finding_text(store_cx(d.s)->arena, &d.report.findings[0]);
        CHECK_STR(said, str_from_c(cases[i].found));
        store_close(d.s);
    }
}

/* What may be somebody's goes, with the person or after a time; the chain stays whole. */
static void test_forgotten(void **state)
{
    struct desk d = desk_open(state);
    write_acts(&d, 6);
    d.act = (struct audit_act){ .act = "waits", .object_id = ACTOR, .reason = S("A name") };
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_note, &d), NULL);
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_forget, &d), NULL);
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_chain, &d), NULL);
    d.filter = (struct audit_filter){ .limit = 50 };
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 7);
    CHECK(!d.list[0].reason.p && !d.list[0].peer.p);
    for (size_t i = 1; i < d.n; i++)
        CHECK((d.list[i].peer.p == NULL) == id_eq(d.list[i].actor_id, ACTOR));
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_prune, &d), NULL);
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_list, &d), NULL);
    for (size_t i = 0; i < d.n; i++)
        CHECK(!d.list[i].peer.p);
    verify(&d);
    CHECK_INT(d.report.rows, 7);
    CHECK_INT(d.report.findings_n, 0);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_written_and_found),
        STORE_TEST(test_only_added_to), STORE_TEST(test_tampering), STORE_TEST(test_forgotten) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
