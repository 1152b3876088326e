/* SPDX-License-Identifier: Apache-2.0
 * What people search for on pages, and what they open of it: told by the Referer that browsers
 * send along inside the shop, so that it needs no script and links carry nothing. Called by the
 * gateway on its event loop for each request; must never wait, nor count who does not want it. */
#include "flows/shop/shop_internal.h"
#include "flows/shop/shop_page_parts.h"
#include "platform/http/http_server.h"
#include "platform/thread/thread.h"

#define PAGES_N 2048 /* pages of results of which it is known what stood where */
#define CARDS_MAX 24

struct page {
    uint64_t key; /* what was asked for */
    uint32_t products[CARDS_MAX];
    int64_t first; /* position of the first */
};
struct shop_shown {
    struct lock *lock;
    struct page pages[PAGES_N];
};

struct shop_shown *shop_shown_open(struct arena *life)
{
    struct shop_shown *shown = NEW(life, struct shop_shown);
    shown->lock = lock_open(life);
    return shown;
}

/* ---- where products stood ---- */

static uint64_t mix(uint64_t key, str part)
{
    return (key ^ str_hash(part)) * UINT64_C(0x9e3779b97f4a7c15) + part.n;
}

static uint64_t key_of(const struct shop_list_in *in)
{
    uint64_t key = mix(mix(mix(1, str_trim(in->q)), in->sort), in->price);
    for (size_t i = 0; i < in->brand_n; i++)
        key = mix(key, in->brand[i]);
    for (size_t i = 0; i < in->attr_n; i++)
        key = mix(mix(key, S("attr")), in->attr[i]);
    uint64_t rest = (uint64_t)in->rating * 4 + in->prime * 2u + in->stock;
    key = (key ^ (rest * 64 + (uint64_t)in->page)) * UINT64_C(0xd6e8feb86659fd93);
    return key ? key : 1;
}

static uint32_t short_of(id product_id)
{
    uint32_t hash = (uint32_t)(id_hash(product_id) >> 32);
    return hash ? hash : 1;
}

/* What was paid for has no place among the others. */
void shop_shown_keep(struct shop *s, const struct shop_list_in *in, const struct shop_list *l)
{
    struct page page = { .key = key_of(in), .first = (l->page - 1) * l->limit + 1 };
    size_t n = 0;
    if (!in->q.n)
        return;
    for (size_t i = 0; i < l->cards_n && n < CARDS_MAX; i++)
        if (!l->cards[i].sponsored)
            page.products[n++] = short_of(l->cards[i].product.product_id);
    lock_take(s->shown->lock);
    s->shown->pages[page.key % PAGES_N] = page;
    lock_give(s->shown->lock);
}

/* 0: not known. */
static int64_t position_of(struct shop *s, const struct shop_list_in *in, id product_id)
{
    uint64_t key = key_of(in);
    uint32_t wanted = short_of(product_id);
    int64_t position = 0;
    lock_take(s->shown->lock);
    const struct page *page = &s->shown->pages[key % PAGES_N];
    for (int64_t i = 0; page->key == key && i < CARDS_MAX && !position; i++)
        if (page->products[i] == wanted)
            position = page->first + i;
    lock_give(s->shown->lock);
    return position;
}

/* ---- who counts ---- */

static bool says(const struct http_request *req, const char *name, str value)
{
    return str_eq_nocase(http_request_header(req, str_from_c(name)), value);
}

/* Browsers call themselves Mozilla; programs that say what they are give a page about it, or have a
 * word for it in their name. Those that pretend to be browsers are counted. */
static bool is_browser(struct arena *arena, str agent)
{
    static const char *const words[] = { "bot", "crawl", "spider", "slurp", "preview",
        "http:", "https:" };
    str lower = str_lower(arena, agent);
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_find(lower, str_from_c(words[i]), 0) >= 0)
            return false;
    return str_starts(lower, S("mozilla/"));
}

static bool counts(const struct cx *cx, const struct http_request *req)
{
    return str_eq(req->method, S("GET")) && !says(req, "DNT", S("1")) &&
           !says(req, "Sec-GPC", S("1")) &&
           !str_starts(http_request_header(req, S("Sec-Purpose")), S("prefetch")) &&
           !says(req, "Purpose", S("prefetch")) &&
           is_browser(cx->arena, http_request_header(req, S("User-Agent")));
}

/* What a query string of a page of results asks for; NULL: nothing that such a page would take. */
static const struct shop_list_in *wanted_of(const struct cx *cx, str query)
{
    struct cx own = { .arena = cx->arena, .now_ms = cx->now_ms };
    struct shop_list_in *in = NEW(cx->arena, struct shop_list_in);
    struct json_pair *pairs;
    size_t n;
    if (!query.n || json_pairs_of_query(&own, query, &pairs, &n) ||
        json_decode_pairs(&own, pairs, n, AT_QUERY, false, &shop_listing_in, in))
        return NULL;
    return in;
}

void shop_notice_search(void *service, const struct cx *cx, const struct http_request *req)
{
    struct shop *s = service;
    if (!s->deps.behaviour || !req->query.n || !counts(cx, req))
        return;
    const struct shop_list_in *in = wanted_of(cx, req->query);
    if (in && in->q.n && in->page <= 1)
        behaviour_asked(s->deps.behaviour, cx, merchandising_plain(cx->arena, in->q));
}

/* The query string of our own page of results that led here; absent: something else did. */
static str results_before(const struct http_request *req)
{
    str rest = http_request_header(req, S("Referer")), host = str_cut_authority(&rest);
    if (!host.p)
        return (str){ 0 };
    str path = str_cut(&rest, '?');
    return str_eq_nocase(host, http_request_header(req, S("Host"))) && str_eq(path, S("search"))
               ? rest
               : (str){ 0 };
}

void shop_notice_product(void *service, const struct cx *cx, const struct http_request *req)
{
    struct shop *s = service;
    str before = s->deps.behaviour ? results_before(req) : (str){ 0 };
    id product_id;
    if (!before.n || !counts(cx, req) || !str_starts(req->path, S("/p/")) ||
        !id_parse(str_sub(req->path, 3, ID_TEXT_N), &product_id))
        return;
    const struct shop_list_in *in = wanted_of(cx, before);
    if (in && in->q.n)
        behaviour_came(s->deps.behaviour, cx, merchandising_plain(cx->arena, in->q), product_id,
            position_of(s, in, product_id));
}
