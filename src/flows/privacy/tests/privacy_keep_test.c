/* SPDX-License-Identifier: Apache-2.0
 * What is kept of people goes when its time is over, and not before: by the defaults, and by the
 * settings. A row for each kind; whether a row is still there is asked by adding it once more. Run
 * by `./dev test privacy`. */
#include "base/instant.h"
#include "flows/privacy/privacy_internal.h"
#include "platform/audit/audit.h"
#include "platform/idem/idem.h"
#include "services/cart/cart.h"
#include "services/fraud/fraud.h"
#include "services/merchandising/merchandising.h"
#include "services/notify/notify.h"
#include "services/payments/payments.h"
#include "tests/support/store.h"

#define SET_DAYS 20 /* by the settings of the second run; hours for replies: 48 */

enum served {
    AUDIT,
    BEHAVIOUR,
    BUS,
    CART,
    FRAUD,
    IDEM,
    IDENTITY,
    MERCHANDISING,
    NOTIFY,
    PAYMENTS,
    PRIVACY,
    SERVED_N,
};

/* "@i" is an id, "@t" the time of the row, "@d" its day. */
static const struct keep_case {
    const char *name;
    enum served by;
    const char *job, *add;
    int64_t keep_ms, set_ms; /* 0: the row says when it ends */
} keep_cases[] = {
    { "addresses and reasons of the audit trail", AUDIT, "audit.prune_details",
        "INSERT INTO audit_detail VALUES (@i, @t, 's', 'p', 'r')", 400 * DAY_MS, SET_DAYS *DAY_MS },
    { "counts of a day", BEHAVIOUR, "behaviour.forget",
        "INSERT INTO behaviour_day VALUES (@i, @d, 1, 1, 1, 1)", 60 * DAY_MS, SET_DAYS *DAY_MS },
    { "orders that were counted", BEHAVIOUR, "behaviour.forget",
        "INSERT INTO behaviour_order VALUES (@i, @d, false)", 60 * DAY_MS, SET_DAYS *DAY_MS },
    { "dead letters", BUS, "bus.prune_dead",
        "INSERT INTO bus_dead VALUES (@i, 't', @i, '{}', 1, 10, 'c', 'p', @t)", 30 * DAY_MS,
        SET_DAYS *DAY_MS },
    { "carts of guests", CART, "cart.expire",
        "INSERT INTO cart_cart (cart_id, version, expires_ms, created_ms, updated_ms) VALUES (@i, "
        "1, @t, 1, 1)",
        0, 0 },
    { "what orders looked like", FRAUD, "fraud.prune",
        "INSERT INTO fraud_order (order_id, buyer, currency, amount_minor, decision, reasons, "
        "score, model, outcome, bad, created_ms) VALUES (@i, @i, 'USD', 1, 'allow', '', 0, 0, "
        "'paid', false, @t)",
        400 * DAY_MS, SET_DAYS *DAY_MS },
    { "idempotency keys", IDEM, "idem.prune",
        "INSERT INTO idem_claim (principal, method, route, claim_key, fingerprint, created_ms, "
        "status, body) VALUES ('p', 'POST', '/', '@t', 'f', @t, 200, '')",
        DAY_MS, 2 * DAY_MS },
    { "sessions", IDENTITY, "identity.prune_sessions",
        "INSERT INTO identity_session (session_id, family, user_id, refresh_hash, created_ms, "
        "expires_ms) VALUES (@i, @i, @i, '@t', 1, @t)",
        0, 0 },
    { "logins", IDENTITY, "identity.prune_sessions",
        "INSERT INTO identity_login (family, user_id, device, peer, country, factor, proved_ms, "
        "created_ms, seen_ms, expires_ms) VALUES (@i, @i, 'd', 'p', '', false, 1, 1, 1, @t)",
        0, 0 },
    { "codes", IDENTITY, "identity.prune_sessions",
        "INSERT INTO identity_code (code_id, user_id, kind, email, created_ms, expires_ms) VALUES "
        "(@i, @i, 'reset', 'e', 1, @t)",
        0, 0 },
    { "devices", IDENTITY, "identity.prune_sessions",
        "INSERT INTO identity_device VALUES (@i, 'd', 'US', 1, @t)", 365 * DAY_MS,
        SET_DAYS *DAY_MS },
    { "searches", MERCHANDISING, "merchandising.prune",
        "INSERT INTO merchandising_query VALUES ('word @t', 1, 1, @t)", 180 * DAY_MS,
        SET_DAYS *DAY_MS },
    { "mails", NOTIFY, "notify.prune",
        "INSERT INTO notify_sent (event_id, kind, recipient, subject, sent_ms) VALUES (@i, "
        "'welcome', 'r', 's', @t)",
        90 * DAY_MS, SET_DAYS *DAY_MS },
    { "webhooks", PAYMENTS, "payments.webhook_prune",
        "INSERT INTO payments_webhook (provider, event_id, name, body, refund_failed, received_ms, "
        "attempts, next_ms, processed_ms) VALUES ('p', '@t', 'n', 'b', false, 1, 1, 1, @t)",
        30 * DAY_MS, SET_DAYS *DAY_MS },
    { "archives", PRIVACY, "privacy.export",
        "INSERT INTO privacy_export (export_id, user_id, archive, bytes_n, asked_ms, expires_ms) "
        "VALUES (@i, @i, 'a', 1, 1, @t)",
        0, 0 },
};

