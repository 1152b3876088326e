/* SPDX-License-Identifier: Apache-2.0
 * Completions while somebody types (words, categories, brands, products with their pictures), and
 * the products that go with one. Called by the routes of this flow; must never write. */
#include "flows/shop/shop_internal.h"

#define NAMES_MAX 4 /* categories, and brands */
#define PRODUCTS_MAX 4
#define QUERIES_MAX 5
#define SUGGESTIONS_MAX 10
#define RELATED_MAX 12

/* ---- completions ---- */
struct complete_in {
    str q;
};
static const struct json_field complete_in_fields[] = {
    JSON_STR(struct complete_in, q, .at = AT_QUERY, .required = true, .max = SEARCH_TEXT_MAX),
};
const struct json_shape shop_complete_in =
    JSON_SHAPE("AutocompleteQuery", struct complete_in, complete_in_fields);

struct complete_name {
    str name, href;
    int64_t count;
};
static const struct json_field complete_name_fields[] = {
    JSON_STR(struct complete_name, name, .required = true),
    JSON_STR(struct complete_name, href, .required = true, .doc = "its page in the shop"),
    JSON_INT(struct complete_name, count, .required = true),
};
static const struct json_shape complete_name_shape =
    JSON_SHAPE("AutocompleteName", struct complete_name, complete_name_fields);

struct complete_json {
    str *suggestions;
    struct complete_name *categories, *brands;
    struct card_json *products;
    size_t suggestions_n, categories_n, brands_n, products_n;
};
static const struct json_field complete_fields[] = {
    JSON_STRS(struct complete_json, suggestions, .required = true),
    JSON_LIST(struct complete_json, categories, complete_name_shape, .required = true),
    JSON_LIST(struct complete_json, brands, complete_name_shape, .required = true),
    JSON_LIST(struct complete_json, products, shop_card_shape, .required = true),
};
const struct json_shape shop_complete_out =
    JSON_SHAPE("Autocomplete", struct complete_json, complete_fields);

/* Whether a word of the name begins with what was typed. */
static bool begins(struct arena *arena, str name, str typed)
{
    str low = str_lower(arena, name), want = str_lower(arena, str_trim(typed));
    for (ptrdiff_t at = str_find(low, want, 0); want.n > 0 && at >= 0;
         at = str_find(low, want, (size_t)at + 1))
        if (at == 0 || low.p[at - 1] == ' ')
            return true;
    return false;
}

/* The ones with most products first. */
static void add_name(struct complete_name *names, size_t *n, struct complete_name name)
{
    size_t at = *n;
    while (at > 0 && names[at - 1].count < name.count)
        at--;
    if (at == NAMES_MAX)
        return;
    *n += *n < NAMES_MAX;
    for (size_t i = *n - 1; i > at; i--)
        names[i] = names[i - 1];
    names[at] = name;
}

static err add_categories(struct shop *s, struct cx *cx, str typed, struct complete_json *v)
{
    struct catalog_category *all;
    size_t n;
    err e = catalog_categories(s->deps.catalog, cx, &all, &n);
    v->categories = NEW_N(cx->arena, NAMES_MAX, struct complete_name);
    for (size_t i = 0; !e && i < n; i++)
        if (all[i].product_count > 0 && begins(cx->arena, all[i].name, typed))
            add_name(v->categories, &v->categories_n,
                (struct complete_name){ .name = all[i].name,
                    .href = str_cat(cx->arena, S("/c/"), all[i].path),
                    .count = all[i].product_count });
    return e;
}

static void add_brands(
    struct cx *cx, str typed, const struct search_result *found, struct complete_json *v)
{
    v->brands = NEW_N(cx->arena, NAMES_MAX, struct complete_name);
    for (size_t i = 0; i < found->brands_n; i++)
        if (begins(cx->arena, found->brands[i].value, typed))
            add_name(v->brands, &v->brands_n,
                (struct complete_name){ .name = found->brands[i].value,
                    .href = str_cat(cx->arena, S("/search?brand="),
                        str_url_encode(cx->arena, found->brands[i].value)),
                    .count = found->brands[i].count });
}

/* What people search for comes before words that merely stand in products. */
static err add_queries(struct shop *s, struct cx *cx, str typed, struct complete_json *v)
{
    struct merchandising_query *asked = NULL;
    size_t n = 0, words_n = v->suggestions_n;
    str *words = v->suggestions;
    err e = s->deps.merchandising
                ? merchandising_begun(s->deps.merchandising, cx, typed, QUERIES_MAX, &asked, &n)
                : NULL;
    if (e || n == 0)
        return e;
    v->suggestions = NEW_N(cx->arena, n + words_n, str);
    v->suggestions_n = 0;
    for (size_t i = 0; i < n; i++)
        v->suggestions[v->suggestions_n++] = asked[i].query;
    for (size_t i = 0; i < words_n && v->suggestions_n < SUGGESTIONS_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < n && !known; k++)
            known = str_eq(words[i], asked[k].query);
        if (!known)
            v->suggestions[v->suggestions_n++] = words[i];
    }
    return NULL;
}

