/* SPDX-License-Identifier: Apache-2.0
 * Categories of an import: found by what a column says or by rules, made when they are missing.
 * Called for each product; must never rename what is there. */
#include "base/utf8.h"
#include "flows/assortment/import_internal.h"

#define DEPARTMENT S("imported")
#define NAME_BYTES_MAX 100
#define SLUG_BYTES_MAX 80

static str parent_path(str path)
{
    size_t n = path.n;
    while (n && path.p[n - 1] != '/')
        n--;
    return str_sub(path, 0, n ? n - 1 : 0);
}

/* Known by its path, and by its name as long as no other has it. */
static struct import_category *add(struct import_categories *c, struct import_category in)
{
    struct import_category *known = map_get(&c->by_path, in.path);
    if (known)
        return known;
    known = NEW(c->arena, struct import_category);
    *known = in;
    known->path = str_dup(c->arena, in.path);
    known->name = str_dup(c->arena, in.name);
    known->picture = str_dup(c->arena, in.picture);
    known->parent = map_get(&c->by_path, parent_path(known->path));
    map_put(&c->by_path, known->path, known);
    str folded = utf8_fold(c->arena, known->name);
    if (!map_get(&c->by_name, folded))
        map_put(&c->by_name, folded, known);
    return known;
}

static err unit_read(void *arg, struct cx *cx)
{
    struct import_categories *c = arg;
    struct catalog_category *list;
    size_t n;
    err e = catalog_categories(c->catalog, cx, &list, &n);
    for (size_t i = 0; !e && i < n; i++) {
        struct import_category *known =
            add(c, (struct import_category){
                       .path = list[i].path, .name = list[i].name, .picture = list[i].picture });
        known->category_id = list[i].category_id;
        str label = utf8_fold(c->arena, list[i].label);
        if (!map_get(&c->by_name, label))
            map_put(&c->by_name, label, known);
    }
    return e;
}

err import_categories_open(struct import_categories *c, struct cx *cx)
{
    c->by_path = map_new(c->arena, 256);
    c->by_name = map_new(c->arena, 256);
    err e = db_read(cx, unit_read, c);
    if (e)
        return e;
    size_t n;
    const struct assortment_category *list = assortment_rules_categories(c->rules, &n);
    for (size_t i = 0; i < n; i++)
        (void)add(c, (struct import_category){
                         .path = list[i].path, .name = list[i].name, .picture = list[i].picture });
    (void)add(c, (struct import_category){ .path = DEPARTMENT, .name = S("Imported") });
    return NULL;
}

/* What nobody knows becomes a category of its own: by the last part of a label. */
static str imported(struct import_categories *c, struct arena *scratch, str column)
{
    str name = column;
    for (str rest = column; rest.p;)
        name = str_trim(str_cut(&rest, '>'));
    name = import_line_text(scratch, name, NAME_BYTES_MAX);
    str slug = utf8_slug(scratch, name, SLUG_BYTES_MAX);
    if (!slug.n) {
        slug = S("other");
        name = S("Other");
    }
    return add(c, (struct import_category){ .path = str_fmt(scratch, STR_F "/" STR_F,
                                                STR_A(DEPARTMENT), STR_A(slug)),
                      .name = name })
        ->path;
}

str import_category_of(
    struct import_categories *c, struct arena *scratch, const struct assortment_item *item)
{
    str column = item->category_path;
    if (!column.n)
        return assortment_rules_apply(c->rules, scratch, &item->product);
    const struct import_category *known = map_get(&c->by_path, column);
    if (!known)
        known = map_get(&c->by_name, utf8_fold(scratch, column));
    return known ? known->path : imported(c, scratch, column);
}

/* ---- making ---- */

struct making {
    struct import_categories *c;
    const struct import_category *category;
    id made;
};

/* Parents first; another process may have made it meanwhile. */
static err make(struct making *m, struct cx *cx, const struct import_category *in, id *ret_id)
{
    id parent_id = { { 0 } };
    struct catalog_category found;
    err e = in->parent ? make(m, cx, in->parent, &parent_id) : NULL;
    if (e)
        return e;
    e = catalog_category_get(m->c->catalog, cx, (id){ { 0 } }, in->path, &found);
    if (!e)
        *ret_id = found.category_id;
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    return catalog_category_put(m->c->catalog, cx,
        (struct catalog_category){ .category_id = id_from_name(S("import category"), in->path),
            .parent_id = parent_id,
            .name = in->name,
            .slug = in->parent ? str_skip(in->path, in->parent->path.n + 1) : in->path,
            .picture = in->picture },
        ret_id);
}

static err unit_make(void *arg, struct cx *cx)
{
    struct making *m = arg;
    return make(m, cx, m->category, &m->made);
}

err import_category_make(struct import_categories *c, struct cx *cx, str path, id *ret_id)
{
    struct import_category *category = map_get(&c->by_path, path);
    ASSERT(category);
    if (id_is_none(category->category_id)) {
        struct making m = { .c = c, .category = category };
        err e = db_write_wait(c->db, cx, 0, unit_make, &m);
        if (e)
            return e;
        category->category_id = m.made;
    }
    *ret_id = category->category_id;
    return NULL;
}
