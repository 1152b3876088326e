/* SPDX-License-Identifier: Apache-2.0
 * Pages over HTTP: product pages from the cache beside nginx serving the same bytes, pages that are
 * not in the cache, and the cart. Called by `./dev bench http`; must never measure one server while
 * the other works. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_http.h"
#include "platform/file/file.h"

#define CONNECTIONS 64

static const struct page_case {
    const char *name, *file, *accept;
    bool html, gzip;
} cases[] = {
    { "product-json", "/product.json", "", false, false },
    { "product-json-gzip", "/product.json", "Accept-Encoding: gzip\r\n", false, true },
    { "product-html", "/product.html", "", true, false },
    { "product-html-gzip", "/product.html", "Accept-Encoding: gzip\r\n", true, true },
};

struct run {
    struct bench *b;
    struct bench_server souk;
    pid_t nginx;
    int nginx_port;
    struct bench_products products;
    const char *json_path, *html_path;
    struct bench_series ours[COUNT(cases)], theirs[COUNT(cases)];
    double seconds;
    size_t reps;
};

/* ---- the rival ---- */

static void put(struct bench *b, const char *folder, const char *name, str bytes)
{
    str path = str_fmt(b->arena, "%s/%s", folder, name);
    if (!file_put(b->arena, (struct file_put){ .path = path, .bytes = bytes, .mode = 0644 }))
        bench_die(b, STR_F ": %s", STR_A(path), strerror(errno));
}

static struct load_reply fetch(struct run *r, const char *path, const char *headers)
{
    struct load_reply reply;
    if (!load_fetch(r->b, r->souk.port, load_get(r->b, path, headers), &reply) ||
        reply.status != 200)
        bench_die(r->b, "%s: no 200", path);
    return reply;
}

/* Header lines of ours that nginx would not send by itself, so that it sends as many bytes. */
static void same_headers(struct buf *out, str head)
{
    static const char *const own[] = { "Date", "Content-Length", "Content-Type", "Connection",
        "ETag", "Server", "Content-Encoding", "HTTP/1.1 200 OK" };
    while (head.n) {
        str line = str_trim(str_cut(&head, '\n')), name = line;
        str value = line;
        name = str_cut(&value, ':');
        bool skip = !value.p;
        for (size_t i = 0; i < COUNT(own); i++)
            skip |= str_eq_nocase(name, str_from_c(own[i]));
        if (!skip)
            buf_fmt(
                out, "add_header " STR_F " \"" STR_F "\";\n", STR_A(name), STR_A(str_trim(value)));
    }
}

static int loops_of(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 4 ? 4 : (int)n;
}

static void nginx_start(struct run *r)
{
    struct bench *b = r->b;
    const char *dir = bench_folder(b, "nginx");
    struct load_reply json = fetch(r, r->json_path, ""), html = fetch(r, r->html_path, "");
    put(b, dir, "product.json", json.body);
    put(b, dir, "product.html", html.body);
    put(b, dir, "product.json.gz", fetch(r, r->json_path, "Accept-Encoding: gzip\r\n").body);
    put(b, dir, "product.html.gz", fetch(r, r->html_path, "Accept-Encoding: gzip\r\n").body);
    bench_note(b, "json %zu bytes with %zu of headers, html %zu with %zu", json.body.n, json.head.n,
        html.body.n, html.head.n);
    r->nginx_port = bench_free_port(b);
    struct buf conf = { .arena = b->arena };
    buf_fmt(&conf,
        "worker_processes %d; daemon off; pid %s/nginx.pid; error_log %s/error.log;\n"
        "events { worker_connections 4096; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n"
        "types { application/json json; text/html html; } gzip_static on;\n"
        "open_file_cache max=100 inactive=600s; open_file_cache_valid 600s;\n"
        "client_body_temp_path %s; proxy_temp_path %s; fastcgi_temp_path %s; uwsgi_temp_path %s;\n"
        "scgi_temp_path %s;\n"
        "server { listen 127.0.0.1:%d reuseport backlog=1024; root %s;\n",
        loops_of(), dir, dir, dir, dir, dir, dir, dir, r->nginx_port, dir);
    buf_add(&conf, S("location = /product.json {\n"));
    same_headers(&conf, json.head);
    buf_add(&conf, S("}\nlocation = /product.html {\n"));
    same_headers(&conf, html.head);
    buf_add(&conf, S("}\n}\n}\n"));
    str text = buf_str(&conf);
    if (geteuid() == 0)
        text = str_cat(b->arena, S("user root;\n"), text);
    put(b, dir, "nginx.conf", text);
    struct bench_command c = {
        .words = { "/usr/sbin/nginx", "-p", dir, "-c",
            str_c(b->arena, str_fmt(b->arena, "%s/nginx.conf", dir)) },
        .out = str_c(b->arena, str_fmt(b->arena, "%s/nginx.log", dir)),
    };
    if (access("/usr/sbin/nginx", X_OK) != 0)
        bench_die(b, "nginx is missing: apt-get install nginx-light");
    r->nginx = bench_spawn(b, &c);
    struct load_reply reply;
    for (int i = 0; !load_fetch(b, r->nginx_port, load_get(b, "/product.json", ""), &reply); i++) {
        if (i > 100)
            bench_die(b, "nginx does not start:\n" STR_F, STR_A(bench_output(b, &c)));
        bench_sleep_ms(50);
    }
    if (reply.status != 200 || !str_eq(reply.body, json.body))
        bench_die(b, "nginx serves something else (status %d)", reply.status);
}

