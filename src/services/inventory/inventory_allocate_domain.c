/* SPDX-License-Identifier: Apache-2.0
 * The rules of allocation: which warehouse sends what. Called by the reservations with levels they
 * have locked; must never do I/O or depend on anything but its input. */
#include <string.h>

#include "base/arena.h"
#include "services/inventory/inventory_domain.h"

static int place_cmp(const struct inventory_place *a, const struct inventory_place *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return id_cmp(a->warehouse_id, b->warehouse_id);
}

void inventory_domain_sort(struct inventory_place *places, size_t n)
{
    for (size_t i = 1; i < n; i++) { /* a handful of warehouses */
        struct inventory_place place = places[i];
        size_t at = i;
        for (; at > 0 && place_cmp(&places[at - 1], &place) > 0; at--)
            places[at] = places[at - 1];
        places[at] = place;
    }
}

#define BORDER_KM 1000 /* customs and their papers are worth this way */
#define PRIORITIES 1024

int64_t inventory_domain_rank(struct inventory_way way)
{
    ASSERT(way.priority >= 0 && way.priority < PRIORITIES);
    int64_t km = way.known ? way.km + way.cost + (way.abroad ? BORDER_KM : 0) : 0;
    return km * PRIORITIES + way.priority; /* priority settles what is equally far */
}

/* The first place that has the whole line; places_n when none has. */
static size_t whole(const struct inventory_demand *d, size_t from)
{
    while (from < d->places_n && d->places[from].available < d->quantity)
        from++;
    return from;
}

/* Where this warehouse stands among the places of a line that have it whole. */
static size_t whole_at(const struct inventory_demand *d, const struct inventory_place *place)
{
    size_t low = 0, high = d->places_n;
    while (low < high) {
        size_t at = (low + high) / 2;
        if (place_cmp(&d->places[at], place) < 0)
            low = at + 1;
        else
            high = at;
    }
    bool has = low < d->places_n && id_eq(d->places[low].warehouse_id, place->warehouse_id) &&
               d->places[low].available >= d->quantity;
    return has ? low : d->places_n;
}

/* How many of the open lines the warehouse has whole. */
static size_t covered(const struct inventory_demand *demands, size_t n, const bool *done,
    const struct inventory_place *p)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += !done[i] && whole_at(&demands[i], p) < demands[i].places_n;
    return count;
}

#define NEAR_MAX 32 /* warehouses of a line that are tried as the one for many lines */

/* The warehouse that has most of the open lines; NULL when none has any. One that has all is the
 * single warehouse of the order, as it is in the list of each line. */
static const struct inventory_place *best_cover(
    const struct inventory_demand *demands, size_t n, const bool *done)
{
    const struct inventory_place *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        const struct inventory_demand *d = &demands[i];
        size_t tried = 0;
        for (size_t k = whole(d, 0); !done[i] && k < d->places_n && tried < NEAR_MAX;
             k = whole(d, k + 1), tried++) {
            size_t count = covered(demands, n, done, &d->places[k]);
            if (count > most || (count == most && place_cmp(&d->places[k], best) < 0)) {
                most = count;
                best = &d->places[k];
            }
        }
    }
    return best;
}

/* How many places it takes, the fullest first; `sizes` becomes what they have, falling. */
static size_t fewest(const struct inventory_demand *d, int64_t *sizes)
{
    for (size_t i = 0; i < d->places_n; i++) {
        size_t at = i;
        for (; at > 0 && sizes[at - 1] < d->places[i].available; at--)
            sizes[at] = sizes[at - 1];
        sizes[at] = d->places[i].available;
    }
    int64_t sum = 0;
    size_t k = 0;
    while (sum < d->quantity)
        sum += sizes[k++];
    return k;
}

/* What `k` places can have at most, of those after the i-th. */
static int64_t most_after(const struct inventory_demand *d, size_t i, size_t k, int64_t *top)
{
    size_t n = 0;
    for (size_t j = i + 1; k > 0 && j < d->places_n; j++) {
        int64_t size = d->places[j].available;
        if (n == k && top[n - 1] >= size)
            continue;
        size_t at = n < k ? n++ : n - 1;
        for (; at > 0 && top[at - 1] < size; at--)
            top[at] = top[at - 1];
        top[at] = size;
    }
    int64_t sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += top[j];
    return sum;
}

/* A line that no place has whole: as few places as can have it, the nearest of those. What was
 * passed over cannot become useful later, so one walk finds them. */
static void split(struct arena *scratch, struct inventory_demand *d)
{
    int64_t *sizes = NEW_N(scratch, d->places_n, int64_t);
    int64_t want = d->quantity;
    size_t k = fewest(d, sizes);
    for (size_t i = 0; want > 0; i++) {
        ASSERT(i < d->places_n && k > 0);
        int64_t has = d->places[i].available;
        if (has <= 0 || has + most_after(d, i, k - 1, sizes) < want)
            continue;
        d->take[i] = has < want ? has : want;
        want -= d->take[i];
        k--;
    }
}

static bool count_left(struct inventory_demand *demands, size_t n)
{
    bool fits = true;
    for (size_t i = 0; i < n; i++) {
        struct inventory_demand *d = &demands[i];
        ASSERT(d->quantity > 0);
        d->left = 0;
        for (size_t k = 0; k < d->places_n; k++) {
            ASSERT(d->places[k].available >= 0);
            ASSERT(k == 0 || place_cmp(&d->places[k - 1], &d->places[k]) < 0);
            d->take[k] = 0;
            d->left += d->places[k].available;
        }
        fits &= d->left >= d->quantity;
    }
    return fits;
}

bool inventory_domain_allocate(struct arena *scratch, struct inventory_demand *demands, size_t n)
{
    if (!count_left(demands, n))
        return false;
    bool *done = NEW_N(scratch, n, bool);
    const struct inventory_place *place;
    while ((place = best_cover(demands, n, done)))
        for (size_t i = 0; i < n; i++) {
            size_t at = done[i] ? demands[i].places_n : whole_at(&demands[i], place);
            if (at == demands[i].places_n)
                continue;
            demands[i].take[at] = demands[i].quantity;
            done[i] = true;
        }
    for (size_t i = 0; i < n; i++)
        if (!done[i])
            split(scratch, &demands[i]);
    return true;
}
