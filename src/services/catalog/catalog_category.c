/* SPDX-License-Identifier: Apache-2.0
 * The verbs of categories: the tree and its counts. Called by routes and flows inside their unit of
 * work; must never begin or commit one. */
#include "catalog_sql.h"

#include "base/utf8.h"
#include "services/catalog/catalog_store.h"

#define CATEGORY_OF(row)                                                                           \
    (struct catalog_category)                                                                      \
    {                                                                                              \
        .category_id = (row).category_id, .parent_id = (row).parent_id, .name = (row).name,        \
        .slug = (row).slug, .path = (row).path, .label = (row).label, .picture = (row).picture,    \
        .level = (row).level, .position = (row).position, .product_count = (row).product_count     \
    }

err catalog_categories(
    struct catalog *c, struct cx *cx, struct catalog_category **ret, size_t *ret_n)
{
    struct catalog_sql_category_list_row *rows;
    size_t n;
    err e = catalog_sql_category_list(c->deps.db, cx, &rows, &n);
    if (e)
        return e;
    struct catalog_category *list = NEW_N(cx->arena, n, struct catalog_category);
    for (size_t i = 0; i < n; i++)
        list[i] = CATEGORY_OF(rows[i]);
    *ret = list;
    *ret_n = n;
    return NULL;
}

static err find(struct catalog *c, struct cx *cx, id category_id, str path,
    struct catalog_category *ret, bool *ret_found)
{
    struct catalog_sql_category_get_row row;
    err e = catalog_sql_category_get(c->deps.db, cx,
        (struct catalog_sql_category_get_in){ .category_id = category_id, .path = path }, &row,
        ret_found);
    if (!e && *ret_found)
        *ret = CATEGORY_OF(row);
    return e;
}

err catalog_category_get(
    struct catalog *c, struct cx *cx, id category_id, str path, struct catalog_category *ret)
{
    ASSERT(id_is_none(category_id) || !path.p);
    bool found = false;
    err e = find(c, cx, category_id, path, ret, &found);
    if (e)
        return e;
    return found ? NULL : FAIL(cx, ERR_MISSING, "category path=" STR_F, STR_A(path));
}

/* ---- putting ---- */

static str or_null(str s)
{
    return s.n > 0 ? s : (str){ NULL, 0 };
}

/* slug, path, label and level from the name and the parent. */
static err derive(struct catalog *c, struct cx *cx, struct catalog_category *in)
{
    if (in->slug.n == 0)
        in->slug = utf8_slug(cx->arena, in->name, CATALOG_SLUG_MAX);
    err e = catalog_domain_check_category(cx, in);
    if (e)
        return e;
    in->path = in->slug;
    in->label = in->name;
    in->level = 0;
    if (id_is_none(in->parent_id))
        return NULL;
    struct catalog_category parent;
    bool found = false;
    e = find(c, cx, in->parent_id, (str){ NULL, 0 }, &parent, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, CATALOG_CATEGORY_UNKNOWN, "parent of " STR_F, STR_A(in->slug));
    if (parent.level + 1 >= CATALOG_LEVELS_MAX) {
        cx_field(cx, S("/parentId"), "too_deep", "has too many levels above it");
        return FAIL(cx, ERR_INVALID, "level=%lld", (long long)parent.level);
    }
    in->path = str_fmt(cx->arena, STR_F "/" STR_F, STR_A(parent.path), STR_A(in->slug));
    in->label = str_fmt(cx->arena, STR_F " > " STR_F, STR_A(parent.label), STR_A(in->name));
    in->level = parent.level + 1;
    return NULL;
}

