/* SPDX-License-Identifier: Apache-2.0
 * Rows to products by a mapping file, and the texts and codes that all formats share. Called
 * for each row of an import; must never do I/O or give two answers to one row. */
#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/utf8.h"
#include "flows/assortment/assortment_map.h"

/* The limits of the catalogue, to which texts are cut. */
#define TITLE_MAX 300
#define BRAND_MAX 100
#define DESCRIPTION_MAX 20000
#define SOURCE_MAX 200
#define SKU_MAX 64
#define ATTRIBUTES_MAX 300
#define NAME_BYTES_MAX 64
#define LABEL_MAX 100
#define VALUE_MAX 1000
#define WEIGHT_MAX 1000000
#define POPULARITY_MAX INT64_C(1000000000000)
#define NAMES_MAX 10000 /* of columns in one file */
#define SEEDED_MAX 200
#define SEEDED_OUT_PER_MILLE 40

/* ---- texts, codes, ids ---- */

bool import_ean_ok(str text)
{
    int sum = 0;
    if (text.n != 8 && (text.n < 12 || text.n > 14))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[text.n - 1 - i];
        if (c < '0' || c > '9')
            return false;
        sum += (c - '0') * (i % 2 ? 3 : 1);
    }
    return sum % 10 == 0;
}

/* Not within a sequence. */
static str clip(str text, size_t max)
{
    if (text.n <= max)
        return text;
    while (max && ((unsigned char)text.p[max] & 0xc0) == 0x80)
        max--;
    return str_trim(str_sub(text, 0, max));
}

static bool is_control(char c, bool lines)
{
    return ((unsigned char)c < ' ' && !(lines && c == '\n')) || c == 0x7f;
}

/* A line's end that somebody wrote as two characters. */
static bool ends_line(str text, size_t i)
{
    return text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == 'n';
}

static str clean(struct arena *arena, str text, size_t max, bool lines)
{
    text = str_trim(text);
    bool bad = false;
    for (size_t i = 0; i < text.n && !bad; i++)
        bad =
            is_control(text.p[i], lines) || (unsigned char)text.p[i] == 0xc2 || ends_line(text, i);
    if (!bad)
        return clip(text, max);
    char *p = arena_alloc(arena, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char next = i + 1 < text.n ? (unsigned char)text.p[i + 1] : 0;
        bool c1 = (unsigned char)text.p[i] == 0xc2 && next >= 0x80 && next < 0xa0;
        bool end = ends_line(text, i);
        if (c1)
            i++; /* U+0080 to U+009F are controls as well */
        else if (!end && !is_control(text.p[i], lines))
            p[n++] = text.p[i];
        else if (n && p[n - 1] != ' ' && p[n - 1] != '\n')
            p[n++] = end && lines ? '\n' : ' ';
        i += end;
    }
    return clip(str_trim((str){ p, n }), max);
}

str import_line_text(struct arena *arena, str text, size_t max)
{
    return clean(arena, text, max, false);
}

str import_block_text(struct arena *arena, str text, size_t max)
{
    return clean(arena, text, max, true);
}

bool import_price(str text, bool minor, currency unit, money *ret)
{
    money m = money_of(0, unit);
    bool read =
        minor ? str_to_i64(str_trim(text), &m.minor) : money_parse(str_trim(text), unit, &m);
    if (!read || m.minor < 1 || m.minor > MONEY_MINOR_MAX)
        return false;
    *ret = m;
    return true;
}

str import_sku(struct arena *arena, str text)
{
    char *p = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    bool same = text.n <= SKU_MAX;
    for (size_t i = 0; i < text.n && n < SKU_MAX; i++) {
        char c = text.p[i];
        bool plain = c > ' ' && c <= '~';
        same = same && plain;
        if (plain)
            p[n++] = c;
        else if (n && p[n - 1] != '-')
            p[n++] = '-';
    }
    if (same)
        return (str){ p, n };
    if (n > SKU_MAX - 9)
        n = SKU_MAX - 9; /* what is left out is told apart by a hash */
    return str_fmt(arena, STR_F "-%08x", (int)n, p, (unsigned)(str_hash(text) & 0xffffffff));
}

/* ---- sources ---- */

/* One alternative: a column, or a text with columns in braces, all of which must be there. */
static str text_of(struct arena *arena, const struct import_row *row, str source)
{
    if (str_find_char(source, '{', 0) < 0)
        return import_cell(row, source);
    struct buf out = { .arena = arena };
    while (source.n) {
        ptrdiff_t open = str_find_char(source, '{', 0);
        buf_add(&out, str_sub(source, 0, open < 0 ? source.n : (size_t)open));
        if (open < 0)
            break;
        ptrdiff_t close = str_find_char(source, '}', (size_t)open);
        str column = str_sub(source, (size_t)open + 1, (size_t)(close - open) - 1);
        str value = import_cell(row, column);
        if (!value.n)
            return (str){ NULL, 0 };
        buf_add(&out, value);
        source = str_skip(source, (size_t)close + 1);
    }
    return buf_str(&out);
}

