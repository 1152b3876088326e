/* SPDX-License-Identifier: Apache-2.0
 * The rules of the catalogue. Called by the verbs; must never do I/O or read a clock. What a
 * product may be is in catalog_domain_check.c. */
#include "services/catalog/catalog_domain.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* ---- codes ---- */

bool catalog_domain_sku_ok(str sku)
{
    if (sku.n == 0 || sku.n > CATALOG_SKU_MAX)
        return false;
    char before = ' '; /* so that it does not begin with a blank */
    for (size_t i = 0; i < sku.n; i++) {
        char c = sku.p[i];
        if (c < ' ' || c > '~' || (c == ' ' && before == ' '))
            return false;
        before = c;
    }
    return before != ' ';
}

/* GS1 General Specifications, 7.9: digits weigh 3 and 1 in turn, from the right of the check digit;
 * the sum with it is a multiple of ten. */
bool catalog_domain_gtin_ok(str gtin)
{
    if (gtin.n != 8 && gtin.n != 12 && gtin.n != 13 && gtin.n != 14)
        return false;
    int sum = 0;
    for (size_t i = 0; i < gtin.n; i++) {
        char c = gtin.p[gtin.n - 1 - i];
        if (c < '0' || c > '9')
            return false;
        sum += (c - '0') * (i % 2 == 0 ? 1 : 3);
    }
    return sum % 10 == 0;
}

bool catalog_domain_slug_ok(str slug)
{
    if (slug.n == 0 || slug.n > CATALOG_SLUG_MAX)
        return false;
    char before = '-';
    for (size_t i = 0; i < slug.n; i++) {
        char c = slug.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (c != '-' || before == '-'))
            return false;
        before = c;
    }
    return before != '-';
}

str catalog_domain_slug(struct arena *arena, const struct catalog_product *product)
{
    str slug = utf8_slug(arena, product->title, CATALOG_SLUG_MAX);
    if (slug.n == 0)
        slug = utf8_slug(arena, product->brand, CATALOG_SLUG_MAX);
    return slug.n > 0 ? slug : S("product");
}

str catalog_domain_image_type(str bytes)
{
    if (str_starts(bytes, S("\x89PNG\r\n\x1a\n")))
        return S("png");
    if (str_starts(bytes, S("\xff\xd8\xff")))
        return S("jpg");
    if (str_starts(bytes, S("GIF87a")) || str_starts(bytes, S("GIF89a")))
        return S("gif");
    if (str_starts(bytes, S("RIFF")) && str_eq(str_sub(bytes, 8, 4), S("WEBP")))
        return S("webp");
    return (str){ NULL, 0 };
}

str catalog_domain_media_type(str name)
{
    static const struct {
        str ext, type;
    } types[] = {
        { S_INIT(".png"), S_INIT("image/png") },
        { S_INIT(".jpg"), S_INIT("image/jpeg") },
        { S_INIT(".gif"), S_INIT("image/gif") },
        { S_INIT(".webp"), S_INIT("image/webp") },
    };
    for (size_t i = 0; i < CATALOG_BLOB_DIGITS; i++)
        if (i >= name.n ||
            !((name.p[i] >= '0' && name.p[i] <= '9') || (name.p[i] >= 'a' && name.p[i] <= 'f')))
            return (str){ NULL, 0 };
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_eq(str_skip(name, CATALOG_BLOB_DIGITS), types[i].ext))
            return types[i].type;
    return (str){ NULL, 0 };
}

/* ---- sameness ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

/* Absent and empty texts are the same: so are they once stored. */
static uint64_t mix_str(uint64_t h, str s)
{
    return mix(h, s.n > 0 ? str_hash(s) : 0);
}

/* How many come before variant i: at most CATALOG_VARIANTS_MAX of them are compared. */
static int64_t rank_of(const struct catalog_variant *variants, size_t n, size_t i)
{
    int64_t rank = 0;
    for (size_t k = 0; k < n; k++)
        if (variants[k].position < variants[i].position ||
            (k < i && variants[k].position == variants[i].position))
            rank++;
    return rank;
}

/* Without the id: a variant is the same by its SKU. */
static uint64_t mix_variant(uint64_t h, const struct catalog_variant *v, int64_t rank)
{
    h = mix_str(h, v->sku);
    h = mix_str(h, v->ean);
    h = mix(h, v->options_n);
    for (size_t i = 0; i < v->options_n; i++)
        h = mix_str(mix_str(h, v->options[i].name), v->options[i].value);
    h = mix_str(h, v->image);
    h = mix_str(h, v->colour);
    h = mix(h, (uint64_t)v->weight_g);
    return mix(h, (uint64_t)rank);
}

int64_t catalog_domain_digest(const struct catalog_product *p)
{
    uint64_t h = mix(1, id_hash(p->category_id));
    h = mix(h, id_is_none(p->seller_id) ? 0 : id_hash(p->seller_id));
    const str texts[] = { p->seller_name, p->source, p->title, p->brand, p->description, p->slug,
        p->picture };
    for (size_t i = 0; i < COUNT(texts); i++)
        h = mix_str(h, texts[i]);
    h = mix(h, p->attributes_n);
    for (size_t i = 0; i < p->attributes_n; i++) {
        const struct catalog_attribute *a = &p->attributes[i];
        h = mix_str(mix_str(mix(h, (uint64_t)a->kind), a->name), a->label);
        h = mix_str(mix_str(h, a->value), a->unit);
    }
    h = mix(h, p->variants_n);
    for (size_t i = 0; i < p->variants_n; i++)
        h = mix_variant(h, &p->variants[i], rank_of(p->variants, p->variants_n, i));
    h = mix(h, p->images_n);
    for (size_t i = 0; i < p->images_n; i++)
        h = mix_str(h, p->images[i]);
    h = mix(mix(h, (uint64_t)p->released_ms), p->prime);
    h = mix(mix(h, (uint64_t)p->rating_sum), (uint64_t)p->rating_count);
    return (int64_t)h;
}

