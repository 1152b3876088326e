/* SPDX-License-Identifier: Apache-2.0
 * Imports of files, a batch a unit. Called by `souk import`; must never hold a whole file, nor lose
 * the good rows of a batch for a bad one. */
#include "base/embed.h"
#include "flows/assortment/import_internal.h"
#include "platform/file/file.h"
#include "platform/file/line_reader.h"

#define BATCH 1000
#define BATCHES 3
#define TRIES 5
#define BATCH_ARENA (48 * 1024 * 1024) /* kept from batch to batch */
#define BATCH_BYTES (64 * 1024 * 1024)
#define RECORD_MAX LINE_READER_LINE_MAX
#define FOLDER "src/flows/assortment/data/"

/* Rows on their way into the services. */
struct batch {
    struct assortment *a;
    struct cx cx;             /* of the unit; its arena holds all that the rows are made of */
    struct db_ticket *ticket; /* of the unit under way */
    struct assortment_item items[BATCH];
    int64_t lines[BATCH];
    struct assortment_result results[BATCH];
    size_t n;
};
/* A CSV file under way. */
struct table {
    str *columns;
    size_t columns_n;
    char separator;
    struct import_row *group; /* Shopify: rows of one handle, in the arena of the batch */
    size_t group_n;
    str handle;
    struct import_handles handles; /* of groups that ended */
};
struct importing {
    struct assortment *a;
    struct cx *cx;
    const struct assortment_import *in;
    struct assortment_report *report;
    struct line_reader *reader;
    struct assortment_map map;
    struct map_names names;
    struct arena *scratch; /* for what must outlive a flush */
    struct map_place place;
    struct import_categories categories;
    struct batch *batches; /* while one is filled the others are written */
    struct batch *batch;   /* the one that is filled */
    struct table table;
};

static void bad_row(struct importing *im, int64_t line, const char *why, str detail)
{
    im->report->bad++;
    if (im->in->bad_row)
        im->in->bad_row(im->in->arg, line, why, detail);
}

/* ---- a batch into the services ---- */

static err unit_put(void *arg, struct cx *cx)
{
    struct batch *b = arg;
    return assortment_put_all(b->a, cx, b->items, b->n, b->results);
}

/* The failure of a batch is that of the import. */
static err pass_on(struct importing *im, const struct batch *b, err e)
{
    return cx_fail(im->cx, e, b->cx.where, STR_F, STR_A(b->cx.detail));
}

static err make_ready(struct importing *im)
{
    struct batch *b = im->batch;
    for (size_t i = 0; i < b->n; i++) {
        struct catalog_product *p = &b->items[i].product;
        p->category_path = import_category_of(&im->categories, b->cx.arena, &b->items[i]);
        err e = import_category_make(&im->categories, &b->cx, p->category_path, &p->category_id);
        if (e)
            return pass_on(im, b, e);
        assortment_prepare(im->a, &b->cx, &b->items[i]);
    }
    return NULL;
}

static void count_results(struct importing *im, const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct assortment_result *r = &b->results[i];
        if (r->e)
            bad_row(im, b->lines[i], r->e->title, r->detail);
        else if (r->changed)
            im->report->products++;
        else
            im->report->unchanged++;
    }
}

/* Waits for the batch, if it is being written, and empties it. */
static err end_batch(struct importing *im, struct batch *b)
{
    if (!b->ticket)
        return NULL;
    err e = db_write_finish(b->ticket);
    b->ticket = NULL;
    for (int i = 0; i < TRIES && (e == &CATALOG_SKU_TAKEN || e == &DB_DUPLICATE); i++) {
        cx_clear(&b->cx); /* another unit put the same in between: now it is seen */
        e = db_write_wait(im->a->deps.db, &b->cx, 0, unit_put, b);
    }
    if (e)
        return pass_on(im, b, e);
    count_results(im, b);
    b->n = 0;
    cx_clear(&b->cx);
    arena_reset(b->cx.arena);
    if (im->in->progress)
        im->in->progress(im->in->arg, im->report->rows, line_reader_bytes(im->reader),
            line_reader_bytes_all(im->reader));
    return NULL;
}

