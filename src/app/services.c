/* SPDX-License-Identifier: Apache-2.0
 * The list of all services and flows, opened in order of need. Adding one is a row here. */
#include "app/app.h"
#include "flows/access/access.h"
#include "flows/account/account.h"
#include "flows/assortment/assortment.h"
#include "flows/backoffice/backoffice.h"
#include "flows/basket/basket.h"
#include "flows/checkout/checkout.h"
#include "flows/operations/operations.h"
#include "flows/consent/consent.h"
#include "flows/credit/credit.h"
#include "flows/opinion/opinion.h"
#include "flows/entrance/entrance.h"
#include "flows/security/security.h"
#include "flows/ranking/ranking.h"
#include "flows/privacy/privacy.h"
#include "flows/settlement/settlement.h"
#include "flows/shop/shop.h"
#include "flows/till/till.h"
#include "platform/db/db_migrate.h"
#include "platform/idem/idem.h"
#include "platform/secret/secret.h"
#include "services/fraud/fraud.h"
#include "services/ledger/ledger.h"
#include "services/notify/notify.h"
#include "services/promotions/promotions.h"

static void add(struct app *app, const struct service *service, void *handle)
{
    ASSERT(app->services_n < APP_SERVICES_MAX);
    app->tables[app->services_n] = service;
    app->services[app->services_n++] = (struct app_service){ .service = service, .handle = handle };
}

static str public_origin(struct app *app)
{
    str origin = config_text(app->config, CONFIG_ORIGIN);
    if (origin.n)
        return origin;
    return str_cat(app->life, S("http://"), config_text(app->config, CONFIG_LISTEN));
}

/* Services do not know each other: the catalogue tells which variants a product has. */
static err has_variant(void *self, struct cx *cx, id product_id, id variant_id, bool *ret)
{
    const struct app *app = self;
    struct catalog_product p;
    err e = catalog_products(app->catalog, cx,
        (struct catalog_wanted){ .product_ids = &product_id, .n = 1, .unpublished_too = true }, &p);
    *ret = false;
    for (size_t i = 0; !e && !id_is_none(p.product_id) && i < p.variants_n; i++)
        *ret = *ret || id_eq(p.variants[i].variant_id, variant_id);
    return e;
}

/* What is sold, and how it is shown. */
static void open_goods(struct app *app)
{
    struct arena *life = app->life;
    const struct app_store *stock = app_store_of(app, S("inventory"));
    app->inventory = inventory_open(
        life, (struct inventory_deps){
                  .db = stock->db, .bus = stock->bus, .articles = { has_variant, app } });
    add(app, &inventory_service, app->inventory);
    app->catalog = catalog_open(
        life, (struct catalog_deps){ .db = app->db, .bus = app->bus, .blob = &app->blob });
    add(app, &catalog_service, app->catalog);
    app->pricing = pricing_open(life, (struct pricing_deps){ .db = app->db,
                                          .bus = app->bus,
                                          .currency = config_text(app->config, CONFIG_CURRENCY) });
    add(app, &pricing_service, app->pricing);
    app->promotions =
        promotions_open(life, (struct promotions_deps){ .db = app_db_of(app, S("promotions")),
                                  .currency = config_text(app->config, CONFIG_CURRENCY) });
    add(app, &promotions_service, app->promotions);
    app->merchandising = merchandising_open(
        life, (struct merchandising_deps){
                  .db = app->db, .keep_days = config_int(app->config, CONFIG_KEEP_SEARCHES_DAYS) });
    add(app, &merchandising_service, app->merchandising);
    app->behaviour =
        behaviour_open(life, (struct behaviour_deps){ .db = app->db,
                                 .rng = rng_seeded(secret_u64()),
                                 .keep_days = config_int(app->config, CONFIG_KEEP_COUNTS_DAYS) });
    add(app, &behaviour_service, app->behaviour);
    app->campaigns =
        campaigns_open(life, (struct campaigns_deps){ .db = app->db,
                                 .currency = config_text(app->config, CONFIG_CURRENCY) });
    add(app, &campaigns_service, app->campaigns);
}

