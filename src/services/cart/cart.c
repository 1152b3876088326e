/* SPDX-License-Identifier: Apache-2.0
 * The verbs of carts: find the owner's cart, apply the rule, save. Called by flows/basket, account
 * and checkout inside their unit; must never look up titles, stock or today's prices. */
#include "services/cart/cart.h"

#include "cart_sql.h"
#include "platform/http/if_match.h"
#include "platform/secret/secret.h"
#include "services/cart/cart_domain.h"
#include "services/cart/cart_internal.h"

const problem CART_ITEM_UNKNOWN = { KIND_MISSING, "cart.item_unknown", "not_found",
    "There is no such line in the cart" };
const problem CART_FULL = { KIND_INVALID, "cart.full", "cart_full", "The cart is full" };
const problem CART_QUANTITY = { KIND_INVALID, "cart.quantity", "quantity_out_of_range",
    "This many cannot be ordered" };
const problem CART_STALE = { KIND_STALE, "cart.stale", "cart_changed",
    "The cart has changed in the meantime" };
const problem CART_CODES_FULL = { KIND_INVALID, "cart.codes_full", "too_many_coupons",
    "No more codes can be entered" };

struct cart *cart_open(struct arena *life, struct cart_deps deps)
{
    struct cart *c = NEW(life, struct cart);
    c->deps = deps;
    return c;
}

struct cart_owner cart_owner_of(const struct cx *cx)
{
    return (struct cart_owner){ .user_id = cx->who.user_id, .token = cx->who.cart_token };
}

/* ---- finding ---- */

static str hash_of(struct cx *cx, struct cart_owner owner)
{
    return owner.token.n ? secret_sha256_hex(cx->arena, owner.token) : owner.token_hash;
}

static err find(struct cart *c, struct cx *cx, struct cart_owner owner, struct cart_head *ret)
{
    *ret = (struct cart_head){ .guest = id_is_none(owner.user_id) };
    bool found = false;
    err e = NULL;
    if (!ret->guest) {
        struct cart_sql_cart_of_user_row row;
        e = cart_sql_cart_of_user(c->deps.db, cx,
            (struct cart_sql_cart_of_user_in){ .user_id = owner.user_id }, &row, &found);
        if (!e && found)
            *ret = (struct cart_head){ .cart_id = row.cart_id,
                .version = row.version,
                .codes = row.codes,
                .order_id = row.order_id,
                .order_until_ms = row.order_until_ms.v };
        return e;
    }
    str hash = hash_of(cx, owner);
    if (!hash.n)
        return NULL;
    struct cart_sql_cart_of_token_row row;
    e = cart_sql_cart_of_token(
        c->deps.db, cx, (struct cart_sql_cart_of_token_in){ .token_hash = hash }, &row, &found);
    if (!e && found)
        *ret = (struct cart_head){ .cart_id = row.cart_id,
            .version = row.version,
            .codes = row.codes,
            .guest = true,
            .order_id = row.order_id,
            .order_until_ms = row.order_until_ms.v };
    return e;
}

err cart_lock(struct cart *c, struct cx *cx, id cart_id, struct cart_head *ret)
{
    struct cart_sql_cart_lock_row row;
    bool found = false;
    *ret = (struct cart_head){ .cart_id = { { 0 } } };
    err e = cart_sql_cart_lock(
        c->deps.db, cx, (struct cart_sql_cart_lock_in){ .cart_id = cart_id }, &row, &found);
    if (!e && found)
        *ret = (struct cart_head){ .cart_id = row.cart_id,
            .version = row.version,
            .codes = row.codes,
            .guest = id_is_none(row.user_id),
            .order_id = row.order_id,
            .order_until_ms = row.order_until_ms.v };
    return e;
}

err cart_items(struct cart *c, struct cx *cx, id cart_id, struct cart_item **ret, size_t *ret_n)
{
    struct cart_sql_item_list_row *rows;
    size_t n;
    err e = cart_sql_item_list(
        c->deps.db, cx, (struct cart_sql_item_list_in){ .cart_id = cart_id }, &rows, &n);
    if (e)
        return e;
    struct cart_item *items = NEW_N(cx->arena, n, struct cart_item);
    for (size_t i = 0; i < n; i++) {
        currency cur;
        bool known = currency_parse(rows[i].currency, &cur);
        ASSERT(known);
        items[i] = (struct cart_item){ .cart_item_id = rows[i].cart_item_id,
            .product_id = rows[i].product_id,
            .variant_id = rows[i].variant_id,
            .quantity = rows[i].quantity,
            .price_added = money_of(rows[i].price_minor, cur),
            .added_ms = rows[i].added_ms };
    }
    *ret = items;
    *ret_n = n;
    return NULL;
}

