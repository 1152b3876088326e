/* SPDX-License-Identifier: Apache-2.0
 * What the files of the entrance share. For this folder only. */
#ifndef SOUK_FLOWS_ENTRANCE_ENTRANCE_INTERNAL_H
#define SOUK_FLOWS_ENTRANCE_ENTRANCE_INTERNAL_H

#include "flows/entrance/entrance.h"

struct entrance {
    struct entrance_deps deps;
};

#define ENTRANCE_DEVICE_MAX 4096
#define ENTRANCE_COOKIES_MAX 16384

/* What a browser says of a passkey, base64url, in JSON as in forms. */
struct entrance_said {
    str name, credential_id, client_data, authenticator_data, signature, user_handle;
    str device, cookies, next;
    id passkey_id;
};
#define ENTRANCE_BYTES_MAX 12000
#define ENTRANCE_BYTES(m, ...)                                                                     \
    JSON_STR(struct entrance_said, m, .max = ENTRANCE_BYTES_MAX, __VA_ARGS__)

/* In a unit of its own, that is committed also when the answer is refused. `how` is the challenge's
 * purpose; who is signed in may only use their own. Then `then` runs in the same unit. */
struct entrance_use {
    struct entrance *x;
    const struct entrance_said *said;
    enum identity_challenge what;
    err (*then)(struct entrance_use *use, struct cx *cx);
    struct reply *reply;
    struct identity_user user;
    struct identity_session session;
    struct identity_passkey made;
    err refused;
};
err entrance_use(struct cx *cx, struct entrance_use *use) MUST_USE;
err entrance_add(struct cx *cx, struct entrance_use *use) MUST_USE;

/* The cookie that ties a challenge to the browser that asked for it. */
#define ENTRANCE_COOKIE "souk_pk"
str entrance_tie(struct entrance *x, struct cx *cx, str challenge);

extern const struct route entrance_routes[];
extern const struct route entrance_page_routes[];
extern const struct html_page *const entrance_pages[];

#endif
