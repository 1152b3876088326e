/* SPDX-License-Identifier: Apache-2.0
 * What relevance is beside the text: each factor is what is known of the product to the power of
 * its weight. Called when the index is opened and by queries. Must give exactly 1 where nothing is
 * known, and nothing that could outweigh the text. */
#include <math.h>

#include "platform/search/search_index_internal.h"

#define DAY_MS INT64_C(86400000)
#define WHY_LINES 400

const char *const search_weight_names[SEARCH_WEIGHTS_N + 1] = { "velocity", "clicks", "conversion",
    "price", "stock", "rating", "popularity", "fresh", NULL };
const struct search_weights search_weights_usual = { {
    [SEARCH_W_VELOCITY] = 15,
    [SEARCH_W_CLICKS] = 30,
    [SEARCH_W_CONVERSION] = 20,
    [SEARCH_W_PRICE] = 10,
    [SEARCH_W_STOCK] = 100,
    [SEARCH_W_RATING] = 100,
    [SEARCH_W_POPULARITY] = 100,
    [SEARCH_W_FRESH] = 5,
} };

/* What a column says, in points; the line between two of them is straight. */
struct line {
    size_t number;
    unsigned shift, bits;
    size_t n;
    struct {
        int64_t at;
        float signal;
    } points[SEARCH_POINTS_MAX];
};
/* A byte is a logarithm: from a quarter of what is usual to four times as much. */
#define BYTE_LINE(shift_)                                                                          \
    {                                                                                              \
        NUMBER_SIGNALS, (shift_), 8, 5,                                                            \
        {                                                                                          \
            { 1, 0.25f }, { 64, 0.5f }, { SIGNAL_NEUTRAL, 1 }, { 192, 2 },                         \
            {                                                                                      \
                255, 4                                                                             \
            }                                                                                      \
        }                                                                                          \
    }
static const struct line lines[SEARCH_WEIGHTS_N] = {
    [SEARCH_W_VELOCITY] = BYTE_LINE(0),
    [SEARCH_W_CLICKS] = BYTE_LINE(8),
    [SEARCH_W_CONVERSION] = BYTE_LINE(16),
    /* Half the median is as good as it gets: a laptop for a tenth of it is a bag. */
    [SEARCH_W_PRICE] = { NUMBER_SIGNALS, SIGNAL_PRICE_AT, 7, 3,
        { { 32, 0.5f }, { SIGNAL_PRICE_NEUTRAL, 1 }, { 96, 2 } } },
    [SEARCH_W_STOCK] = { NUMBER_STOCK, 0, 0, 2, { { 0, 0.6f }, { 1, 1 } } },
    [SEARCH_W_RATING] = { NUMBER_QUALITY, 0, 0, 2, { { 500, 0.5f }, { 1500, 1.5f } } },
    [SEARCH_W_POPULARITY] = { NUMBER_POPULARITY, 0, 0, 6,
        { { 0, 1 }, { 9, 1.04f }, { 99, 1.08f }, { 999, 1.12f }, { 9999, 1.16f },
            { 99999, 1.2f } } },
    /* Ages, in the order of dates: twice as good on the first day, half of that in a month. */
    [SEARCH_W_FRESH] = { NUMBER_RELEASED, 0, 0, 6,
        { { -240 * DAY_MS, 1 }, { -120 * DAY_MS, 1.06f }, { -60 * DAY_MS, 1.25f },
            { -30 * DAY_MS, 1.5f }, { -15 * DAY_MS, 1.7f }, { 0, 2 } } },
};

/* The line of a small value, point by point. */
static void fill_table(
    const struct search_ranking *r, size_t n, const struct line *line, float *ret)
{
    const struct index_point *p = r->points[n];
    for (int64_t v = 0; v < (int64_t)1 << line->bits; v++) {
        size_t k = 1;
        while (k < line->n && v >= p[k].at)
            k++;
        if (v <= p[0].at)
            ret[v] = p[0].factor;
        else if (k == line->n)
            ret[v] = p[line->n - 1].factor;
        else
            ret[v] = p[k - 1].factor + (p[k].factor - p[k - 1].factor) * (float)(v - p[k - 1].at) /
                                           (float)(p[k].at - p[k - 1].at);
    }
}

/* Where a line stands among others: what can give most comes first, so that a product that does not
 * have it is given up before the rest of its columns is looked at. */
static size_t sorted_by_most(
    const struct search_weights *weights, size_t ret[static SEARCH_WEIGHTS_N])
{
    double most[SEARCH_WEIGHTS_N];
    size_t n = 0;
    for (size_t w = 0; w < SEARCH_WEIGHTS_N; w++) {
        if (weights->percent[w] == 0)
            continue;
        most[w] = 0;
        for (size_t i = 0; i < lines[w].n; i++) {
            double factor =
                pow((double)lines[w].points[i].signal, (double)weights->percent[w] / 100);
            most[w] = factor > most[w] ? factor : most[w];
        }
        size_t at = n++;
        for (; at > 0 && most[ret[at - 1]] < most[w]; at--)
            ret[at] = ret[at - 1];
        ret[at] = w;
    }
    return n;
}

