/* SPDX-License-Identifier: Apache-2.0
 * Rows to promotions and back, through the queries of sql/promotions.sql, and the automatic ones in
 * memory. Makes no decisions and must never begin or commit. */
#include "services/promotions/promotions_store.h"

#include <assert.h>
#include <string.h>

#include "platform/secret/secret.h"
#include "platform/thread/thread.h"
#include "promotions_sql.h"

#define AUTOMATIC_MAX 1000

/* ---- lists in a text, one a line ---- */

static str lines_of(struct arena *a, const str *list, size_t n)
{
    return n ? str_join(a, list, n, S("\n")) : (str){ 0 };
}

static str lines_of_ids(struct arena *a, const id *list, size_t n)
{
    str *texts = NEW_N(a, n, str);
    for (size_t i = 0; i < n; i++)
        texts[i] = id_text(a, list[i]);
    return lines_of(a, texts, n);
}

static size_t split(struct arena *a, str text, const str **ret)
{
    size_t n = text.n > 0 ? 1 : 0, at = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n' ? 1 : 0;
    str *list = NEW_N(a, n, str);
    for (str rest = text; at < n; at++)
        list[at] = str_dup(a, str_cut(&rest, '\n'));
    *ret = list;
    return n;
}

static size_t split_ids(struct arena *a, str text, const id **ret)
{
    const str *texts;
    size_t n = split(a, text, &texts);
    id *list = NEW_N(a, n, id);
    for (size_t i = 0; i < n; i++) {
        bool ok = id_parse(texts[i], &list[i]);
        ASSERT(ok); /* we wrote it */
    }
    *ret = list;
    return n;
}

static struct promotions_scope scope_of(
    struct arena *a, str products, str categories, str brands, str sellers)
{
    struct promotions_scope s;
    s.products_n = split_ids(a, products, &s.products);
    s.categories_n = split(a, categories, &s.categories);
    s.brands_n = split(a, brands, &s.brands);
    s.sellers_n = split_ids(a, sellers, &s.sellers);
    return s;
}

static enum promotions_kind kind_of(str name)
{
    for (int k = 0; k < PROMOTIONS_KINDS_N; k++)
        if (str_eq(name, str_from_c(promotions_kind_names[k])))
            return (enum promotions_kind)k;
    panic(__FILE__, "a kind that we did not write");
}

/* The queries share a row's columns but not its type. */
#define PROMOTION_OF(a, r)                                                                         \
    (struct promotions_promotion)                                                                  \
    {                                                                                              \
        .promotion_id = (r).promotion_id, .kind = kind_of((r).kind), .code = (r).code,             \
        .name = (r).name, .percent_bp = (r).percent_bp, .amount_minor = (r).amount_minor,          \
        .minimum_minor = (r).minimum_minor, .most_minor = (r).most_minor,                          \
        .buy_units = (r).buy_units, .get_units = (r).get_units, .product_id = (r).product_id,      \
        .variant_id = (r).variant_id,                                                              \
        .scope = scope_of((a), (r).products, (r).categories, (r).brands, (r).sellers),             \
        .first_order = (r).first_order, .customers = (r).customers, .exclusive = (r).exclusive,    \
        .family = (r).family, .priority = (r).priority, .with_deals = (r).with_deals,              \
        .starts_ms = (r).starts_ms, .ends_ms = (r).ends_ms.has ? (r).ends_ms.v : 0,                \
        .uses_max = (r).uses_max, .per_customer = (r).per_customer,                                \
        .budget_minor = (r).budget_minor, .used = (r).used, .spent_minor = (r).spent_minor,        \
        .ended_ms = (r).ended_ms.has ? (r).ended_ms.v : 0, .version = (r).version,                 \
        .created_ms = (r).created_ms, .updated_ms = (r).updated_ms                                 \
    }

static const str *copy_texts(struct arena *a, const str *list, size_t n)
{
    str *copy = NEW_N(a, n, str);
    for (size_t i = 0; i < n; i++)
        copy[i] = str_dup(a, list[i]);
    return copy;
}

static const id *copy_ids(struct arena *a, const id *list, size_t n)
{
    id *copy = NEW_N(a, n, id);
    for (size_t i = 0; i < n; i++)
        copy[i] = list[i];
    return copy;
}

