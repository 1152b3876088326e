/* SPDX-License-Identifier: Apache-2.0
 * Configuration from its four places. Called by main before anything is opened; must never be read
 * again while serving. */
#include "app/config.h"

#include <string.h>

#include "base/buf.h"
#include "platform/file/file.h"

static const struct key_row {
    const char *name, *fallback, *what;
    int64_t min, max; /* of numbers; both 0: text */
    bool secret;
} rows[CONFIG_KEYS_N] = {
    [CONFIG_LISTEN] = { "listen", "127.0.0.1:8080", "address and port of the shop" },
    [CONFIG_METRICS_LISTEN] = { "metrics_listen", "", "address of /metrics; empty: off" },
    [CONFIG_DATA] = { "data", "var", "folder of everything that is kept" },
    [CONFIG_DB] = { "db", "", "sqlite:FILE or postgres://...; empty: sqlite in the data folder" },
    [CONFIG_DB_INVENTORY] = { "db_inventory", "",
        "database of the stock, when it is another one; set before the first start" },
    [CONFIG_DB_ORDERS] = { "db_orders", "", "database of orders, likewise" },
    [CONFIG_DB_PAYMENTS] = { "db_payments", "", "database of payments, likewise" },
    [CONFIG_DB_PROMOTIONS] = { "db_promotions", "", "database of promotions, likewise" },
    [CONFIG_DB_LEDGER] = { "db_ledger", "", "database of the ledger and of payouts, likewise" },
    [CONFIG_DB_CART] = { "db_cart", "", "database of carts, likewise" },
    [CONFIG_DB_FRAUD] = { "db_fraud", "", "database of what is known of fraud, likewise" },
    [CONFIG_MASTER_KEY] = { "master_key", "",
        "64 hexadecimal digits that seal the keys of personal data; empty: DATA/master-key", 0, 0,
        true },
    [CONFIG_LOG] = { "log", "auto", "text, json or auto" },
    [CONFIG_LOG_LEVEL] = { "log_level", "info", "debug, info, warn or error" },
    [CONFIG_ORIGIN] = { "origin", "", "public origin, https://shop.example; empty: paths alone" },
    [CONFIG_PROXIES] = { "proxies", "",
        "addresses of our own proxies, with commas: their X-Forwarded-For is believed" },
    [CONFIG_CURRENCY] = { "currency", "USD", "ISO 4217 currency of the shop" },
    [CONFIG_COMMISSION] = { "commission", "1500",
        "basis points of sellers' goods that the shop takes; then exceptions: 1500, "
        "electronics=800, SELLER-ID=1200, SELLER-ID:electronics=700" },
    [CONFIG_COMMISSION_TAX_BP] = { "commission_tax_bp", "0", "tax on it, in basis points", 0,
        10000 },
    [CONFIG_LIMITS] = { "limits", "on", "rate limits: on or off" },
    [CONFIG_REQUEST_RULES] = { "request_rules", "log",
        "requests that look like a common attack: log, refuse or off" },
    [CONFIG_LOOPS] = { "loops", "0", "event loops; 0: one per core, at most 4", 0, 64 },
    [CONFIG_WORKERS] = { "workers", "4", "threads for what blocks", 1, 256 },
    [CONFIG_QUEUE] = { "queue", "4096",
        "requests that may wait for workers; lesser ones are refused at a quarter and a half", 8,
        1000000 },
    [CONFIG_ORDERS_WAITING] = { "orders_waiting", "1024",
        "buyers that may wait for an order's outcome; above it the answer is 202", 1, 1000000 },
    [CONFIG_LANES] = { "lanes", "4", "writer connections on PostgreSQL", 1, 64 },
    [CONFIG_READERS] = { "readers", "8", "reader connections", 1, 256 },
    [CONFIG_CACHE_MB] = { "cache_mb", "64", "memory of the page cache in MiB", 1, 65536 },
    [CONFIG_SEARCH] = { "search", "index",
        "who answers searches: index (our own engine, in "
        "memory and files) or sql (the database)" },
    [CONFIG_RANK_VELOCITY] = { "rank_velocity", "15",
        "weight of units sold a day in relevance, in per cent: the exponent", 0, 50 },
    [CONFIG_RANK_CLICKS] = { "rank_clicks", "30",
        "weight of clicks, beside what their positions would bring anything", 0, 50 },
    [CONFIG_RANK_CONVERSION] = { "rank_conversion", "20", "weight of orders of those who looked", 0,
        50 },
    [CONFIG_RANK_PRICE] = { "rank_price", "10",
        "weight of a price beside the median of its category", 0, 50 },
    [CONFIG_RANK_STOCK] = { "rank_stock", "100", "weight of being in stock", 0, 100 },
    [CONFIG_RANK_RATING] = { "rank_rating", "100", "weight of stars, less of few of them", 0, 100 },
    [CONFIG_RANK_POPULARITY] = { "rank_popularity", "100", "weight of the number of reviews", 0,
        100 },
    [CONFIG_RANK_FRESH] = { "rank_fresh", "5", "weight of being new", 0, 100 },
    [CONFIG_MAIL_FROM] = { "mail_from", "shop@demo.souk", "sender of mails" },
    [CONFIG_PAY] = { "pay", "sandbox", "payment provider: sandbox or stripe" },
    [CONFIG_PAY_FALLBACK] = { "pay_fallback", "",
        "second provider, for new payments while the first cannot be reached; empty: none" },
    [CONFIG_STRIPE_KEY] = { "stripe_key", "", "secret key of Stripe: sk_...", 0, 0, true },
    [CONFIG_STRIPE_WEBHOOK_SECRET] = { "stripe_webhook_secret", "",
        "signs Stripe's webhooks: whsec_..., or two with a comma", 0, 0, true },
    [CONFIG_STRIPE_URL] = { "stripe_url", "https://api.stripe.com", "where Stripe's API is" },
    [CONFIG_SANDBOX_SLOW_MS] = { "sandbox_slow_ms", "5000", "answer time of pm_card_slow", 0,
        60000 },
    [CONFIG_SANDBOX_WEBHOOK_SECRET] = { "sandbox_webhook_secret", "",
        "signs the sandbox's webhooks; empty: they are refused", 0, 0, true },
    [CONFIG_FRAUD] = { "fraud", "on", "orders are looked at for fraud: on or off" },
    [CONFIG_FRAUD_INSIDE] = { "fraud_inside", "auto",
        "orders from loopback and private addresses: trust, check, or auto: trust while the shop "
        "listens on loopback, without origin and proxies" },
    [CONFIG_FRAUD_BUYER_HOUR] = { "fraud_buyer_hour", "20", "orders an hour of a buyer", 1, 60 },
    [CONFIG_FRAUD_ADDRESS_HOUR] = { "fraud_address_hour", "40", "orders an hour of an address", 1,
        60 },
    [CONFIG_FRAUD_DEVICE_HOUR] = { "fraud_device_hour", "20", "orders an hour of a device", 1, 60 },
    [CONFIG_FRAUD_SPEND_DAY] = { "fraud_spend_day", "20000",
        "spent in 24 hours by a buyer, in whole units of the currency", 1, 1000000000 },
    [CONFIG_FRAUD_DECLINES_HOUR] = { "fraud_declines_hour", "8",
        "refused payments an hour that are card testing", 1, 60 },
    [CONFIG_FRAUD_CARDS_HOUR] = { "fraud_cards_hour", "6", "cards an hour that are card testing", 2,
        60 },
    [CONFIG_FRAUD_REVIEW_PER_MILLE] = { "fraud_review_per_mille", "800",
        "score from which an order is reviewed", 1, 1001 },
    [CONFIG_FRAUD_DENY_PER_MILLE] = { "fraud_deny_per_mille", "970",
        "score from which an order is denied", 1, 1001 },
    [CONFIG_GEO_DB] = { "geo_db", "",
        "file of countries by address, in MaxMind's format; empty: unknown" },
    [CONFIG_APPROVAL_ABOVE] = { "approval_above", "0",
        "refunds, and payouts to a seller within a day, above so many minor units need a second "
        "person, and nobody gives gift cards above them in a day; 0: all alone",
        0, INT64_C(1000000000000) },
    [CONFIG_REFUND_PROOF_ABOVE] = { "refund_proof_above", "10000",
        "refunds, and gift cards of a day, above so many minor units want a password or code of "
        "the last 15 minutes",
        0, INT64_C(1000000000000) },
    [CONFIG_PAYOUT_WAIT_HOURS] = { "payout_wait_hours", "72",
        "hours after a seller gave a bank account in which nothing is sent there", 0, 720 },
    [CONFIG_REGISTRATION] = { "registration", "direct",
        "direct: who makes an account is signed in; confirmed: once the e-mail is confirmed, and "
        "nobody learns who has an account" },
    [CONFIG_SECOND_FACTOR] = { "second_factor", "auto",
        "who must sign in with one: sellers (and staff), staff, offered (nobody), or auto: "
        "sellers, but offered in a shop of souk demo while its origin is not https" },
    [CONFIG_PASSWORDS] = { "passwords", "",
        "file of leaked passwords, made by souk passwords build; empty: common ones by rule" },
    [CONFIG_SANDBOX] = { "sandbox", "auto",
        "serve gives up what it does not need: auto (as far as the kernel can), on (or fail), "
        "off" },
    [CONFIG_CORE_DUMPS] = { "core_dumps", "off",
        "on: a server that dies may leave a core, with what is secret in it, for debugging; "
        "sandbox "
        "must be off" },
    [CONFIG_OIDC_ISSUER] = { "oidc_issuer", "",
        "address of an OpenID Connect issuer whose logins are taken; empty: none" },
    [CONFIG_OIDC_NAME] = { "oidc_name", "another account", "what people call it" },
    [CONFIG_OIDC_FORM_POST] = { "oidc_form_post", "off",
        "on: it answers by a form of its own site, not by an address" },
    [CONFIG_OIDC_CLIENT] = { "oidc_client", "", "this shop's client id there" },
    [CONFIG_OIDC_SECRET] = { "oidc_secret", "", "its secret, or file:PATH", 0, 0, true },
    [CONFIG_GOOGLE_CLIENT] = { "google_client", "", "client id at Google; empty: off" },
    [CONFIG_GOOGLE_SECRET] = { "google_secret", "", "its secret, or file:PATH", 0, 0, true },
    [CONFIG_FACEBOOK_CLIENT] = { "facebook_client", "", "app id at Facebook; empty: off" },
    [CONFIG_FACEBOOK_SECRET] = { "facebook_secret", "", "its secret, or file:PATH", 0, 0, true },
    [CONFIG_APPLE_CLIENT] = { "apple_client", "", "services id at Apple; empty: off" },
    [CONFIG_APPLE_SECRET] = { "apple_secret", "",
        "the signed token that Apple takes for a secret, or file:PATH", 0, 0, true },
    [CONFIG_ERASE_DAYS] = { "erase_days", "14",
        "days between asking for an account's end and its erasure", 0, 90 },
    [CONFIG_SESSION_DAYS] = { "session_days", "30", "a session ends when unused for so long", 1,
        30 },
    [CONFIG_SESSIONS_MAX] = { "sessions_max", "1000",
        "sessions of one user; with one more the one unused the longest ends", 1, 10000 },
    [CONFIG_SESSION_DAYS_MAX] = { "session_days_max", "365", "a session ends, used or not", 1,
        3650 },
    [CONFIG_KEEP_AUDIT_DETAILS_DAYS] = { "keep_audit_details_days", "400",
        "addresses and reasons beside the audit trail; the trail itself stays", 1, 3650 },
    [CONFIG_KEEP_COUNTS_DAYS] = { "keep_counts_days", "60",
        "what was shown, clicked and bought, by day", 1, 60 },
    [CONFIG_KEEP_DEAD_DAYS] = { "keep_dead_days", "30",
        "events that could not be handled, for an operator to replay", 7, 365 },
    [CONFIG_KEEP_DEVICES_DAYS] = { "keep_devices_days", "365",
        "what somebody signed in with; after that it is new again", 1, 3650 },
    [CONFIG_KEEP_EXPORTS_DAYS] = { "keep_exports_days", "7", "archives of personal data", 1, 90 },
    [CONFIG_KEEP_FRAUD_DAYS] = { "keep_fraud_days", "400",
        "what orders looked like to the fraud rules", 90, 3650 },
    [CONFIG_KEEP_GUEST_CARTS_DAYS] = { "keep_guest_carts_days", "30",
        "carts of who has no account, since their last change", 1, 30 },
    [CONFIG_KEEP_MAILS_DAYS] = { "keep_mails_days", "90", "to whom which mail was sent", 1, 3650 },
    [CONFIG_KEEP_REPLIES_HOURS] = { "keep_replies_hours", "24",
        "idempotency keys with their replies", 24, 720 },
    [CONFIG_KEEP_SEARCHES_DAYS] = { "keep_searches_days", "180",
        "what was searched for, since the last time", 1, 3650 },
    [CONFIG_KEEP_WEBHOOKS_DAYS] = { "keep_webhooks_days", "30",
        "what payment providers told, since it was worked on", 7, 365 },
    [CONFIG_DEMO_PASSWORD] = { "demo_password", "", "of the demo logins; empty: made and printed",
        0, 0, true },
    [CONFIG_RECORD] = { "record", "off", "log every route and problem hit: on or off" },
    [CONFIG_PIECES] = { "pieces", "off", "the page /dev/pieces: on or off" },
    [CONFIG_DEVEL_ROOT] = { "devel_root", "", "source tree for development builds" },
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance; names are short. */
static size_t distance(str a, str b)
{
    size_t row[64];
    if (a.n >= COUNT(row) || b.n >= COUNT(row))
        return COUNT(row);
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            row[j] = least(least(above, row[j - 1]) + 1, diagonal + (a.p[i - 1] != b.p[j - 1]));
            diagonal = above;
        }
    }
    return row[b.n];
}

