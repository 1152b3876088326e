/* SPDX-License-Identifier: Apache-2.0
 * Why a document stands where it does. Called for staff and in tests; must give the very numbers
 * that index_find ranks by. */
#include "platform/index/index_filter.h"

#define LINES_MAX 2000

struct explaining {
    struct arena *arena;
    const struct index_shape *shape;
    const struct index_query *q;
    struct index_segment *s;
    uint32_t doc;
    struct index_reason *lines;
    size_t n;
};

static void say(struct explaining *e, double value, str a, const char *b)
{
    if (e->n < LINES_MAX)
        e->lines[e->n++] =
            (struct index_reason){ .what = str_fmt(e->arena, STR_F "%s", STR_A(a), b),
                .value = value };
}

/* How often the word stands in each field. */
static void say_fields(struct explaining *e, struct index_cursor *c, str text)
{
    uint32_t positions[1024];
    uint32_t counts[INDEX_TEXTS_MAX] = { 0 };
    int at = index_cursor_find(c, e->doc);
    if (at < 0)
        return;
    size_t n = index_cursor_positions(c, (unsigned)at, positions, COUNT(positions));
    for (size_t i = 0; i < n; i++)
        counts[(positions[i] >> 16) % INDEX_TEXTS_MAX]++;
    for (size_t i = 0; i < e->shape->texts_n; i++)
        if (counts[i])
            say(e, counts[i], text,
                str_c(e->arena, str_fmt(e->arena, ": times in %s", e->shape->texts[i].name)));
}

static void say_leaf(struct explaining *e, struct index_run *r, uint32_t score)
{
    const struct index_plan *p = r->plan;
    const char *suffix = p->op == INDEX_PREFIX ? "*" : "";
    str name = str_fmt(e->arena, "term " STR_F "%s", STR_A(p->text), suffix);
    say(e, score / (INDEX_SCALE * 255), name, "");
    say(e, p->rarity, name, ": rarity");
    say(e, p->df, name, ": documents");
    say(e, p->factor, name, ": weight");
    say(e, (double)score / r->weight / 255, name, ": impact");
    if (r->op == INDEX_TERM)
        say_fields(e, &r->cursor, name);
}

static void say_node(struct explaining *e, struct index_run *r)
{
    uint32_t score;
    index_run_probe(r, &e->doc, 1, &score);
    if (score == 0)
        return;
    if (r->kids_n == 0 || r->plan->op == INDEX_PREFIX) {
        say_leaf(e, r, score);
        return;
    }
    if (r->op == INDEX_PHRASE)
        say(e, score / (INDEX_SCALE * 255), S("phrase"), "");
    if (r->op == INDEX_ANY)
        say(e, score / (INDEX_SCALE * 255), S("best alternative"), "");
    for (size_t i = 0; i < r->kids_n; i++)
        say_node(e, &r->kids[i]);
}

static void say_factors(struct explaining *e, const struct index_ranker *ranker)
{
    double product = 1;
    for (size_t i = 0; i < ranker->factors_n; i++) {
        const struct index_factor *f = &ranker->factors[i];
        const char *of = f->name ? f->name : e->shape->numbers[f->number];
        str name = str_fmt(e->arena, "factor %s", of);
        int64_t column = index_number_at(e->s, f->number, e->doc);
        say(e, index_factor_at(ranker, i, column), name, "");
        say(e, (double)index_factor_value(f, column), name, ": value");
        product *= index_factor_at(ranker, i, column);
    }
    if (index_factors_within(ranker, product) != product)
        say(e, index_factors_within(ranker, product) / product, S("factors together"), "");
    if (ranker->low_n)
        say(e, index_lowered_of(ranker, e->doc), S("lowered"), "");
    for (size_t i = 0; i < ranker->boosts_n; i++) {
        const char *name = e->shape->keywords[ranker->boosts[i].keyword].name;
        say(e, index_boost_of(ranker, i, e->s, e->doc), S("boost "), name);
    }
}

static err explain_doc(struct explaining *e, struct cx *cx, const struct index_view *v)
{
    struct index_rarity rarity;
    err bad = index_query_check(cx, e->shape, e->q);
    if (bad)
        return bad;
    const struct index_plan *plan =
        index_plan_make(cx->arena, v, e->shape, e->q->root, NULL, &rarity);
    if (!plan)
        return FAIL(cx, ERR_BUG, "a query's tree is too large, or of no field");
    struct index_run *run = index_run_open(cx->arena, e->s, plan);
    uint32_t score = 0, fails = 0;
    if (run)
        index_run_probe(run, &e->doc, 1, &score);
    const struct index_sieve *sieves =
        index_sieves_make(cx->arena, v->keywords, e->q->filters, e->q->filters_n);
    index_sieves_apply(sieves, e->q->filters_n, e->s, &e->doc, 1, &fails);
    if (!score || fails)
        return FAIL(cx, ERR_MISSING, "the document does not match");
    struct index_ranker ranker = index_ranker_make(cx->arena, v->keywords, e->shape, e->q);
    index_ranker_enter(&ranker, cx->arena, e->s);
    double factor = index_ranker_of(&ranker, e->s, e->doc, (struct index_bar){ score, 0 });
    say(e, score * factor / (INDEX_SCALE * 255), S("score"), "");
    say(e, score / (INDEX_SCALE * 255), S("text"), "");
    say_node(e, run);
    say_factors(e, &ranker);
    return NULL;
}

err index_explain(struct index *ix, struct cx *cx, const struct index_query *q, id doc_id,
    struct index_reason **ret, size_t *ret_n)
{
    struct index_slot *slot;
    const struct index_view *v = index_view_take(ix, &slot);
    struct explaining e = { .arena = cx->arena,
        .shape = &ix->shape,
        .q = q,
        .lines = NEW_N(cx->arena, LINES_MAX, struct index_reason) };
    for (size_t i = v->n; i-- > 0 && !e.s;) {
        int64_t doc = index_segment_find(v->parts[i].segment, doc_id);
        if (doc < 0 || index_bit(v->parts[i].deleted, (uint32_t)doc))
            continue;
        e.s = v->parts[i].segment;
        e.doc = (uint32_t)doc;
    }
    err failed = e.s ? explain_doc(&e, cx, v) : FAIL(cx, ERR_MISSING, "no such document");
    if (!failed) {
        *ret = e.lines;
        *ret_n = e.n;
    }
    index_view_give(slot);
    return failed;
}