/* Who buys, and what comes of it. */
static void open_people(struct app *app)
{
    struct arena *life = app->life;
    const struct app_store *orders = app_store_of(app, S("orders"));
    app->cart =
        cart_open(life, (struct cart_deps){ .db = app_db_of(app, S("cart")),
                            .guest_days = config_int(app->config, CONFIG_KEEP_GUEST_CARTS_DAYS) });
    add(app, &cart_service, app->cart);
    app->identity = identity_open(
        life, (struct identity_deps){ .db = app->db,
                  .bus = app->bus,
                  .tokens = app->tokens,
                  .geo = app->geo,
                  .leak = app->leak,
                  .origin = config_text(app->config, CONFIG_ORIGIN),
                  .audit = app->audit,
                  .factor_roles = app->factor_roles,
                  .confirm_first = app->confirm_first,
                  .session_days = config_int(app->config, CONFIG_SESSION_DAYS),
                  .session_days_max = config_int(app->config, CONFIG_SESSION_DAYS_MAX),
                  .sessions_max = config_int(app->config, CONFIG_SESSIONS_MAX),
                  .keep_devices_days = config_int(app->config, CONFIG_KEEP_DEVICES_DAYS) });
    add(app, &identity_service, app->identity);
    app->credentials = credentials_open(life,
        (struct credentials_deps){ .db = app->db, .audit = app->audit, .tokens = app->tokens });
    add(app, &credentials_service, app->credentials);
    app->approvals =
        approvals_open(life, (struct approvals_deps){ .db = app->db, .audit = app->audit });
    add(app, &approvals_service, app->approvals);
    app->orders = orders_open(life, (struct orders_deps){ .db = orders->db, .bus = orders->bus });
    add(app, &orders_service, app->orders);
    app->reviews = reviews_open(life, (struct reviews_deps){ .db = app->db });
    add(app, &reviews_service, app->reviews);
    app->payments = payments_open(
        life, (struct payments_deps){ .db = app_db_of(app, S("payments")),
                  .keep_webhooks_days = config_int(app->config, CONFIG_KEEP_WEBHOOKS_DAYS) });
    add(app, &payments_service, app->payments);
    app->ledger = ledger_open(life, (struct ledger_deps){ .db = app_db_of(app, S("ledger")) });
    add(app, &ledger_service, app->ledger);
    app->payouts = payouts_open(
        life, (struct payouts_deps){ .db = app_db_of(app, S("payouts")),
                  .account_wait_ms = config_int(app->config, CONFIG_PAYOUT_WAIT_HOURS) * HOUR_MS });
    add(app, &payouts_service, app->payouts);
    app->notify =
        notify_open(life, (struct notify_deps){ .db = app->db,
                              .tokens = app->tokens,
                              .mail = &app->mail,
                              .origin = public_origin(app),
                              .from = config_text(app->config, CONFIG_MAIL_FROM),
                              .keep_days = config_int(app->config, CONFIG_KEEP_MAILS_DAYS) });
    add(app, &notify_service, app->notify);
}

/* The shop's own search, seen by the back office: flows do not know each other. */
static err preview(
    void *self, struct cx *cx, str query, int64_t limit, struct backoffice_found *ret)
{
    struct shop_preview seen;
    err e = shop_preview(self, cx, query, limit, &seen);
    if (!e)
        *ret = (struct backoffice_found){ .product_ids = seen.product_ids,
            .n = seen.n,
            .total = seen.total,
            .redirect = seen.redirect,
            .corrected = seen.corrected };
    return e;
}

/* Gift cards are of the flow of credit; the back office has the form. */
static err give_card(
    void *self, struct cx *cx, const struct backoffice_gift *in, struct backoffice_given *ret)
{
    struct credit_given given;
    err e = credit_give(self, cx,
        &(struct credit_gift){ .amount = in->amount,
            .recipient = in->recipient,
            .reason = in->reason,
            .key = in->key,
            .expires_at = in->expires_ms },
        &given);
    if (!e)
        *ret = (struct backoffice_given){
            .code = given.code, .amount = given.amount, .expires_ms = given.expires_at
        };
    return e;
}

