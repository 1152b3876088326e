/* SPDX-License-Identifier: Apache-2.0
 * From a row of the change log to a document of the index: tokens, keywords, columns. Called by
 * whoever follows the log; must give the same document for the same row and texts. */
#include <math.h>

#include "platform/search/search_index_internal.h"

#define VALUES_MAX 512 /* attribute values of a document */
#define BODY_LOOK ((size_t)16 << 10)

/* Weights of fields; what they bring is measured by bench/search-quality. */
static const struct index_text_field texts[] = {
    [TEXT_TITLE] = { "title", 2.0f, 0.3f }, /* a long title is no worse: it often says more */
    [TEXT_LEAD] = { "lead", 4.0f, 0.3f },   /* words of the title that say what it is */
    [TEXT_BRAND] = { "brand", 2.0f, 0.5f },
    [TEXT_KIND] = { "kind", 1.0f, 0.5f }, /* attributes named "type" */
    [TEXT_ATTRIBUTES] = { "attributes", 0.7f, 0.75f },
    [TEXT_BODY] = { "body", 0.75f, 0.75f },
    [TEXT_CODES] = { "codes", 2.0f, 0 },
};
static const struct index_keyword_field keywords[] = {
    [KEY_BRAND] = { "brand", false },
    [KEY_CATEGORY] = { "category", false },
};
static const char *const numbers[] = { "price", "rating", "rating_order", "released", "popularity",
    "stock", "quality", "texts_hash", "signals" };
static const char *const flags[] = { "prime", "stock" };
static_assert(COUNT(texts) == TEXT_FIELDS_N && COUNT(keywords) == KEYS_N &&
                  COUNT(numbers) == NUMBERS_N && COUNT(flags) == FLAGS_N,
    "names of all fields");
struct index_schema search_index_schema(unsigned without, struct index_text_field *ret_texts)
{
    memcpy(ret_texts, texts, sizeof texts);
    for (size_t i = 0; i < TEXT_FIELDS_N && (without & SEARCH_BY_FIELD); i++) {
        ret_texts[i].weight = 1;
        ret_texts[i].b = 0.75F;
    }
    return (struct index_schema){ .texts = ret_texts,
        .keywords = keywords,
        .numbers = numbers,
        .flags = flags,
        .texts_n = TEXT_FIELDS_N,
        .keywords_n = KEYS_N,
        .numbers_n = NUMBERS_N,
        .flags_n = FLAGS_N };
}

/* ---- columns ---- */
/* What reviews make of the score, in thousandths: 5 stars against 3, less from few of them. */
static int64_t quality(const struct search_doc *p)
{
    double reviews = (double)p->rating_count, stars = (double)p->rating_x100 / 100;
    if (p->rating_count <= 0)
        return 1000;
    return 1000 + (int64_t)lround(100 * (stars - 3) / 2 * reviews / (reviews + 10));
}

int64_t search_index_signals(struct search_index *s, const struct search_row *row)
{
    int64_t signals = row->signals & 0xffffff;
    for (unsigned at = 0; at < SIGNAL_PRICE_AT; at += 8)
        if ((signals >> at & 0xff) == 0)
            signals |= (int64_t)SIGNAL_NEUTRAL << at;
    pthread_rwlock_rdlock(&s->spellings.lock);
    unsigned price =
        search_price_code(&s->prices, row->product.category_path, row->product.price_minor);
    pthread_rwlock_unlock(&s->spellings.lock);
    return signals | (int64_t)price << SIGNAL_PRICE_AT;
}

static void numbers_of(
    struct search_index *s, const struct search_row *row, int64_t ret[static NUMBERS_N])
{
    const struct search_doc *p = &row->product;
    int64_t count = p->rating_count < 0            ? 0
                    : p->rating_count > UINT32_MAX ? UINT32_MAX
                                                   : p->rating_count;
    ret[NUMBER_PRICE] = p->price_minor;
    ret[NUMBER_RATING] = p->rating_x100;
    ret[NUMBER_RATING_ORDER] = p->rating_x100 * ((int64_t)1 << 32) + count;
    ret[NUMBER_RELEASED] = p->released_ms;
    ret[NUMBER_POPULARITY] = p->popularity;
    ret[NUMBER_STOCK] = p->in_stock;
    ret[NUMBER_QUALITY] = quality(p);
    ret[NUMBER_TEXTS_HASH] = row->texts_hash;
    ret[NUMBER_SIGNALS] = search_index_signals(s, row);
}

void search_index_columns(struct search_index *s, struct index *ix, const struct search_row *row)
{
    int64_t values[NUMBERS_N];
    id product_id = row->product.product_id;
    numbers_of(s, row, values);
    for (size_t i = 0; i < NUMBERS_N; i++)
        (void)index_set_number(ix, product_id, i, values[i]);
    (void)index_set_flag(ix, product_id, FLAG_PRIME, row->product.prime);
    (void)index_set_flag(ix, product_id, FLAG_STOCK, row->product.in_stock);
}

