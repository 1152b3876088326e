/* SPDX-License-Identifier: Apache-2.0
 * Match sets beside those of SQLite FTS5, over random catalogues that grow, change and shrink. Run
 * by meson test; must never take a pruned answer for a match set. */
#include <sqlite3.h>

#include "platform/index/tests/index_world.h"

struct oracle {
    sqlite3 *db;
    sqlite3_stmt *put, *drop, *match;
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *s = NULL;
    CHECK(sqlite3_prepare_v2(db, text, -1, &s, NULL) == SQLITE_OK);
    return s;
}

static void oracle_open(struct oracle *o)
{
    CHECK(sqlite3_open(":memory:", &o->db) == SQLITE_OK);
    CHECK(sqlite3_exec(o->db, "CREATE VIRTUAL TABLE f USING fts5(title, brand, body)", NULL, NULL,
              NULL) == SQLITE_OK);
    o->put = prepare(o->db, "INSERT INTO f(rowid, title, brand, body) VALUES(?1, ?2, ?3, ?4)");
    o->drop = prepare(o->db, "DELETE FROM f WHERE rowid = ?1");
    o->match = prepare(o->db, "SELECT rowid FROM f WHERE f MATCH ?1");
}

static void oracle_close(struct oracle *o)
{
    sqlite3_finalize(o->put);
    sqlite3_finalize(o->drop);
    sqlite3_finalize(o->match);
    sqlite3_close(o->db);
}

static void run(sqlite3_stmt *s)
{
    CHECK(sqlite3_step(s) == SQLITE_DONE);
    sqlite3_reset(s);
}

static void oracle_drop(struct oracle *o, size_t i)
{
    sqlite3_bind_int64(o->drop, 1, (int64_t)i);
    run(o->drop);
}

static void oracle_put(struct oracle *o, const struct world *w, size_t i)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(4096);
    const struct product *p = &w->products[i];
    oracle_drop(o, i);
    sqlite3_bind_int64(o->put, 1, (int64_t)i);
    for (size_t f = 0; f < TEXTS; f++) {
        struct buf text = { .arena = arena };
        for (size_t k = 0; k < p->words_n[f]; k++) {
            buf_add(&text, w->words[p->words[f][k]]);
            buf_char(&text, ' ');
        }
        sqlite3_bind_text(o->put, (int)f + 2, text.p ? text.p : "", (int)text.n, SQLITE_TRANSIENT);
    }
    run(o->put);
}

/* ---- a tree as an expression of FTS5 ---- */

static void express(struct buf *out, const struct index_node *n);

static void express_fields(struct buf *out, uint32_t fields)
{
    static const char *const names[] = { "title", "brand", "body" };
    if (!fields)
        return;
    buf_char(out, '{');
    for (size_t i = 0; i < TEXTS; i++)
        if (fields >> i & 1)
            buf_fmt(out, "%s ", names[i]);
    buf_add(out, S("}: "));
}

/* At least `least` of the kids: every choice of so many. */
static void express_choices(struct buf *out, const struct index_node *n)
{
    bool first = true;
    for (unsigned set = 1; set < 1u << n->kids_n; set++) {
        if ((unsigned)__builtin_popcount(set) != n->least)
            continue;
        buf_add(out, first ? S("(") : S(" OR ("));
        first = false;
        bool inner = true;
        for (size_t i = 0; i < n->kids_n; i++) {
            if (!(set >> i & 1))
                continue;
            if (!inner)
                buf_add(out, S(" AND "));
            inner = false;
            express(out, &n->kids[i]);
        }
        buf_char(out, ')');
    }
}

static void express_and(struct buf *out, const struct index_node *n)
{
    for (int role = INDEX_REQUIRED; role <= INDEX_EXCLUDED; role += INDEX_EXCLUDED)
        for (size_t i = 0; i < n->kids_n; i++) {
            if ((int)n->kids[i].role != role)
                continue;
            if (i > 0)
                buf_add(out, role == INDEX_REQUIRED ? S(" AND ") : S(") NOT "));
            express(out, &n->kids[i]);
        }
}

static void express_phrase(struct buf *out, const struct index_node *n)
{
    express_fields(out, n->fields);
    buf_char(out, '"');
    for (size_t i = 0; i < n->kids_n; i++)
        buf_fmt(out, STR_F " ", STR_A(n->kids[i].text));
    buf_char(out, '"');
}

