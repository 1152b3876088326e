/* SPDX-License-Identifier: Apache-2.0
 * Putting products into the index and taking them out, in batches. Called in WRITE units through
 * the port. Must never touch the columns in memory: readers learn of changes once they are durable,
 * by their numbers. Texts that did not change are left alone, so that a new price costs one row. */
#include <math.h>

#include "platform/search/search_internal.h"
#include "search_sql.h"

#define DESCRIPTION_LOOK ((size_t)16 << 10) /* bytes that are indexed */
#define TEXT_LOOK ((size_t)4 << 10)

/* ---- one document ---- */
static uint64_t mix(uint64_t hash, str s)
{
    return (hash ^ str_hash(s)) * UINT64_C(0x9e3779b97f4a7c15) + s.n;
}

static int64_t texts_hash(const struct search_doc *doc)
{
    uint64_t hash = mix(mix(mix(mix(mix(1, doc->title), doc->brand), doc->description), doc->codes),
        doc->category_path);
    for (size_t i = 0; i < doc->attributes_n; i++)
        hash = mix(mix(hash, doc->attributes[i].name), doc->attributes[i].value);
    int64_t signed_hash;
    memcpy(&signed_hash, &hash, sizeof hash);
    return signed_hash == 0 ? 1 : signed_hash;
}

static void plain_add(struct buf *out, str s)
{
    size_t from = out->n;
    buf_add(out, s);
    for (size_t i = from; i < out->n; i++) {
        if (out->p[i] == '\x1f' || out->p[i] == '\x1e' || out->p[i] == '\0')
            out->p[i] = ' ';
    }
}

static str attributes_text(struct arena *arena, const struct search_doc *doc)
{
    struct buf out = { .arena = arena };
    size_t room = 1;
    for (size_t i = 0; i < doc->attributes_n; i++) {
        const struct search_attribute *a = &doc->attributes[i];
        room += a->name.n + a->label.n + a->value.n + 3;
    }
    (void)buf_room(&out, room);
    for (size_t i = 0; i < doc->attributes_n; i++) {
        const struct search_attribute *a = &doc->attributes[i];
        if (a->name.n == 0 || a->value.n == 0)
            continue;
        plain_add(&out, a->name);
        buf_char(&out, '\x1f');
        plain_add(&out, a->label);
        buf_char(&out, '\x1f');
        plain_add(&out, a->value);
        buf_char(&out, '\x1e');
    }
    return out.n > 0 ? buf_str(&out) : S("");
}

static str filled(str s)
{
    return s.p ? s : S("");
}

/* What is worked out of the texts of a product. */
struct ready {
    int64_t texts_hash;
    str attributes; /* as search_doc has them */
    struct search_sql_fts_add_in fts;
};

static struct search_sql_doc_put_in doc_row(
    const struct search_doc *doc, const struct ready *ready, int64_t number, int64_t changed)
{
    return (struct search_sql_doc_put_in){
        .doc = number,
        .product_id = doc->product_id,
        .changed = changed,
        .texts_hash = ready->texts_hash,
        .title = filled(doc->title),
        .brand = filled(doc->brand),
        .category_path = filled(doc->category_path),
        .attributes = ready->attributes,
        .price_minor = doc->price_minor,
        .rating_x100 = doc->rating_x100,
        .rating_count = doc->rating_count,
        .released_ms = doc->released_ms,
        .popularity = doc->popularity,
        .prime = doc->prime,
        .in_stock = doc->in_stock,
    };
}

static struct search_sql_fts_add_in fts_row(struct arena *arena, const struct search_doc *doc)
{
    struct buf attributes = { .arena = arena }, codes = { .arena = arena };
    struct buf names = { .arena = arena };
    size_t room = 1;