/* Sends the batch off and takes the next one, which is empty then. */
static err flush(struct importing *im)
{
    struct batch *b = im->batch;
    err e = make_ready(im);
    if (e)
        return e;
    b->ticket = db_write_start(im->a->deps.db, &b->cx, 0, unit_put, b);
    im->batch = b + 1 < im->batches + BATCHES ? b + 1 : im->batches;
    return end_batch(im, im->batch);
}

/* Oldest first. The tickets of all end here, also after a failure. */
static err finish(struct importing *im, err first)
{
    err e = first;
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *b = im->batch;
        err own = e && b->ticket ? db_write_finish(b->ticket) : NULL;
        if (e)
            b->ticket = NULL; /* the first failure is told, not this one's */
        else
            own = end_batch(im, b);
        e = e ? e : own;
        im->batch = b + 1 < im->batches + BATCHES ? b + 1 : im->batches;
    }
    return e;
}

/* Keeps the item that was made in the next place, unless something is wrong with it. Whether the
 * batch is full then. */
static bool keep_item(struct importing *im, int64_t line, const char *why)
{
    struct batch *b = im->batch;
    if (why)
        bad_row(im, line, why, (str){ NULL, 0 });
    else
        b->lines[b->n++] = line;
    return b->n == BATCH || arena_used(b->cx.arena) > BATCH_BYTES;
}

/* ---- NDJSON ---- */

/* The next line that holds something; *ret_end at the end of the file. */
static err next_line(struct importing *im, str *ret, bool *ret_end)
{
    for (;;) {
        switch (line_reader_next(im->reader, ret)) {
        case LINE_READ:
            if (!str_trim(*ret).n)
                continue;
            return NULL;
        case LINE_END:
            *ret_end = true;
            return NULL;
        case LINE_TOO_LONG:
            im->report->rows++;
            bad_row(im, line_reader_number(im->reader), "the line is longer than 4 MiB", S(""));
            continue;
        case LINE_BROKEN:
            return FAIL(im->cx, ERR_INVALID, "the file cannot be read on after line %lld",
                (long long)line_reader_number(im->reader) - 1);
        }
    }
}

static err read_ndjson(struct importing *im)
{
    for (;;) {
        struct batch *b = im->batch;
        str line;
        bool end = false;
        err e = next_line(im, &line, &end);
        if (e || end)
            return e;
        im->report->rows++;
        struct import_row row = { .line = line_reader_number(im->reader) };
        const char *why = import_ndjson_row(&b->cx, line, &row);
        if (!why)
            why = assortment_map_row(
                b->cx.arena, &im->map, &im->names, &row, im->place, &b->items[b->n]);
        if (keep_item(im, row.line, why))
            e = flush(im);
        if (e)
            return e;
    }
}

/* ---- CSV ---- */

/* The next record, its lines joined, in the arena of the batch. */
static err next_record(struct importing *im, str *ret, int64_t *ret_line, bool *ret_end)
{
    struct import_csv_state state = { .quoted = false };
    struct buf record = { .arena = im->batch->cx.arena };
    str line;
    err e = next_line(im, &line, ret_end);
    if (e || *ret_end)
        return e;
    *ret_line = line_reader_number(im->reader);
    if (!im->table.separator)
        im->table.separator = import_csv_separator(line);
    buf_add(&record, line);
    import_csv_line(&state, line, im->table.separator);
    while (
        state.quoted && record.n < RECORD_MAX && line_reader_next(im->reader, &line) == LINE_READ) {
        buf_char(&record, '\n');
        buf_add(&record, line);
        import_csv_line(&state, line, im->table.separator);
    }
    *ret = buf_str(&record);
    return NULL;
}

static err read_header(struct importing *im)
{
    str record, *fields;
    int64_t line;
    bool end = false;
    err e = next_record(im, &record, &line, &end);
    if (e || end)
        return e;
    struct table *t = &im->table;
    const char *why =
        import_csv_fields(im->cx->arena, record, t->separator, &fields, &t->columns_n);
    if (why)
        return FAIL(im->cx, ERR_INVALID, "the header cannot be read: %s", why);
    t->columns = NEW_N(im->cx->arena, t->columns_n, str);
    for (size_t i = 0; i < t->columns_n; i++)
        t->columns[i] = import_csv_name(im->cx->arena, fields[i]);
    return NULL;
}

