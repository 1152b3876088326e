/* SPDX-License-Identifier: Apache-2.0
 * Erasure through a death at every step: before a commit and after it, with payments in the same
 * database and in one of their own, on both engines. Must never leave a part of a person behind,
 * nor touch another's. Run by `./dev test privacy`. */
#include "flows/privacy/privacy_internal.h"
#include "platform/archive/archive.h"
#include "platform/audit/audit.h"
#include "services/cart/cart.h"
#include "services/credentials/credentials.h"
#include "services/fraud/fraud.h"
#include "services/orders/orders.h"
#include "services/payments/payments.h"
#include "services/reviews/reviews.h"
#include "tests/support/store.h"

/* As in the server: payments are in the middle. */
static const struct service *const services[] = { &behaviour_service, &cart_service,
    &identity_service, &credentials_service, &orders_service, &reviews_service, &payments_service,
    &fraud_service, &privacy_service };
static const size_t services_n = COUNT(services);

struct desk {
    struct store *main, *money; /* the same, unless apart */
    struct arena *life;
    struct privacy *privacy;
    struct privacy_place *place;
    /* a unit */
    err (*job)(void *service, struct cx *cx, bool *ret_more);
    bool dies, more;
    /* what is asked */
    id user_id;
    struct privacy_erasure erasure;
    str told; /* everything that the archive would hold */
};

static struct db *db_of(void *arg, str service)
{
    struct desk *d = arg;
    return store_db(str_eq(service, S("payments")) ? d->money : d->main);
}

static void desk_services(struct desk *d)
{
    struct db *db = store_db(d->main);
    d->privacy = privacy_open(d->life,
        (struct privacy_deps){ .db = db,
            .db_of = db_of,
            .arg = d,
            .bus = bus_open(d->life, (struct bus_opts){ .db = db }),
            .audit = audit_open(d->life, (struct audit_deps){ .db = db }),
            .identity = identity_open(d->life, (struct identity_deps){ .db = db, .silent = true }),
            .services = services,
            .services_n = &services_n });
    d->place = privacy_at(d->life, d->privacy, store_db(d->money));
}

static struct desk *desk_open(enum db_engine engine, bool apart)
{
    static const char *const paid[] = { "services/payments", NULL };
    const char *folders[] = { "platform/bus", "platform/audit", "services/behaviour",
        "services/cart", "services/identity", "services/credentials", "services/orders",
        "services/reviews", "services/fraud", "flows/privacy", apart ? NULL : paid[0], NULL };
    struct store *main = store_open(engine, folders);
    struct arena *life = arena_open(1 << 16);
    struct desk *d = NEW(life, struct desk);
    *d = (struct desk){ .main = main, .life = life };
    d->money = apart ? store_open(engine, paid) : main;
    desk_services(d);
    return d;
}

static void desk_close(struct desk *d)
{
    if (d->money != d->main)
        store_close(d->money);
    store_close(d->main);
    arena_close(d->life);
}

/* The process is gone and comes back. */
static void desk_restart(struct desk *d)
{
    store_reopen(d->main);
    if (d->money != d->main)
        store_reopen(d->money);
    desk_services(d);
}

/* ---- somebody in every service; each part holds the word "Erasmia", or their 4242 ---- */

