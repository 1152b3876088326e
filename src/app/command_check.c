/* SPDX-License-Identifier: Apache-2.0
 * `souk check-data`: the invariants of the services over the live tables. Called by hand, by tests
 * and after restores; must never change anything. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "flows/opinion/opinion.h"
#include "flows/settlement/settlement.h"
#include "services/catalog/catalog.h"
#include "services/fraud/fraud.h"
#include "services/inventory/inventory.h"
#include "services/ledger/ledger.h"
#include "services/orders/orders.h"
#include "services/promotions/promotions.h"

static err check_inventory(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return inventory_check(app->inventory, cx, ret_wrong);
}

static err check_orders(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return orders_check(app->orders, cx, ret_wrong);
}

static err check_ledger(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return ledger_check(app->ledger, cx, ret_wrong);
}

static err check_payouts(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return settlement_check(app->settlement, cx, ret_wrong);
}

static err check_promotions(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return promotions_check(app->promotions, cx, ret_wrong);
}

static err check_fraud(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    return fraud_check(app->fraud, cx, ret_wrong);
}

static err check_reviews(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    size_t shown = 0;
    err e = reviews_check(app->reviews, cx, ret_wrong);
    if (!e)
        e = opinion_check(app->opinion, cx, &shown);
    *ret_wrong += shown;
    return e;
}

/* Each published product has one entry in the index; events under way may make a difference. */
static err check_search(struct app *app, struct cx *cx, size_t *ret_wrong)
{
    int64_t published = 0, indexed = 0;
    err e = catalog_product_count(app->catalog, cx, &published);
    if (!e)
        e = app->search.count(app->search.self, cx, &indexed);
    *ret_wrong = (size_t)(published > indexed ? published - indexed : indexed - published);
    return e;
}

static const struct data_check {
    const char *name, *what;
    err (*fn)(struct app *app, struct cx *cx, size_t *ret_wrong);
} checks[] = {
    { "inventory", "levels that disagree with their reservations, movements or sales",
        check_inventory },
    { "orders", "orders whose sums or lines disagree", check_orders },
    { "ledger", "currencies that do not sum to 0, postings, holds and balances that cannot be",
        check_ledger },
    { "payouts", "currencies whose pending payouts the books say otherwise", check_payouts },
    { "promotions", "limits of promotions that disagree with their uses", check_promotions },
    { "fraud", "verdicts, reviews and outcomes that disagree", check_fraud },
    { "reviews", "stars that disagree with reviews, votes or the catalogue", check_reviews },
    { "search", "published products that the index lacks or has too many", check_search },
};

struct run {
    struct app *app;
    const struct data_check *check;
    size_t wrong;
};

static err unit_check(void *arg, struct cx *cx)
{
    struct run *r = arg;
    return r->check->fn(r->app, cx, &r->wrong);
}

int command_check_data(struct app *app, struct cx *cx)
{
    (void)cx;
    int status = 0;
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct run r = { .app = app, .check = &checks[i] };
        struct cx *own = app_cx_open(app);
        err e = db_read(own, unit_check, &r);
        if (e)
            (void)app_complain(own, e, checks[i].name);
        else
            printf("%-10s %s: %zu %s\n", checks[i].name, r.wrong ? "WRONG" : "ok", r.wrong,
                checks[i].what);
        if (e || r.wrong)
            status = 1;
        app_cx_close(own);
    }
    return status;
}
