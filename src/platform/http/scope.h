/* SPDX-License-Identifier: Apache-2.0
 * Who may do what: the one table of permissions. A route names one of them; roles have them here,
 * keys are given some. Read by the edge, by pages that show only what is allowed, and by keys. */
#ifndef SOUK_PLATFORM_HTTP_SCOPE_H
#define SOUK_PLATFORM_HTTP_SCOPE_H

#include "base/err.h"

enum scope {
    SCOPE_UNSET,      /* refused at start */
    SCOPE_PUBLIC,     /* anyone */
    SCOPE_USER,       /* signed in */
    SCOPE_SELLER,     /* one's own shop */
    SCOPE_STOCK,      /* stock of any product */
    SCOPE_CATALOG,    /* catalogue management */
    SCOPE_MODERATION, /* what buyers write */
    SCOPE_ADMIN,      /* what has no finer name */
    SCOPE_SUPPORT,    /* looking at any order */
    SCOPE_STAFF,      /* the back office's door: any role but ROLE_CUSTOMER and ROLE_SELLER */
    SCOPE_ORDERS_CANCEL,
    SCOPE_ORDERS_MOVE, /* the parcel's way, returns */
    SCOPE_REFUNDS,     /* giving money back, store credit too */
    SCOPE_PAYOUTS,     /* sending sellers what they are owed */
    SCOPE_APPROVALS,   /* the second person for what is above the limit */
    SCOPE_FRAUD,
    SCOPE_BOOKS, /* ledger and payments */
    SCOPE_COUPONS,
    SCOPE_WORK, /* stuck work, dead letters, mails */
    SCOPE_USERS,
    SCOPE_SESSIONS, /* ending others' sessions */
    SCOPE_ROLES,
    SCOPE_ACT_AS, /* acting as a user, to help them */
    SCOPE_AUDIT,
    SCOPE_KEYS, /* others' keys */
    SCOPE_FLAGS,
    /* What keys have of SCOPE_USER; no route names these two. */
    SCOPE_ACCOUNT_READ,
    SCOPE_ACCOUNT_WRITE,
    SCOPES_N,
};

enum scope_surface { SCOPE_OF_STORE, SCOPE_OF_SELLER, SCOPE_OF_ADMIN };
struct scope_info {
    const char *name;           /* "orders.move": in `souk routes`, and of keys */
    enum scope_surface surface; /* that a token must be for */
    unsigned roles;             /* any of them; 0: no role is needed */
    bool grantable;             /* to a key */
    const char *text;           /* for people */
};
const struct scope_info *scope_info(enum scope scope);
/* "store", "seller" or "admin": as tokens name it. */
str scope_surface(enum scope scope);
/* Whether any of the roles has it. */
bool scope_allowed(enum scope scope, unsigned roles);
/* SCOPE_UNSET: there is none of that name. */
enum scope scope_named(str name);

#define SCOPE_BIT(scope) (UINT64_C(1) << (scope))
/* "orders.move stock", for tokens and lists; and back, without what is unknown. */
str scope_names(struct arena *arena, uint64_t set);
uint64_t scope_set(str names);

/* Roles with names, the lowest first. */
struct role_info {
    enum role role;
    const char *name, *label; /* "catalog", "Catalogue manager" */
};
#define ROLES_N 7
#define ROLES_STAFF (ROLE_SUPPORT | ROLE_MODERATOR | ROLE_CATALOG | ROLE_FINANCE | ROLE_ADMIN)
extern const struct role_info role_infos[ROLES_N];
/* "customer, admin". */
str scope_role_names(struct arena *arena, unsigned roles);

#endif