struct mapping {
    struct arena *arena;
    const struct assortment_map *map;
    struct map_names *names;
    const struct import_row *row;
    struct map_place place;
};

static str take(const struct mapping *m, enum assortment_target target)
{
    const struct map_source *source = &m->map->sources[target];
    for (size_t i = 0; i < source->n; i++) {
        str text = text_of(m->arena, m->row, source->texts[i]);
        if (text.n)
            return text;
    }
    return (str){ NULL, 0 };
}

/* The first value with a right check digit, of all cells with the name. */
static str take_ean(const struct mapping *m)
{
    const struct map_source *source = &m->map->sources[MAP_EAN];
    for (size_t k = 0; k < source->n; k++)
        for (size_t i = 0; i < m->row->n; i++)
            if (str_eq(m->row->cells[i].name, source->texts[k])) {
                str ean = str_trim(m->row->cells[i].value);
                if (import_ean_ok(ean))
                    return ean;
            }
    return (str){ NULL, 0 };
}

static int64_t take_number(const struct mapping *m, enum assortment_target target, int64_t max)
{
    int64_t n = 0;
    if (!str_to_i64(str_trim(take(m, target)), &n) || n < 0)
        return 0;
    return n < max ? n : max;
}

static int64_t take_released(const struct mapping *m)
{
    str text = str_trim(take(m, MAP_RELEASED));
    int64_t ms = 0;
    if (!instant_parse(text, &ms) && !instant_parse_date(text, &ms))
        return 0;
    return ms;
}

/* ---- attributes ---- */

struct map_name {
    str name, label;
};

/* Words that are written otherwise than they stand in a column's name. */
static str spelled(str word)
{
    static const str words[] = { S_INIT("USB"), S_INIT("HDMI"), S_INIT("VGA"), S_INIT("DVI"),
        S_INIT("LAN"), S_INIT("HDD"), S_INIT("SSD"), S_INIT("TDP"), S_INIT("RJ"), S_INIT("CPU"),
        S_INIT("LED"), S_INIT("LCD"), S_INIT("TV"), S_INIT("AC"), S_INIT("DC"), S_INIT("ECC"),
        S_INIT("OEM"), S_INIT("DPI"), S_INIT("GPS"), S_INIT("NFC"), S_INIT("SIM"), S_INIT("RoHS"),
        S_INIT("Wi-Fi"), S_INIT("Intel"), S_INIT("AMD"), S_INIT("PCI"), S_INIT("DVD"), S_INIT("CD"),
        S_INIT("IEEE"), S_INIT("HP"), S_INIT("PC"), S_INIT("UPS"), S_INIT("KVM") };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq_nocase(word, words[i]))
            return words[i];
    return word;
}

/* "number_of_usb_ports" -> "Number of USB ports" */
static str label_of(struct arena *arena, str name)
{
    struct buf out = { .arena = arena };
    while (name.p) {
        str word = spelled(str_cut(&name, '_'));
        if (!word.n)
            continue;
        if (out.n)
            buf_char(&out, ' ');
        buf_add(&out, word);
    }
    if (out.n && out.p[0] >= 'a' && out.p[0] <= 'z')
        out.p[0] = (char)(out.p[0] - 'a' + 'A');
    return clip(buf_str(&out), LABEL_MAX);
}

static const struct map_name *name_of(
    struct map_names *names, str column, const struct map_pattern *pattern)
{
    struct map_name *name = map_get(&names->known, column);
    if (name || names->known.n == NAMES_MAX)
        return name; /* beyond: left out, so that memory does not grow with the file */
    struct arena *arena = names->arena;
    str rest = pattern->prefix ? str_skip(column, pattern->column.n) : column;
    name = NEW(arena, struct map_name);
    str key = import_csv_name(arena, pattern->label.n ? pattern->label : rest);
    name->label = pattern->label.n ? pattern->label : label_of(arena, key);
    struct buf ascii = { .arena = arena };
    for (size_t i = 0; i < key.n && ascii.n < NAME_BYTES_MAX; i++)
        if ((unsigned char)key.p[i] < 0x80)
            buf_char(&ascii, key.p[i]);
    name->name = buf_str(&ascii);
    map_put(&names->known, str_dup(arena, column), name);
    return name;
}

struct map_names map_names_new(struct arena *arena)
{
    return (struct map_names){ .arena = arena, .known = map_new(arena, 256) };
}

static const struct map_pattern *pattern_of(const struct assortment_map *map, str column)
{
    for (size_t i = 0; i < map->patterns_n; i++) {
        const struct map_pattern *p = &map->patterns[i];
        if (p->prefix ? str_starts(column, p->column) : str_eq(column, p->column))
            return p;
    }
    return NULL;
}

