/* SPDX-License-Identifier: Apache-2.0
 * From a query's tree to weights. Called by index_find and index_explain; must never weigh a match
 * as nothing. */
#include "platform/index/index_plan.h"

#include <math.h>

struct planning {
    struct arena *arena;
    const struct index_view *view;
    const struct index_shape *shape;
    const struct index_rarity *given;
    struct index_rarity *used;
    size_t nodes;
    double sum; /* of weights */
};

static uint64_t count_term(const struct planning *p, str text)
{
    uint64_t df = 0;
    for (size_t i = 0; i < p->view->n; i++) {
        const struct index_term *t = index_dict_find(&p->view->parts[i].segment->dict, text);
        df += t ? t->df : 0;
    }
    return df;
}

static uint64_t count_leaf(const struct planning *p, const struct index_plan *leaf)
{
    if (leaf->op == INDEX_TERM)
        return count_term(p, leaf->text);
    uint64_t df = 0;
    for (size_t i = 0; i < p->view->n; i++)
        df += index_prefix_df(p->view->parts[i].segment, leaf->text);
    return df;
}

/* Of alternatives: by the first, which is the word as it was typed. */
static uint32_t key_of(const struct index_plan *concept)
{
    const struct index_plan *leaf = concept;
    while (leaf->kids_n > 0)
        leaf = &leaf->kids[0];
    return (uint32_t)(str_hash(leaf->text) + leaf->op + concept->op * 31u) &
           ((UINT32_C(1) << INDEX_RARE_BITS) - 1);
}

/* How often a key is there already. */
static size_t count_key(const struct index_rarity *r, uint32_t key)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->words[i].key == key;
    return n;
}

/* The n-th of a key; NULL when it has fewer, or when nothing is given. */
static const struct index_rare *rare_at(const struct index_rarity *r, uint32_t key, size_t n)
{
    for (size_t i = 0; r && i < r->n; i++)
        if (r->words[i].key == key && n-- == 0)
            return &r->words[i];
    return NULL;
}

/* The rarity of one concept: BM25's, never negative. */
static double rarity_of(
    struct planning *p, const struct index_plan *concept, uint64_t df, uint32_t *ret_df)
{
    uint64_t docs = p->used->docs;
    uint32_t key = key_of(concept);
    const struct index_rare *given = rare_at(p->given, key, count_key(p->used, key));
    df = given ? given->df : df;
    df = df < docs ? df : docs;
    p->used->words[p->used->n++] = (struct index_rare){ key, (uint32_t)df };
    *ret_df = (uint32_t)df;
    return log(1 + ((double)(docs - df) + 0.5) / ((double)df + 0.5));
}

static void weigh(struct planning *p, struct index_plan *leaf, double rarity, double factor)
{
    leaf->rarity = rarity;
    leaf->factor *= factor;
    p->sum += rarity * leaf->factor * INDEX_SCALE + 1;
}

/* Alternatives share one rarity: that of all of them together. */
static void weigh_any(struct planning *p, struct index_plan *any, double factor)
{
    uint64_t df = 0;
    for (size_t i = 0; i < any->kids_n; i++)
        if (any->kids[i].op == INDEX_TERM || any->kids[i].op == INDEX_PREFIX)
            df += count_leaf(p, &any->kids[i]);
    double rarity = rarity_of(p, any, df, &any->df);
    for (size_t i = 0; i < any->kids_n; i++) {
        if (any->kids[i].op != INDEX_TERM && any->kids[i].op != INDEX_PREFIX)
            continue;
        any->kids[i].df = any->df;
        weigh(p, &any->kids[i], rarity, factor);
    }
}

static bool plan_node(
    struct planning *p, const struct index_node *from, struct index_plan *to, unsigned depth);

static bool plan_kids(
    struct planning *p, const struct index_node *from, struct index_plan *to, unsigned depth)
{
    to->kids = NEW_N(p->arena, from->kids_n, struct index_plan);
    to->kids_n = from->kids_n;
    for (size_t i = 0; i < from->kids_n; i++)
        if (!plan_node(p, &from->kids[i], &to->kids[i], depth + 1))
            return false;
    return true;
}

static bool plan_node(
    struct planning *p, const struct index_node *from, struct index_plan *to, unsigned depth)
{
    if (depth > INDEX_DEPTH_MAX || ++p->nodes > INDEX_NODES_MAX)
        return false;
    uint32_t all = (UINT32_C(1) << p->shape->texts_n) - 1;
    *to = (struct index_plan){ .op = from->op,
        .role = from->role,
        .text = from->text,
        .fields = (from->fields & all) == all ? 0 : from->fields & all,
        .least = from->least ? from->least : 1,
        .factor = from->weight > 0 ? from->weight : 1 };
    if (from->fields && !(from->fields & all))
        return false;
    return from->op == INDEX_TERM || from->op == INDEX_PREFIX || from->op == INDEX_ALL ||
           plan_kids(p, from, to, depth);
}

static void plan_weights(struct planning *p, struct index_plan *to, double factor)
{
    if (to->op == INDEX_ANY) {
        weigh_any(p, to, factor * to->factor);
    } else if (to->op == INDEX_TERM || to->op == INDEX_PREFIX) {
        double rarity = rarity_of(p, to, count_leaf(p, to), &to->df);
        weigh(p, to, rarity, factor);
        return;
    }
    for (size_t i = 0; i < to->kids_n; i++) {
        bool weighed =
            to->op == INDEX_ANY && (to->kids[i].op == INDEX_TERM || to->kids[i].op == INDEX_PREFIX);
        if (!weighed)
            plan_weights(p, &to->kids[i], factor * to->factor);
    }
}

/* Integers, together so small that no sum of scores overflows. */
static void plan_integers(const struct planning *p, struct index_plan *to)
{
    double part = p->sum > INDEX_WEIGHTS_MAX ? INDEX_WEIGHTS_MAX / p->sum : 1;
    double weight = floor(to->rarity * to->factor * INDEX_SCALE * part);
    if (to->op == INDEX_TERM || to->op == INDEX_PREFIX)
        to->weight = weight < 1 ? 1 : (uint32_t)weight;
    for (size_t i = 0; i < to->kids_n; i++)
        plan_integers(p, &to->kids[i]);
}

struct index_plan *index_plan_make(struct arena *arena, const struct index_view *v,
    const struct index_shape *shape, const struct index_node *root,
    const struct index_rarity *given, struct index_rarity *ret)
{
    struct planning p = { .arena = arena, .view = v, .shape = shape, .given = given, .used = ret };
    struct index_plan *plan = NEW(arena, struct index_plan);
    static const struct index_node all = { .op = INDEX_ALL };
    *ret = (struct index_rarity){ .docs = given ? given->docs : v->corpus.docs,
        .words = NEW_N(arena, INDEX_NODES_MAX, struct index_rare) };
    if (!plan_node(&p, root ? root : &all, plan, 1))
        return NULL;
    plan_weights(&p, plan, 1);
    plan_integers(&p, plan);
    return plan;
}
