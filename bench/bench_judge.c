/* SPDX-License-Identifier: Apache-2.0
 * Judged queries and nDCG@10. Called by bench/search-quality; must never count a query with which
 * nothing could be right. */
#include "bench/bench_judge.h"

#include <math.h>

#include "platform/file/file.h"

#define TOP 10
#define JUDGED_MAX 400

void judge_read(struct judge *judge, struct bench *b, const char *path)
{
    str text;
    if (!file_read(b->arena, str_from_c(path), &text))
        bench_die(b, "cannot read %s", path);
    *judge = (struct judge){ .queries = NEW_N(b->arena, JUDGE_QUERIES_MAX, struct judge_query) };
    (void)str_cut(&text, '\n');
    while (text.n) {
        str line = str_trim(str_cut(&text, '\n'));
        str query = str_cut(&line, ','), product = str_cut(&line, ',');
        int64_t rating;
        if (!query.n || !str_to_i64(line, &rating))
            continue;
        struct judge_query *q = judge->n ? &judge->queries[judge->n - 1] : NULL;
        if (!q || !str_eq(q->text, query)) {
            if (judge->n == JUDGE_QUERIES_MAX)
                bench_die(b, "more queries than %d", JUDGE_QUERIES_MAX);
            q = &judge->queries[judge->n++];
            q->text = query;
            q->judged = NEW_N(b->arena, JUDGED_MAX, struct judge_one);
        }
        if (q->n < JUDGED_MAX)
            q->judged[q->n++] =
                (struct judge_one){ str_cat(b->arena, S("icecat:"), product), (int)rating };
    }
}

static double dcg(const int *ratings, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n && i < TOP; i++)
        sum += (exp2(ratings[i]) - 1) / log2((double)i + 2);
    return sum;
}

static double ideal(const struct judge_query *q)
{
    int best[TOP] = { 0 };
    size_t n = 0;
    for (int rating = 3; rating > 0; rating--)
        for (size_t i = 0; i < q->n && n < TOP; i++)
            if (q->judged[i].rating == rating)
                best[n++] = rating;
    return dcg(best, n);
}

int judge_rating(const struct judge_query *q, str source)
{
    for (size_t i = 0; i < q->n; i++)
        if (str_eq(q->judged[i].source, source))
            return q->judged[i].rating;
    return -1;
}

struct judge_score judge_score(const struct judge_query *q, const str *sources, size_t n)
{
    int all[JUDGE_DEPTH], judged[JUDGE_DEPTH];
    size_t judged_n = 0;
    double best = ideal(q);
    if (best <= 0)
        return (struct judge_score){ 0 };
    n = n < JUDGE_DEPTH ? n : JUDGE_DEPTH;
    for (size_t i = 0; i < n; i++) {
        int rating = judge_rating(q, sources[i]);
        all[i] = rating < 0 ? 0 : rating;
        if (rating >= 0)
            judged[judged_n++] = rating;
    }
    return (struct judge_score){ dcg(all, n) / best, dcg(judged, judged_n) / best, 1 };
}

/* Of the ratings in the order that gives most. */
static double dcg_sorted(const int *ratings, size_t n)
{
    int best[TOP] = { 0 };
    size_t at = 0;
    for (int rating = 3; rating > 0; rating--)
        for (size_t i = 0; i < n && at < TOP; i++)
            if (ratings[i] == rating)
                best[at++] = rating;
    return dcg(best, at);
}

struct judge_loss judge_loss(const struct judge_query *q, const str *sources, size_t n)
{
    int ratings[JUDGE_DEPTH] = { 0 };
    double best = ideal(q);
    n = n < JUDGE_DEPTH ? n : JUDGE_DEPTH;
    for (size_t i = 0; i < n; i++)
        ratings[i] = judge_rating(q, sources[i]);
    if (best <= 0)
        return (struct judge_loss){ 0 };
    double found = dcg_sorted(ratings, n) / best;
    double top = dcg_sorted(ratings, n < TOP ? n : TOP) / best;
    for (size_t i = 0; i < n; i++)
        ratings[i] = ratings[i] < 0 ? 0 : ratings[i];
    return (struct judge_loss){ 1 - found, found - top, top - dcg(ratings, n) / best };
}

double judge_graded(const struct judge_query *q, const double *ratings, size_t n)
{
    double sum = 0, best = ideal(q);
    for (size_t i = 0; i < n && i < TOP; i++)
        sum += (exp2(ratings[i]) - 1) / log2((double)i + 2);
    return best > 0 ? fmin(sum / best, 1) : -1;
}

struct judge_score judge_mean(const struct judge_scores *all)
{
    struct judge_score sum = { 0 };
    for (size_t i = 0; i < all->n; i++) {
        sum.as_zero += all->of[i].as_zero;
        sum.removed += all->of[i].removed;
        sum.n += all->of[i].n;
    }
    double n = sum.n > 0 ? (double)sum.n : 1;
    return (struct judge_score){ sum.as_zero / n, sum.removed / n, sum.n };
}

double judge_error(const struct judge_scores *all)
{
    struct judge_score mean = judge_mean(all);
    double squares = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->of[i].n > 0)
            squares += (all->of[i].removed - mean.removed) * (all->of[i].removed - mean.removed);
    return mean.n > 1 ? sqrt(squares / (double)(mean.n - 1) / (double)mean.n) : 0;
}