err cart_get(struct cart *c, struct cx *cx, struct cart_owner owner, struct cart_state *ret)
{
    struct cart_head head;
    err e = find(c, cx, owner, &head);
    if (e)
        return e;
    struct cart_state view = { .cart_id = head.cart_id, .version = head.version };
    view.codes_n = cart_domain_codes(cx->arena, head.codes, &view.codes);
    if (head.order_until_ms > cx->now_ms)
        view.order_id = head.order_id;
    if (!id_is_none(head.cart_id))
        e = cart_items(c, cx, head.cart_id, &view.items, &view.items_n);
    if (!e)
        *ret = view;
    return e;
}

err cart_by_id(
    struct cart *c, struct cx *cx, struct cart_owner owner, id cart_id, struct cart_state *ret)
{
    struct cart_state view;
    err e = cart_get(c, cx, owner, &view);
    if (e)
        return e;
    if (!id_eq(view.cart_id, cart_id))
        return FAIL(cx, ERR_MISSING, "another's cart");
    *ret = view;
    return NULL;
}

/* ---- changing ---- */

struct opt_int cart_expiry(const struct cart *c, const struct cx *cx, bool guest)
{
    int64_t kept_ms = c->deps.guest_days ? c->deps.guest_days * DAY_MS : CART_GUEST_MS;
    return (struct opt_int){ .has = guest, .v = cx->now_ms + kept_ms };
}

static err touch(struct cart *c, struct cx *cx, const struct cart_head *head)
{
    return cart_sql_cart_touch(c->deps.db, cx,
        (struct cart_sql_cart_touch_in){ .cart_id = head->cart_id,
            .expires_ms = cart_expiry(c, cx, head->guest),
            .now_ms = cx->now_ms },
        NULL);
}

/* The owner's cart, made when there is none. A guest gets a new token: one that we did not make, or
 * whose cart is long gone, is not taken over. */
static err ensure(
    struct cart *c, struct cx *cx, struct cart_owner owner, struct cart_head *ret, str *ret_token)
{
    *ret_token = (str){ 0 };
    err e = find(c, cx, owner, ret);
    if (e || !id_is_none(ret->cart_id))
        return e;
    str hash = { 0 };
    if (ret->guest) {
        *ret_token = secret_token(cx->arena, 24);
        hash = secret_sha256_hex(cx->arena, *ret_token);
    }
    e = cart_sql_cart_add(c->deps.db, cx,
        (struct cart_sql_cart_add_in){ .cart_id = cx_id(cx),
            .user_id = owner.user_id,
            .token_hash = hash,
            .expires_ms = cart_expiry(c, cx, ret->guest),
            .now_ms = cx->now_ms },
        NULL);
    if (e)
        return e;
    struct cart_owner made = { .user_id = owner.user_id, .token_hash = hash };
    return find(c, cx, made, ret); /* another lane may have been first */
}

struct cart_item *cart_item_of_variant(struct cart_item *items, size_t n, id variant_id)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(items[i].variant_id, variant_id))
            return &items[i];
    return NULL;
}

static err save_item(struct cart *c, struct cx *cx, id cart_id, bool is_new, struct cart_item *it)
{
    str code = str_dup(cx->arena, currency_str(&it->price_added.currency));
    if (!is_new)
        return cart_sql_item_change(c->deps.db, cx,
            (struct cart_sql_item_change_in){ .cart_id = cart_id,
                .cart_item_id = it->cart_item_id,
                .quantity = it->quantity,
                .price_minor = it->price_added.minor,
                .currency = code },
            NULL);
    return cart_sql_item_add(c->deps.db, cx,
        (struct cart_sql_item_add_in){ .cart_id = cart_id,
            .cart_item_id = it->cart_item_id,
            .product_id = it->product_id,
            .variant_id = it->variant_id,
            .quantity = it->quantity,
            .price_minor = it->price_added.minor,
            .currency = code,
            .now_ms = it->added_ms },
        NULL);
}

/* Before a change: whether it is the cart that the caller has seen. */
static err seen(struct cx *cx, struct cart_owner owner, const struct cart_head *head)
{
    if (if_match_holds(owner.if_match, head->version))
        return NULL;
    return FAIL(cx, CART_STALE, "version=%lld", (long long)head->version);
}