static const char *row_of(struct importing *im, str record, struct import_row *ret)
{
    struct table *t = &im->table;
    struct arena *arena = im->batch->cx.arena;
    str *fields;
    size_t n;
    const char *why = import_csv_fields(arena, record, t->separator, &fields, &n);
    if (why)
        return why;
    struct import_cell *cells = NEW_N(arena, n, struct import_cell);
    ret->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!str_trim(fields[i]).n)
            continue;
        if (i >= t->columns_n)
            return "there are more fields than in the header";
        cells[ret->n++] = (struct import_cell){ t->columns[i], fields[i] };
    }
    ret->cells = cells;
    return NULL;
}

static err read_csv(struct importing *im)
{
    err e = read_header(im);
    while (!e) {
        struct batch *b = im->batch;
        str record;
        struct import_row row = { .line = 0 };
        bool end = false;
        e = next_record(im, &record, &row.line, &end);
        if (e || end)
            return e;
        im->report->rows++;
        const char *why = row_of(im, record, &row);
        if (!why)
            why = assortment_map_row(
                b->cx.arena, &im->map, &im->names, &row, im->place, &b->items[b->n]);
        if (keep_item(im, row.line, why))
            e = flush(im);
    }
    return e;
}

/* ---- Shopify ---- */

/* The product of the rows that were gathered. *ret_flushed: the arena is another's. */
static err end_group(struct importing *im, bool *ret_flushed)
{
    struct table *t = &im->table;
    struct batch *b = im->batch;
    *ret_flushed = false;
    if (!t->group_n)
        return NULL;
    if (t->handles.n == IMPORT_HANDLES_MAX)
        return FAIL(
            im->cx, ERR_INVALID, "more than %d handles: split the file", IMPORT_HANDLES_MAX);
    bool fresh = !t->handle.n || import_handles_add(&t->handles, t->handle);
    const char *why =
        fresh ? NULL : "rows of this handle stand further up, and must stand together";
    if (t->group_n > IMPORT_SHOPIFY_ROWS_MAX)
        why = "there are too many rows of one handle";
    if (!why)
        why = import_shopify_item(b->cx.arena, t->group, t->group_n, im->place, &b->items[b->n]);
    int64_t line = t->group[0].line;
    t->group_n = 0;
    if (!keep_item(im, line, why))
        return NULL;
    *ret_flushed = true;
    return flush(im);
}

/* A row of the handle under way, or the first of the next one. */
static err add_to_group(struct importing *im, str record, struct import_row *row)
{
    struct table *t = &im->table;
    bool flushed = false;
    str handle = str_trim(import_cell(row, S("handle")));
    if (t->group_n && !str_eq(handle, t->handle)) {
        str kept = str_dup(im->scratch, record); /* the arena of the batch may go */
        err e = end_group(im, &flushed);
        if (e)
            return e;
        if (flushed && row_of(im, str_dup(im->batch->cx.arena, kept), row))
            panic(__FILE__, "a record was read once and not twice");
        arena_reset(im->scratch);
    }
    if (!t->group_n) {
        t->group = NEW_N(im->batch->cx.arena, IMPORT_SHOPIFY_ROWS_MAX, struct import_row);
        t->handle = str_trim(import_cell(row, S("handle")));
    }
    if (t->group_n < IMPORT_SHOPIFY_ROWS_MAX)
        t->group[t->group_n] = *row;
    t->group_n++;
    return NULL;
}

static err read_shopify(struct importing *im)
{
    bool flushed;
    err e = read_header(im);
    while (!e) {
        str record;
        struct import_row row = { .line = 0 };
        bool end = false;
        e = next_record(im, &record, &row.line, &end);
        if (e)
            return e;
        if (end)
            return end_group(im, &flushed);
        im->report->rows++;
        const char *why = row_of(im, record, &row);
        if (why)
            bad_row(im, row.line, why, (str){ NULL, 0 });
        else
            e = add_to_group(im, record, &row);
    }
    return e;
}

/* ---- the whole ---- */

