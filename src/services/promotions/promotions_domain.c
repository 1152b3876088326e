/* SPDX-License-Identifier: Apache-2.0
 * What promotions take off a basket, worked out line by line in integers. Called by promotions.c;
 * must never do I/O, read a clock or use a float. */
#include "services/promotions/promotions_domain.h"

#include <stdlib.h>
#include <string.h>

#include "services/promotions/promotions_words.h"

#define ALL_BP 10000

/* A basket on the bench: what is left of every line, and of delivery, after what has applied. */
struct bench {
    struct arena *arena;
    const struct promotions_world *world;
    const struct promotions_basket *in;
    size_t n;
    size_t *by_line;  /* lines in an order that does not depend on the basket's */
    int64_t *base;    /* quantity times price, after deals: what minima are asked of */
    int64_t *left;    /* of it, after what has applied so far */
    bool *dealt;      /* has units at a deal's price */
    int64_t shipping; /* left to pay of delivery */
};

/* What one promotion would take off. */
struct off {
    int64_t *lines;
    int64_t shipping, total, units;
};

bool promotions_domain_live(const struct promotions_promotion *p, int64_t now_ms)
{
    return p->ended_ms == 0 && p->starts_ms <= now_ms && (p->ends_ms == 0 || p->ends_ms > now_ms);
}

/* ---- scope ---- */

static bool within_category(str path, str category)
{
    return str_starts(path, category) && (path.n == category.n || path.p[category.n] == '/');
}

static bool in_scope(const struct promotions_scope *s, const struct promotions_line *line)
{
    bool found = s->products_n + s->categories_n + s->brands_n == 0;
    for (size_t i = 0; !found && i < s->products_n; i++)
        found = id_eq(s->products[i], line->product_id);
    for (size_t i = 0; !found && i < s->categories_n; i++)
        found = within_category(line->category_path, s->categories[i]);
    for (size_t i = 0; !found && i < s->brands_n; i++)
        found = str_eq_nocase(s->brands[i], line->brand);
    bool sold = s->sellers_n == 0;
    for (size_t i = 0; !sold && i < s->sellers_n; i++)
        sold = id_eq(s->sellers[i], line->seller_id);
    return found && sold;
}

static bool covers(const struct promotions_promotion *p, const struct promotions_line *line)
{
    return p->kind == PROMOTIONS_DEAL
               ? id_eq(p->variant_id, line->variant_id) && id_eq(p->product_id, line->product_id)
               : in_scope(&p->scope, line);
}

bool promotions_domain_touches(
    const struct promotions_promotion *p, const struct promotions_basket *in)
{
    for (size_t i = 0; i < in->lines_n; i++)
        if (covers(p, &in->lines[i]))
            return true;
    return false;
}

static bool takes_part(const struct bench *b, const struct promotions_promotion *p, size_t i)
{
    return covers(p, &b->in->lines[i]) && (p->with_deals || !b->dealt[i]);
}

/* ---- the bench ---- */

static int line_cmp(const struct promotions_line *a, const struct promotions_line *b)
{
    int c = id_cmp(a->product_id, b->product_id);
    c = c ? c : id_cmp(a->variant_id, b->variant_id);
    c = c ? c : (a->price_minor > b->price_minor) - (a->price_minor < b->price_minor);
    c = c ? c : (a->quantity > b->quantity) - (a->quantity < b->quantity);
    return c ? c : id_cmp(a->seller_id, b->seller_id);
}

