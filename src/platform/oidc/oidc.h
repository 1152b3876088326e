/* SPDX-License-Identifier: Apache-2.0
 * Logins of other issuers (OpenID Connect): authorization code with PKCE, id_tokens checked against
 * the issuer's keys. Issuers come from the operator's settings alone. Blocking: for workers. */
#ifndef SOUK_PLATFORM_OIDC_OIDC_H
#define SOUK_PLATFORM_OIDC_OIDC_H

#include "base/err.h"

extern const problem OIDC_AWAY; /* 502 login_unavailable: the issuer does not answer as it should */
extern const problem OIDC_WRONG; /* 401 login_refused: its answer is not good */

/* One issuer as it is set up. Endpoints that are absent are found by discovery. */
struct oidc_issuer {
    str name, label; /* "google", "Google" */
    str issuer;      /* "https://accounts.google.com", as its tokens say */
    str client_id, secret;
    str scope;      /* "openid email profile" */
    str token_url;  /* when its discovery does not tell */
    bool form_post; /* it answers by a form of its own site, not by an address */
};
struct http_client;
struct oidc;
#define OIDC_ISSUERS_MAX 8
/* Refuses addresses that are neither https nor of this machine: ERR_INVALID. */
err oidc_open(struct arena *life, struct cx *cx, struct http_client *http,
    const struct oidc_issuer *issuers, size_t n, struct oidc **ret) MUST_USE;
void oidc_close(struct oidc *o);
size_t oidc_count(const struct oidc *o); /* also of NULL: 0 */
const struct oidc_issuer *oidc_at(const struct oidc *o, size_t i);
const struct oidc_issuer *oidc_find(const struct oidc *o, str name); /* NULL: there is none */

/* Where to send the browser. state and nonce are the caller's to keep, verifier too. */
struct oidc_ask {
    str redirect, state, nonce, verifier;
};
err oidc_start(struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer, struct oidc_ask ask,
    str *ret_url) MUST_USE;
/* What came back: the code for tokens, which the issuer gives once; its id_token checked. `iss` is
 * what the answer said of who it is from (RFC 9207), absent when nothing. */
struct oidc_answer {
    str code, iss, redirect, nonce, verifier;
};
struct oidc_person {
    str subject, email, name;
    bool email_verified; /* the issuer says so */
};
err oidc_finish(struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer,
    struct oidc_answer answer, struct oidc_person *ret) MUST_USE;

/* ---- id_tokens: oidc_token.c ---- */
struct oidc_expected {
    str issuer, client_id, nonce;
};
/* RS256 or ES256 with the key of `jwks` (RFC 7517) that the token names. *ret_unknown: that key is
 * not there, and newer keys may help; the error is OIDC_WRONG then too. */
err oidc_token_check(struct cx *cx, str jwks, struct oidc_expected want, str token,
    struct oidc_person *ret, bool *ret_unknown) MUST_USE;

#endif
