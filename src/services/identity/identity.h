/* SPDX-License-Identifier: Apache-2.0
 * Users, passwords, sessions, addresses. Issues access tokens (15 minutes) and rotating refresh
 * tokens (30 days, stored as hashes; a reused one ends its family). All verbs run in the caller's
 * unit; the slow ones (password hashing) are split off so that they run outside a lane. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_H

#include "base/instant.h"
#include "base/json.h"
#include "platform/http/service.h"

struct identity;
extern const struct service identity_service;

extern const problem IDENTITY_EMAIL_TAKEN; /* 409 email_taken */
extern const problem IDENTITY_BAD_LOGIN;   /* 401 invalid_credentials: the same for unknown users */
extern const problem IDENTITY_REFRESH_INVALID; /* 401 refresh_token_invalid */
extern const problem IDENTITY_BAD_PASSWORD; /* 403 invalid_password: not the one of the account */
extern const problem IDENTITY_PASSWORD_LEAKED; /* 422 password_leaked: on a list of leaked ones */
extern const problem IDENTITY_CODE_INVALID;    /* 422 code_invalid: unknown, used or run out */
extern const problem IDENTITY_PASSWORD_WEAK;   /* 422 password_too_weak: 8..256 characters */
extern const problem IDENTITY_SESSION_UNKNOWN; /* 404 not_found */
extern const problem IDENTITY_ADDRESS_UNKNOWN; /* 404 not_found */
extern const problem IDENTITY_ADDRESSES_FULL;  /* 422 addresses_full: 50 */

struct audit;
struct bus;
struct geo;
struct leak;
struct tokens;
struct identity_deps {
    struct db *db;
    struct bus *bus; /* may be NULL in tests */
    struct tokens *tokens;
    const struct leak *leak; /* passwords that are refused; NULL: the common ones alone */
    const struct geo *geo;   /* NULL: places of sessions are unknown */
    struct audit *audit;     /* NULL in tests: nothing is kept */
    unsigned factor_roles;   /* of use with a second factor alone; ROLE_ADMIN: of all staff */
    bool confirm_first;      /* a password lets in only once the e-mail is proved */
    str origin;  /* public, "https://shop.example": passkeys are for it; absent: localhost */
    bool silent; /* no events: for imports and the demo */
    int64_t session_days; /* unused, a session ends; 0: IDENTITY_REFRESH_MS, which is the most */
    int64_t session_days_max;  /* used or not, it ends; 0: 365 */
    int64_t sessions_max;      /* of a user; the ones unused the longest end. 0: 1000 */
    int64_t keep_devices_days; /* what somebody signed in with; 0: 365 */
};
struct identity *identity_open(struct arena *life, struct identity_deps deps);

struct identity_user {
    id user_id;
    str email, name, phone;
    unsigned roles; /* enum role bits */
    bool verified;
    int64_t created_ms;
    str checked_hash; /* of identity_check_login: the password that fitted; else absent */
};
/* ---- slow parts: on a worker, outside WRITE units ---- */
/* Checks the form of e-mail and password (ERR_INVALID with fields, IDENTITY_PASSWORD_WEAK) and
 * hashes the password. */
err identity_prepare_password(
    struct identity *s, struct cx *cx, str email, str password, str *ret_hash) MUST_USE;
/* In a READ unit: finds the user and compares. IDENTITY_BAD_LOGIN after the same time for unknown
 * e-mails. */
err identity_check_login(
    struct identity *s, struct cx *cx, str email, str password, struct identity_user *ret) MUST_USE;

/* ---- in WRITE units ---- */
struct identity_register {
    id user_id; /* none: a new one; given by imports and demos */
    str email, name, phone, password_hash;
    unsigned roles; /* 0: ROLE_CUSTOMER */
};
/* E-mails are unique without regard to case. Emits "identity.registered". */
err identity_register(struct identity *s, struct cx *cx, struct identity_register in,
    struct identity_user *ret) MUST_USE;
struct identity_session {
    id session_id; /* of the login: `sid` of its access tokens, the same after each refresh */
    str access_token, refresh_token;
    int64_t expires_in_s; /* of the access token */
};
#define IDENTITY_ACCESS_MS (15 * MINUTE_MS)
#define IDENTITY_REFRESH_MS (30 * DAY_MS)
/* Of the user as it is now. IDENTITY_BAD_LOGIN: the password that was checked is another meanwhile,
 * or the account is erased; IDENTITY_FACTOR_NEEDED: a second factor was turned on meanwhile. From
 * cx->peer. A device or a country that the user has not signed in with before is told to them:
 * "identity.new_device", unless it is the first of all. Of deps.sessions_max sessions, which are
 * all that a user has, the one unused the longest ends for it. */
struct identity_arrival {
    str device;  /* User-Agent, or absent */
    bool factor; /* a second factor was given too */
};
err identity_session_start(struct identity *s, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, struct identity_session *ret) MUST_USE;
/* Rotates. A token that was used before ends the whole family. That must be committed, so a refusal
 * (unknown, expired, used) is no error here but IDENTITY_REFRESH_INVALID in *ret_refused (else
 * NULL). For a token used less than leeway_ms ago the same successor is given again, as long as
 * that was not used: pages of one browser that wake up together send the same one. */
struct identity_refresh {
    str token;
    int64_t leeway_ms; /* 0: a token is good once */
};
err identity_session_refresh(struct identity *s, struct cx *cx, struct identity_refresh in,
    struct identity_user *ret_user, struct identity_session *ret, err *ret_refused) MUST_USE;