static str nearest(str name, const char *const *allowed)
{
    str best = { 0 };
    size_t best_d = 64;
    for (size_t i = 0; i < CONFIG_KEYS_N; i++) {
        size_t d = distance(name, str_from_c(rows[i].name));
        if (d < best_d) {
            best_d = d;
            best = str_from_c(rows[i].name);
        }
    }
    for (size_t i = 0; allowed && allowed[i]; i++) {
        size_t d = distance(name, str_from_c(allowed[i]));
        if (d < best_d) {
            best_d = d;
            best = str_from_c(allowed[i]);
        }
    }
    return best;
}

static err unknown(struct cx *cx, str name, str origin, const char *const *allowed)
{
    str near = nearest(name, allowed);
    return FAIL(cx, ERR_INVALID, STR_F ": unknown key \"" STR_F "\"; did you mean \"" STR_F "\"?",
        STR_A(origin), STR_A(name), STR_A(near));
}

static err set(struct cx *cx, struct config *c, str name, str value, str origin, bool *ret_known)
{
    *ret_known = false;
    for (size_t i = 0; i < CONFIG_KEYS_N; i++) {
        if (!str_eq(name, str_from_c(rows[i].name)))
            continue;
        *ret_known = true;
        int64_t n;
        if (rows[i].max && (!str_to_i64(value, &n) || n < rows[i].min || n > rows[i].max))
            return FAIL(cx, ERR_INVALID, STR_F ": %s must be a number from %lld to %lld",
                STR_A(origin), rows[i].name, (long long)rows[i].min, (long long)rows[i].max);
        c->values[i] = (struct config_value){ .text = value, .origin = origin };
    }
    return NULL;
}