/* Above the limit another person has to agree: the checkout asks through here, and is told. */
static err ask_second(void *self, struct cx *cx, const struct checkout_asked *in, str key)
{
    id approval_id;
    return approvals_ask(self, cx,
        (struct approvals_request){ .kind = S("refund"),
            .object_id = in->order_id,
            .amount = in->amount,
            .currency = in->currency,
            .reason = in->reason },
        key, &approval_id);
}

static err ask_payout(
    void *self, struct cx *cx, const struct settlement_asked *in, str key, id *ret)
{
    return approvals_ask(self, cx,
        (struct approvals_request){ .kind = S("payout"),
            .object_id = in->seller_id,
            .amount = in->amount,
            .currency = in->currency,
            .reason = in->reason },
        key, ret);
}

/* What was approved, by its kind. */
static void make_approved(void *self, struct cx *cx, const struct approvals_request *r,
    void (*done)(void *arg, struct cx *cx, err e), void *arg)
{
    struct app *app = self;
    if (str_eq(r->kind, S("payout"))) {
        settlement_approved(app->settlement, cx,
            (struct settlement_approved){ .approval_id = r->approval_id,
                .seller_id = r->object_id,
                .amount = r->amount,
                .reason = r->reason,
                .done = done,
                .arg = arg });
        return;
    }
    checkout_refund_approved(app->checkout, cx,
        (struct checkout_approved){ .approval_id = r->approval_id,
            .order_id = r->object_id,
            .amount = r->amount,
            .reason = r->reason,
            .done = done,
            .arg = arg });
}

/* What staff do. */
static void open_office(struct app *app)
{
    struct arena *life = app->life;
    app->settlement =
        settlement_open(life, (struct settlement_deps){ .db = app->db,
                                  .db_books = app_db_of(app, S("ledger")),
                                  .bus = app_store_of(app, S("ledger"))->bus,
                                  .audit = app->audit,
                                  .ledger = app->ledger,
                                  .payouts = app->payouts,
                                  .identity = app->identity,
                                  .currency = config_text(app->config, CONFIG_CURRENCY),
                                  .second = { .self = app->approvals,
                                      .above_minor = config_int(app->config, CONFIG_APPROVAL_ABOVE),
                                      .ask = ask_payout } });
    add(app, &settlement_service, app->settlement);
    app->consent = consent_open(
        life, (struct consent_deps){
                  .db = app->db, .approvals = app->approvals, .port = { app, make_approved } });
    add(app, &consent_service, app->consent);
    app->operations = operations_open(life, (struct operations_deps){ .sagas = app->sagas });
    add(app, &operations_service, app->operations);
    app->backoffice = backoffice_open(life,
        (struct backoffice_deps){ .db_stock = app_db_of(app, S("inventory")),
            .log = app->log,
            .bus = app->bus,
            .audit = app->audit,
            .flags = app->flags,
            .approvals = app->approvals,
            .sagas = app->sagas,
            .orders = app->orders,
            .payments = app->payments,
            .ledger = app->ledger,
            .payouts = app->payouts,
            .currency = config_text(app->config, CONFIG_CURRENCY),
            .identity = app->identity,
            .credentials = app->credentials,
            .fraud = app->fraud,
            .merchandising = app->merchandising,
            .behaviour = app->behaviour,
            .inventory = app->inventory,
            .catalog = app->catalog,
            .reviews = app->reviews,
            .preview = { preview, app->shop },
            .gifts = { give_card, app->credit, config_int(app->config, CONFIG_APPROVAL_ABOVE) } });
    add(app, &backoffice_service, app->backoffice);
}