err shop_get_complete(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    const struct complete_in *in = body;
    struct search *search = s->deps.search;
    struct complete_json *v = NEW(cx->arena, struct complete_json);
    struct search_query q = { .text = in->q, .limit = PRODUCTS_MAX, .facets = true };
    struct search_result found = { .n = 0 };
    struct shop_card *cards = NULL;
    err e = search->complete(search->self, cx, in->q, &v->suggestions, &v->suggestions_n);
    if (!e)
        e = add_queries(s, cx, in->q, v);
    if (!e && v->suggestions_n > 0) /* products of what is likely to be meant */
        q.text = v->suggestions[0];
    if (!e)
        e = add_categories(s, cx, in->q, v);
    if (!e && str_trim(in->q).n > 0)
        e = search->query(search->self, cx, &q, &found);
    if (!e)
        e = shop_cards(s, cx, found.product_ids, found.n, &cards, &v->products_n);
    if (e)
        return e;
    add_brands(cx, in->q, &found, v);
    v->products = shop_cards_json(s, cx, cards, v->products_n);
    return reply_json(reply, 200, &shop_complete_out, v);
}

/* ---- related ---- */
struct related_in {
    id product_id;
};
static const struct json_field related_in_fields[] = {
    JSON_ID(struct related_in, product_id, .at = AT_PATH, .required = true),
};
const struct json_shape shop_related_in =
    JSON_SHAPE("RelatedPath", struct related_in, related_in_fields);
struct related_json {
    struct card_json *bought_together, *also_bought, *similar;
    size_t bought_together_n, also_bought_n, similar_n;
};
static const struct json_field related_fields[] = {
    JSON_LIST(struct related_json, bought_together, shop_card_shape, .required = true,
        .doc = "in the same orders, beside how often each is bought; empty until orders say so"),
    JSON_LIST(struct related_json, also_bought, shop_card_shape, .required = true,
        .doc = "by the same buyers: nobody keeps that, so it is empty"),
    JSON_LIST(struct related_json, similar, shop_card_shape, .required = true,
        .doc = "of its category, first those that cost about as much"),
};
const struct json_shape shop_related_out =
    JSON_SHAPE("Related", struct related_json, related_fields);

/* Adds what is not there yet, up to `most`. */
static size_t add_ids(id *ids, size_t n, size_t most, id own, const struct search_result *found)
{
    for (size_t i = 0; i < found->n && n < most; i++) {
        bool known = id_eq(found->product_ids[i], own);
        for (size_t k = 0; k < n && !known; k++)
            known = id_eq(ids[k], found->product_ids[i]);
        if (!known)
            ids[n++] = found->product_ids[i];
    }
    return n;
}

err shop_similar(struct shop *s, struct cx *cx, const struct shop_product *p, size_t most,
    struct shop_card **ret, size_t *ret_n)
{
    struct search *search = s->deps.search;
    id own = p->product.product_id;
    int64_t minor = p->prices[p->best].price.minor;
    id *ids = NEW_N(cx->arena, most, id);
    struct search_query q = { .category_path = p->product.category_path,
        .sort = SEARCH_POPULARITY,
        .price_from = minor / 2,
        .price_to = minor * 2,
        .in_stock = true,
        .limit = most + 1 };
    struct search_result found;
    err e = minor > 0 ? search->query(search->self, cx, &q, &found) : NULL;
    size_t n = e || minor <= 0 ? 0 : add_ids(ids, 0, most, own, &found);
    q.price_from = q.price_to = 0;
    if (!e && n < most)
        e = search->query(search->self, cx, &q, &found);
    if (!e && n < most)
        n = add_ids(ids, n, most, own, &found);
    return e ? e : shop_cards(s, cx, ids, n, ret, ret_n);
}

err shop_bought_together(
    struct shop *s, struct cx *cx, id product_id, struct shop_card **ret, size_t *ret_n)
{
    id *ids = NULL;
    size_t n = 0, kept = 0;
    *ret_n = 0;
    if (!s->deps.behaviour)
        return NULL;
    err e = behaviour_together(s->deps.behaviour, cx, product_id, RELATED_MAX, &ids, &n);
    if (!e && n > 0)
        e = shop_cards(s, cx, ids, n, ret, &n);
    for (size_t i = 0; !e && i < n; i++)
        if ((*ret)[i].stock > 0)
            (*ret)[kept++] = (*ret)[i];
    *ret_n = e ? 0 : kept;
    return e;
}

err shop_get_related(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    const struct related_in *in = body;
    struct related_json *v = NEW(cx->arena, struct related_json);
    struct shop_product p;
    struct shop_card *cards, *together = NULL;
    err e = shop_product(s, cx, in->product_id, &p);
    if (!e)
        e = shop_bought_together(s, cx, in->product_id, &together, &v->bought_together_n);
    if (!e)
        e = shop_similar(s, cx, &p, RELATED_MAX, &cards, &v->similar_n);
    if (e)
        return e;
    v->bought_together = shop_cards_json(s, cx, together, v->bought_together_n);
    v->similar = shop_cards_json(s, cx, cards, v->similar_n);
    return reply_json(reply, 200, &shop_related_out, v);
}
