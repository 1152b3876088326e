/* SPDX-License-Identifier: Apache-2.0
 * The rules of lines and movements. Called by the verbs; must never do I/O, read a clock or
 * allocate beyond the caller's arrays. */
#include "services/inventory/inventory_domain.h"

#include <string.h>

static int line_cmp(const struct inventory_line *a, const struct inventory_line *b)
{
    int c = id_cmp(a->product_id, b->product_id);
    return c ? c : id_cmp(a->variant_id, b->variant_id);
}

size_t inventory_domain_merge(struct inventory_line *lines, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) { /* insertion sort: at most INVENTORY_LINES_MAX lines */
        struct inventory_line line = lines[i];
        size_t at = kept;
        while (at > 0 && line_cmp(&lines[at - 1], &line) > 0)
            at--;
        if (at > 0 && line_cmp(&lines[at - 1], &line) == 0) {
            lines[at - 1].quantity += line.quantity;
            continue;
        }
        memmove(&lines[at + 1], &lines[at], (kept - at) * sizeof lines[0]);
        lines[at] = line;
        kept++;
    }
    return kept;
}

static bool quantity_fits(enum inventory_kind kind, int64_t quantity)
{
    if (quantity > INVENTORY_ON_HAND_MAX || quantity < -INVENTORY_ON_HAND_MAX)
        return false;
    switch (kind) {
    case INVENTORY_RECEIPT:
    case INVENTORY_DAMAGE:
    case INVENTORY_RETURN:
    case INVENTORY_SENT:
    case INVENTORY_ARRIVED:
        return quantity > 0;
    case INVENTORY_ADJUSTMENT:
        return quantity != 0;
    case INVENTORY_COUNT:
        return quantity >= 0;
    case INVENTORY_SALE:
    case INVENTORY_KINDS_N:
        return false;
    }
    return false;
}

static int64_t change_of(enum inventory_kind kind, int64_t quantity, int64_t on_hand)
{
    switch (kind) {
    case INVENTORY_RECEIPT:
    case INVENTORY_RETURN:
    case INVENTORY_ADJUSTMENT:
    case INVENTORY_ARRIVED:
        return quantity;
    case INVENTORY_COUNT:
        return quantity - on_hand;
    case INVENTORY_DAMAGE:
    case INVENTORY_SALE:
    case INVENTORY_SENT:
        return -quantity;
    case INVENTORY_KINDS_N:
        break;
    }
    panic(__FILE__, "unknown kind of movement");
}

err inventory_domain_move(struct cx *cx, struct inventory_level level, enum inventory_kind kind,
    int64_t quantity, struct inventory_level *ret, int64_t *ret_change)
{
    ASSERT(level.reserved <= level.on_hand);
    if (!quantity_fits(kind, quantity)) {
        cx_field(cx, S("/quantity"), "not_allowed", "this kind of movement cannot have it");
        return FAIL(cx, ERR_INVALID, "kind=%d quantity=%lld", (int)kind, (long long)quantity);
    }
    int64_t change = change_of(kind, quantity, level.on_hand);
    int64_t after = level.on_hand + change;
    if (after > INVENTORY_ON_HAND_MAX) {
        cx_field(cx, S("/quantity"), "too_large", "more than a warehouse can hold");
        return FAIL(cx, ERR_INVALID, "after=%lld", (long long)after);
    }
    if (after < level.reserved)
        return FAIL(cx, INVENTORY_BELOW_ZERO, "after=%lld reserved=%lld", (long long)after,
            (long long)level.reserved);
    level.on_hand = after;
    level.available = after - level.reserved;
    *ret = level;
    *ret_change = change;
    return NULL;
}

bool inventory_domain_notable(int64_t before, int64_t after, int64_t low_at)
{
    bool out_changed = (before <= 0) != (after <= 0);
    bool low_changed = (before <= low_at) != (after <= low_at);
    return out_changed || low_changed;
}

bool inventory_domain_became_low(int64_t before, int64_t after, int64_t low_at)
{
    return before > low_at && after <= low_at;
}

#define COVER_MAX 3650 /* days: ten years */

struct inventory_forecast inventory_domain_forecast(
    int64_t available, int64_t coming, int64_t sold, struct inventory_window window)
{
    ASSERT(window.days > 0 && window.cover_wanted >= 0);
    struct inventory_forecast f = { .available = available,
        .coming = coming,
        .sold = sold > 0 ? sold : 0,
        .cover_days = COVER_MAX };
    if (f.sold == 0)
        return f;
    f.daily = (double)f.sold / (double)window.days;
    int64_t cover = available * window.days / f.sold;
    f.cover_days = cover < COVER_MAX ? cover : COVER_MAX;
    int64_t needed = (f.sold * window.cover_wanted + window.days - 1) / window.days;
    f.reorder = needed > available + coming ? needed - available - coming : 0;
    return f;
}
