/* SPDX-License-Identifier: Apache-2.0
 * The back office as pages: queues first, then lists, then what staff set. Opened by src/app; every
 * page needs a role. Must never do what no verb of a service does: it shows, and hands on. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_H

#include "platform/audit/audit.h"
#include "platform/flag/flag.h"
#include "services/approvals/approvals.h"
#include "services/behaviour/behaviour.h"
#include "services/catalog/catalog.h"
#include "services/credentials/credentials.h"
#include "services/fraud/fraud.h"
#include "services/identity/identity.h"
#include "services/inventory/inventory.h"
#include "services/ledger/ledger.h"
#include "services/merchandising/merchandising.h"
#include "services/orders/orders.h"
#include "services/payments/payments.h"
#include "services/payouts/payouts.h"
#include "services/reviews/reviews.h"

struct backoffice;
extern const struct service backoffice_service;

struct sagas;
struct log;

/* What the shop would show for a query, not counted as a search; src/app connects it. */
struct backoffice_found {
    const id *product_ids; /* of the first page, at most `limit` */
    size_t n;
    int64_t total;
    str redirect;  /* the path that the query leads to; absent */
    str corrected; /* what was searched for instead, or suggested; absent */
};
struct backoffice_preview {
    err (*find)(void *self, struct cx *cx, str query, int64_t limit, struct backoffice_found *ret);
    void *self;
};

/* A gift card is given by another flow, with its limits and its code; src/app connects it. Outside
 * any unit, by cx->who. The same key again is the same card, without its code. ERR_INVALID with
 * fields /amount, /expiresAt, /recipient, /reason; other refusals say why in their titles. */
struct backoffice_gift {
    str amount, recipient, reason, key;
    int64_t expires_ms; /* 0: never */
};
struct backoffice_given {
    str code; /* absent: this is a repeat */
    money amount;
    int64_t expires_ms;
};
struct backoffice_gifts {
    err (*give)(
        void *self, struct cx *cx, const struct backoffice_gift *in, struct backoffice_given *ret);
    void *self;
    int64_t alone_minor; /* nobody gives more within a day; 0: whoever may */
};

struct backoffice_deps {
    struct db *db_stock; /* of the inventory: what is booked by hand claims its key there */
    struct log *log;     /* may be NULL */
    struct bus *bus;
    struct audit *audit;
    struct flags *flags;
    struct approvals *approvals;
    struct sagas *sagas;
    struct orders *orders;
    struct payments *payments;
    struct ledger *ledger;
    struct payouts *payouts;
    str currency; /* of the shop: "USD" */
    struct identity *identity;
    struct credentials *credentials;
    struct fraud *fraud;
    struct merchandising *merchandising;
    struct behaviour *behaviour;
    struct inventory *inventory;
    struct catalog *catalog;
    struct reviews *reviews;
    struct backoffice_preview preview;
    struct backoffice_gifts gifts;
};
struct backoffice *backoffice_open(struct arena *life, struct backoffice_deps deps);

#endif
