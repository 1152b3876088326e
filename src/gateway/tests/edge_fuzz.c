/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of what the edge reads from headers: cookies, with and without TLS, the addresses of a
 * proxy, rules on requests. Run by ./dev fuzz edge. Must never let a cookie in under TLS that did
 * not come as __Host-, nor take for an address what is none. */
#include "gateway/gateway_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "souk_at", "souk_rt", "souk_cart", "souk_own" };

static bool names_it(str header, const char *prefix, str name)
{
    while (header.p) {
        str pair = str_trim(str_cut(&header, ';'));
        str want = str_from_c(prefix);
        if (!str_starts(pair, want))
            continue;
        pair = str_skip(pair, want.n);
        str key = str_cut(&pair, '=');
        if (pair.p && str_eq(key, name))
            return true;
    }
    return false;
}

static void read_cookies(struct arena *arena, str text, bool tls)
{
    struct gateway g = { .opts = { .origin = tls ? S("https://shop.example") : S("") } };
    struct http_header header = { S("Cookie"), text };
    struct http_request req = { .cx = { .arena = arena }, .headers = &header, .headers_n = 1 };
    gateway_take_cookies(&g, &req);
    for (size_t i = 0; i < COUNT(names); i++) {
        str name = str_from_c(names[i]);
        str value = http_request_cookie(&req, name);
        ASSERT(!value.p || str_find_char(value, ';', 0) < 0);
        if (tls)
            ASSERT(!value.p || names_it(text, GATEWAY_HOST_PREFIX, name));
        else
            ASSERT((value.p != NULL) == names_it(text, "", name));
    }
}

static void read_forwarded(struct arena *arena, str text)
{
    struct gateway g = { .opts = { .proxies = S("10.0.0.1, 127.0.0.1") } };
    struct http_header headers[] = { { S("X-Forwarded-For"), S("6.6.6.6") },
        { S("x-forwarded-for"), text } };
    struct http_request req = {
        .cx = { .arena = arena, .peer = S("127.0.0.1") }, .headers = headers, .headers_n = 2
    };
    gateway_take_peer(&g, &req);
    ASSERT(req.cx.peer.n > 0 && req.cx.peer.n <= 45);
    for (size_t i = 0; i < req.cx.peer.n; i++)
        ASSERT(str_find_char(S("0123456789abcdefABCDEF.:"), req.cx.peer.p[i], 0) >= 0);
    req.cx.peer = S("9.9.9.9");
    gateway_take_peer(&g, &req);
    ASSERT(str_eq(req.cx.peer, S("9.9.9.9")));
}

static void read_rules(struct arena *arena, str text)
{
    struct http_header agent = { S("User-Agent"), text };
    struct http_request req = { .path = text, .query = text, .headers = &agent, .headers_n = 1 };
    struct rule_hit hit = rules_find(rules_open(arena), arena, &req);
    ASSERT(!hit.rule || (hit.part && hit.word.n > 0 && rules_name(hit.index)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(4096);
    str text = { (const char *)data, size };
    read_cookies(arena, text, false);
    read_cookies(arena, text, true);
    read_forwarded(arena, text);
    read_rules(arena, text);
    arena_close(arena);
    return 0;
}
