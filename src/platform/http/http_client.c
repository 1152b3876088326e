/* SPDX-License-Identifier: Apache-2.0
 * The HTTP client: easy handles of libcurl in a pool, so that connections are kept. Called by jobs,
 * webhooks and payment adapters. Never follows a redirect, and never says "not sent" when a byte of
 * the request may have left. */
#include "platform/http/http_client.h"

#include <pthread.h>
#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"

#define TIMEOUT_MS_DEFAULT 15000
#define CONNECT_MS_MAX 5000
#define REPLY_BYTES_DEFAULT ((size_t)1 << 20)
#define REPLY_HEADERS_MAX 200
#define HANDLES_KEPT 16
#define KEPT_S_MAX 30L /* a connection unused for longer has often been ended by the other side */

const problem HTTP_CLIENT_UNREACHABLE = { KIND_UPSTREAM, "http_client.unreachable", NULL,
    "The other side cannot be reached" };
const problem HTTP_CLIENT_LOST = { KIND_UPSTREAM, "http_client.lost", NULL,
    "The other side did not answer" };

struct http_client {
    pthread_mutex_t lock;
    CURL *idle[HANDLES_KEPT]; /* each with its connections; last in, first out */
    size_t idle_n;
};

struct http_client *http_client_open(struct arena *life)
{
    struct http_client *c = NEW(life, struct http_client);
    ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void http_client_close(struct http_client *c)
{
    if (!c)
        return;
    while (c->idle_n > 0)
        curl_easy_cleanup(c->idle[--c->idle_n]);
    pthread_mutex_destroy(&c->lock);
    curl_global_cleanup();
}

static CURL *take_handle(struct http_client *c)
{
    pthread_mutex_lock(&c->lock);
    CURL *curl = c->idle_n > 0 ? c->idle[--c->idle_n] : NULL;
    pthread_mutex_unlock(&c->lock);
    if (!curl)
        curl = curl_easy_init();
    ASSERT(curl != NULL);
    return curl;
}

static void give_handle(struct http_client *c, CURL *curl)
{
    curl_easy_reset(curl); /* forgets this call, keeps the connections */
    pthread_mutex_lock(&c->lock);
    if (c->idle_n < HANDLES_KEPT) {
        c->idle[c->idle_n++] = curl;
        curl = NULL;
    }
    pthread_mutex_unlock(&c->lock);
    if (curl)
        curl_easy_cleanup(curl);
}

/* An answer under construction, in the arena of the caller. */
struct receiving {
    struct buf body;
    size_t body_max;
    struct http_header *headers;
    size_t headers_n;
    bool too_large;
    bool has_head; /* its empty line was seen: curl takes a head that was cut off for a whole one */
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct receiving *r = arg;
    (void)size; /* always 1 */

    if (n > r->body_max - r->body.n) {
        r->too_large = true;
        return 0; /* ends the transfer */
    }
    buf_add(&r->body, (str){ p, n });
    return n;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
    struct receiving *r = arg;
    str line = str_trim((str){ p, n });
    (void)size;

    if (str_starts(line, S("HTTP/"))) {
        r->headers_n = 0; /* what came before was interim (100 Continue) */
        r->has_head = false;
        return n;
    }
    r->has_head = r->has_head || line.n == 0;
    ptrdiff_t colon = str_find_char(line, ':', 0);
    if (colon <= 0)
        return n;
    if (r->headers_n == REPLY_HEADERS_MAX) {
        r->too_large = true;
        return 0;
    }
    r->headers[r->headers_n++] = (struct http_header){
        str_dup(r->body.arena, str_sub(line, 0, (size_t)colon)),
        str_dup(r->body.arena, str_trim(str_skip(line, (size_t)colon + 1))),
    };
    return n;
}

static bool has_control(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    }
    return false;
}

static struct curl_slist *header_list(struct arena *arena, const struct http_call *call)
{
    /* curl would wait for a 100 Continue before a large body, and guess a type. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    list = curl_slist_append(list, "Content-Type:");
    for (size_t i = 0; i < call->headers_n; i++) {
        const struct http_header *h = &call->headers[i];
        ASSERT(!has_control(h->name) && !has_control(h->value));
        struct buf line = { .arena = arena };
        buf_add(&line, h->name);
        buf_add(&line, h->value.n > 0 ? S(": ") : S(";")); /* curl's way to say an empty value */
        buf_add(&line, h->value);
        list = curl_slist_append(list, str_c(arena, buf_str(&line)));
    }
    ASSERT(list != NULL);
    return list;
}

static void set_up(CURL *curl, struct arena *arena, const struct http_call *call,
    struct curl_slist *headers, struct receiving *receiving)
{
    long timeout_ms = call->timeout_ms > 0 ? (long)call->timeout_ms : TIMEOUT_MS_DEFAULT;

    curl_easy_setopt(curl, CURLOPT_URL, str_c(arena, call->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
        timeout_ms < CONNECT_MS_MAX ? timeout_ms : (long)CONNECT_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, KEPT_S_MAX);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (str_eq(call->method, S("HEAD"))) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        if (call->body.p || str_eq(call->method, S("POST"))) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body.p ? call->body.p : "");
        }
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, str_c(arena, call->method));
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiving);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, receiving);
}

/* Whether the request cannot have reached anybody: no byte of it was sent. curl's codes do not
 * tell: an answer in another protocol, for one, is "unsupported" like a URL in one. */
static bool was_not_sent(CURL *curl)
{
    long request_bytes = 0;

    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
    return request_bytes == 0;
}

err http_client_call(
    struct http_client *c, struct cx *cx, struct http_call call, struct http_answer *ret)
{
    struct receiving receiving = { .body = { .arena = cx->arena },
        .body_max = call.reply_bytes_max ? call.reply_bytes_max : REPLY_BYTES_DEFAULT,
        .headers = NEW_N(cx->arena, REPLY_HEADERS_MAX, struct http_header) };
    CURL *curl = take_handle(c);
    struct curl_slist *headers = header_list(cx->arena, &call);
    long status = 0;
    err e = NULL;

    ASSERT(call.method.n > 0);
    set_up(curl, cx->arena, &call, headers, &receiving);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK && was_not_sent(curl))
        e = FAIL(cx, HTTP_CLIENT_UNREACHABLE, "%s", curl_easy_strerror(code));
    else if (code != CURLE_OK)
        e = FAIL(cx, HTTP_CLIENT_LOST, "%s%s", curl_easy_strerror(code),
            receiving.too_large ? ": answer too large" : "");
    else if (!receiving.has_head)
        e = FAIL(cx, HTTP_CLIENT_LOST, "the head of the answer was cut off");
    give_handle(c, curl);
    curl_slist_free_all(headers);
    if (e)
        return e;
    *ret = (struct http_answer){ .status = (int)status,
        .body = buf_str(&receiving.body),
        .headers = receiving.headers,
        .headers_n = receiving.headers_n };
    return NULL;
}