/* Ends the session of this refresh token; unknown ones are no error. What ends is refused here from
 * now on, its access tokens too; in other processes as soon as they call identity_ended. */
err identity_session_end(struct identity *s, struct cx *cx, str refresh_token) MUST_USE;

/* One's sessions, the last used first. */
struct identity_login {
    id session_id;
    str device;        /* "Firefox on Linux"; empty: unknown */
    str peer, country; /* address and its country, ISO 3166-1; empty: unknown */
    bool factor;
    int64_t created_ms, seen_ms; /* seen: to a quarter of an hour */
};
#define IDENTITY_LOGINS_MAX 100
err identity_login_list(struct identity *s, struct cx *cx, id user_id, struct identity_login **ret,
    size_t *ret_n) MUST_USE;
/* IDENTITY_SESSION_UNKNOWN also for another's. */
err identity_login_end(struct identity *s, struct cx *cx, id user_id, id session_id) MUST_USE;
/* All of the user but `keep`, which may be none; and those in which they act as somebody. */
err identity_login_end_others(struct identity *s, struct cx *cx, id user_id, id keep) MUST_USE;
/* The password, or a code too, was given once more: a new access token for the same session. */
err identity_login_prove(struct identity *s, struct cx *cx, id session_id, bool factor,
    struct identity_user *ret_user, struct identity_session *ret) MUST_USE;
/* In a READ unit, from time to time in each process: refuses what was ended elsewhere. */
err identity_ended(struct identity *s, struct cx *cx) MUST_USE;

err identity_user_get(struct identity *s, struct cx *cx, id user_id,
    struct identity_user *ret) MUST_USE; /* ERR_MISSING */
err identity_user_by_email(struct identity *s, struct cx *cx, str email,
    struct identity_user *ret) MUST_USE; /* ERR_MISSING */
/* Absent texts stay as they are; an empty phone is none. */
err identity_user_change(
    struct identity *s, struct cx *cx, id user_id, str name, str phone) MUST_USE;
/* For the command line: roles and password of demo and staff users. */
err identity_user_roles(struct identity *s, struct cx *cx, id user_id, unsigned roles) MUST_USE;

/* ---- addresses ---- */
struct identity_address {
    id address_id;
    str name, line1, line2, city, region, postal_code, country, phone;
    bool is_default;
};
/* Shared by bodies of several routes: the fields of an address with their limits. Country is
 * ISO 3166-1 alpha-2; US and CA need a region and a well-formed postal code. */
#define IDENTITY_ADDRESSES_MAX 50
err identity_address_check(struct cx *cx, const struct identity_address *address,
    str pointer) MUST_USE; /* ERR_INVALID with fields below pointer */
/* Adds, or changes the one with in.address_id. The first is the default whatever it says; a new
 * default takes the mark off the old one, and the default cannot give it up otherwise. */
err identity_address_put(
    struct identity *s, struct cx *cx, id user_id, struct identity_address in, id *ret_id) MUST_USE;
err identity_address_list(struct identity *s, struct cx *cx, id user_id,
    struct identity_address **ret, size_t *ret_n) MUST_USE; /* the default first */
err identity_address_get(struct identity *s, struct cx *cx, id user_id, id address_id,
    struct identity_address *ret) MUST_USE;
/* When the default goes, the oldest of the others becomes it. */
err identity_address_remove(struct identity *s, struct cx *cx, id user_id, id address_id) MUST_USE;

/* Payload of "identity.registered"; the aggregate is the user. */
struct identity_registered {
    id user_id, code_id; /* of the code that proves the e-mail */
    str email, name;
};
extern const struct json_shape identity_registered_shape;
/* Payload of the events that are mails to the user: "email" is where they go. */
struct identity_letter {
    id user_id, code_id;
    str email, name, other; /* other: the other address of a change */
    bool on;                /* of "identity.factor_changed" */
};
extern const struct json_shape identity_letter_shape;
/* Payload of "identity.new_device". */
struct identity_new_device {
    id user_id;
    str email, name, device, country;
};
extern const struct json_shape identity_new_device_shape;
/* The body fields of an address, for shapes that add some of their own. */
#define IDENTITY_ADDRESS_FIELDS(S_)                                                                \
    JSON_STR(S_, name, .required = true, .min = 1, .max = 100),                                    \
        JSON_STR(S_, line1, .required = true, .min = 1, .max = 200),                               \
        JSON_STR(S_, line2, .max = 200),                                                           \
        JSON_STR(S_, city, .required = true, .min = 1, .max = 100),                                \
        JSON_STR(S_, region, .max = 100, .doc = "needed in US and CA"),                            \
        JSON_STR(S_, postal_code, .max = 16),                                                      \
        JSON_STR(S_, country, .required = true, .min = 2, .max = 2, .doc = "ISO 3166-1 alpha-2"),  \
        JSON_STR(S_, phone, .max = 32), JSON_BOOL(S_, is_default)
/* {addressId, name, line1, ...}: for replies and as a nested body object. */
extern const struct json_shape identity_address_shape, identity_address_in_shape;

#include "services/identity/identity_access.h"      /* codes by mail, passwords */
#include "services/identity/identity_passkey.h"     /* passkeys */
#include "services/identity/identity_preferences.h" /* what somebody likes */
#include "services/identity/identity_way.h"         /* logins of other issuers */
#include "services/identity/identity_roles.h"       /* staff */

#endif