    for (size_t i = 0; i < doc->attributes_n; i++)
        room += doc->attributes[i].value.n + 1;
    (void)buf_room(&attributes, room);
    for (size_t i = 0; i < doc->attributes_n; i++) {
        buf_add(&attributes, doc->attributes[i].value);
        buf_char(&attributes, ' ');
    }
    buf_add(&names, doc->brand);
    buf_char(&names, ' ');
    buf_add(&names, search_category_name(doc->category_path));
    buf_add(&codes, search_words(arena, doc->codes, TEXT_LOOK));
    search_codes_add(&codes, doc->codes);
    search_codes_add(&codes, doc->title);
    return (struct search_sql_fts_add_in){
        .title = filled(search_words(arena, doc->title, TEXT_LOOK)),
        .brand = filled(search_words(arena, buf_str(&names), TEXT_LOOK)),
        .attributes = filled(search_words(arena, buf_str(&attributes), DESCRIPTION_LOOK)),
        .description = filled(search_words(arena, doc->description, DESCRIPTION_LOOK)),
        .codes = filled(buf_str(&codes)),
    };
}

const void *search_prepare(void *self, struct arena *arena, const struct search_doc *doc)
{
    struct ready *ready = NEW(arena, struct ready);

    (void)self;
    *ready = (struct ready){ .texts_hash = texts_hash(doc),
        .attributes = attributes_text(arena, doc),
        .fts = fts_row(arena, doc) };
    return ready;
}

/* ---- a batch ---- */
/* Which docs are the last of their product: the others are as if never put. */
static size_t last_ones(
    struct cx *cx, const struct search_doc *docs, size_t n, const struct search_doc **ret)
{
    size_t cap = 16, kept = 0;
    while (cap < n * 2)
        cap *= 2;
    uint32_t *slots = NEW_N(cx->arena, cap, uint32_t);
    for (size_t i = n; i-- > 0;) {
        size_t at = id_hash(docs[i].product_id) & (cap - 1);
        while (slots[at] != 0 && !id_eq(docs[slots[at] - 1].product_id, docs[i].product_id))
            at = (at + 1) & (cap - 1);
        if (slots[at] != 0)
            continue;
        slots[at] = (uint32_t)i + 1;
        ret[kept++] = &docs[i];
    }
    for (size_t i = 0; i < kept / 2; i++) { /* in the order they came */
        const struct search_doc *doc = ret[i];
        ret[i] = ret[kept - 1 - i];
        ret[kept - 1 - i] = doc;
    }
    return kept;
}

/* The number of this change. From here on other writers of the index wait for this unit. */
static err change_next(struct search_sql *s, struct cx *cx, struct search_sql_state_next_row *ret)
{
    bool found;
    err e = search_sql_state_next(
        s->db, cx, (struct search_sql_state_next_in){ .one = 1 }, ret, &found);
    if (!e && !found)
        return FAIL(cx, ERR_BUG, "search_state is empty");
    return e;
}

struct batch {
    size_t n;
    const struct search_doc **docs;
    struct search_sql_doc_find_row *rows;
    bool *found;
    struct search_sql_doc_put_in *puts;
    struct search_sql_fts_drop_in *drops;
    struct search_sql_fts_add_in *adds;
    size_t drops_n, adds_n;
    int64_t fresh, revived;
};

static err batch_find(struct search_sql *s, struct cx *cx, struct batch *b)
{
    struct search_sql_doc_find_in *keys = NEW_N(cx->arena, b->n, struct search_sql_doc_find_in);
    for (size_t i = 0; i < b->n; i++)
        keys[i].product_id = b->docs[i]->product_id;
    b->rows = NEW_N(cx->arena, b->n, struct search_sql_doc_find_row);
    b->found = NEW_N(cx->arena, b->n, bool);
    return search_sql_doc_find_batch(s->db, cx, keys, b->n, b->rows, b->found);
}

