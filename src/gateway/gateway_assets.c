/* SPDX-License-Identifier: Apache-2.0
 * Style, script and icon: put together once at start, named by their content, compressed in both
 * forms. Called by gateway_open and the asset route; must never touch the disk in production. */
#include "gateway/gateway_internal.h"

#include <brotli/encode.h>
#include <string.h>
#include <zlib.h>

#include "base/embed.h"
#include "platform/secret/secret.h"

str gateway_gzip(struct arena *arena, str bytes, int level)
{
    z_stream z = { 0 };
    int rc = deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    ASSERT(rc == Z_OK);
    size_t cap = deflateBound(&z, bytes.n);
    char *out = arena_alloc(arena, cap);
    z.next_in = (Bytef *)(uintptr_t)bytes.p;
    z.avail_in = (uInt)bytes.n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    rc = deflate(&z, Z_FINISH);
    ASSERT(rc == Z_STREAM_END);
    str packed = { out, z.total_out };
    deflateEnd(&z);
    return packed;
}

str gateway_brotli(struct arena *arena, str bytes, int quality)
{
    size_t n = BrotliEncoderMaxCompressedSize(bytes.n);
    uint8_t *out = arena_alloc(arena, n);
    BROTLI_BOOL ok = BrotliEncoderCompress(
        quality, 20, BROTLI_MODE_TEXT, bytes.n, (const uint8_t *)bytes.p, &n, out);
    return ok ? (str){ (const char *)out, n } : (str){ 0 };
}

static void make(struct gateway *g, struct gateway_asset *asset, str name, str type, str body)
{
    str hash = str_sub(secret_sha256_hex(g->life, body), 0, 16);
    asset->path = str_fmt(g->life, "/assets/" STR_F "/" STR_F, STR_A(hash), STR_A(name));
    asset->type = type;
    asset->body = body;
    asset->gzip = gateway_gzip(g->life, body, 9);
    asset->brotli = gateway_brotli(g->life, body, 11);
}

/* Line ends that separate nothing are left out. */
static void add_lines(struct buf *css, str text)
{
    char before = '\n';
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n' && memchr("\n{};,", before, 6))
            continue;
        before = text.p[i];
        buf_char(css, before);
    }
}

static void add_without_comments(struct buf *css, str file)
{
    while (file.n) {
        ptrdiff_t from = str_find(file, S("/*"), 0);
        if (from < 0)
            break;
        add_lines(css, str_sub(file, 0, (size_t)from));
        ptrdiff_t to = str_find(file, S("*/"), (size_t)from);
        file = to < 0 ? (str){ 0 } : str_skip(file, (size_t)to + 2);
    }
    add_lines(css, file);
}

/* `list` names the style files, one a line. */
static err join_css(struct gateway *g, struct cx *cx, str list, str *ret)
{
    struct buf css = { .arena = g->life };
    str order = embedded_find(str_cat(cx->arena, S("src/gateway/web/css/"), list));
    while (order.p) {
        str name = str_trim(str_cut(&order, '\n'));
        if (!name.n || name.p[0] == '#')
            continue;
        str file = embedded_find(str_cat(cx->arena, S("src/gateway/web/css/"), name));
        if (!file.p)
            return FAIL(cx, ERR_BUG, STR_F " names " STR_F, STR_A(list), STR_A(name));
        add_without_comments(&css, file);
    }
    *ret = buf_str(&css);
    return NULL;
}

err gateway_assets_open(struct gateway *g, struct cx *cx)
{
    str css, office_css;
    err e = join_css(g, cx, S("order.txt"), &css);
    if (!e)
        e = join_css(g, cx, S("office.txt"), &office_css);
    if (e)
        return e;
    make(g, &g->css, S("souk.css"), S("text/css; charset=utf-8"), css);
    make(g, &g->office_css, S("office.css"), S("text/css; charset=utf-8"), office_css);
    make(g, &g->js, S("souk.js"), S("text/javascript; charset=utf-8"),
        embedded_find(S("src/gateway/web/js/souk.js")));
    make(g, &g->passkey_js, S("passkey.js"), S("text/javascript; charset=utf-8"),
        embedded_find(S("src/gateway/web/js/passkey.js")));
    make(g, &g->icon, S("mark.svg"), S("image/svg+xml"),
        embedded_find(S("src/gateway/web/img/mark.svg")));
    return NULL;
}