/* ---- texts ---- */
struct making {
    struct search_index *s;
    struct arena *arena;
    struct text_tokens texts[TEXT_FIELDS_N];
    struct index_attribute *attributes;
    size_t attributes_n;
};

static void add_text(struct making *m, int field, str text)
{
    text_tokens_add(m->s->text, TEXT_ENGLISH, text, &m->texts[field]);
}

static void add_attributes(struct making *m, str rest)
{
    m->attributes = NEW_N(m->arena, VALUES_MAX, struct index_attribute);
    while (rest.n > 0 && m->attributes_n < VALUES_MAX) {
        str value = str_cut(&rest, '\x1e');
        str name = str_cut(&value, '\x1f');
        str label = str_cut(&value, '\x1f');
        if (!name.n || !value.n)
            continue;
        struct search_pair pair = search_spelling_of_value(&m->s->spellings, m->arena,
            (struct search_attribute){ .name = name, .label = label, .value = value });
        bool kind = str_eq(name, S("type")) || str_eq(name, S("product_type"));
        add_text(m, kind ? TEXT_KIND : TEXT_ATTRIBUTES, value);
        bool known = false;
        for (size_t i = 0; i < m->attributes_n && !known; i++)
            known = str_eq(m->attributes[i].name, pair.full) &&
                    str_eq(m->attributes[i].value, pair.value);
        if (!known)
            m->attributes[m->attributes_n++] =
                (struct index_attribute){ .name = pair.full, .value = pair.value };
    }
}

static void add_title(struct making *m, str title)
{
    pthread_rwlock_t *lock = &m->s->spellings.lock;
    add_text(m, TEXT_TITLE, title);
    if (m->s->without & SEARCH_LEAD)
        return;
    pthread_rwlock_rdlock(lock);
    text_tokens_add_lead(m->s->text, m->s->types, TEXT_ENGLISH, title, &m->texts[TEXT_LEAD]);
    pthread_rwlock_unlock(lock);
}

str search_category_words(struct arena *arena, str path)
{
    struct buf out = { .arena = arena };
    buf_add(&out, search_category_name(path));
    for (size_t i = 0; i < out.n; i++)
        out.p[i] = out.p[i] == '-' ? ' ' : out.p[i];
    return buf_str(&out);
}

struct index_doc search_index_doc(struct search_index *s, struct arena *arena,
    const struct search_row *row, struct search_texts of)
{
    const struct search_doc *p = &row->product;
    struct making m = { .s = s, .arena = arena };
    for (size_t i = 0; i < TEXT_FIELDS_N; i++)
        m.texts[i].arena = arena;
    add_title(&m, p->title);
    add_text(&m, TEXT_BRAND, p->brand);
    add_attributes(&m, row->attributes);
    if (!(s->without & SEARCH_CATEGORY))
        add_text(&m, TEXT_BODY, search_category_words(arena, p->category_path));
    add_text(&m, TEXT_BODY, str_sub(of.description, 0, BODY_LOOK));
    add_text(&m, TEXT_CODES, of.codes);

    struct index_text *fields = NEW_N(arena, TEXT_FIELDS_N, struct index_text);
    for (size_t i = 0; i < TEXT_FIELDS_N; i++) {
        static_assert(
            sizeof(struct text_token) == sizeof(struct index_token) &&
                offsetof(struct text_token, position) == offsetof(struct index_token, position),
            "the same, of two modules that do not know each other");
        fields[i] =
            (struct index_text){ .tokens = (const void *)m.texts[i].tokens, .n = m.texts[i].n };
    }
    struct index_values *keys = NEW_N(arena, KEYS_N, struct index_values);
    str *values = NEW_N(arena, KEYS_N, str);
    values[KEY_BRAND] = search_spelling_of_brand(&s->spellings, arena, p->brand);
    values[KEY_CATEGORY] = str_dup(arena, p->category_path);
    for (size_t i = 0; i < KEYS_N; i++)
        keys[i] = (struct index_values){ .values = &values[i], .n = values[i].n > 0 };
    int64_t *columns = NEW_N(arena, NUMBERS_N, int64_t);
    numbers_of(s, row, columns);
    return (struct index_doc){ .id = p->product_id,
        .texts = fields,
        .keywords = keys,
        .numbers = columns,
        .flags = (p->prime ? 1u << FLAG_PRIME : 0) | (p->in_stock ? 1u << FLAG_STOCK : 0),
        .attributes = m.attributes,
        .attributes_n = m.attributes_n };
}