struct desk {
    struct store *s;
    struct arena *life;
    void *handles[SERVED_N];
    const struct job *lists[SERVED_N];
    struct mail mail;
    /* a unit */
    const struct job *job;
    void *handle;
    bool more;
    int64_t expires_ms;
};

static void desk_services(struct desk *d, bool set)
{
    struct db *db = store_db(d->s);
    struct arena *a = d->life;
    int64_t days = set ? SET_DAYS : 0;
    struct idem_keeper *claims = NEW(a, struct idem_keeper);
    *claims = (struct idem_keeper){ .db = db, .keep_hours = set ? 48 : 0 };
    struct identity *identity = identity_open(
        a, (struct identity_deps){
               .db = db, .silent = true, .session_days = days, .keep_devices_days = days });
    void *const handles[SERVED_N] = {
        [AUDIT] = audit_open(a, (struct audit_deps){ .db = db, .detail_days = days }),
        [BEHAVIOUR] = behaviour_open(
            a, (struct behaviour_deps){ .db = db, .rng = rng_seeded(1), .keep_days = days }),
        [BUS] = bus_open(a, (struct bus_opts){ .db = db, .keep_dead_days = days }),
        [CART] = cart_open(a, (struct cart_deps){ .db = db, .guest_days = days }),
        [FRAUD] = fraud_open(
            a, (struct fraud_deps){ .db = db, .key = S("a key of tests"), .keep_days = days }),
        [IDEM] = claims,
        [IDENTITY] = identity,
        [MERCHANDISING] =
            merchandising_open(a, (struct merchandising_deps){ .db = db, .keep_days = days }),
        [NOTIFY] =
            notify_open(a, (struct notify_deps){ .db = db, .mail = &d->mail, .keep_days = days }),
        [PAYMENTS] =
            payments_open(a, (struct payments_deps){ .db = db, .keep_webhooks_days = days }),
        [PRIVACY] = privacy_open(
            a, (struct privacy_deps){ .db = db, .identity = identity, .export_days = days }),
    };
    const struct job *const lists[SERVED_N] = { [AUDIT] = audit_jobs,
        [BEHAVIOUR] = behaviour_service.jobs,
        [BUS] = bus_jobs,
        [CART] = cart_service.jobs,
        [FRAUD] = fraud_service.jobs,
        [IDEM] = idem_jobs,
        [IDENTITY] = identity_service.jobs,
        [MERCHANDISING] = merchandising_service.jobs,
        [NOTIFY] = notify_service.jobs,
        [PAYMENTS] = payments_service.jobs,
        [PRIVACY] = privacy_service.jobs };
    memcpy(d->handles, handles, sizeof handles);
    memcpy(d->lists, lists, sizeof lists);
}