static void express(struct buf *out, const struct index_node *n)
{
    size_t excluded = 0;
    for (size_t i = 0; n->op == INDEX_AND && i < n->kids_n; i++)
        excluded += n->kids[i].role == INDEX_EXCLUDED;
    buf_char(out, '(');
    while (excluded-- > 0)
        buf_char(out, '(');
    switch (n->op) {
    case INDEX_TERM:
    case INDEX_PREFIX:
        express_fields(out, n->fields);
        buf_fmt(out, "\"" STR_F "\"%s", STR_A(n->text), n->op == INDEX_PREFIX ? "*" : "");
        break;
    case INDEX_PHRASE:
        express_phrase(out, n);
        break;
    case INDEX_AND:
        express_and(out, n);
        break;
    case INDEX_OR:
    case INDEX_ANY:
        if (n->op == INDEX_OR && n->least > 1) {
            express_choices(out, n);
            break;
        }
        for (size_t i = 0; i < n->kids_n; i++) {
            buf_add(out, i ? S(" OR ") : S(""));
            express(out, &n->kids[i]);
        }
        break;
    case INDEX_ALL:
        break;
    }
    buf_char(out, ')');
}

/* ---- comparing ---- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(id));
}

static void compare(struct world *w, struct oracle *o, struct index *ix)
{
    struct cx *cx = check_cx_open();
    struct index_node root;
    struct buf text = { .arena = cx->arena };
    world_tree(w, cx->arena, &root, 3);
    express(&text, &root);
    id *want = NEW_N(cx->arena, w->n, id), *got = NEW_N(cx->arena, w->n, id);
    size_t n = 0;
    sqlite3_bind_text(o->match, 1, text.p, (int)text.n, SQLITE_STATIC);
    while (sqlite3_step(o->match) == SQLITE_ROW)
        want[n++] = w->products[sqlite3_column_int64(o->match, 0)].id;
    CHECK(sqlite3_reset(o->match) == SQLITE_OK);
    struct index_query q = { .root = &root, .limit = w->n, .total = true };
    struct index_result r;
    CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
    for (size_t i = 0; i < r.hits_n; i++) {
        got[i] = r.hits[i].id;
        CHECK(r.hits[i].score > 0);
    }
    qsort(want, n, sizeof want[0], by_id);
    qsort(got, r.hits_n, sizeof got[0], by_id);
    bool same = r.hits_n == n && r.total == (int64_t)n && memcmp(want, got, n * sizeof(id)) == 0;
    if (!same)
        print_message("%zu matches, FTS5 has %zu: " STR_F "\n", r.hits_n, n, STR_A(buf_str(&text)));
    CHECK(same);
    check_cx_close(cx);
}

/* Some products change, some go, some come back. */
static void change(struct world *w, struct oracle *o, struct index *ix)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(1 << 16);
    struct index_doc *docs = NEW_N(arena, 64, struct index_doc);
    id gone[64];
    size_t n = 0, gone_n = 0;
    for (size_t i = 0; i < (size_t)rng_between(&w->rng, 1, 60); i++) {
        size_t at = rng_below(&w->rng, w->n);
        struct product *p = &w->products[at];
        if (rng_chance(&w->rng, 300)) {
            if (!p->there)
                continue;
            p->there = false;
            oracle_drop(o, at);
            gone[gone_n++] = p->id;
            continue;
        }
        world_fill(w, p);
        oracle_put(o, w, at);
        docs[n++] = world_doc(w, arena, p);
    }
    /* What was removed after it was put, stays removed. */
    index_put(ix, docs, n);
    for (size_t i = 0; i < gone_n; i++)
        for (size_t k = 0; k < w->n; k++)
            if (id_eq(w->products[k].id, gone[i]) && !w->products[k].there)
                (void)index_remove(ix, &gone[i], 1);
}

static void run_world(uint64_t seed, size_t products, size_t rounds, size_t queries)
{
    struct world *w = world_open(seed);
    struct oracle o;
    struct index *ix = index_open(world_schema);
    oracle_open(&o);
    for (size_t round = 0; round < rounds; round++) {
        size_t before = w->n;
        world_grow(w, products / rounds + 1);
        world_put(w, ix, before, w->n);
        for (size_t i = before; i < w->n; i++)
            oracle_put(&o, w, i);
        change(w, &o, ix);
        if (round == rounds / 2)
            index_optimize(ix);
        for (size_t i = 0; i < queries / rounds; i++)
            compare(w, &o, ix);
    }
    index_optimize(ix);
    CHECK_INT(index_figures_of(ix).removed, 0);
    for (size_t i = 0; i < queries / rounds; i++)
        compare(w, &o, ix);
    index_close(ix);
    oracle_close(&o);
    world_close(w);
}

static void small_worlds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        run_world(seed, 40, 20, 200);
}

static void many_segments(void **state)
{
    (void)state;
    run_world(100, 900, 300, 900);
}

static void large_segments(void **state)
{
    (void)state;
    run_world(200, 9000, 3, 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_worlds),
        cmocka_unit_test(many_segments),
        cmocka_unit_test(large_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