static bool is_allowed(str name, const char *const *allowed)
{
    for (size_t i = 0; allowed && allowed[i]; i++)
        if (str_eq(name, str_from_c(allowed[i])))
            return true;
    return false;
}

/* Names that the repository's tests and tasks use for themselves, beside SOUK_TEST_*. */
static const char *const not_ours[] = { "bin", "engine", "source_root", NULL };

static err read_environment(struct cx *cx, struct config *c, char **env)
{
    for (; env && *env; env++) {
        str value = str_from_c(*env);
        str name = str_cut(&value, '=');
        if (!str_starts(name, S("SOUK_")) || !value.p)
            continue;
        str origin = str_cat(cx->arena, S("environment "), name);
        str key = str_lower(cx->arena, str_skip(name, 5));
        bool known;
        err e = set(cx, c, key, value, origin, &known);
        if (e)
            return e;
        if (!known && !str_starts(key, S("test_")) && !is_allowed(key, not_ours))
            return unknown(cx, key, origin, NULL);
    }
    return NULL;
}

static err read_file(struct cx *cx, struct config *c, str path, bool must)
{
    str text;
    if (!file_read(cx->arena, path, &text))
        return must ? FAIL(cx, ERR_INVALID, "cannot read " STR_F, STR_A(path)) : NULL;
    for (int line = 1; text.p; line++) {
        str value = str_trim(str_cut(&text, '\n'));
        if (!value.n || value.p[0] == '#')
            continue;
        str origin = str_fmt(cx->arena, "file " STR_F ":%d", STR_A(path), line);
        str name = str_trim(str_cut(&value, '='));
        if (!value.p)
            return FAIL(cx, ERR_INVALID, STR_F ": not of the form key = value", STR_A(origin));
        bool known;
        err e = set(cx, c, name, str_trim(value), origin, &known);
        if (e)
            return e;
        if (!known)
            return unknown(cx, name, origin, NULL);
    }
    return NULL;
}