/* ---- variants ---- */

static void keep(struct catalog_stored *stored, struct catalog_match *ret)
{
    stored->kept = true;
    ret->stored = true;
    ret->variant_id = stored->variant_id;
}

void catalog_domain_match(const struct catalog_variant *variants, size_t n,
    struct catalog_stored *stored, size_t stored_n, struct catalog_match *ret)
{
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct catalog_match){ .position = rank_of(variants, n, i) };
        for (size_t k = 0; k < stored_n && !ret[i].stored; k++)
            if (str_eq(stored[k].sku, variants[i].sku))
                keep(&stored[k], &ret[i]);
    }
    for (size_t i = 0; i < n; i++) {
        id wanted = variants[i].variant_id;
        bool is_stored = false;
        if (ret[i].stored || id_is_none(wanted))
            continue;
        for (size_t k = 0; k < stored_n; k++)
            if (id_eq(stored[k].variant_id, wanted)) {
                is_stored = true;
                if (!stored[k].kept)
                    keep(&stored[k], &ret[i]);
            }
        if (!is_stored)
            ret[i].variant_id = wanted;
    }
}

/* ---- statuses ---- */

static const struct status_edge {
    enum catalog_status from, to;
} status_edges[] = {
    { CATALOG_DRAFT, CATALOG_SUBMITTED },
    { CATALOG_DRAFT, CATALOG_PUBLISHED },
    { CATALOG_DRAFT, CATALOG_WITHDRAWN },
    { CATALOG_SUBMITTED, CATALOG_DRAFT },
    { CATALOG_SUBMITTED, CATALOG_PUBLISHED },
    { CATALOG_SUBMITTED, CATALOG_REJECTED },
    { CATALOG_SUBMITTED, CATALOG_WITHDRAWN },
    { CATALOG_PUBLISHED, CATALOG_REJECTED },
    { CATALOG_PUBLISHED, CATALOG_WITHDRAWN },
    { CATALOG_REJECTED, CATALOG_DRAFT },
    { CATALOG_REJECTED, CATALOG_SUBMITTED },
    { CATALOG_REJECTED, CATALOG_PUBLISHED },
    { CATALOG_WITHDRAWN, CATALOG_DRAFT },
    { CATALOG_WITHDRAWN, CATALOG_SUBMITTED },
    { CATALOG_WITHDRAWN, CATALOG_PUBLISHED },
};

err catalog_domain_move(struct cx *cx, enum catalog_status from, enum catalog_status to)
{
    for (size_t i = 0; i < COUNT(status_edges); i++)
        if (status_edges[i].from == from && status_edges[i].to == to)
            return NULL;
    return FAIL(cx, CATALOG_STATUS_REFUSED, "%s to %s", catalog_status_names[from],
        catalog_status_names[to]);
}

/* ---- the tree ---- */

struct at {
    id category_id;
    size_t index;
};

static int at_cmp(const void *a, const void *b)
{
    return id_cmp(((const struct at *)a)->category_id, ((const struct at *)b)->category_id);
}

size_t *catalog_domain_parents(struct arena *arena, const struct catalog_category *list, size_t n)
{
    struct at *sorted = NEW_N(arena, n, struct at);
    size_t *parents = NEW_N(arena, n, size_t);
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct at){ list[i].category_id, i };
    qsort(sorted, n, sizeof sorted[0], at_cmp);
    for (size_t i = 0; i < n; i++) {
        struct at key = { list[i].parent_id, 0 };
        const struct at *found =
            id_is_none(key.category_id) ? NULL : bsearch(&key, sorted, n, sizeof sorted[0], at_cmp);
        parents[i] = found ? found->index : SIZE_MAX;
    }
    return parents;
}

struct catalog_category *catalog_domain_tree(
    struct arena *arena, const struct catalog_category *list, size_t n)
{
    size_t *parents = catalog_domain_parents(arena, list, n);
    size_t *first = NEW_N(arena, n + 1, size_t); /* 1 + index of a first child; of a root at n */
    size_t *next = NEW_N(arena, n, size_t);      /* 1 + index of the next sibling */
    for (size_t i = n; i-- > 0;) {
        size_t parent = parents[i] == SIZE_MAX ? n : parents[i];
        ASSERT(parent > i || list[parent].level < list[i].level);
        next[i] = first[parent];
        first[parent] = i + 1;
    }
    struct catalog_category *tree = NEW_N(arena, n, struct catalog_category);
    size_t *stack = NEW_N(arena, n + 1, size_t); /* siblings still to be visited */
    size_t depth = 0, done = 0;
    stack[depth++] = first[n];
    while (depth > 0) {
        size_t at = stack[depth - 1];
        if (at == 0) {
            depth--;
            continue;
        }
        ASSERT(done < n);
        tree[done++] = list[at - 1];
        stack[depth - 1] = next[at - 1];
        stack[depth++] = first[at - 1];
    }
    ASSERT(done == n);
    return tree;
}

void catalog_domain_roll_up(const size_t *parents, int64_t *counts, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        ASSERT(parents[i] == SIZE_MAX || parents[i] < i);
        if (parents[i] != SIZE_MAX)
            counts[parents[i]] += counts[i];
    }
}