/* Adds to the line of the variant or makes one. */
static err put(struct cart *c, struct cx *cx, const struct cart_head *head, struct cart_item *items,
    size_t n, const struct cart_add *in, bool strict, struct cart_item *ret)
{
    struct cart_item *known = cart_item_of_variant(items, n, in->variant_id);
    if (!known && n >= CART_LINES_MAX)
        return FAIL(cx, CART_FULL, "lines=%zu", n);
    struct cart_item it = known ? *known
                                : (struct cart_item){ .cart_item_id = cx_id(cx),
                                      .product_id = in->product_id,
                                      .variant_id = in->variant_id,
                                      .added_ms = cx->now_ms };
    err e = cart_domain_add(cx, it.quantity, in->quantity, strict, &it.quantity);
    if (e)
        return e;
    it.price_added = in->price;
    e = save_item(c, cx, head->cart_id, !known, &it);
    if (!e)
        *ret = it;
    return e;
}

err cart_add(
    struct cart *c, struct cx *cx, struct cart_add in, struct cart_item *ret, str *ret_token)
{
    struct cart_head head;
    struct cart_item *items;
    size_t n;
    str token;
    err e = ensure(c, cx, in.owner, &head, &token);
    if (!e)
        e = seen(cx, in.owner, &head);
    if (!e)
        e = cart_items(c, cx, head.cart_id, &items, &n);
    if (!e)
        e = put(c, cx, &head, items, n, &in, true, ret);
    if (!e)
        e = touch(c, cx, &head);
    if (!e)
        *ret_token = token;
    return e;
}

err cart_set(
    struct cart *c, struct cx *cx, struct cart_owner owner, id cart_item_id, int64_t quantity)
{
    struct cart_head head;
    err e = find(c, cx, owner, &head);
    if (e)
        return e;
    if (id_is_none(head.cart_id))
        return FAIL(cx, CART_ITEM_UNKNOWN, "no cart");
    e = seen(cx, owner, &head);
    if (e)
        return e;
    if (quantity < 0 || quantity > CART_QUANTITY_MAX) {
        cx_field(cx, S("/quantity"), "quantity_out_of_range", "from 0 to %d", CART_QUANTITY_MAX);
        return FAIL(cx, CART_QUANTITY, "quantity=%lld", (long long)quantity);
    }
    int64_t changed = 0;
    if (quantity == 0) {
        struct cart_sql_item_remove_in in = { .cart_id = head.cart_id,
            .cart_item_id = cart_item_id };
        e = cart_sql_item_remove(c->deps.db, cx, in, &changed);
    } else {
        struct cart_sql_item_quantity_in in = {
            .cart_id = head.cart_id, .cart_item_id = cart_item_id, .quantity = quantity
        };
        e = cart_sql_item_quantity(c->deps.db, cx, in, &changed);
    }
    if (!e && changed == 0)
        return FAIL(cx, CART_ITEM_UNKNOWN, "no such line");
    return e ? e : touch(c, cx, &head);
}

/* ---- codes ---- */

static err save_codes(struct cart *c, struct cx *cx, const struct cart_head *head, str codes)
{
    return cart_sql_cart_codes(c->deps.db, cx,
        (struct cart_sql_cart_codes_in){ .cart_id = head->cart_id,
            .codes = codes,
            .expires_ms = cart_expiry(c, cx, head->guest),
            .now_ms = cx->now_ms },
        NULL);
}

err cart_code_add(struct cart *c, struct cx *cx, struct cart_owner owner, str code, str *ret_token)
{
    struct cart_head head;
    str token, codes;
    err e = ensure(c, cx, owner, &head, &token);
    if (!e)
        e = seen(cx, owner, &head);
    if (!e)
        e = cart_domain_code_add(cx, head.codes, code, &codes);
    if (!e)
        e = save_codes(c, cx, &head, codes);
    if (!e)
        *ret_token = token;
    return e;
}

err cart_code_remove(struct cart *c, struct cx *cx, struct cart_owner owner, str code)
{
    struct cart_head head;
    err e = find(c, cx, owner, &head);
    if (!e)
        e = seen(cx, owner, &head);
    if (e || id_is_none(head.cart_id))
        return e;
    str codes = cart_domain_code_remove(cx->arena, head.codes, code);
    return codes.n == head.codes.n ? NULL : save_codes(c, cx, &head, codes);
}

