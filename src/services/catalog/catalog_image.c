/* SPDX-License-Identifier: Apache-2.0
 * Pictures of products: their paths, and photographs kept as blobs. Called by pages, routes and
 * POST /products; must never trust a name or a type that was sent. */
#include "platform/blob/blob.h"
#include "platform/secret/secret.h"
#include "services/catalog/catalog_store.h"

#define BLOB_PATH "/media/b/"

str catalog_picture_path(struct arena *arena, const struct catalog_product *product,
    const struct catalog_variant *variant, int view)
{
    ASSERT(view >= 0);
    if (variant && variant->image.n > 0 && view == 0)
        return variant->image;
    if (product->images_n > 0) {
        size_t last = product->images_n - 1;
        return product->images[(size_t)view < last ? (size_t)view : last];
    }
    str text = id_text(arena, product->product_id);
    long long version = (long long)product->version;
    if (!variant || variant->colour.n == 0)
        return str_fmt(arena, "/media/p/" STR_F "/%d.svg?v=%lld", STR_A(text), view, version);
    str colour = str_url_encode(arena, variant->colour);
    return str_fmt(arena, "/media/p/" STR_F "/%d.svg?c=" STR_F "&v=%lld", STR_A(text), view,
        STR_A(colour), version);
}

/* Without "data:image/png;base64," before it. */
static str payload_of(str base64)
{
    ptrdiff_t comma = str_starts(base64, S("data:")) ? str_find_char(base64, ',', 0) : -1;
    return str_skip(base64, (size_t)(comma + 1));
}

err catalog_image_put(struct catalog *c, struct cx *cx, str base64, str *ret_path)
{
    str bytes, text = payload_of(base64);
    if (!c->deps.blob)
        return FAIL(cx, CATALOG_IMAGE_BAD, "there is nowhere to keep pictures");
    if (text.n > (CATALOG_IMAGE_BYTES_MAX / 3 + 1) * 4)
        return FAIL(cx, CATALOG_IMAGE_BAD, "%zu characters", text.n);
    if (!str_unbase64(cx->arena, text, &bytes))
        return FAIL(cx, CATALOG_IMAGE_BAD, "no base64");
    str type = catalog_domain_image_type(bytes);
    if (!type.p || bytes.n > CATALOG_IMAGE_BYTES_MAX)
        return FAIL(cx, CATALOG_IMAGE_BAD, "%zu bytes, type " STR_F, bytes.n, STR_A(type));
    str name = str_fmt(
        cx->arena, STR_F "." STR_F, STR_A(secret_sha256_hex(cx->arena, bytes)), STR_A(type));
    err e = c->deps.blob->put(c->deps.blob->self, cx, name, bytes);
    if (e)
        return e;
    *ret_path = str_cat(cx->arena, S(BLOB_PATH), name);
    return NULL;
}

err catalog_image_get(struct catalog *c, struct cx *cx, str name, str *ret_bytes)
{
    if (!c->deps.blob || !catalog_domain_media_type(name).p)
        return FAIL(cx, ERR_MISSING, "no such picture");
    return c->deps.blob->get(c->deps.blob->self, cx, name, ret_bytes);
}
