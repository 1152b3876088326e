/* SPDX-License-Identifier: Apache-2.0
 * Reads mapping files. Called once an import; must never do I/O. What is done with them is in
 * assortment_map_row.c. */
#include "flows/assortment/assortment_map.h"

#define ALTERNATIVES_MAX 16
#define PATTERNS_MAX 200

static const str target_names[MAP_TARGETS_N] = {
    [MAP_TITLE] = S_INIT("title"),
    [MAP_BRAND] = S_INIT("brand"),
    [MAP_DESCRIPTION] = S_INIT("description"),
    [MAP_SOURCE] = S_INIT("source"),
    [MAP_SKU] = S_INIT("sku"),
    [MAP_EAN] = S_INIT("ean"),
    [MAP_PRICE] = S_INIT("price"),
    [MAP_LIST] = S_INIT("list"),
    [MAP_STOCK] = S_INIT("stock"),
    [MAP_CATEGORY] = S_INIT("category"),
    [MAP_WEIGHT] = S_INIT("weight"),
    [MAP_RELEASED] = S_INIT("released"),
    [MAP_POPULARITY] = S_INIT("popularity"),
};
/* By enum catalog_attribute_kind. */
static const str kind_names[] = { S_INIT("text"), S_INIT("number"), S_INIT("bool") };

struct reading {
    struct cx *cx;
    struct assortment_map *map;
    str name;
    int line;
};

static err bad_line(struct reading *r, const char *why, str what)
{
    return FAIL(r->cx, ERR_INVALID, STR_F ":%d: %s \"" STR_F "\"", STR_A(r->name), r->line, why,
        STR_A(what.n ? what : S("")));
}

static bool braces_ok(str text)
{
    bool open = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == (open ? '{' : '}'))
            return false;
        if (text.p[i] == '{' || text.p[i] == '}')
            open = !open;
    }
    return !open;
}

static err take_source(struct reading *r, enum assortment_target target, str text)
{
    struct map_source *source = &r->map->sources[target];
    str *texts = NEW_N(r->cx->arena, ALTERNATIVES_MAX, str);
    if (source->n || source->seeded)
        return bad_line(r, "there twice:", target_names[target]);
    if (target == MAP_STOCK && str_eq(text, S("seeded"))) {
        source->seeded = true;
        return NULL;
    }
    if ((target == MAP_PRICE || target == MAP_LIST) && str_ends(text, S(" minor"))) {
        source->minor = true;
        text = str_trim(str_sub(text, 0, text.n - 6));
    }
    while (text.p) {
        str one = str_trim(str_cut(&text, '|'));
        if (!one.n || source->n == ALTERNATIVES_MAX || !braces_ok(one))
            return bad_line(r, "an empty, endless or broken source for", target_names[target]);
        texts[source->n++] = one;
    }
    source->texts = texts;
    return NULL;
}

static err add_pattern(struct reading *r, struct map_pattern pattern)
{
    pattern.prefix = str_ends(pattern.column, S("*"));
    if (pattern.prefix)
        pattern.column.n--;
    if (!pattern.column.n || r->map->patterns_n == PATTERNS_MAX)
        return bad_line(r, "no column, or too many, at", pattern.label);
    r->map->patterns[r->map->patterns_n++] = pattern;
    return NULL;
}

/* "attr_t_* text, attr_n_* number" */
static err take_patterns(struct reading *r, str text)
{
    while (text.p) {
        str one = str_trim(str_cut(&text, ','));
        str column = str_cut(&one, ' '), kind = str_trim(one);
        struct map_pattern pattern = { .column = column, .kind = CATALOG_TEXT };
        bool known = !kind.n;
        for (size_t i = 0; i < COUNT(kind_names); i++)
            if (str_eq(kind, kind_names[i])) {
                pattern.kind = (enum catalog_attribute_kind)i;
                known = true;
            }
        err e = known ? add_pattern(r, pattern) : bad_line(r, "text, number or bool, not", kind);
        if (e)
            return e;
    }
    return NULL;
}

static err take_line(struct reading *r, str line)
{
    str target = str_trim(str_cut(&line, '='));
    str source = str_trim(line);
    if (!source.n)
        return bad_line(r, "a line is TARGET = SOURCE, not", target);
    if (str_eq(target, S("attributes")))
        return take_patterns(r, source);
    if (str_starts(target, S("attribute ")))
        return add_pattern(r,
            (struct map_pattern){
                .column = source, .kind = CATALOG_TEXT, .label = str_trim(str_skip(target, 10)) });
    for (size_t i = 0; i < MAP_TARGETS_N; i++)
        if (str_eq(target, target_names[i]))
            return take_source(r, (enum assortment_target)i, source);
    return bad_line(r, "nobody knows the target", target);
}

err assortment_map_parse(struct cx *cx, str name, str text, struct assortment_map *ret)
{
    *ret =
        (struct assortment_map){ .patterns = NEW_N(cx->arena, PATTERNS_MAX, struct map_pattern) };
    struct reading r = { .cx = cx, .map = ret, .name = name };
    while (text.p) {
        str line = str_trim(str_cut(&text, '\n'));
        r.line++;
        if (!line.n || line.p[0] == '#')
            continue;
        err e = take_line(&r, line);
        if (e)
            return e;
    }
    static const enum assortment_target needed[] = { MAP_TITLE, MAP_SOURCE, MAP_PRICE };
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!ret->sources[needed[i]].n)
            return bad_line(&r, "there must be a", target_names[needed[i]]);
    return NULL;
}
