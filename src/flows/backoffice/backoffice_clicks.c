/* SPDX-License-Identifier: Apache-2.0
 * Where in lists people click, and what comes of it: the shop as a whole, lately. Called by the
 * gateway; must never tell of one shopper. */
#include "flows/backoffice/backoffice_search.h"

#define HERE "/admin/search/clicks"
#define DAYS 28

static str share_text(struct cx *cx, int64_t part, int64_t of)
{
    return of >= part && of > 0 ? str_fmt(cx->arena, "%.1f%%", 100.0 * (double)part / (double)of)
                                : S("\xE2\x80\x93");
}

static const struct office_tiles_view *tiles_of(struct cx *cx, const struct behaviour_report *r)
{
    enum { TILES_N = 4 };
    struct office_tile_view *tiles = NEW_N(cx->arena, TILES_N, struct office_tile_view);
    struct office_tiles_view *v = NEW(cx->arena, struct office_tiles_view);
    tiles[0] = (struct office_tile_view){ .label = S("Looks at products"),
        .value = web_number(cx->arena, r->views),
        .note = S("Pages of products, by browsers that tell"),
        .href = S("/admin/search") };
    tiles[1] = (struct office_tile_view){ .label = S("Put into a cart"),
        .value = web_number(cx->arena, r->carts),
        .note = r->views
                    ? str_cat(cx->arena, share_text(cx, r->carts, r->views), S(" of the looks"))
                    : S("Carts of browsers that tell"),
        .href = S("/admin/search") };
    tiles[2] = (struct office_tile_view){ .label = S("Ordered"),
        .value = web_number(cx->arena, r->orders),
        .note = str_cat(cx->arena, web_number(cx->arena, r->units), S(" pieces")),
        .href = S("/admin/orders") };
    tiles[3] = (struct office_tile_view){ .label = S("Conversion"),
        .value = share_text(cx, r->orders, r->views),
        .note = S("Orders beside looks"),
        .href = S("/admin/orders") };
    *v = (struct office_tiles_view){ .tiles = tiles, .tiles_n = TILES_N };
    return v;
}

static str range_text(struct cx *cx, const struct behaviour_range *r)
{
    if (r->to == 0)
        return str_fmt(cx->arena, "%lld and beyond", (long long)r->from);
    if (r->to == r->from)
        return str_from_i64(cx->arena, r->from);
    return str_fmt(cx->arena, "%lld\xE2\x80\x93%lld", (long long)r->from, (long long)r->to);
}

static const struct office_table_view *ranges_of(struct cx *cx, const struct behaviour_report *r)
{
    static const struct backoffice_column columns[] = { { "Position", false }, { "Seen", true },
        { "Clicked", true }, { "Clicks of what was seen", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells =
        NEW_N(cx->arena, BEHAVIOUR_RANGES_N * width, struct office_cell_view);
    double most = 0;
    for (size_t i = 0; i < BEHAVIOUR_RANGES_N; i++) {
        const struct behaviour_range *g = &r->ranges[i];
        double share = g->shown > 0 ? (double)g->clicked / (double)g->shown : 0;
        most = share > most ? share : most;
    }
    for (size_t i = 0; i < BEHAVIOUR_RANGES_N; i++) {
        const struct behaviour_range *g = &r->ranges[i];
        struct office_cell_view *row = cells + i * width;
        double share = g->shown > 0 ? (double)g->clicked / (double)g->shown : 0;
        row[0] = (struct office_cell_view){ .text = range_text(cx, g), .strong = true };
        row[1] = (struct office_cell_view){ .text = web_number(cx->arena, g->shown) };
        row[2] = (struct office_cell_view){ .text = web_number(cx->arena, g->clicked) };
        row[3] = (struct office_cell_view){ .text = share_text(cx, g->clicked, g->shown),
            .bar = most > 0 ? (int64_t)(100 * share / most) : 0 };
    }
    return backoffice_table(cx, "Clicks by position", columns, cells, BEHAVIOUR_RANGES_N);
}

err backoffice_get_clicks(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    struct behaviour_report r;
    (void)body;
    err e = behaviour_report_of(b->deps.behaviour, cx, DAYS, &r);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 2);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("funnel"),
                                .title = S("From looks to orders"),
                                .bare = true,
                                .hide_title = true,
                                .tiles = tiles_of(cx, &r) });
    backoffice_add(&blocks,
        (struct office_block_view){ .key = S("positions"),
            .title = S("Clicks by position"),
            .text =
                S("In lists and results. What is seen is weighed by how good it is, so that the "
                  "top does not look better for having the best on it."),
            .table = ranges_of(cx, &r) });
    v->title = S("Clicks and conversion");
    v->lead = str_fmt(cx->arena,
        "The last %d days, counted without who; only browsers with scripts tell what they see.",
        DAYS);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}