static err read_flag(struct cx *cx, struct config *c, str arg, const char *const *allowed)
{
    str value = str_skip(arg, 2);
    str name = str_cut(&value, '=');
    struct buf key = { .arena = cx->arena };
    for (size_t i = 0; i < name.n; i++)
        buf_char(&key, name.p[i] == '-' ? '_' : name.p[i]);
    str origin = str_cat(cx->arena, S("flag --"), name);
    bool known = false;
    err e = value.p ? set(cx, c, buf_str(&key), value, origin, &known) : NULL;
    if (e || known)
        return e;
    if (!is_allowed(name, allowed))
        return unknown(cx, name, origin, allowed);
    if (c->extra_n == COUNT(c->extra))
        return FAIL(cx, ERR_INVALID, "too many flags");
    c->extra[c->extra_n++] =
        (struct config_extra){ .name = name, .value = value.p ? value : S("true") };
    return NULL;
}

/* The file is found by what flags and environment say, and is weaker than both. */
static str file_path(struct cx *cx, char **env, char **argv, bool *ret_must)
{
    str data = S("var");
    for (; env && *env; env++)
        if (str_starts(str_from_c(*env), S("SOUK_DATA=")))
            data = str_skip(str_from_c(*env), 10);
    for (char **a = argv; a && *a; a++) {
        str arg = str_from_c(*a);
        if (str_starts(arg, S("--config="))) {
            *ret_must = true;
            return str_skip(arg, 9);
        }
        if (str_starts(arg, S("--data=")))
            data = str_skip(arg, 7);
    }
    return str_cat(cx->arena, data, S("/souk.conf"));
}