static struct bench bench_of(
    struct arena *a, const struct promotions_world *w, const struct promotions_basket *in)
{
    size_t n = in->lines_n;
    struct bench b = { .arena = a,
        .world = w,
        .in = in,
        .n = n,
        .by_line = NEW_N(a, n, size_t),
        .base = NEW_N(a, n, int64_t),
        .left = NEW_N(a, n, int64_t),
        .dealt = NEW_N(a, n, bool),
        .shipping = in->shipping_minor };
    for (size_t i = 0; i < n; i++) {
        const struct promotions_line *line = &in->lines[i];
        ASSERT(line->quantity > 0 && line->price_minor >= 0);
        bool over = __builtin_mul_overflow(line->quantity, line->price_minor, &b.base[i]);
        ASSERT(!over && b.base[i] <= MONEY_MINOR_MAX);
        b.left[i] = b.base[i];
        size_t at = i; /* insertion sort: a basket has few lines */
        for (; at > 0 && line_cmp(&in->lines[b.by_line[at - 1]], line) > 0; at--)
            b.by_line[at] = b.by_line[at - 1];
        b.by_line[at] = i;
    }
    return b;
}

/* ---- kinds ---- */

/* `total` shared out over the lines by weights, which are not negative and come to no less; at most
 * its weight to each. */
static void share_out(const struct bench *b, int64_t total, const int64_t *weights, int64_t *ret)
{
    int64_t *in_order = NEW_N(b->arena, b->n, int64_t);
    int64_t *parts = NEW_N(b->arena, b->n, int64_t);
    for (size_t k = 0; k < b->n; k++)
        in_order[k] = weights[b->by_line[k]];
    if (b->n > 0)
        money_split(total, in_order, b->n, parts);
    for (size_t k = 0; k < b->n; k++)
        ret[b->by_line[k]] = parts[k];
}

static int64_t sum_of(const int64_t *values, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        bool over = __builtin_add_overflow(sum, values[i], &sum);
        ASSERT(!over);
    }
    return sum;
}

static void limit_lines(const struct bench *b, int64_t most, int64_t *lines)
{
    if (most == 0 || sum_of(lines, b->n) <= most)
        return;
    int64_t *weights = NEW_N(b->arena, b->n, int64_t);
    memcpy(weights, lines, b->n * sizeof lines[0]);
    share_out(b, most, weights, lines);
}

static void take_percent(
    const struct bench *b, const struct promotions_promotion *p, int64_t *lines)
{
    for (size_t i = 0; i < b->n; i++)
        if (takes_part(b, p, i))
            lines[i] = (b->left[i] * p->percent_bp + ALL_BP / 2) / ALL_BP;
}

static void take_amount(const struct bench *b, const struct promotions_promotion *p, int64_t *lines)
{
    int64_t *weights = NEW_N(b->arena, b->n, int64_t);
    for (size_t i = 0; i < b->n; i++)
        weights[i] = takes_part(b, p, i) ? b->left[i] : 0;
    int64_t all = sum_of(weights, b->n);
    if (all > 0)
        share_out(b, p->amount_minor < all ? p->amount_minor : all, weights, lines);
}

/* What one unit of the line costs now, rounded down. */
static int64_t unit_of(const struct bench *b, size_t i)
{
    return b->left[i] / b->in->lines[i].quantity;
}

/* The line with the cheapest unit of those with units left; n when there is none. */
static size_t cheapest(const struct bench *b, const int64_t *units)
{
    size_t best = b->n;
    for (size_t k = 0; k < b->n; k++) {
        size_t i = b->by_line[k];
        if (units[i] > 0 && (best == b->n || unit_of(b, i) < unit_of(b, best)))
            best = i;
    }
    return best;
}

static void take_buy_get(
    const struct bench *b, const struct promotions_promotion *p, int64_t *lines)
{
    int64_t *units = NEW_N(b->arena, b->n, int64_t);
    for (size_t i = 0; i < b->n; i++)
        units[i] = takes_part(b, p, i) ? b->in->lines[i].quantity : 0;
    int64_t sets = sum_of(units, b->n) / (p->buy_units + p->get_units);
    int64_t left = sets * p->get_units;
    while (left > 0) {
        size_t i = cheapest(b, units);
        ASSERT(i < b->n);
        int64_t take = units[i] < left ? units[i] : left;
        lines[i] = (take * unit_of(b, i) * p->percent_bp + ALL_BP / 2) / ALL_BP;
        units[i] = 0;
        left -= take;
    }
}

