/* SPDX-License-Identifier: Apache-2.0
 * The table of permissions: role by permission, nowhere else. Must never look at a request. */
#include "platform/http/scope.h"

#include <assert.h>

#include "base/buf.h"

#define SUPPORT ROLE_SUPPORT
#define CATALOG ROLE_CATALOG
#define FINANCE ROLE_FINANCE
#define ADMIN ROLE_ADMIN

static const struct scope_info infos[SCOPES_N] = {
    [SCOPE_UNSET] = { "unset", SCOPE_OF_STORE, 0, false, "" },
    [SCOPE_PUBLIC] = { "public", SCOPE_OF_STORE, 0, false, "What everybody may" },
    [SCOPE_USER] = { "user", SCOPE_OF_STORE, 0, false, "What everybody may who is signed in" },
    [SCOPE_SELLER] = { "seller", SCOPE_OF_SELLER, ROLE_SELLER | ADMIN, true, "One's own shop" },
    [SCOPE_STOCK] = { "stock", SCOPE_OF_ADMIN, CATALOG | ADMIN, true, "Stock of all products" },
    [SCOPE_CATALOG] = { "catalog", SCOPE_OF_ADMIN, CATALOG | ADMIN, true,
        "Products, prices, search and campaigns" },
    [SCOPE_MODERATION] = { "moderation", SCOPE_OF_ADMIN, ROLE_MODERATOR | CATALOG | ADMIN, true,
        "What buyers write" },
    [SCOPE_ADMIN] = { "admin", SCOPE_OF_ADMIN, ADMIN, false, "What has no finer name" },
    [SCOPE_SUPPORT] = { "support", SCOPE_OF_ADMIN, SUPPORT | FINANCE | ADMIN, true,
        "Looking at all orders" },
    [SCOPE_STAFF] = { "staff", SCOPE_OF_ADMIN, ROLES_STAFF, false, "The back office's door" },
    [SCOPE_ORDERS_CANCEL] = { "orders.cancel", SCOPE_OF_ADMIN, SUPPORT | ADMIN, true,
        "Cancelling orders" },
    [SCOPE_ORDERS_MOVE] = { "orders.move", SCOPE_OF_ADMIN, ADMIN, true,
        "Packing, sending, returns" },
    [SCOPE_REFUNDS] = { "refunds", SCOPE_OF_ADMIN, FINANCE | ADMIN, true,
        "Giving money back, store credit too" },
    [SCOPE_PAYOUTS] = { "payouts", SCOPE_OF_ADMIN, FINANCE | ADMIN, false,
        "Sending sellers what they are owed" },
    [SCOPE_APPROVALS] = { "approvals", SCOPE_OF_ADMIN, FINANCE | ADMIN, false,
        "The second person for what is above the limit" },
    [SCOPE_FRAUD] = { "fraud", SCOPE_OF_ADMIN, ADMIN, true, "Orders that wait for a person" },
    [SCOPE_BOOKS] = { "books", SCOPE_OF_ADMIN, FINANCE | ADMIN, true, "Ledger and payments" },
    [SCOPE_COUPONS] = { "coupons", SCOPE_OF_ADMIN, ADMIN, true, "Promotions and their codes" },
    [SCOPE_WORK] = { "work", SCOPE_OF_ADMIN, ADMIN, true, "Stuck work, dead letters, mails" },
    [SCOPE_USERS] = { "users", SCOPE_OF_ADMIN, SUPPORT | ADMIN, false, "Finding people" },
    [SCOPE_SESSIONS] = { "sessions", SCOPE_OF_ADMIN, SUPPORT | ADMIN, false,
        "Ending people's sessions" },
    [SCOPE_ROLES] = { "roles", SCOPE_OF_ADMIN, ADMIN, false, "Giving and taking roles" },
    [SCOPE_ACT_AS] = { "act_as", SCOPE_OF_ADMIN, SUPPORT | ADMIN, false,
        "Acting as somebody, to help them" },
    [SCOPE_AUDIT] = { "audit", SCOPE_OF_ADMIN, ADMIN, true, "Reading the audit trail" },
    [SCOPE_KEYS] = { "keys", SCOPE_OF_ADMIN, ADMIN, false, "Others' keys" },
    [SCOPE_FLAGS] = { "flags", SCOPE_OF_ADMIN, ADMIN, false, "Feature flags" },
    [SCOPE_ACCOUNT_READ] = { "account.read", SCOPE_OF_STORE, 0, true,
        "Reading one's account, cart and orders" },
    [SCOPE_ACCOUNT_WRITE] = { "account.write", SCOPE_OF_STORE, 0, true,
        "Changing one's account and cart" },
};
static_assert(SCOPES_N <= 64, "a set of permissions is a 64-bit mask");

const struct role_info role_infos[ROLES_N] = {
    { ROLE_CUSTOMER, "customer", "Customer" },
    { ROLE_SELLER, "seller", "Seller" },
    { ROLE_SUPPORT, "support", "Support" },
    { ROLE_MODERATOR, "moderator", "Moderator" },
    { ROLE_CATALOG, "catalog", "Catalogue manager" },
    { ROLE_FINANCE, "finance", "Finance" },
    { ROLE_ADMIN, "admin", "Administrator" },
};

const struct scope_info *scope_info(enum scope scope)
{
    ASSERT(scope < SCOPES_N);
    return &infos[scope];
}

str scope_surface(enum scope scope)
{
    static const char *const names[] = { "store", "seller", "admin" };
    return str_from_c(names[scope_info(scope)->surface]);
}

bool scope_allowed(enum scope scope, unsigned roles)
{
    unsigned wanted = scope_info(scope)->roles;
    return wanted == 0 || (roles & wanted) != 0;
}

enum scope scope_named(str name)
{
    for (enum scope s = SCOPE_PUBLIC; s < SCOPES_N; s++)
        if (str_eq(name, str_from_c(infos[s].name)))
            return s;
    return SCOPE_UNSET;
}

str scope_names(struct arena *arena, uint64_t set)
{
    struct buf out = { .arena = arena };
    for (enum scope s = SCOPE_PUBLIC; s < SCOPES_N; s++)
        if (set & SCOPE_BIT(s))
            buf_fmt(&out, "%s%s", out.n ? " " : "", infos[s].name);
    return out.n ? buf_str(&out) : S("");
}

uint64_t scope_set(str names)
{
    uint64_t set = 0;
    for (str rest = names; rest.n;) {
        enum scope s = scope_named(str_cut(&rest, ' '));
        set |= s == SCOPE_UNSET ? 0 : SCOPE_BIT(s);
    }
    return set;
}

str scope_role_names(struct arena *arena, unsigned roles)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles & role_infos[i].role)
            buf_fmt(&out, "%s%s", out.n ? ", " : "", role_infos[i].name);
    return out.n ? buf_str(&out) : S("");
}