static struct desk *desk_open(void **state, bool set)
{
    static const char *const folders[] = { "platform/audit", "platform/bus", "platform/idem",
        "services/behaviour", "services/cart", "services/fraud", "services/identity",
        "services/merchandising", "services/notify", "services/payments", "flows/privacy", NULL };
    struct store *s = store_open(store_engine(state), folders);
    struct arena *life = arena_open(1 << 16);
    struct desk *d = NEW(life, struct desk);
    *d = (struct desk){ .s = s, .life = life };
    desk_services(d, set);
    return d;
}

static void desk_close(struct desk *d)
{
    behaviour_close(d->handles[BEHAVIOUR]);
    merchandising_close(d->handles[MERCHANDISING]);
    store_close(d->s);
    arena_close(d->life);
}

static const char *row_of(struct desk *d, const struct keep_case *c, int64_t at_ms)
{
    struct buf out = { .arena = d->life };
    id made = id_from_name(S("keep"), str_fmt(d->life, "%lld", (long long)at_ms));
    for (const char *p = c->add; *p; p++) {
        if (*p != '@') {
            buf_char(&out, *p);
        } else if (*++p == 't') {
            buf_i64(&out, at_ms);
        } else if (*p == 'd') {
            buf_i64(&out, at_ms / DAY_MS);
        } else if (db_engine_of(store_db(d->s)) == DB_PG) {
            buf_add(&out, str_fmt(d->life, "'" STR_F "'", STR_A(id_text(d->life, made))));
        } else {
            buf_add(&out, S("X'"));
            for (size_t i = 0; i < sizeof made.b; i++)
                buf_add(&out, str_fmt(d->life, "%02x", made.b[i]));
            buf_char(&out, '\'');
        }
    }
    return str_c(d->life, buf_str(&out));
}

static err work(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return d->job->fn(d->handle, cx, &d->more);
}

static void run(struct desk *d, const struct keep_case *c)
{
    d->handle = d->handles[c->by];
    for (d->job = d->lists[c->by]; d->job->name && strcmp(d->job->name, c->job); d->job++) {
    }
    CASE(c->name, d->job->name != NULL);
    for (d->more = true; d->more;)
        CHECK_ERR(store_cx(d->s), store_write(d->s, work, d), NULL);
}

static void keep(void **state, bool set)
{
    struct desk *d = desk_open(state, set);
    for (size_t i = 0; i < COUNT(keep_cases); i++) {
        const struct keep_case *c = &keep_cases[i];
        bool by_day = strstr(c->add, "@d") != NULL;
        int64_t end_ms = store_cx(d->s)->now_ms - (set ? c->set_ms : c->keep_ms);
        const char *old = row_of(d, c, end_ms - (by_day ? DAY_MS : HOUR_MS));
        const char *young = row_of(d, c, end_ms + (by_day ? 0 : HOUR_MS));
        store_script(d->s, old);
        store_script(d->s, young);
        CASE(c->name, store_refuses(d->s, old) && store_refuses(d->s, young));
        run(d, c);
        CASE(c->name, store_refuses(d->s, young)); /* it is there */
        CASE(c->name, !store_refuses(d->s, old));
    }
    desk_close(d);
}

static void by_defaults(void **state)
{
    keep(state, false);
}

static void by_settings(void **state)
{
    keep(state, true);
}

/* ---- ends that the row says, by the settings ---- */

static err ask_archive(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    id user_id = id_from_name(S("keep"), S("user")), export_id;
    struct privacy_export *list;
    size_t n = 0;
    err e = privacy_export_ask(d->handles[PRIVACY], cx, user_id, &export_id);
    if (!e)
        e = privacy_export_list(d->handles[PRIVACY], cx, user_id, &list, &n);
    if (!e)
        d->expires_ms = n == 1 ? list[0].expires_ms : -1;
    return e;
}

static void ends_by_settings(void **state)
{
    for (int set = 0; set < 2; set++) {
        struct desk *d = desk_open(state, set);
        int64_t now = store_cx(d->s)->now_ms;
        CHECK_ERR(store_cx(d->s), store_write(d->s, ask_archive, d), NULL);
        CHECK_INT(d->expires_ms - now, (set ? SET_DAYS : 7) * DAY_MS);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(by_defaults), STORE_TEST(by_settings),
        STORE_TEST(ends_by_settings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