static void open_shop(struct app *app)
{
    struct arena *life = app->life;
    app->shop = shop_open(life, (struct shop_deps){ .db = app->db,
                                    .catalog = app->catalog,
                                    .pricing = app->pricing,
                                    .inventory = app->inventory,
                                    .search = &app->search,
                                    .reviews = app->reviews,
                                    .merchandising = app->merchandising,
                                    .behaviour = app->behaviour,
                                    .campaigns = app->campaigns,
                                    .orders = app->orders,
                                    .flags = app->flags });
    add(app, &shop_service, app->shop);
    app->ranking = ranking_open(life, (struct ranking_deps){ .behaviour = app->behaviour,
                                          .campaigns = app->campaigns,
                                          .catalog = app->catalog,
                                          .orders = app->orders,
                                          .search = &app->search });
    add(app, &ranking_service, app->ranking);
}

/* Who comes another way arrives as who comes with a password: flows do not know each other. */
static err arrive(void *self, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, struct identity_session *ret)
{
    return account_arrive(self, cx, user, how, ret);
}

static err arrive_page(void *self, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, str next, struct reply *reply)
{
    return account_arrive_page(self, cx, user, how, next, reply);
}

static err enter_page(void *self, struct cx *cx, const struct identity_user *user, str device,
    str next, struct reply *reply)
{
    return account_enter_page(self, cx, user, device, next, reply);
}

static void open_accounts(struct app *app)
{
    struct arena *life = app->life;
    app->account = account_open(life, (struct account_deps){ .db = app->db,
                                          .db_cart = app_db_of(app, S("cart")),
                                          .db_orders = app_db_of(app, S("orders")),
                                          .bus = app->bus,
                                          .identity = app->identity,
                                          .cart = app->cart,
                                          .orders = app->orders,
                                          .confirm_first = app->confirm_first,
                                          .ways = app->login_ways,
                                          .ways_n = app->login_ways_n });
    add(app, &account_service, app->account);
    app->security = security_open(
        life, (struct security_deps){
                  .db = app->db, .identity = app->identity, .credentials = app->credentials });
    add(app, &security_service, app->security);
    app->access = access_open(life, (struct access_deps){ .db = app->db,
                                        .identity = app->identity,
                                        .credentials = app->credentials,
                                        .tokens = app->tokens,
                                        .audit = app->audit });
    add(app, &access_service, app->access);
    app->entrance = entrance_open(life, (struct entrance_deps){ .db = app->db,
                                            .identity = app->identity,
                                            .tokens = app->tokens,
                                            .oidc = app->oidc,
                                            .origin = public_origin(app),
                                            .account = { .self = app->account,
                                                .arrive = arrive,
                                                .page = arrive_page,
                                                .enter = enter_page } });
    add(app, &entrance_service, app->entrance);
}

static void open_flows(struct app *app)
{
    struct arena *life = app->life;
    app->assortment = assortment_open(life, (struct assortment_deps){ .db = app->db,
                                                .db_stock = app_db_of(app, S("inventory")),
                                                .bus = app->bus,
                                                .catalog = app->catalog,
                                                .pricing = app->pricing,
                                                .inventory = app->inventory,
                                                .search = &app->search,
                                                .cache = app->cache });
    add(app, &assortment_service, app->assortment);
    open_shop(app);
    app->basket = basket_open(life, (struct basket_deps){ .db = app->db,
                                        .cart = app->cart,
                                        .catalog = app->catalog,
                                        .pricing = app->pricing,
                                        .inventory = app->inventory,
                                        .promotions = app->promotions,
                                        .orders = app->orders,
                                        .behaviour = app->behaviour });
    add(app, &basket_service, app->basket);
    app->credit = credit_open(
        life, (struct credit_deps){ .db = app_db_of(app, S("ledger")),
                  .db_payments = app_db_of(app, S("payments")),
                  .ledger = app->ledger,
                  .payments = app->payments,
                  .currency = config_text(app->config, CONFIG_CURRENCY),
                  .proof_above_minor = config_int(app->config, CONFIG_REFUND_PROOF_ABOVE),
                  .alone_minor = config_int(app->config, CONFIG_APPROVAL_ABOVE) });
    add(app, &credit_service, app->credit);
    app->opinion = opinion_open(life, (struct opinion_deps){ .reviews = app->reviews,
                                          .catalog = app->catalog,
                                          .orders = app->orders,
                                          .cache = app->cache });
    add(app, &opinion_service, app->opinion);
    open_accounts(app);
}