/* The value as the catalogue keeps its kind; what is no number or bool is a text. */
static void set_value(
    struct arena *arena, struct catalog_attribute *a, enum catalog_attribute_kind kind, str text)
{
    static const str yes[] = { S_INIT("true"), S_INIT("yes"), S_INIT("y"), S_INIT("1") };
    static const str no[] = { S_INIT("false"), S_INIT("no"), S_INIT("n"), S_INIT("0") };
    double number;
    a->kind = CATALOG_TEXT;
    a->value = import_line_text(arena, text, VALUE_MAX);
    if (kind == CATALOG_NUMBER && str_to_double(a->value, &number))
        a->kind = CATALOG_NUMBER;
    for (size_t i = 0; kind == CATALOG_BOOL && i < COUNT(yes); i++)
        if (str_eq_nocase(a->value, yes[i]) || str_eq_nocase(a->value, no[i])) {
            a->value = str_eq_nocase(a->value, yes[i]) ? S("true") : S("false");
            a->kind = CATALOG_BOOL;
            break;
        }
}

static bool has_attribute(const struct catalog_attribute *list, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name))
            return true;
    return false;
}

static void fill_attributes(const struct mapping *m, struct catalog_product *p)
{
    size_t max = m->row->n < ATTRIBUTES_MAX ? m->row->n : ATTRIBUTES_MAX;
    struct catalog_attribute *list = NEW_N(m->arena, max, struct catalog_attribute);
    size_t n = 0;
    for (size_t i = 0; i < m->row->n && n < max; i++) {
        const struct import_cell *cell = &m->row->cells[i];
        const struct map_pattern *pattern = pattern_of(m->map, cell->name);
        if (!pattern || !cell->value.n)
            continue;
        const struct map_name *name = name_of(m->names, cell->name, pattern);
        if (!name || !name->name.n || has_attribute(list, n, name->name))
            continue;
        list[n] = (struct catalog_attribute){ .name = name->name, .label = name->label };
        set_value(m->arena, &list[n], pattern->kind, cell->value);
        n += list[n].value.n > 0;
    }
    p->attributes = list;
    p->attributes_n = n;
}

/* ---- the product ---- */

/* 0 to 200, some out of stock; the same for the same product. */
static int64_t seeded_stock(str source)
{
    struct rng rng = rng_seeded(str_hash(source));
    return rng_chance(&rng, SEEDED_OUT_PER_MILLE) ? 0 : rng_between(&rng, 1, SEEDED_MAX);
}

static void fill_stock(
    const struct mapping *m, struct assortment_item *item, struct assortment_offer *offer)
{
    bool seeded = m->map->sources[MAP_STOCK].seeded;
    if ((!seeded && !take(m, MAP_STOCK).n) || id_is_none(m->place.warehouse_id))
        return;
    struct assortment_stock *stock = NEW(m->arena, struct assortment_stock);
    *stock = (struct assortment_stock){ .warehouse_id = m->place.warehouse_id,
        .on_hand = seeded ? seeded_stock(item->product.source)
                          : take_number(m, MAP_STOCK, INVENTORY_ON_HAND_MAX) };
    offer->stock = stock;
    offer->stock_n = 1;
    item->stock_once = seeded;
}

static const char *fill_prices(const struct mapping *m, struct assortment_offer *offer)
{
    const struct map_source *price = &m->map->sources[MAP_PRICE];
    const struct map_source *list = &m->map->sources[MAP_LIST];
    if (!import_price(take(m, MAP_PRICE), price->minor, m->place.currency, &offer->price))
        return "the price is no amount above zero";
    if (!import_price(take(m, MAP_LIST), list->minor, m->place.currency, &offer->list))
        offer->list = offer->price;
    return NULL;
}

const char *assortment_map_row(struct arena *arena, const struct assortment_map *map,
    struct map_names *names, const struct import_row *row, struct map_place place,
    struct assortment_item *ret)
{
    struct mapping m = { arena, map, names, row, place };
    struct catalog_variant *variant = NEW(arena, struct catalog_variant);
    struct assortment_offer *offer = NEW(arena, struct assortment_offer);
    struct catalog_product p = { .title = import_line_text(arena, take(&m, MAP_TITLE), TITLE_MAX),
        .source = import_line_text(arena, take(&m, MAP_SOURCE), SOURCE_MAX),
        .brand = import_line_text(arena, take(&m, MAP_BRAND), BRAND_MAX),
        .description = import_block_text(arena, take(&m, MAP_DESCRIPTION), DESCRIPTION_MAX),
        .status = CATALOG_PUBLISHED,
        .variants = variant,
        .variants_n = 1,
        .released_ms = take_released(&m) };
    if (!p.source.n)
        return "nothing tells it apart: there is no id or SKU";
    if (!p.title.n)
        return "there is no title";
    const char *why = fill_prices(&m, offer);
    if (why)
        return why;
    str sku = take(&m, MAP_SKU);
    variant->sku = import_sku(arena, str_trim(sku.n ? sku : p.source));
    variant->ean = take_ean(&m);
    variant->weight_g = take_number(&m, MAP_WEIGHT, WEIGHT_MAX);
    fill_attributes(&m, &p);
    *ret = (struct assortment_item){ .product = p,
        .category_path = str_trim(take(&m, MAP_CATEGORY)),
        .offers = offer,
        .popularity = take_number(&m, MAP_POPULARITY, POPULARITY_MAX) };
    fill_stock(&m, ret, offer);
    return NULL;
}