static void batch_rows(struct cx *cx, struct batch *b, struct search_sql_state_next_row state)
{
    b->puts = NEW_N(cx->arena, b->n, struct search_sql_doc_put_in);
    b->drops = NEW_N(cx->arena, b->n, struct search_sql_fts_drop_in);
    b->adds = NEW_N(cx->arena, b->n, struct search_sql_fts_add_in);
    for (size_t i = 0; i < b->n; i++) {
        int64_t number = b->found[i] ? b->rows[i].doc : state.last_doc + ++b->fresh;
        bool indexed = b->found[i] && !b->rows[i].removed;
        b->revived += b->found[i] && b->rows[i].removed ? 1 : 0;
        const struct ready *ready = b->docs[i]->ready;
        if (!ready)
            ready = search_prepare(NULL, cx->arena, b->docs[i]);
        b->puts[i] = doc_row(b->docs[i], ready, number, state.changed);
        if (indexed && b->rows[i].texts_hash == ready->texts_hash)
            continue;
        if (indexed)
            b->drops[b->drops_n++].doc = number;
        b->adds[b->adds_n] = ready->fts;
        b->adds[b->adds_n++].doc = number;
    }
}

err search_put(void *self, struct cx *cx, const struct search_doc *docs, size_t n)
{
    struct search_sql *s = self;
    struct search_sql_state_next_row state;

    if (n == 0)
        return NULL;
    ASSERT(n < UINT32_MAX / 4);
    struct batch b = { .docs = NEW_N(cx->arena, n, const struct search_doc *) };
    b.n = last_ones(cx, docs, n, b.docs);
    err e = change_next(s, cx, &state);
    if (!e)
        e = batch_find(s, cx, &b);
    if (e)
        return e;
    batch_rows(cx, &b, state);
    e = search_sql_doc_put_batch(s->db, cx, b.puts, b.n, NULL);
    if (!e)
        e = search_sql_fts_drop_batch(s->db, cx, b.drops, b.drops_n, NULL);
    if (!e)
        e = search_sql_fts_add_batch(s->db, cx, b.adds, b.adds_n, NULL);
    if (!e && b.fresh + b.revived > 0)
        e = search_sql_state_add(s->db, cx,
            (struct search_sql_state_add_in){ .docs = b.fresh, .alive = b.fresh + b.revived },
            NULL);
    return e;
}

unsigned search_signal_code(int64_t thousandths)
{
    if (thousandths <= 0)
        return 0;
    long code = 128 + lround(127 * log2((double)thousandths / 1000) / 2);
    return (unsigned)(code < 1 ? 1 : code > 255 ? 255 : code);
}

err search_signals_put(void *self, struct cx *cx, const struct search_signals *rows, size_t n)
{
    struct search_sql *s = self;
    struct search_sql_state_next_row state;

    if (n == 0)
        return NULL;
    err e = change_next(s, cx, &state);
    if (e)
        return e;
    struct search_sql_doc_signals_in *in = NEW_N(cx->arena, n, struct search_sql_doc_signals_in);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct search_sql_doc_signals_in){ .product_id = rows[i].product_id,
            .changed = state.changed,
            .signals = search_signal_code(rows[i].velocity) |
                       search_signal_code(rows[i].clicks) << 8 |
                       search_signal_code(rows[i].conversion) << 16 };
    return search_sql_doc_signals_batch(s->db, cx, in, n, NULL);
}

err search_remove(void *self, struct cx *cx, const id *product_ids, size_t n)
{
    struct search_sql *s = self;
    struct search_sql_state_next_row state;
    size_t gone = 0;

    if (n == 0)
        return NULL;
    err e = change_next(s, cx, &state);
    if (e)
        return e;
    struct search_sql_doc_remove_in *keys = NEW_N(cx->arena, n, struct search_sql_doc_remove_in);
    struct search_sql_doc_remove_row *rows = NEW_N(cx->arena, n, struct search_sql_doc_remove_row);
    struct search_sql_fts_drop_in *drops = NEW_N(cx->arena, n, struct search_sql_fts_drop_in);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct search_sql_doc_remove_in){ .product_id = product_ids[i],
            .changed = state.changed };
    e = search_sql_doc_remove_batch(s->db, cx, keys, n, rows, found);
    for (size_t i = 0; !e && i < n; i++) {
        if (found[i])
            drops[gone++].doc = rows[i].doc;
    }
    if (!e)
        e = search_sql_fts_drop_batch(s->db, cx, drops, gone, NULL);
    if (!e && gone > 0)
        e = search_sql_state_add(
            s->db, cx, (struct search_sql_state_add_in){ .alive = -(int64_t)gone }, NULL);
    return e;
}