/* What turns a cart into an order, and what is paid. */
static void open_selling(struct app *app)
{
    struct arena *life = app->life;
    app->checkout = checkout_open(
        life, (struct checkout_deps){ .db = app->db,
                  .at = { .inventory = app_db_of(app, S("inventory")),
                      .orders = app_db_of(app, S("orders")),
                      .payments = app_db_of(app, S("payments")),
                      .promotions = app_db_of(app, S("promotions")),
                      .cart = app_db_of(app, S("cart")),
                      .ledger = app_db_of(app, S("ledger")),
                      .fraud = app_db_of(app, S("fraud")) },
                  .waiting_max = config_int(app->config, CONFIG_ORDERS_WAITING),
                  .proof_above_minor = config_int(app->config, CONFIG_REFUND_PROOF_ABOVE),
                  .second = { .self = app->approvals,
                      .above_minor = config_int(app->config, CONFIG_APPROVAL_ABOVE),
                      .ask = ask_second },
                  .sagas = app->sagas,
                  .tokens = app->tokens,
                  .workers = pool_executor(app->pool),
                  .pay_pool = app->pay_pool,
                  .pay = app->pay,
                  .cart = app->cart,
                  .catalog = app->catalog,
                  .pricing = app->pricing,
                  .inventory = app->inventory,
                  .orders = app->orders,
                  .payments = app->payments,
                  .identity = app->identity,
                  .promotions = app->promotions,
                  .ledger = app->ledger,
                  .fraud = app->fraud,
                  .behaviour = app->behaviour,
                  .rates = app->rates });
    add(app, &checkout_service, app->checkout);
    app->till = till_open(life,
        (struct till_deps){ .db = app_db_of(app, S("payments")),
            .payments = app->payments,
            .pay = app->pay,
            .sagas = app->sagas,
            .fraud = app->fraud,
            .db_fraud = app_db_of(app, S("fraud")),
            .orders = app->orders,
            .db_orders = app_db_of(app, S("orders")),
            .ledger = app->ledger,
            .db_ledger = app_db_of(app, S("ledger")),
            .exec = pool_executor(app->pay_pool),
            .clock = &app->clock,
            .log = app->log,
            .test_cards = str_starts(config_text(app->config, CONFIG_STRIPE_KEY), S("sk_test_")) });
    add(app, &till_service, app->till);
}

static err open_rates(struct app *app, struct cx *cx)
{
    app->rates = NEW(app->life, struct ledger_rates);
    err e = ledger_rates_parse(cx, config_text(app->config, CONFIG_COMMISSION), app->rates);
    app->rates->tax_bp = config_int(app->config, CONFIG_COMMISSION_TAX_BP);
    return e;
}

err app_services_open(struct app *app, struct cx *cx)
{
    err e = app_lists_open(app, cx);
    if (!e)
        e = app_login_open(app, cx);
    if (!e)
        e = app_factor_open(app, cx);
    if (!e)
        e = app_registration_open(app, cx);
    if (e)
        return e;
    open_goods(app);
    open_people(app);
    e = open_rates(app, cx);
    if (!e)
        e = app_fraud_open(app, cx);
    if (e)
        return e;
    add(app, &fraud_service, app->fraud);
    open_flows(app);
    open_selling(app);
    open_office(app);
    app->privacy = privacy_open(
        app->life, (struct privacy_deps){ .db = app->db,
                       .db_of = app_db_of_any,
                       .arg = app,
                       .bus = app->bus,
                       .audit = app->audit,
                       .identity = app->identity,
                       .behaviour = app->behaviour,
                       .erase_days = config_int(app->config, CONFIG_ERASE_DAYS),
                       .export_days = config_int(app->config, CONFIG_KEEP_EXPORTS_DAYS),
                       .services = app->tables,
                       .services_n = &app->services_n });
    add(app, &privacy_service, app->privacy);
    return NULL;
}

