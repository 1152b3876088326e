/* SPDX-License-Identifier: Apache-2.0
 * What may be stored as a promotion. Called by promotions.c before it writes; must never do I/O. */
#include <string.h>

#include "services/promotions/promotions_domain.h"

#define ALL_BP 10000
#define UNITS_MAX 1000
#define USES_MAX INT64_C(1000000000)
#define PRIORITY_MAX 1000000

static bool code_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool promotions_domain_code(struct arena *a, str typed, str *ret)
{
    str code = str_trim(typed);
    if (code.n < 2 || code.n > PROMOTIONS_CODE_MAX)
        return false;
    char *upper = arena_alloc(a, code.n);
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        upper[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (!code_char(upper[i]))
            return false;
    }
    *ret = (str){ upper, code.n };
    return true;
}

/* What the kinds need. */
static const struct need {
    bool percent, amount, units, variant, scope, minimum;
} needs[PROMOTIONS_KINDS_N] = {
    [PROMOTIONS_PERCENTAGE] = { .percent = true, .scope = true },
    [PROMOTIONS_AMOUNT] = { .amount = true, .scope = true },
    [PROMOTIONS_BUY_GET] = { .percent = true, .units = true, .scope = true },
    [PROMOTIONS_THRESHOLD] = { .amount = true, .minimum = true, .scope = true },
    [PROMOTIONS_FREE_SHIPPING] = { .scope = true },
    [PROMOTIONS_DEAL] = { .amount = true, .variant = true },
};

static void range(struct cx *cx, const char *pointer, int64_t v, int64_t min, int64_t max)
{
    if (v < min)
        cx_field(cx, str_from_c(pointer), "too_small", "%lld at least", (long long)min);
    if (v > max)
        cx_field(cx, str_from_c(pointer), "too_large", "%lld at most", (long long)max);
}

static void refuse_if(
    struct cx *cx, bool bad, const char *pointer, const char *code, const char *why)
{
    if (bad)
        cx_field(cx, str_from_c(pointer), code, "%s", why);
}

/* A text that is kept one to a line. */
static bool one_line(str s)
{
    return s.n > 0 && s.n <= 300 && str_find_char(s, '\n', 0) < 0;
}

static void check_scope(struct cx *cx, const struct promotions_scope *s)
{
    refuse_if(cx, s->products_n > PROMOTIONS_TARGETS_MAX, "/productIds", "too_many", "100 at most");
    refuse_if(cx, s->sellers_n > PROMOTIONS_TARGETS_MAX, "/sellerIds", "too_many", "100 at most");
    refuse_if(
        cx, s->categories_n > PROMOTIONS_TARGETS_MAX, "/categories", "too_many", "100 at most");
    refuse_if(cx, s->brands_n > PROMOTIONS_TARGETS_MAX, "/brands", "too_many", "100 at most");
    for (size_t i = 0; i < s->categories_n; i++)
        refuse_if(cx, !one_line(s->categories[i]), "/categories", "bad_text", "not a path");
    for (size_t i = 0; i < s->brands_n; i++)
        refuse_if(cx, !one_line(s->brands[i]), "/brands", "bad_text", "not a brand");
}

/* Numbers that the kind has no use for are put to zero; a percentage of free units is all. */
static void check_kind(struct cx *cx, struct promotions_promotion *p)
{
    const struct need *need = &needs[p->kind];
    if (need->units && p->percent_bp == 0)
        p->percent_bp = ALL_BP;
    if (need->percent)
        range(cx, "/percent", p->percent_bp, 1, ALL_BP);
    else
        p->percent_bp = 0;
    if (need->amount)
        range(cx, "/amount", p->amount_minor, 1, MONEY_MINOR_MAX);
    else
        p->amount_minor = 0;
    range(cx, "/buy", p->buy_units, need->units ? 1 : 0, UNITS_MAX);
    range(cx, "/get", p->get_units, need->units ? 1 : 0, UNITS_MAX);
    if (!need->units)
        p->buy_units = p->get_units = 0;
    range(cx, "/minimum", p->minimum_minor, need->minimum ? 1 : 0, MONEY_MINOR_MAX);
    range(cx, "/most", p->most_minor, 0, MONEY_MINOR_MAX);
    if (!need->scope)
        p->scope = (struct promotions_scope){ .products_n = 0 };
    check_scope(cx, &p->scope);
}

static void check_deal(struct cx *cx, struct promotions_promotion *p)
{
    if (p->kind != PROMOTIONS_DEAL) {
        memset(&p->product_id, 0, sizeof p->product_id);
        memset(&p->variant_id, 0, sizeof p->variant_id);
        return;
    }
    refuse_if(cx, id_is_none(p->product_id), "/productId", "required", "of which product?");
    refuse_if(cx, id_is_none(p->variant_id), "/variantId", "required", "of which variant?");
    refuse_if(cx, p->code.n > 0, "/code", "not_allowed", "a deal is for everybody");
    refuse_if(cx, p->uses_max == 0, "/limit", "required", "how many units?");
    refuse_if(cx, p->ends_ms == 0, "/endsAt", "required", "a deal has an end");
    refuse_if(cx, p->first_order || p->customers.n > 0, "/firstOrder", "not_allowed",
        "a deal is for everybody");
    p->minimum_minor = p->most_minor = p->budget_minor = p->priority = 0;
    p->exclusive = p->with_deals = false;
    p->family = (str){ 0 };
}

err promotions_domain_check(struct cx *cx, struct promotions_promotion *p)
{
    const struct field_error *before = cx->fields;
    ASSERT(!before);
    ASSERT(p->kind >= 0 && p->kind < PROMOTIONS_KINDS_N);
    if (p->code.n > 0 && !promotions_domain_code(cx->arena, p->code, &p->code))
        cx_field(cx, S("/code"), "bad_text", "2 to %d letters, digits, '-' and '_'",
            PROMOTIONS_CODE_MAX);
    refuse_if(cx, !one_line(p->name), "/name", "required", "what shall buyers read?");
    refuse_if(
        cx, p->customers.n > 0 && !one_line(p->customers), "/customerGroup", "bad_text", "a name");
    refuse_if(cx, p->family.n > 0 && !one_line(p->family), "/family", "bad_text", "a name");
    check_kind(cx, p);
    check_deal(cx, p);
    range(cx, "/priority", p->priority, -PRIORITY_MAX, PRIORITY_MAX);
    range(cx, "/limit", p->uses_max, 0, USES_MAX);
    range(cx, "/perCustomer", p->per_customer, 0, USES_MAX);
    range(cx, "/budget", p->budget_minor, 0, MONEY_MINOR_MAX);
    refuse_if(cx, p->starts_ms < 0, "/startsAt", "too_small", "not before 1970");
    refuse_if(cx, p->ends_ms != 0 && p->ends_ms <= p->starts_ms, "/endsAt", "too_small",
        "must be after the start");
    if (p->first_order) { /* two first orders at once are counted */
        refuse_if(
            cx, p->per_customer > 1, "/perCustomer", "too_large", "nobody has two first orders");
        p->per_customer = 1;
    }
    return cx->fields ? FAIL(cx, ERR_INVALID, "promotion") : NULL;
}