/* What the lines that take part come to, for the minimum. */
static int64_t spent_on(const struct bench *b, const struct promotions_promotion *p)
{
    int64_t sum = 0;
    for (size_t i = 0; i < b->n; i++)
        sum += takes_part(b, p, i) ? b->base[i] : 0;
    return sum;
}

/* What p would take off what is left; nothing is applied. */
static struct off work_out(const struct bench *b, const struct promotions_promotion *p)
{
    struct off off = { .lines = NEW_N(b->arena, b->n, int64_t), .units = 1 };
    switch (p->kind) {
    case PROMOTIONS_PERCENTAGE:
        take_percent(b, p, off.lines);
        break;
    case PROMOTIONS_AMOUNT:
    case PROMOTIONS_THRESHOLD:
        take_amount(b, p, off.lines);
        break;
    case PROMOTIONS_BUY_GET:
        take_buy_get(b, p, off.lines);
        break;
    case PROMOTIONS_FREE_SHIPPING:
        off.shipping =
            p->most_minor > 0 && p->most_minor < b->shipping ? p->most_minor : b->shipping;
        break;
    case PROMOTIONS_DEAL:
    case PROMOTIONS_KINDS_N:
        panic(__FILE__, "not a kind that is worked out here");
    }
    limit_lines(b, p->most_minor, off.lines);
    off.total = sum_of(off.lines, b->n) + off.shipping;
    return off;
}

/* ---- applying ---- */

static void apply(struct bench *b, const struct promotions_promotion *p, struct off off, str text,
    struct promotions_result *ret)
{
    for (size_t i = 0; i < b->n; i++) {
        ASSERT(off.lines[i] >= 0 && off.lines[i] <= b->left[i]);
        b->left[i] -= off.lines[i];
        ret->lines[i].discount += off.lines[i];
    }
    ASSERT(off.shipping >= 0 && off.shipping <= b->shipping && off.total > 0);
    b->shipping -= off.shipping;
    ret->shipping_discount += off.shipping;
    ret->discount += off.total;
    ret->uses[ret->uses_n++] = (struct promotions_use){ .promotion_id = p->promotion_id,
        .kind = p->kind,
        .code = p->code,
        .name = p->name,
        .text = text,
        .units = off.units,
        .minor = off.total,
        .shipping_minor = off.shipping,
        .line_minor = off.lines,
        .no_total_limit = p->uses_max == 0 && p->budget_minor == 0,
        .no_customer_limit = p->per_customer == 0 };
}

static bool over_budget(const struct promotions_promotion *p, int64_t minor)
{
    return p->budget_minor > 0 && p->spent_minor + minor > p->budget_minor;
}

/* Units that the buyer may still have at the deal. */
static int64_t deal_units(const struct promotions_candidate *c)
{
    const struct promotions_promotion *p = c->promotion;
    int64_t units = p->uses_max - p->used;
    if (p->per_customer > 0 && p->per_customer - c->mine < units)
        units = p->per_customer - c->mine;
    return units;
}

static void apply_deal(
    struct bench *b, const struct promotions_candidate *c, struct promotions_result *ret)
{
    const struct promotions_promotion *p = c->promotion;
    struct off off = { .lines = NEW_N(b->arena, b->n, int64_t) };
    int64_t most = deal_units(c);
    for (size_t k = 0; k < b->n && most > off.units; k++) {
        size_t i = b->by_line[k];
        const struct promotions_line *line = &b->in->lines[i];
        int64_t each = line->price_minor - p->amount_minor;
        if (b->dealt[i] || each <= 0 || !covers(p, line))
            continue;
        int64_t units = line->quantity < most - off.units ? line->quantity : most - off.units;
        if (over_budget(p, off.total + each * units))
            continue;
        b->dealt[i] = true;
        b->base[i] -= each * units;
        off.lines[i] = each * units;
        off.total += each * units;
        off.units += units;
        ret->lines[i].deal_minor = p->amount_minor;
        ret->lines[i].deal_units = units;
    }
    if (off.total > 0)
        apply(b, p, off, promotions_words_use(b->arena, p, b->world->currency, off.units), ret);
}