err config_read(
    struct cx *cx, char **env, char **argv, const char *const *allowed, struct config *ret)
{
    struct config c = { .rest_n = 0 };
    for (size_t i = 0; i < CONFIG_KEYS_N; i++)
        c.values[i] =
            (struct config_value){ .text = str_from_c(rows[i].fallback), .origin = S("default") };
    bool must = false;
    str path = file_path(cx, env, argv, &must);
    err e = read_file(cx, &c, path, must);
    if (!e)
        e = read_environment(cx, &c, env);
    for (; !e && argv && *argv; argv++) {
        str arg = str_from_c(*argv);
        if (str_starts(arg, S("--config=")))
            continue;
        if (str_starts(arg, S("--")))
            e = read_flag(cx, &c, arg, allowed);
        else if (c.rest_n == COUNT(c.rest))
            e = FAIL(cx, ERR_INVALID, "too many arguments");
        else
            c.rest[c.rest_n++] = arg;
    }
    if (!e)
        *ret = c;
    return e;
}

str config_text(const struct config *c, enum config_key key)
{
    return c->values[key].text;
}

int64_t config_int(const struct config *c, enum config_key key)
{
    int64_t n;
    bool ok = str_to_i64(c->values[key].text, &n);
    ASSERT(ok && rows[key].max);
    return n;
}

str config_extra(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->extra_n; i++)
        if (str_eq(c->extra[i].name, str_from_c(name)))
            return c->extra[i].value;
    return (str){ 0 };
}

/* The password inside a database URL. */
static str without_password(struct arena *scratch, str text)
{
    ptrdiff_t scheme = str_find(text, S("://"), 0);
    ptrdiff_t at = scheme < 0 ? -1 : str_find_char(text, '@', (size_t)scheme);
    ptrdiff_t colon = at < 0 ? -1 : str_find_char(text, ':', (size_t)scheme + 3);
    if (colon < 0 || colon > at)
        return text;
    return str_fmt(scratch, STR_F ":***" STR_F, STR_A(str_sub(text, 0, (size_t)colon)),
        STR_A(str_skip(text, (size_t)at)));
}

void config_print(const struct config *c, struct arena *scratch, struct buf *out)
{
    for (size_t i = 0; i < CONFIG_KEYS_N; i++) {
        str text = without_password(scratch, c->values[i].text);
        if (rows[i].secret && text.n)
            text = S("***");
        buf_fmt(out, "%-16s %-32s  # %-12s %s\n", rows[i].name, str_c(scratch, text),
            str_c(scratch, c->values[i].origin), rows[i].what);
    }
}