struct promotions_promotion promotions_store_copy(
    struct arena *a, const struct promotions_promotion *p)
{
    struct promotions_promotion copy = *p;
    copy.code = str_dup(a, p->code);
    copy.name = str_dup(a, p->name);
    copy.customers = str_dup(a, p->customers);
    copy.family = str_dup(a, p->family);
    copy.scope.products = copy_ids(a, p->scope.products, p->scope.products_n);
    copy.scope.sellers = copy_ids(a, p->scope.sellers, p->scope.sellers_n);
    copy.scope.categories = copy_texts(a, p->scope.categories, p->scope.categories_n);
    copy.scope.brands = copy_texts(a, p->scope.brands, p->scope.brands_n);
    return copy;
}

/* ---- rows ---- */

static struct promotions_sql_promotion_add_in row_of(
    struct promotions *p, struct cx *cx, const struct promotions_promotion *in)
{
    const struct promotions_scope *s = &in->scope;
    return (struct promotions_sql_promotion_add_in){ .promotion_id = in->promotion_id,
        .kind = str_from_c(promotions_kind_names[in->kind]),
        .code = in->code,
        .name = in->name,
        .currency = currency_str(&p->currency),
        .percent_bp = in->percent_bp,
        .amount_minor = in->amount_minor,
        .minimum_minor = in->minimum_minor,
        .most_minor = in->most_minor,
        .buy_units = in->buy_units,
        .get_units = in->get_units,
        .product_id = in->product_id,
        .variant_id = in->variant_id,
        .products = lines_of_ids(cx->arena, s->products, s->products_n),
        .categories = lines_of(cx->arena, s->categories, s->categories_n),
        .brands = lines_of(cx->arena, s->brands, s->brands_n),
        .sellers = lines_of_ids(cx->arena, s->sellers, s->sellers_n),
        .first_order = in->first_order,
        .customers = in->customers,
        .exclusive = in->exclusive,
        .family = in->family,
        .priority = in->priority,
        .with_deals = in->with_deals,
        .starts_ms = in->starts_ms,
        .ends_ms = { .has = in->ends_ms > 0, .v = in->ends_ms },
        .uses_max = in->uses_max,
        .per_customer = in->per_customer,
        .budget_minor = in->budget_minor,
        .now_ms = cx->now_ms };
}

err promotions_store_add(struct promotions *p, struct cx *cx, const struct promotions_promotion *in)
{
    return promotions_sql_promotion_add(p->deps.db, cx, row_of(p, cx, in), NULL);
}

err promotions_store_change(
    struct promotions *p, struct cx *cx, const struct promotions_promotion *in, bool *ret_changed)
{
    struct promotions_sql_promotion_add_in row = row_of(p, cx, in);
    struct promotions_sql_promotion_change_in change;
    static_assert(sizeof change == sizeof row, "both queries take the same list");
    memcpy(&change, &row, sizeof change);
    int64_t changed = 0;
    err e = promotions_sql_promotion_change(p->deps.db, cx, change, &changed);
    *ret_changed = changed > 0;
    return e;
}

err promotions_store_get(struct promotions *p, struct cx *cx, id promotion_id,
    struct promotions_promotion *ret, bool *ret_found)
{
    struct promotions_sql_promotion_get_row row;
    err e = promotions_sql_promotion_get(p->deps.db, cx,
        (struct promotions_sql_promotion_get_in){
            .promotion_id = promotion_id, .currency = currency_str(&p->currency) },
        &row, ret_found);
    if (!e && *ret_found)
        *ret = PROMOTION_OF(cx->arena, row);
    return e;
}

err promotions_store_codes(struct promotions *p, struct cx *cx, const str *codes, size_t n,
    struct promotions_promotion *ret, bool *ret_found)
{
    struct promotions_sql_promotion_code_in *in =
        NEW_N(cx->arena, n, struct promotions_sql_promotion_code_in);
    struct promotions_sql_promotion_code_row *rows =
        NEW_N(cx->arena, n, struct promotions_sql_promotion_code_row);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct promotions_sql_promotion_code_in){ .code = codes[i],
            .currency = currency_str(&p->currency) };
    err e = promotions_sql_promotion_code_batch(p->deps.db, cx, in, n, rows, ret_found);
    for (size_t i = 0; !e && i < n; i++)
        if (ret_found[i])
            ret[i] = PROMOTION_OF(cx->arena, rows[i]);
    return e;
}