/* The cheapest deal of a variant comes first, of equals the older. */
static int deal_cmp(const void *left, const void *right)
{
    const struct promotions_candidate *a = left, *b = right;
    int64_t x = a->promotion->amount_minor, y = b->promotion->amount_minor;
    return x != y ? (x > y) - (x < y)
                  : id_cmp(a->promotion->promotion_id, b->promotion->promotion_id);
}

static void apply_deals(struct bench *b, struct promotions_result *ret)
{
    const struct promotions_world *w = b->world;
    struct promotions_candidate *deals =
        NEW_N(b->arena, w->candidates_n, struct promotions_candidate);
    size_t n = 0;
    for (size_t i = 0; i < w->candidates_n; i++)
        if (w->candidates[i].promotion->kind == PROMOTIONS_DEAL &&
            promotions_domain_live(w->candidates[i].promotion, w->now_ms))
            deals[n++] = w->candidates[i];
    qsort(deals, n, sizeof deals[0], deal_cmp);
    for (size_t i = 0; i < n; i++)
        apply_deal(b, &deals[i], ret);
}

/* ---- who applies ---- */

static bool for_buyer(const struct bench *b, const struct promotions_promotion *p)
{
    if (p->first_order && !b->world->first_order)
        return false;
    bool member = p->customers.n == 0;
    for (size_t i = 0; !member && i < b->in->buyer.groups_n; i++)
        member = str_eq_nocase(b->in->buyer.groups[i], p->customers);
    return member;
}

/* Why c cannot apply to the basket after deals; PROMOTIONS_REASONS_N: it can. */
static enum promotions_reason reason_of(const struct bench *b, const struct promotions_candidate *c,
    struct off *ret_off, int64_t *ret_missing)
{
    const struct promotions_promotion *p = c->promotion;
    int64_t now = b->world->now_ms;
    if (p->ended_ms || (p->ends_ms && p->ends_ms <= now))
        return PROMOTIONS_OVER;
    if (p->starts_ms > now)
        return PROMOTIONS_NOT_YET;
    if (p->uses_max > 0 && p->used >= p->uses_max)
        return PROMOTIONS_USED_UP;
    if (p->per_customer > 0 && c->mine >= p->per_customer)
        return PROMOTIONS_USED_BY_YOU;
    if (!for_buyer(b, p))
        return PROMOTIONS_NOT_FOR_YOU;
    size_t part = 0;
    for (size_t i = 0; i < b->n; i++)
        part += takes_part(b, p, i) ? 1 : 0;
    if (part == 0)
        return PROMOTIONS_NOT_THESE;
    *ret_missing = p->minimum_minor - spent_on(b, p);
    if (*ret_missing > 0)
        return PROMOTIONS_BELOW_MINIMUM;
    *ret_off = work_out(b, p);
    if (ret_off->total == 0)
        return PROMOTIONS_NOTHING_OFF;
    return over_budget(p, ret_off->total) ? PROMOTIONS_USED_UP : PROMOTIONS_REASONS_N;
}

/* One that may apply, with what it would take off alone. */
struct runner {
    const struct promotions_candidate *candidate;
    int64_t alone, missing;
    enum promotions_reason reason; /* PROMOTIONS_REASONS_N: applies, or will */
};

static int runner_cmp(const void *left, const void *right)
{
    const struct runner *a = left, *b = right;
    const struct promotions_promotion *p = a->candidate->promotion, *q = b->candidate->promotion;
    if (p->priority != q->priority)
        return p->priority < q->priority ? -1 : 1;
    if (a->alone != b->alone)
        return a->alone > b->alone ? -1 : 1;
    return id_cmp(p->promotion_id, q->promotion_id);
}

static bool together(
    const struct runner *applied, size_t n, const struct promotions_promotion *p, bool any)
{
    if (p->exclusive && any)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct promotions_promotion *q = applied[i].candidate->promotion;
        if (applied[i].reason == PROMOTIONS_REASONS_N &&
            (q->exclusive || (p->family.n > 0 && str_eq(p->family, q->family))))
            return false;
    }
    return true;
}

