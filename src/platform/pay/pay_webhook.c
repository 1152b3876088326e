/* SPDX-License-Identifier: Apache-2.0
 * Signatures of webhooks: the time is part of what is signed, so that an old message cannot be sent
 * again. Called by the adapters. Must never stop at the first byte that differs. */
#include "platform/pay/pay_webhook.h"

#include "base/buf.h"
#include "platform/secret/secret.h"

#define HEADER_MAX 1024
#define SIGNATURES_MAX 8
#define SIGNATURE_N 64 /* hexadecimal digits */

const problem PAY_WEBHOOK_REFUSED = { KIND_MALFORMED, "pay.webhook_refused",
    "webhook_signature_invalid", "The webhook's signature is not valid." };

static str signature_of(struct arena *arena, str secret, str time, str body)
{
    struct buf text = { .arena = arena };

    buf_add(&text, time);
    buf_char(&text, '.');
    buf_add(&text, body);
    return str_hex(arena, secret_hmac_sha256(arena, secret, buf_str(&text)));
}

str pay_webhook_sign(struct arena *arena, str secret, int64_t signed_ms, str body)
{
    str time = str_from_i64(arena, signed_ms / 1000);
    struct buf header = { .arena = arena };

    buf_add(&header, S("t="));
    buf_add(&header, time);
    buf_add(&header, S(",v1="));
    buf_add(&header, signature_of(arena, secret, time, body));
    return buf_str(&header);
}

struct parts {
    str time;
    str signatures[SIGNATURES_MAX];
    size_t signatures_n;
};

/* Other schemes (v0) are passed over: a provider adds them for tests. */
static bool parts_of(str header, struct parts *ret)
{
    struct parts parts = { .signatures_n = 0 };

    if (header.n == 0 || header.n > HEADER_MAX)
        return false;
    while (header.p) {
        str value = str_trim(str_cut(&header, ','));
        str name = str_cut(&value, '=');
        if (!value.p || (str_eq(name, S("t")) && parts.time.p))
            return false;
        if (str_eq(name, S("t")))
            parts.time = value;
        if (!str_eq(name, S("v1")))
            continue;
        if (value.n != SIGNATURE_N || parts.signatures_n == SIGNATURES_MAX)
            return false;
        parts.signatures[parts.signatures_n++] = value;
    }
    *ret = parts;
    return parts.time.p && parts.signatures_n > 0;
}

static bool is_recent(str time, int64_t now_ms)
{
    int64_t s;

    if (!str_to_i64(time, &s) || s < 0 || s > INT64_MAX / 1000)
        return false;
    int64_t skew = now_ms / 1000 - s;
    return skew <= PAY_WEBHOOK_SKEW_S && skew >= -PAY_WEBHOOK_SKEW_S;
}

err pay_webhook_check(struct cx *cx, str secrets, str header, str body)
{
    struct parts parts;
    bool good = false;

    if (secrets.n == 0)
        return FAIL(cx, PAY_WEBHOOK_REFUSED, "no secret is configured");
    if (!parts_of(header, &parts))
        return FAIL(cx, PAY_WEBHOOK_REFUSED, "the signature cannot be read");
    while (secrets.p) {
        str secret = str_trim(str_cut(&secrets, ','));
        if (secret.n == 0)
            continue;
        str want = signature_of(cx->arena, secret, parts.time, body);
        for (size_t i = 0; i < parts.signatures_n; i++)
            good |= str_eq_secret(parts.signatures[i], want);
    }
    if (!good)
        return FAIL(cx, PAY_WEBHOOK_REFUSED, "signed by nobody we know");
    if (!is_recent(parts.time, cx->now_ms))
        return FAIL(cx, PAY_WEBHOOK_REFUSED, "signed at " STR_F, STR_A(parts.time));
    return NULL;
}