err promotions_store_list(struct promotions *p, struct cx *cx, struct promotions_page in,
    struct promotions_promotion **ret, size_t *ret_n)
{
    struct promotions_sql_promotion_list_row *rows;
    size_t n;
    err e = promotions_sql_promotion_list(p->deps.db, cx,
        (struct promotions_sql_promotion_list_in){ .before = id_or_greatest(in.before),
            .currency = currency_str(&p->currency),
            .limit = in.limit },
        &rows, &n);
    if (e)
        return e;
    struct promotions_promotion *list = NEW_N(cx->arena, n, struct promotions_promotion);
    for (size_t i = 0; i < n; i++)
        list[i] = PROMOTION_OF(cx->arena, rows[i]);
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- the automatic ones in memory ---- */

static bool fresh(int64_t made_ms, int64_t now_ms)
{
    return made_ms > 0 && now_ms >= made_ms && now_ms - made_ms < PROMOTIONS_FRESH_MS;
}

/* Under the lock. Of what nobody holds any more the arena, for the caller to close. */
static struct arena *drop(struct promotions_live *live)
{
    if (!live)
        return NULL;
    ASSERT(live->holders > 0);
    return --live->holders == 0 ? live->arena : NULL;
}

static err load(struct promotions *p, struct cx *cx, struct promotions_live **ret)
{
    struct promotions_sql_promotion_automatic_row *rows;
    size_t n;
    err e = promotions_sql_promotion_automatic(p->deps.db, cx,
        (struct promotions_sql_promotion_automatic_in){
            .currency = currency_str(&p->currency), .now_ms = cx->now_ms, .limit = AUTOMATIC_MAX },
        &rows, &n);
    *ret = NULL;
    if (e || n == 0)
        return e;
    struct arena *own = arena_open(4096);
    struct promotions_live *live = NEW(own, struct promotions_live);
    *live = (struct promotions_live){ .arena = own,
        .holders = 1, /* the service */
        .loaded_ms = cx->now_ms,
        .list = NEW_N(own, n, struct promotions_promotion),
        .n = n };
    for (size_t i = 0; i < n; i++) {
        struct promotions_promotion row = PROMOTION_OF(cx->arena, rows[i]);
        live->list[i] = promotions_store_copy(own, &row);
    }
    *ret = live;
    return NULL;
}

err promotions_store_live(struct promotions *p, struct cx *cx, struct promotions_live **ret)
{
    lock_take(p->lock);
    bool known = !atomic_exchange(&p->stale, false);
    bool none = known && !p->live && fresh(p->none_ms, cx->now_ms);
    struct promotions_live *live =
        known && p->live && fresh(p->live->loaded_ms, cx->now_ms) ? p->live : NULL;
    if (live)
        live->holders++;
    lock_give(p->lock);
    *ret = live;
    if (live || none)
        return NULL;
    err e = load(p, cx, &live);
    if (e) {
        atomic_store(&p->stale, true);
        return e;
    }
    lock_take(p->lock);
    struct arena *old = drop(p->live);
    p->live = live;
    p->none_ms = live ? 0 : cx->now_ms;
    if (live)
        live->holders++;
    lock_give(p->lock);
    if (old)
        arena_close(old);
    *ret = live;
    return NULL;
}

void promotions_store_let_go(struct promotions *p, struct promotions_live *live)
{
    lock_take(p->lock);
    struct arena *old = drop(live);
    lock_give(p->lock);
    if (old)
        arena_close(old);
}

static void outdate(void *arg)
{
    struct promotions *p = arg;
    atomic_store(&p->stale, true);
}

void promotions_store_outdate(struct promotions *p, struct cx *cx)
{
    outdate(p);
    db_after_commit(cx, outdate, p);
}

/* ---- customers ---- */

id promotions_store_customer(struct cx *cx, const struct promotions_buyer *buyer)
{
    id customer = buyer->user_id;
    str email = str_trim(buyer->email);
    if (!id_is_none(customer) || email.n == 0)
        return customer;
    str hash = secret_sha256(
        cx->arena, str_cat(cx->arena, S("promotions guest "), str_lower(cx->arena, email)));
    memcpy(customer.b, hash.p, sizeof customer.b);
    return customer;
}