/* A given file, or one that is built in. */
static err text_of(struct cx *cx, str file, str built_in, str *ret)
{
    if (!file.n) {
        *ret = embedded_find(built_in);
        ASSERT(ret->p);
        return NULL;
    }
    return file_read(cx->arena, file, ret)
               ? NULL
               : FAIL(cx, ERR_INVALID, "cannot read " STR_F, STR_A(file));
}

static err read_rules(struct importing *im)
{
    const struct assortment_import *in = im->in;
    str built_in = in->format == ASSORTMENT_NDJSON ? S(FOLDER "icecat.map") : S(FOLDER "csv.map");
    str map_text, rules_text;
    err e = text_of(im->cx, in->map_file, built_in, &map_text);
    if (!e)
        e = assortment_map_parse(
            im->cx, in->map_file.n ? in->map_file : built_in, map_text, &im->map);
    built_in = S(FOLDER "categories.rules");
    if (!e)
        e = text_of(im->cx, in->rules_file, built_in, &rules_text);
    struct assortment_rules *rules = NULL;
    if (!e)
        e = assortment_rules_parse(
            im->cx, in->rules_file.n ? in->rules_file : built_in, rules_text, &rules);
    im->categories.rules = rules;
    return e;
}

static err unit_place(void *arg, struct cx *cx)
{
    struct importing *im = arg;
    struct inventory_warehouse *list;
    size_t n;
    err e = inventory_warehouse_list(im->a->deps.inventory, cx, &list, &n);
    if (!e && n)
        im->place.warehouse_id = list[0].warehouse_id;
    return e;
}

static err unit_recount(void *arg, struct cx *cx)
{
    struct importing *im = arg;
    return catalog_recount(im->a->deps.catalog, cx);
}

static err prepare(struct importing *im)
{
    im->place = (struct map_place){ .currency = pricing_currency(im->a->deps.pricing),
        .warehouse_id = im->in->warehouse_id };
    err e = read_rules(im);
    if (!e && id_is_none(im->place.warehouse_id))
        e = db_read(im->cx, unit_place, im);
    return e ? e : import_categories_open(&im->categories, im->cx);
}

static void open_batches(struct importing *im)
{
    im->batches = NEW_N(im->cx->arena, BATCHES, struct batch);
    im->batch = im->batches;
    for (size_t i = 0; i < BATCHES; i++) {
        im->batches[i].a = im->a;
        im->batches[i].cx = (struct cx){ .arena = arena_open(BATCH_ARENA),
            .now_ms = im->cx->now_ms,
            .rng = rng_seeded(rng_u64(&im->cx->rng)),
            .request_id = im->cx->request_id };
    }
}

static void close_batches(struct importing *im)
{
    for (size_t i = 0; i < BATCHES; i++)
        arena_close(im->batches[i].cx.arena);
}

err assortment_import_file(struct assortment *a, struct cx *cx, const struct assortment_import *in,
    struct assortment_report *ret)
{
    static err (*const readers[])(struct importing *) = { [ASSORTMENT_NDJSON] = read_ndjson,
        [ASSORTMENT_CSV] = read_csv,
        [ASSORTMENT_SHOPIFY] = read_shopify };
    struct arena *names DEFER(arena_close_at) = arena_open(64 * 1024);
    struct arena *scratch DEFER(arena_close_at) = arena_open(4096);
    struct line_reader *reader DEFER(line_reader_close_at) = line_reader_open(cx->arena, in->file);
    struct importing *im = NEW(cx->arena, struct importing);
    *ret = (struct assortment_report){ .rows = 0 };
    *im = (struct importing){ .a = a,
        .cx = cx,
        .in = in,
        .report = ret,
        .reader = reader,
        .names = map_names_new(names),
        .scratch = scratch,
        .categories = { .arena = cx->arena, .catalog = a->deps.catalog, .db = a->deps.db } };
    if (!reader)
        return FAIL(cx, ERR_INVALID, "cannot open " STR_F, STR_A(in->file));
    err e = prepare(im);
    if (e)
        return e;
    open_batches(im);
    e = readers[in->format](im);
    if (!e)
        e = flush(im);
    e = finish(im, e);
    close_batches(im);
    import_handles_close(&im->table.handles);
    if (!e)
        e = db_write_wait(a->deps.db, cx, 0, unit_recount, im);
    return e;
}
