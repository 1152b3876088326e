/* SPDX-License-Identifier: Apache-2.0
 * What asks Stripe and changes nothing: a payment by reference, by our key, and lists. Called
 * through the port. Must never say "there is none" of what it only could not see. */
#include "platform/pay/pay_stripe_internal.h"

#define BEFORE_MS (INT64_C(5) * 60 * 1000)  /* clocks differ */
#define SEARCH_MS (INT64_C(60) * 60 * 1000) /* after that long the search has caught up */
#define PAGES_MAX 10

err stripe_look(struct stripe *stripe, struct cx *cx, str provider_ref, const char *mark,
    struct stripe_look *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    stripe_form_add(&form, S("expand[]"), S("latest_charge"));
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "GET",
            .path = stripe_path(cx->arena, "/v1/payment_intents/", provider_ref, ""),
            .form = &form },
        &answer);
    if (e)
        return e;
    *ret = (struct stripe_look){ .found = answer.status / 100 == 2 };
    if (!ret->found)
        return answer.status == 404 ? NULL : FAIL(cx, PAY_UNREACHABLE, "refused to show a payment");
    e = stripe_intent_read(cx, answer.json, &ret->intent);
    if (e)
        return FAIL(cx, PAY_UNREACHABLE, "not a payment");
    if (mark)
        ret->mark = stripe_text(cx, answer.json, mark);
    return NULL;
}

err stripe_get(void *self, struct cx *cx, str provider_ref, struct pay_result *ret)
{
    struct stripe_look look;

    err e = stripe_look(self, cx, provider_ref, NULL, &look);
    if (e)
        return e;
    if (!look.found) {
        *ret = (struct pay_result){ .state = PAY_STATE_NONE };
        return NULL;
    }
    e = stripe_result_of(cx, &look.intent, ret);
    return e ? FAIL(cx, PAY_UNREACHABLE, "not decided yet") : NULL;
}

/* ---- pages ---- */
struct page {
    struct stripe_intent *intents;
    size_t n;
    bool more;
    str last; /* id of the last object, read or not */
};

/* What is no payment of a currency we know is not ours. */
static err page_read(struct cx *cx, const struct json_value *json, struct page *ret)
{
    const struct json_value *data = stripe_at(json, "data");
    size_t n = json_value_count(data);
    struct page page = { .intents = NEW_N(cx->arena, STRIPE_PAGE_N, struct stripe_intent) };

    if (!data || n > STRIPE_PAGE_N)
        return FAIL(cx, PAY_UNREACHABLE, "not a list");
    for (size_t i = 0; i < n; i++) {
        const struct json_value *v = json_value_at(data, i);
        page.last = stripe_text(cx, v, "id");
        if (stripe_intent_read(cx, v, &page.intents[page.n]))
            cx_clear(cx);
        else
            page.n++;
    }
    page.more = str_eq(stripe_text(cx, json, "has_more"), S("true"));
    if (page.more && !page.last.n)
        return FAIL(cx, PAY_UNREACHABLE, "a page without an end");
    *ret = page;
    return NULL;
}

static err page_get(struct stripe *stripe, struct cx *cx, const char *path,
    const struct stripe_form *form, struct page *ret)
{
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "GET", .path = str_from_c(path), .form = form }, &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2)
        return FAIL(cx, PAY_UNREACHABLE, "refused to list payments");
    return page_read(cx, answer.json, ret);
}

static err page_of_range(
    struct stripe *stripe, struct cx *cx, struct pay_range range, str cursor, struct page *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };

    stripe_form_int(&form, S("limit"), STRIPE_PAGE_N);
    stripe_form_int(&form, S("created[gte]"), range.from_ms / 1000);
    stripe_form_int(&form, S("created[lt]"), (range.to_ms + 999) / 1000);
    stripe_form_add(&form, S("starting_after"), cursor);
    stripe_form_add(&form, S("expand[]"), S("data.latest_charge"));
    return page_get(stripe, cx, "/v1/payment_intents", &form, ret);
}

/* ---- by our key ---- */
static str search_query(struct cx *cx, str key)
{
    struct buf q = { .arena = cx->arena };

    buf_add(&q, S("metadata['souk_key']:'"));
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '\'' || key.p[i] == '\\')
            buf_char(&q, '\\');
        buf_char(&q, key.p[i]);
    }
    buf_char(&q, '\'');
    return buf_str(&q);
}

static err search(struct stripe *stripe, struct cx *cx, str key, str *ret_ref)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct page page;

    stripe_form_add(&form, S("query"), search_query(cx, key));
    stripe_form_int(&form, S("limit"), 1);
    err e = page_get(stripe, cx, "/v1/payment_intents/search", &form, &page);
    if (e)
        return e;
    if (page.n > 0 && str_eq(page.intents[0].key, key))
        *ret_ref = page.intents[0].id;
    return NULL;
}

/* The time in a key that starts with one of our ids. */
static bool key_ms(str key, int64_t *ret)
{
    id a;

    if (key.n < ID_TEXT_N || !id_parse(str_sub(key, 0, ID_TEXT_N), &a))
        return false;
    *ret = id_ms(a);
    return true;
}

/* Looks through what was made since; the list, unlike the search, lacks nothing. */
static err walk(struct stripe *stripe, struct cx *cx, str key, int64_t from_ms, str *ret_ref)
{
    struct pay_range range = { from_ms, cx->now_ms + BEFORE_MS };
    str cursor = { 0 };

    for (int i = 0; i < PAGES_MAX; i++) {
        struct page page;
        err e = page_of_range(stripe, cx, range, cursor, &page);
        if (e)
            return e;
        for (size_t k = 0; k < page.n; k++) {
            if (!str_eq(page.intents[k].key, key))
                continue;
            *ret_ref = page.intents[k].id;
            return NULL;
        }
        if (!page.more)
            return NULL;
        cursor = page.last;
    }
    return FAIL(cx, PAY_UNREACHABLE, "too many payments to look through before the search has it");
}

err stripe_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct stripe *stripe = self;
    str ref = { 0 };
    int64_t made_ms = cx->now_ms;

    bool timed = key_ms(key, &made_ms);
    err e = search(stripe, cx, key, &ref);
    if (!e && !ref.n && (!timed || cx->now_ms - made_ms < SEARCH_MS))
        e = walk(stripe, cx, key, timed ? made_ms - BEFORE_MS : cx->now_ms - SEARCH_MS, &ref);
    if (e)
        return e;
    if (ref.n)
        return stripe_get(stripe, cx, ref, ret);
    *ret = (struct pay_result){ .state = PAY_STATE_NONE };
    return NULL;
}

/* ---- for reconciliation ---- */
err stripe_list(void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret)
{
    struct page page;

    err e = page_of_range(self, cx, range, cursor, &page);
    if (e)
        return e;
    struct pay_list list = { .entries = NEW_N(cx->arena, page.n, struct pay_entry) };
    for (size_t i = 0; i < page.n; i++) {
        struct pay_entry *entry = &list.entries[list.entries_n];
        *entry = (struct pay_entry){ .key = page.intents[i].key,
            .amount = page.intents[i].amount,
            .created_ms = page.intents[i].created_ms };
        if (stripe_result_of(cx, &page.intents[i], &entry->result))
            cx_clear(cx); /* not decided yet: the next list has it */
        else
            list.entries_n++;
    }
    if (page.more)
        list.next = page.last;
    *ret = list;
    return NULL;
}