size_t app_queries(struct app *app, const struct db_query *const **ret_lists, size_t max)
{
    const struct db_query *const *const own[] = { bus_queries, job_queries, idem_queries,
        saga_queries, search_queries, audit_queries, vault_queries, flag_queries };
    size_t n = 0;
    for (size_t i = 0; i < COUNT(own); i++)
        ret_lists[n++] = own[i];
    for (size_t i = 0; i < app->services_n; i++)
        if (app->services[i].service->queries) {
            ASSERT(n < max);
            ret_lists[n++] = app->services[i].service->queries;
        }
    return n;
}

size_t app_marked(
    struct app *app, const struct app_store *store, const struct db_marked **ret_lists, size_t max)
{
    static const struct service *const all[] = { &identity_service, &orders_service,
        &notify_service, &privacy_service };
    size_t n = 0;
    ASSERT(COUNT(all) + 2 <= max);
    for (size_t i = 0; i < COUNT(all); i++)
        if (app_store_of(app, str_from_c(all[i]->name)) == store)
            ret_lists[n++] = all[i]->marked;
    ret_lists[n++] = bus_marked; /* each has an outbox */
    if (store == &app->stores[0])
        ret_lists[n++] = saga_marked;
    return n;
}

/* Owners of tables with the folders of their migrations. */
static const struct owner {
    const char *name, *folder;
} owners[] = {
    { "bus", "src/platform/bus/sql/" },
    { "job", "src/platform/job/sql/" },
    { "idem", "src/platform/idem/sql/" },
    { "saga", "src/platform/saga/sql/" },
    { "vault", "src/platform/vault/sql/" },
    { "search", "src/platform/search/sql/" },
    { "audit", "src/platform/audit/sql/" },
    { "flag", "src/platform/flag/sql/" },
    { "inventory", "src/services/inventory/sql/" },
    { "catalog", "src/services/catalog/sql/" },
    { "pricing", "src/services/pricing/sql/" },
    { "promotions", "src/services/promotions/sql/" },
    { "merchandising", "src/services/merchandising/sql/" },
    { "behaviour", "src/services/behaviour/sql/" },
    { "campaigns", "src/services/campaigns/sql/" },
    { "cart", "src/services/cart/sql/" },
    { "identity", "src/services/identity/sql/" },
    { "credentials", "src/services/credentials/sql/" },
    { "approvals", "src/services/approvals/sql/" },
    { "orders", "src/services/orders/sql/" },
    { "reviews", "src/services/reviews/sql/" },
    { "payments", "src/services/payments/sql/" },
    { "ledger", "src/services/ledger/sql/" },
    { "payouts", "src/services/payouts/sql/" },
    { "notify", "src/services/notify/sql/" },
    { "fraud", "src/services/fraud/sql/" },
    { "checkout", "src/flows/checkout/sql/" },
    { "privacy", "src/flows/privacy/sql/" },
};

static err migrate(struct cx *cx, const struct owner *owner, struct db *db, size_t *ret_applied)
{
    struct db_migration *list;
    size_t n, applied = 0;
    err e = db_migrations_of(cx, str_from_c(owner->name), str_from_c(owner->folder), &list, &n);
    if (!e)
        e = db_migrate(db, cx, list, n, &applied);
    *ret_applied += applied;
    return e;
}

/* What every database has of its own. */
static bool is_everywhere(str owner)
{
    static const char *const names[] = { "bus", "job", "idem", "vault" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(owner, str_from_c(names[i])))
            return true;
    return false;
}

err app_migrate(struct app *app, struct cx *cx, size_t *ret_applied)
{
    err e = NULL;
    *ret_applied = 0;
    for (size_t i = 0; !e && i < COUNT(owners); i++) {
        str name = str_from_c(owners[i].name);
        for (size_t k = 0; !e && k < app->stores_n; k++)
            if (is_everywhere(name) || app_store_of(app, name) == &app->stores[k])
                e = migrate(cx, &owners[i], app->stores[k].db, ret_applied);
    }
    return e;
}