/* ---- cached pages ---- */

static struct load_result load(
    struct run *r, pid_t pid, int port, str request, struct bench_series *series)
{
    struct load_result result;
    struct load_opts opts = { .port = port,
        .connections = CONNECTIONS,
        .threads = 2,
        .seconds = r->seconds,
        .fixed = request };
    double before = bench_cpu_s(pid);
    load_run(r->b, &opts, &result);
    bench_expect(r->b, "cached page", &result, 2);
    bench_series_add(series, &result, bench_cpu_s(pid) - before);
    return result;
}

static void say_case(struct run *r, size_t i)
{
    const char *name = cases[i].name;
    struct bench_medians ours = bench_series_of(&r->ours[i]);
    struct bench_medians theirs = bench_series_of(&r->theirs[i]);
    bench_say(r->b, (struct bench_figure){
                        name, "rate", ours.rate, "req/s", theirs.rate, "nginx", .floor = 0.5 });
    bench_say(
        r->b, (struct bench_figure){ name, "cpu", ours.cpu_us, "us/req", theirs.cpu_us, "nginx" });
    bench_say(
        r->b, (struct bench_figure){ name, "p50", ours.p50_ms, "ms", theirs.p50_ms, "nginx" });
    bench_say(r->b,
        (struct bench_figure){ name, "p99", ours.p99_ms, "ms", 5, "budget-5ms", .ceiling = 1 });
}

static void cached(struct run *r)
{
    for (size_t rep = 0; rep < r->reps; rep++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            const struct page_case *c = &cases[i];
            str ours = load_get(r->b, c->html ? r->html_path : r->json_path, c->accept);
            str theirs = load_get(r->b, c->file, c->accept);
            load(r, r->souk.pid, r->souk.port, ours, &r->ours[i]);
            load(r, r->nginx, r->nginx_port, theirs, &r->theirs[i]);
        }
    for (size_t i = 0; i < COUNT(cases); i++)
        say_case(r, i);
}

/* ---- what the cache does not hold, and the cart ---- */

struct making {
    struct run *r;
    const char *prefix, *accept;
    str *tokens; /* of guest carts, one a connection */
    str body;
};

/* Each product once: a crawler without encodings, a browser with them. */
static size_t make_cold(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    (void)connection;
    struct making *m = arg;
    const struct bench_products *p = &m->r->products;
    if (n >= (int64_t)p->n)
        return 0;
    return (size_t)snprintf(to, room, "GET %s" STR_F " HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
        m->prefix, STR_A(p->product_ids[n]), m->accept);
}

static size_t make_cart_get(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    (void)n;
    struct making *m = arg;
    return (size_t)snprintf(to, room,
        "GET /api/v1/cart HTTP/1.1\r\nHost: localhost\r\nX-Cart-Token: " STR_F "\r\n\r\n",
        STR_A(m->tokens[connection]));
}

static size_t make_cart_add(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    (void)connection;
    (void)n;
    struct making *m = arg;
    return (size_t)snprintf(to, room,
        "POST /api/v1/cart/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n" STR_F,
        m->body.n, STR_A(m->body));
}

static str item_body(struct run *r, str product_id)
{
    str variant = bench_variant_of(r->b, r->souk.port, product_id);
    struct buf out = { .arena = r->b->arena };
    buf_add(&out, S("{\"productId\":\""));
    buf_add(&out, product_id);
    buf_add(&out, S("\",\"variantId\":\""));
    buf_add(&out, variant);
    buf_add(&out, S("\",\"quantity\":1}"));
    return buf_str(&out);
}