/* The guest's codes behind the user's own, as many as there is room for. */
static err merge_codes(
    struct cart *c, struct cx *cx, const struct cart_head *guest, struct cart_head *mine)
{
    const str *codes;
    str all = mine->codes;
    size_t n = cart_domain_codes(cx->arena, guest->codes, &codes);
    if (n == 0)
        return touch(c, cx, mine);
    for (size_t i = 0; i < n; i++)
        if (cart_domain_code_add(cx, all, codes[i], &all))
            cx_clear(cx); /* a full cart keeps what it has */
    return save_codes(c, cx, mine, all);
}

static err remove_cart(struct cart *c, struct cx *cx, id cart_id)
{
    err e = cart_sql_item_clear(
        c->deps.db, cx, (struct cart_sql_item_clear_in){ .cart_id = cart_id }, NULL);
    if (e)
        return e;
    return cart_sql_cart_remove(
        c->deps.db, cx, (struct cart_sql_cart_remove_in){ .cart_id = cart_id }, NULL);
}

err cart_merge(struct cart *c, struct cx *cx, id user_id, struct cart_owner guest_owner)
{
    ASSERT(!id_is_none(user_id) && id_is_none(guest_owner.user_id));
    struct cart_head guest, mine;
    struct cart_item *theirs, *items;
    size_t theirs_n, n;
    str token;
    err e = find(c, cx, guest_owner, &guest);
    if (!e && !id_is_none(guest.cart_id))
        e = cart_lock(c, cx, guest.cart_id, &guest);
    if (e || id_is_none(guest.cart_id))
        return e;
    e = cart_items(c, cx, guest.cart_id, &theirs, &theirs_n);
    if (!e)
        e = ensure(c, cx, (struct cart_owner){ .user_id = user_id }, &mine, &token);
    if (!e)
        e = cart_lock(c, cx, mine.cart_id, &mine);
    if (!e && id_is_none(mine.cart_id))
        e = FAIL(cx, CART_TAKEN, "merged by another sign-in");
    for (size_t i = 0; !e && i < theirs_n; i++) {
        struct cart_item it;
        struct cart_add in = { .product_id = theirs[i].product_id,
            .variant_id = theirs[i].variant_id,
            .quantity = theirs[i].quantity,
            .price = theirs[i].price_added };
        e = cart_items(c, cx, mine.cart_id, &items, &n);
        if (!e && n >= CART_LINES_MAX && !cart_item_of_variant(items, n, in.variant_id))
            break; /* a full cart keeps what it has */
        if (!e)
            e = put(c, cx, &mine, items, n, &in, false, &it);
    }
    if (!e)
        e = remove_cart(c, cx, guest.cart_id);
    if (!e)
        e = cart_order_merge(c, cx, &guest, &mine);
    return e ? e : merge_codes(c, cx, &guest, &mine);
}

/* ---- the application's view ---- */

#define EXPIRE_BATCH 100

#define ORDER_KEPT_MS (30 * DAY_MS) /* longer than any saga lives */

static err job_expire(void *service, struct cx *cx, bool *ret_more)
{
    struct cart *c = service;
    struct cart_sql_cart_expired_row *rows;
    size_t n;
    err e = cart_sql_cart_expired(c->deps.db, cx,
        (struct cart_sql_cart_expired_in){ .now_ms = cx->now_ms, .limit = EXPIRE_BATCH }, &rows,
        &n);
    for (size_t i = 0; !e && i < n; i++)
        e = remove_cart(c, cx, rows[i].cart_id);
    *ret_more = !e && n == EXPIRE_BATCH;
    if (e || *ret_more)
        return e;
    return cart_sql_order_forget(c->deps.db, cx,
        (struct cart_sql_order_forget_in){ .before_ms = cx->now_ms - ORDER_KEPT_MS }, NULL);
}

static const struct job jobs[] = {
    { .name = "cart.expire", .period_ms = HOUR_MS, .fn = job_expire },
    { 0 },
};
static const problem *const problems[] = { &CART_ITEM_UNKNOWN, &CART_FULL, &CART_QUANTITY,
    &CART_STALE, &CART_CODES_FULL, &CART_TAKEN, NULL };
static const struct service_part person_parts[] = {
    { "items", &CART_PERSON_ITEMS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &CART_ERASE_ITEMS, &CART_ERASE_CARTS, NULL };
static const struct service_person person = {
    .parts = person_parts, .erase = person_erase, .erased = &CART_ERASED
};

const struct service cart_service = {
    .name = "cart",
    .folder = "src/services/cart/",
    .jobs = jobs,
    .queries = cart_queries,
    .person = &person,
    .problems = problems,
};