static const char main_rows[] =
    "INSERT INTO identity_user (user_id, email, email_key, name, phone, password_hash, roles, "
    "verified, created_ms, updated_ms) VALUES (@0, 'Erasmia@x', 'key @', 'Erasmia', 'Erasmia 1', "
    "'hash', 1, false, 1, 1);"
    "INSERT INTO identity_login (family, user_id, device, peer, country, factor, proved_ms, "
    "created_ms, seen_ms, expires_ms) VALUES (@1, @0, 'Erasmia device', '1.2.3.4', 'US', false, 1, "
    "1, 1, 9);"
    "INSERT INTO identity_device VALUES (@0, 'Erasmia device', 'US', 1, 1);"
    "INSERT INTO identity_address (user_id, address_id, name, line1, city, country, is_default, "
    "created_ms) VALUES (@0, @1, 'Erasmia', 'Erasmia street', 'Town', 'US', true, 1);"
    "INSERT INTO behaviour_wish VALUES (@1, @u, true, 1);"
    "INSERT INTO cart_cart (cart_id, user_id, version, created_ms, updated_ms) VALUES (@1, @0, 1, "
    "1, 1);"
    "INSERT INTO cart_item VALUES (@1, @2, @3, @4, 4242, 1, 'USD', 1);"
    "INSERT INTO credentials_key (key_id, user_id, name, prefix, secret_hash, scopes, per_minute, "
    "created_ms) VALUES (@1, @0, 'Erasmia key', 'p', 'hash @', 's', 1, 1);"
    "INSERT INTO orders_order (order_id, user_id, email, number, status, payment_status, currency, "
    "subtotal_minor, tax_minor, shipping_fee_minor, discount_minor, total_minor, address, "
    "delivery_speed, estimated_from_ms, estimated_delivery_ms, created_ms, updated_ms, version) "
    "VALUES (@1, @0, 'Erasmia@x', 'no @', 'delivered', 'captured', 'USD', 90077, 0, 0, 0, 90077, "
    "'{\"name\":\"Erasmia\"}', 'standard', 1, 1, 1, 1, 1);"
    "INSERT INTO orders_group (order_id, group_no, address, delivery_speed, status, "
    "shipping_fee_minor, shipping_off_minor, estimated_from_ms, estimated_delivery_ms, version) "
    "VALUES (@1, 0, '{\"name\":\"Erasmia\"}', 'standard', 'delivered', 0, 0, 1, 1, 1);"
    "INSERT INTO reviews_review VALUES (@2, @1, @0, NULL, 5, 't', 'c', 'Erasmia L.', NULL, "
    "'published', NULL, false, 0, 1, 1, 1);"
    "INSERT INTO fraud_order (order_id, buyer, address, device, card, ip_country, billing_country, "
    "currency, amount_minor, decision, reasons, score, model, outcome, bad, created_ms) VALUES "
    "(@1, @0, @2, @3, @4, 'Erasmia', 'Erasmia', 'USD', 1, 'allow', '', 0, 0, 'paid', false, 1);"
    "INSERT INTO privacy_consent (consent_id, user_id, purpose, granted, version, peer, at_ms) "
    "VALUES (@1, @0, 'analytics', true, 1, 'Erasmia peer', 1);";
static const char money_rows[] =
    "INSERT INTO payments_method (method_id, user_id, provider, given, brand, last4, exp_month, "
    "exp_year, status, is_default, created_ms, updated_ms) VALUES (@1, @0, 'sandbox', 't', "
    "'Erasmia', '4242', 1, 2030, 'ready', true, 1, 1);"
    "INSERT INTO payments_payment (payment_id, order_id, user_id, provider, method_type, token, "
    "brand, last4, status, amount_minor, currency, captured_minor, refunded_minor, created_ms, "
    "updated_ms) VALUES (@2, @1, @0, 'sandbox', 'credit_card', 'tok', 'Erasmia', '4242', "
    "'captured', 90077, 'USD', 90077, 0, 1, 1);";

static id user_of(unsigned n, unsigned kind)
{
    id made = { 0 };
    made.b[6] = 0x70;
    made.b[12] = (uint8_t)(n >> 8);
    made.b[13] = (uint8_t)n;
    made.b[15] = (uint8_t)(kind + 1);
    return made;
}

/* "@0".."@9" are ids of user n, "@" the number. */
static const char *rows_of(struct desk *d, struct store *s, const char *text, unsigned n)
{
    struct buf out = { .arena = d->life };
    for (const char *c = text; *c; c++) {
        if (*c != '@' || c[1] == 'x') {
            buf_char(&out, *c);
        } else if (c[1] == 'u') { /* the user's id, written out */
            c++;
            buf_char(&out, '\'');
            buf_add(&out, id_text(d->life, user_of(n, 0)));
            buf_char(&out, '\'');
        } else if (c[1] < '0' || c[1] > '9') {
            buf_i64(&out, n);
        } else if (db_engine_of(store_db(s)) == DB_PG) {
            buf_char(&out, '\'');
            buf_add(&out, id_text(d->life, user_of(n, (unsigned)(*++c - '0'))));
            buf_char(&out, '\'');
        } else {
            id made = user_of(n, (unsigned)(*++c - '0'));
            buf_add(&out, S("X'"));
            for (size_t i = 0; i < sizeof made.b; i++)
                buf_add(&out, str_fmt(d->life, "%02x", made.b[i]));
            buf_char(&out, '\'');
        }
    }
    return str_c(d->life, buf_str(&out));
}

static void add_user(struct desk *d, unsigned n)
{
    store_script(d->main, rows_of(d, d->main, main_rows, n));
    store_script(d->money, rows_of(d, d->money, money_rows, n));
    d->user_id = user_of(n, 0);
}

/* ---- units ---- */

static err ask(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    int64_t due = 0;
    return privacy_erase_ask(d->privacy, cx, d->user_id, &due);
}

static err look(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return privacy_erase_get(d->privacy, cx, d->user_id, &d->erasure);
}

static err work(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = d->job(d->job == privacy_apart_job ? (void *)d->place : d->privacy, cx, &d->more);
    return !e && d->dies ? FAIL(cx, ERR_BUG, "the process dies before the commit") : e;
}