/* A product that is in stock, and a cart with it for each connection. */
static void fill_carts(struct run *r, struct making *m)
{
    m->tokens = NEW_N(r->b->arena, CONNECTIONS, str);
    for (size_t i = 0, made = 0; made < CONNECTIONS; i++) {
        if (i == r->products.n)
            bench_die(r->b, "no product can be added to a cart");
        str body = m->body.n ? m->body : item_body(r, r->products.product_ids[i]);
        struct load_reply reply;
        if (!load_fetch(
                r->b, r->souk.port, bench_post(r->b, "/api/v1/cart/items", "", body), &reply) ||
            reply.status != 201)
            continue;
        m->body = body;
        m->tokens[made++] = bench_json_text(reply.body, "cartToken");
    }
}

static void other_load(
    struct run *r, const char *name, struct load_opts opts, int class, struct bench_series *series)
{
    struct load_result result;
    opts.port = r->souk.port;
    opts.connections = CONNECTIONS;
    double before = bench_cpu_s(r->souk.pid);
    load_run(r->b, &opts, &result);
    bench_expect(r->b, name, &result, class);
    bench_series_add(series, &result, bench_cpu_s(r->souk.pid) - before);
}

static void say_other(struct run *r, const char *name, struct bench_series *s, double cached_rate)
{
    struct bench_medians m = bench_series_of(s);
    bench_say(
        r->b, (struct bench_figure){ name, "rate", m.rate, "req/s", cached_rate, "product-json" });
    bench_say(r->b, (struct bench_figure){ name, "cpu", m.cpu_us, "us/req", 1e6 / cached_rate,
                        "product-json-period" });
    bench_say(r->b, (struct bench_figure){ name, "p99", m.p99_ms, "ms", 5, "budget-5ms" });
}

static void uncached(struct run *r, struct bench_server_opts opts)
{
    struct bench_series json = { .n = 0 }, html = { .n = 0 }, get = { .n = 0 }, add = { .n = 0 };
    struct bench_series br = { .n = 0 };
    double cached_rate = bench_series_of(&r->ours[0]).rate;
    size_t reps = r->b->quick ? 1 : 3;
    for (size_t rep = 0; rep < reps; rep++) {
        bench_server_start(r->b, opts, NULL, &r->souk);
        struct making m = { .r = r, .prefix = "/api/v1/products/", .accept = "" };
        struct load_opts load = { .make = make_cold, .arg = &m, .requests_max = INT64_MAX };
        other_load(r, "cold-json", load, 2, &json);
        m.prefix = "/p/";
        other_load(r, "cold-html", load, r->html_path[2] == '/' ? 2 : 3, &html);
        fill_carts(r, &m);
        load = (struct load_opts){ .make = make_cart_get, .arg = &m, .seconds = r->seconds };
        other_load(r, "cart-get", load, 2, &get);
        load.make = make_cart_add;
        other_load(r, "cart-add", load, 2, &add);
        m.accept = "Accept-Encoding: gzip, br\r\n"; /* nothing is kept from above by now */
        load = (struct load_opts){ .make = make_cold, .arg = &m, .requests_max = INT64_MAX };
        other_load(r, "cold-html-br", load, r->html_path[2] == '/' ? 2 : 3, &br);
        bench_server_stop(r->b, &r->souk);
    }
    say_other(r, "cold-json", &json, cached_rate);
    say_other(r, "cold-html", &html, cached_rate);
    say_other(r, "cold-html-br", &br, cached_rate);
    say_other(r, "cart-get", &get, cached_rate);
    say_other(r, "cart-add", &add, cached_rate);
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "http");
    struct run r = { .b = b, .seconds = b->quick ? 0.8 : 2, .reps = b->quick ? 3 : 7 };
    struct bench_server_opts opts = { .data = bench_demo(b, b->quick ? 2000 : 20000) };
    bench_server_start(b, opts, NULL, &r.souk);
    r.products = bench_products_of(b, r.souk.port, 5000);
    str first = r.products.product_ids[0];
    r.json_path = str_c(b->arena, str_fmt(b->arena, "/api/v1/products/" STR_F, STR_A(first)));
    r.html_path = str_c(b->arena, str_fmt(b->arena, "/p/" STR_F, STR_A(first)));
    struct load_reply page;
    if (load_fetch(b, r.souk.port, load_get(b, r.html_path, ""), &page) && page.status / 100 == 3) {
        ptrdiff_t at = str_find(page.head, S("Location: "), 0);
        str where = at < 0 ? S("") : str_skip(page.head, (size_t)at + 10);
        r.html_path = str_c(b->arena, str_trim(str_cut(&where, '\n')));
    }
    nginx_start(&r);
    cached(&r);
    kill(r.nginx, SIGQUIT);
    (void)bench_wait(b, r.nginx);
    bench_server_stop(b, &r.souk);
    uncached(&r, opts);
    return bench_close(b);
}