/* Applies what may, in order; the reasons of the rest are left in the runners. */
static void run(struct bench *b, struct runner *runners, size_t n, struct promotions_result *ret)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        struct runner *r = &runners[i];
        const struct promotions_promotion *p = r->candidate->promotion;
        if (r->reason != PROMOTIONS_REASONS_N)
            continue;
        if (!together(runners, i, p, any)) {
            r->reason = PROMOTIONS_NOT_TOGETHER;
            continue;
        }
        struct off off = work_out(b, p);
        if (off.total == 0) {
            r->reason = PROMOTIONS_NOTHING_OFF;
            continue;
        }
        any = true;
        apply(b, p, off, promotions_words_use(b->arena, p, b->world->currency, 1), ret);
    }
}

static void refuse(
    const struct bench *b, str typed, const struct runner *r, struct promotions_result *ret)
{
    enum promotions_reason reason = r ? r->reason : PROMOTIONS_NO_SUCH_CODE;
    money missing = money_of(r ? r->missing : 0, b->world->currency);
    ret->refused[ret->refused_n++] = (struct promotions_refusal){ .code = typed,
        .reason = reason,
        .problem = promotions_words_problem(reason),
        .text = promotions_words_refusal(b->arena, reason, missing) };
}

static bool typed_before(struct arena *a, const struct promotions_basket *in, size_t i, str code)
{
    str other;
    for (size_t k = 0; k < i; k++)
        if (promotions_domain_code(a, in->codes[k], &other) && str_eq(other, code))
            return true;
    return false;
}

/* Each code that did not apply, once, with the reason. */
static void refuse_codes(
    const struct bench *b, const struct runner *runners, size_t n, struct promotions_result *ret)
{
    for (size_t i = 0; i < b->in->codes_n; i++) {
        str code;
        const struct runner *found = NULL;
        if (!promotions_domain_code(b->arena, b->in->codes[i], &code)) {
            refuse(b, b->in->codes[i], NULL, ret);
            continue;
        }
        if (typed_before(b->arena, b->in, i, code))
            continue;
        for (size_t k = 0; k < n && !found; k++)
            if (str_eq(runners[k].candidate->promotion->code, code))
                found = &runners[k];
        if (!found || found->reason != PROMOTIONS_REASONS_N)
            refuse(b, b->in->codes[i], found, ret);
    }
}

static bool was_given(const struct bench *b, str code)
{
    str typed;
    for (size_t i = 0; i < b->in->codes_n; i++)
        if (promotions_domain_code(b->arena, b->in->codes[i], &typed) && str_eq(typed, code))
            return true;
    return code.n == 0; /* automatic */
}

void promotions_domain_evaluate(struct arena *a, const struct promotions_world *w,
    const struct promotions_basket *in, struct promotions_result *ret)
{
    ASSERT(in->codes_n <= PROMOTIONS_CODES_MAX);
    struct bench b = bench_of(a, w, in);
    *ret =
        (struct promotions_result){ .lines = NEW_N(a, in->lines_n, struct promotions_line_result),
            .uses = NEW_N(a, w->candidates_n, struct promotions_use),
            .refused = NEW_N(a, in->codes_n, struct promotions_refusal) };
    apply_deals(&b, ret);
    struct runner *runners = NEW_N(a, w->candidates_n, struct runner);
    size_t n = 0;
    for (size_t i = 0; i < w->candidates_n; i++) {
        const struct promotions_candidate *c = &w->candidates[i];
        struct off off = { .total = 0 };
        if (c->promotion->kind == PROMOTIONS_DEAL || !was_given(&b, c->promotion->code))
            continue;
        struct runner *r = &runners[n++];
        r->candidate = c;
        r->reason = reason_of(&b, c, &off, &r->missing);
        r->alone = off.total;
    }
    qsort(runners, n, sizeof runners[0], runner_cmp);
    run(&b, runners, n, ret);
    refuse_codes(&b, runners, n, ret);
}