/* All that the archive would hold of the user. */
static err tell(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    struct buf out = { .arena = d->life };
    for (size_t i = 0; i < services_n; i++)
        for (const struct service_part *part = services[i]->person->parts; part->name; part++) {
            struct archive_file file = { 0 };
            err e = privacy_person_part(d->privacy, cx, services[i], part,
                (struct privacy_person){ d->user_id, S("") }, &file);
            if (e)
                return e;
            buf_add(&out, file.path);
            buf_add(&out, file.bytes);
        }
    d->told = buf_str(&out);
    return NULL;
}

static str told_of(struct desk *d, id user_id)
{
    d->user_id = user_id;
    CHECK_ERR(store_cx(d->main), store_read(d->main, tell, d), NULL);
    return d->told;
}

static size_t times(str text, str word)
{
    size_t n = 0;
    for (ptrdiff_t at = str_find(text, word, 0); at >= 0;
         at = str_find(text, word, (size_t)at + word.n))
        n++;
    return n;
}

#define PARTS_WITH_NAMES 12

static void check_whole(struct desk *d, unsigned n)
{
    str told = told_of(d, user_of(n, 0));
    CHECK(times(told, S("Erasmia")) >= PARTS_WITH_NAMES);
    CHECK_INT(times(told, S("\"4242\"")), 2);
    CHECK_INT(times(told, S("90077")), 4);
}

static void check_gone(struct desk *d, unsigned n, const char *name)
{
    str told = told_of(d, user_of(n, 0));
    CASE_INT(name, times(told, S("Erasmia")), 0);
    CASE_INT(name, times(told, S("4242")), 0);
    CASE_INT(name, times(told, S("90077")), 4); /* amounts stay */
}

/* The n-th unit: main's job and that of payments in turn. */
static void unit(struct desk *d, unsigned n, bool dies)
{
    struct store *s = n % 2 ? d->money : d->main;
    d->job = n % 2 ? privacy_apart_job : privacy_erase_job;
    d->dies = dies;
    CHECK_ERR(store_cx(s), store_write(s, work, d), dies ? &ERR_BUG : NULL);
}

/* Erases user n; the k-th unit is the last of its process. Whether there was a k-th. */
static bool erase_through(struct desk *d, unsigned n, unsigned k, bool before)
{
    add_user(d, n);
    check_whole(d, n);
    CHECK_ERR(store_cx(d->main), store_write(d->main, ask, d), NULL);
    for (unsigned i = 0; i < 100; i++) {
        CHECK_ERR(store_cx(d->main), store_read(d->main, look, d), NULL);
        if (d->erasure.done)
            return i > k;
        unit(d, i, before && i == k);
        if (i == k)
            desk_restart(d);
    }
    fail_msg("erasure %u never ends", n);
    return false;
}

static void deaths(void **state, bool apart)
{
    struct desk *d = desk_open(store_engine(state), apart);
    unsigned n = 1;
    add_user(d, 0); /* somebody else */
    for (int before = 0; before < 2; before++) {
        bool there = true;
        for (unsigned k = 0; there; k++, n++) {
            there = erase_through(d, n, k, before);
            check_gone(d, n, before ? "dead before a commit" : "dead after a commit");
        }
    }
    CHECK(n > 2 * services_n);
    check_whole(d, 0);
    desk_close(d);
}

static void dies_at_every_step(void **state)
{
    deaths(state, false);
}

static void dies_at_every_step_apart(void **state)
{
    deaths(state, true);
}

/* While payments' part is not done, nothing behind it is, and the account is not said to be gone.
 */
static void waits_for_payments(void **state)
{
    struct desk *d = desk_open(store_engine(state), true);
    add_user(d, 1);
    CHECK_ERR(store_cx(d->main), store_write(d->main, ask, d), NULL);
    for (unsigned i = 0; i < 40; i++)
        unit(d, 0, false);
    CHECK(!d->more); /* the scheduler is not asked to go round and round */
    CHECK_ERR(store_cx(d->main), store_read(d->main, look, d), NULL);
    CHECK(d->erasure.asked && !d->erasure.done);
    str told = told_of(d, d->user_id);
    CHECK_INT(times(told, S("4242")), 2);
    CHECK(times(told, S("Erasmia")) > 0);
    unit(d, 1, false);
    unit(d, 1, false); /* again: nothing changes */
    for (unsigned i = 0; i < 40; i++)
        unit(d, 0, false);
    CHECK_ERR(store_cx(d->main), store_read(d->main, look, d), NULL);
    CHECK(d->erasure.done);
    check_gone(d, 1, "after");
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(dies_at_every_step),
        STORE_TEST(dies_at_every_step_apart), STORE_TEST(waits_for_payments) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
