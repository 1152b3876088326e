/* SPDX-License-Identifier: Apache-2.0
 * `souk import products`: shows how an import goes and what it refused. Called from the table of
 * commands; must never read the file itself: that is flows/assortment's. */
#include <stdio.h>
#include <unistd.h>

#include "app/commands_internal.h"
#include "flows/assortment/assortment.h"

#define SHOWN_EVERY_MS 200 /* on a terminal */
#define LINE_EVERY_MS 5000 /* elsewhere */

struct importing {
    struct app *app;
    str file;
    bool quiet, terminal;
    int64_t started_ms, shown_ms;
};

static int64_t rate(const struct importing *im, int64_t rows)
{
    int64_t ms = clock_now_ms(&im->app->clock) - im->started_ms;
    return rows * 1000 / (ms > 0 ? ms : 1);
}

static void show_progress(void *arg, int64_t rows, int64_t bytes, int64_t bytes_all)
{
    struct importing *im = arg;
    int64_t now_ms = clock_now_ms(&im->app->clock);
    if (im->quiet || now_ms - im->shown_ms < (im->terminal ? SHOWN_EVERY_MS : LINE_EVERY_MS))
        return;
    im->shown_ms = now_ms;
    int64_t percent = bytes_all > 0 ? bytes * 100 / bytes_all : 100;
    fprintf(stderr, "%simport: %lld rows, %lld %%, %lld rows/s%s", im->terminal ? "\r\033[K" : "",
        (long long)rows, (long long)percent, (long long)rate(im, rows), im->terminal ? "" : "\n");
}

static void show_bad_row(void *arg, int64_t line, const char *why, str detail)
{
    struct importing *im = arg;
    fprintf(stderr, "%s" STR_F ":%lld: %s%s" STR_F "\n",
        im->terminal && !im->quiet ? "\r\033[K" : "", STR_A(im->file), (long long)line, why,
        detail.n ? ": " : "", STR_A(detail));
}

/* By name, else by how the file's name ends. */
static bool format_of(str format, str file, enum assortment_format *ret)
{
    if (!format.n) {
        str name = str_ends(file, S(".gz")) ? str_sub(file, 0, file.n - 3) : file;
        if (str_ends(name, S(".ndjson")) || str_ends(name, S(".jsonl")))
            format = S("ndjson");
        else if (str_ends(name, S(".csv")))
            format = S("csv");
    }
    static const struct {
        str name;
        enum assortment_format format;
    } formats[] = {
        { S_INIT("ndjson"), ASSORTMENT_NDJSON },
        { S_INIT("csv"), ASSORTMENT_CSV },
        { S_INIT("shopify"), ASSORTMENT_SHOPIFY },
    };
    for (size_t i = 0; i < COUNT(formats); i++)
        if (str_eq(format, formats[i].name)) {
            *ret = formats[i].format;
            return true;
        }
    return false;
}

/* Stock must be somewhere. */
static err unit_warehouse(void *arg, struct cx *cx)
{
    struct app *app = arg;
    struct inventory_warehouse *list;
    size_t n;
    id made;
    err e = inventory_warehouse_list(app->inventory, cx, &list, &n);
    if (e || n)
        return e;
    return inventory_warehouse_add(app->inventory, cx,
        (struct inventory_warehouse){
            .code = S("MAIN"), .name = S("Main warehouse"), .country = S("US") },
        &made);
}

static int summary(const struct importing *im, const struct assortment_report *r, err e)
{
    if (!im->quiet)
        fprintf(stderr,
            "%simport: %lld rows, %lld products put, %lld unchanged, %lld bad; %lld rows/s\n",
            im->terminal ? "\r\033[K" : "", (long long)r->rows, (long long)r->products,
            (long long)r->unchanged, (long long)r->bad, (long long)rate(im, r->rows));
    return !e && r->products + r->unchanged > 0 ? 0 : 1;
}

int command_import(struct app *app, struct cx *cx)
{
    const struct config *config = app->config;
    struct importing im = { .app = app,
        .quiet = config_extra(config, "quiet").p != NULL,
        .terminal = isatty(2) == 1,
        .started_ms = clock_now_ms(&app->clock) };
    im.shown_ms = im.started_ms;
    struct assortment_import in = { .map_file = config_extra(config, "map"),
        .rules_file = config_extra(config, "rules"),
        .progress = show_progress,
        .bad_row = show_bad_row,
        .arg = &im };
    if (config->rest_n == 2)
        in.file = im.file = config->rest[1];
    if (config->rest_n != 2 || !str_eq(config->rest[0], S("products")) ||
        !format_of(config_extra(config, "format"), in.file, &in.format)) {
        fprintf(stderr,
            "usage: souk import products --format=ndjson|csv|shopify [--map=FILE] "
            "[--rules=FILE] [--quiet] FILE\n");
        return 1;
    }
    struct assortment_report report = { .rows = 0 };
    err e = db_write_wait(app_db_of(app, S("inventory")), cx, 0, unit_warehouse, app);
    if (!e)
        e = assortment_import_file(app->assortment, cx, &in, &report);
    int status = summary(&im, &report, e);
    if (!e)
        e = app_settle(app, cx);
    return e ? app_complain(cx, e, "import") : status;
}