struct search_ranking search_ranking_of(const struct search_weights *weights)
{
    struct search_ranking r = { .weights = *weights };
    size_t order[SEARCH_WEIGHTS_N] = { 0 };
    size_t n = sorted_by_most(weights, order);
    for (size_t o = 0; o < n; o++) {
        size_t w = order[o];
        const struct line *line = &lines[w];
        double exponent = (double)weights->percent[w] / 100;
        for (size_t i = 0; i < line->n; i++)
            r.points[r.n][i] = (struct index_point){ line->points[i].at,
                exponent == 1 ? line->points[i].signal
                              : (float)pow((double)line->points[i].signal, exponent) };
        if (line->bits)
            fill_table(&r, r.n, line, r.tables[r.n]);
        r.factors[r.n++] = (struct index_factor){ .number = line->number,
            .points_n = line->n,
            .shift = line->shift,
            .bits = line->bits,
            .name = search_weight_names[w] };
    }
    return r;
}

/* Days, so that the pages of an evening are of one order. */
const struct index_factor *search_ranking_now(const struct search_ranking *r, struct cx *cx)
{
    int64_t today = cx->now_ms / DAY_MS * DAY_MS;
    struct index_factor *factors = NEW_N(cx->arena, r->n, struct index_factor);
    for (size_t i = 0; i < r->n; i++) {
        factors[i] = r->factors[i];
        factors[i].points = r->points[i];
        factors[i].table = factors[i].bits ? r->tables[i] : NULL;
        if (factors[i].number != NUMBER_RELEASED)
            continue;
        struct index_point *points = NEW_N(cx->arena, SEARCH_POINTS_MAX, struct index_point);
        for (size_t k = 0; k < factors[i].points_n; k++)
            points[k] = (struct index_point){ r->points[i][k].at + today, r->points[i][k].factor };
        factors[i].points = points;
    }
    return factors;
}

/* ---- why ---- */
static struct search_factor factor_of(
    const struct search_ranking *r, str name, const struct index_reason *value, double factor)
{
    struct search_factor f = { .name = name, .factor = factor, .signal = factor };
    f.value = value->value;
    for (size_t w = 0; w < SEARCH_WEIGHTS_N; w++)
        if (str_eq(name, str_from_c(search_weight_names[w]))) {
            f.weight = r->weights.percent[w];
            f.signal = f.weight ? pow(factor, 100 / (double)f.weight) : 1;
        }
    return f;
}

/* The lines of index_explain, with those of factors put together. */
static struct search_why why_of(
    const struct search_ranking *r, struct cx *cx, const struct index_reason *lines_, size_t n)
{
    struct search_reason *reasons = NEW_N(cx->arena, n + 1, struct search_reason);
    struct search_factor *factors = NEW_N(cx->arena, n + 1, struct search_factor);
    struct search_why why = { .reasons = reasons, .factors = factors, .lowered = 1 };
    for (size_t i = 0; i < n; i++) {
        str what = lines_[i].what;
        double value = lines_[i].value;
        if (str_eq(what, S("score")))
            why.score = value;
        else if (str_eq(what, S("text")))
            why.text = value;
        else if (str_eq(what, S("lowered")))
            why.lowered = value;
        else if (str_starts(what, S("factor ")) && i + 1 < n) {
            factors[why.factors_n++] = factor_of(r, str_skip(what, 7), &lines_[i + 1], value);
            i++; /* its value */
        } else if (str_starts(what, S("boost ")) || str_eq(what, S("factors together")))
            factors[why.factors_n++] = (struct search_factor){
                .name = what, .value = value, .signal = value, .weight = 100, .factor = value
            };
        else if (why.reasons_n < WHY_LINES)
            reasons[why.reasons_n++] = (struct search_reason){ what, value };
    }
    return why;
}

err search_index_why(struct search_index *s, struct cx *cx, const struct index_query *q,
    const struct index_result *found, const struct search_why **ret)
{
    struct search_why *all = NEW_N(cx->arena, found->hits_n, struct search_why);
    for (size_t i = 0; i < found->hits_n; i++) {
        struct index_reason *reasons;
        size_t n;
        err e = index_explain(s->ix, cx, q, found->hits[i].id, &reasons, &n);
        if (e == &ERR_MISSING) { /* gone since */
            cx_clear(cx);
            continue;
        }
        if (e)
            return e;
        all[i] = why_of(&s->ranking, cx, reasons, n);
    }
    *ret = all;
    return NULL;
}
