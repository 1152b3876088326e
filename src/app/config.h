/* SPDX-License-Identifier: Apache-2.0
 * Configuration: defaults < file < environment < flags. Every key is a row of one table; unknown
 * keys are errors that name the nearest known one. */
#ifndef SOUK_APP_CONFIG_H
#define SOUK_APP_CONFIG_H

#include "base/buf.h"
#include "base/err.h"

enum config_key {
    CONFIG_LISTEN,
    CONFIG_METRICS_LISTEN,
    CONFIG_DATA,
    CONFIG_DB,
    CONFIG_DB_INVENTORY, /* of services that may have one of their own */
    CONFIG_DB_ORDERS,
    CONFIG_DB_PAYMENTS,
    CONFIG_DB_PROMOTIONS,
    CONFIG_DB_LEDGER,
    CONFIG_DB_CART,
    CONFIG_DB_FRAUD,
    CONFIG_MASTER_KEY,
    CONFIG_LOG,
    CONFIG_LOG_LEVEL,
    CONFIG_ORIGIN,
    CONFIG_PROXIES,
    CONFIG_CURRENCY,
    CONFIG_COMMISSION,
    CONFIG_COMMISSION_TAX_BP,
    CONFIG_LIMITS,
    CONFIG_REQUEST_RULES,
    CONFIG_LOOPS,
    CONFIG_WORKERS,
    CONFIG_QUEUE,
    CONFIG_ORDERS_WAITING,
    CONFIG_LANES,
    CONFIG_READERS,
    CONFIG_CACHE_MB,
    CONFIG_SEARCH,
    CONFIG_RANK_VELOCITY, /* in the order of enum search_weight */
    CONFIG_RANK_CLICKS,
    CONFIG_RANK_CONVERSION,
    CONFIG_RANK_PRICE,
    CONFIG_RANK_STOCK,
    CONFIG_RANK_RATING,
    CONFIG_RANK_POPULARITY,
    CONFIG_RANK_FRESH,
    CONFIG_MAIL_FROM,
    CONFIG_PAY,
    CONFIG_PAY_FALLBACK,
    CONFIG_STRIPE_KEY,
    CONFIG_STRIPE_WEBHOOK_SECRET,
    CONFIG_STRIPE_URL,
    CONFIG_SANDBOX_SLOW_MS,
    CONFIG_SANDBOX_WEBHOOK_SECRET,
    CONFIG_FRAUD,
    CONFIG_FRAUD_INSIDE,
    CONFIG_FRAUD_BUYER_HOUR,
    CONFIG_FRAUD_ADDRESS_HOUR,
    CONFIG_FRAUD_DEVICE_HOUR,
    CONFIG_FRAUD_SPEND_DAY,
    CONFIG_FRAUD_DECLINES_HOUR,
    CONFIG_FRAUD_CARDS_HOUR,
    CONFIG_FRAUD_REVIEW_PER_MILLE,
    CONFIG_FRAUD_DENY_PER_MILLE,
    CONFIG_GEO_DB,
    CONFIG_APPROVAL_ABOVE,
    CONFIG_REFUND_PROOF_ABOVE,
    CONFIG_PAYOUT_WAIT_HOURS,
    CONFIG_SECOND_FACTOR,
    CONFIG_REGISTRATION,
    CONFIG_PASSWORDS,
    CONFIG_SANDBOX,
    CONFIG_CORE_DUMPS,
    CONFIG_OIDC_ISSUER,
    CONFIG_OIDC_NAME,
    CONFIG_OIDC_FORM_POST,
    CONFIG_OIDC_CLIENT, /* these two, then those of the presets, in the order of app_login.c */
    CONFIG_OIDC_SECRET,
    CONFIG_GOOGLE_CLIENT,
    CONFIG_GOOGLE_SECRET,
    CONFIG_FACEBOOK_CLIENT,
    CONFIG_FACEBOOK_SECRET,
    CONFIG_APPLE_CLIENT,
    CONFIG_APPLE_SECRET,
    CONFIG_ERASE_DAYS,
    CONFIG_SESSION_DAYS,
    CONFIG_SESSION_DAYS_MAX,
    CONFIG_SESSIONS_MAX,
    CONFIG_KEEP_AUDIT_DETAILS_DAYS,
    CONFIG_KEEP_COUNTS_DAYS,
    CONFIG_KEEP_DEAD_DAYS,
    CONFIG_KEEP_DEVICES_DAYS,
    CONFIG_KEEP_EXPORTS_DAYS,
    CONFIG_KEEP_FRAUD_DAYS,
    CONFIG_KEEP_GUEST_CARTS_DAYS,
    CONFIG_KEEP_MAILS_DAYS,
    CONFIG_KEEP_REPLIES_HOURS,
    CONFIG_KEEP_SEARCHES_DAYS,
    CONFIG_KEEP_WEBHOOKS_DAYS,
    CONFIG_DEMO_PASSWORD,
    CONFIG_RECORD,
    CONFIG_PIECES,
    CONFIG_DEVEL_ROOT,
    CONFIG_KEYS_N,
};
struct config_value {
    str text;
    str origin; /* "default", "file var/souk.conf:3", "environment SOUK_DB", "flag --db" */
};
struct config {
    struct config_value values[CONFIG_KEYS_N];
    str rest[16]; /* arguments that are no flags, in order */
    size_t rest_n;
    struct config_extra { /* flags that belong to a command: --products=100 */
        str name, value;
    } extra[16];
    size_t extra_n;
};

/* env is the process's environ, argv without the program and the command. allowed is a
 * NULL-terminated list of the command's own flags. ERR_INVALID with cx->detail for people. */
err config_read(struct cx *cx, char **env, char **argv, const char *const *allowed,
    struct config *ret) MUST_USE;
str config_text(const struct config *c, enum config_key key);
int64_t config_int(const struct config *c, enum config_key key); /* checked by config_read */
str config_extra(const struct config *c, const char *name);      /* absent when not given */
/* Key, value and origin, a line each; secrets are not shown. */
void config_print(const struct config *c, struct arena *scratch, struct buf *out);

#endif