static err change(struct catalog *c, struct cx *cx, const struct catalog_category *in,
    const struct catalog_category *old)
{
    if (str_eq(in->name, old->name) && str_eq(in->label, old->label) &&
        str_eq(in->picture, old->picture) && in->position == old->position)
        return NULL;
    err e = catalog_sql_category_set(c->deps.db, cx,
        (struct catalog_sql_category_set_in){ .category_id = old->category_id,
            .name = in->name,
            .label = in->label,
            .picture = or_null(in->picture),
            .position = in->position,
            .now_ms = cx->now_ms },
        NULL);
    if (e || str_eq(in->label, old->label))
        return e;
    return catalog_sql_category_relabel(c->deps.db, cx,
        (struct catalog_sql_category_relabel_in){
            .path = old->path, .old_label = old->label, .label = in->label, .now_ms = cx->now_ms },
        NULL);
}

static err add(struct catalog *c, struct cx *cx, const struct catalog_category *in)
{
    struct catalog_sql_category_count_row row;
    bool found = false;
    err e = catalog_sql_category_count(c->deps.db, cx, &row, &found);
    if (e)
        return e;
    if (row.n >= CATALOG_CATEGORIES_MAX) {
        cx_field(cx, S(""), "too_many", "there are as many categories as there can be");
        return FAIL(cx, ERR_INVALID, "categories=%lld", (long long)row.n);
    }
    return catalog_sql_category_add(c->deps.db, cx,
        (struct catalog_sql_category_add_in){ .category_id = in->category_id,
            .parent_id = in->parent_id,
            .name = in->name,
            .slug = in->slug,
            .path = in->path,
            .label = in->label,
            .picture = or_null(in->picture),
            .level = in->level,
            .position = in->position,
            .now_ms = cx->now_ms },
        NULL);
}

err catalog_category_put(struct catalog *c, struct cx *cx, struct catalog_category in, id *ret_id)
{
    struct catalog_category old;
    bool found = false;
    err e = derive(c, cx, &in);
    if (!e)
        e = find(c, cx, (id){ { 0 } }, in.path, &old, &found);
    if (e)
        return e;
    if (found)
        in.category_id = old.category_id;
    else if (id_is_none(in.category_id))
        in.category_id = cx_id(cx);
    e = found ? change(c, cx, &in, &old) : add(c, cx, &in);
    if (e)
        return e;
    *ret_id = in.category_id;
    return NULL;
}

/* ---- counts ---- */

err catalog_count_move(struct catalog *c, struct cx *cx, id from, id to)
{
    if (id_eq(from, to))
        return NULL;
    const struct catalog_sql_count_move_in moves[] = { { .category_id = from, .change = -1 },
        { .category_id = to, .change = 1 } };
    for (size_t i = 0; i < COUNT(moves); i++) {
        err e = id_is_none(moves[i].category_id)
                    ? NULL
                    : catalog_sql_count_move(c->deps.db, cx, moves[i], NULL);
        if (e)
            return e;
    }
    return NULL;
}

err catalog_recount(struct catalog *c, struct cx *cx)
{
    struct catalog_sql_count_published_row *rows;
    size_t n, changed_n = 0;
    err e = catalog_sql_count_published(c->deps.db, cx, &rows, &n);
    if (e)
        return e;
    struct catalog_category *list = NEW_N(cx->arena, n, struct catalog_category);
    int64_t *counts = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; i < n; i++) {
        list[i].category_id = rows[i].category_id;
        list[i].parent_id = rows[i].parent_id;
        counts[i] = rows[i].own;
    }
    catalog_domain_roll_up(catalog_domain_parents(cx->arena, list, n), counts, n);
    struct catalog_sql_count_set_in *changed = NEW_N(cx->arena, n, struct catalog_sql_count_set_in);
    for (size_t i = 0; i < n; i++)
        if (counts[i] != rows[i].product_count)
            changed[changed_n++] =
                (struct catalog_sql_count_set_in){ .category_id = rows[i].category_id,
                    .product_count = counts[i] };
    if (changed_n == 0)
        return NULL;
    return catalog_sql_count_set_batch(c->deps.db, cx, changed, changed_n, NULL);
}
