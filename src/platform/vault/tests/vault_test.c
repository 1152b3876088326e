/* SPDX-License-Identifier: Apache-2.0
 * The vault on both engines: what the database holds of marked columns, what it refuses, the sweep,
 * a new key, and starts with the wrong master key. */
#include "platform/vault/vault.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chest_sql.h"
#include "platform/file/file.h"
#include "tests/support/store.h"
#include "vault_sql.h"

#define MASTER "11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "99112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct kit {
    struct store *s;
    struct db *db;
    struct vault *v;
    struct chest_sql_add_in add;
    struct chest_sql_get_row got;
    struct chest_sql_list_row *rows;
    struct chest_sql_raw_row *raws;
    struct chest_sql_part_raw_row *parts;
    size_t n;
    bool found, more;
    int64_t scanned;
    struct vault_state state;
    struct vault_place *place;
};

static id row_id(int n)
{
    id a = { { 1, 2, 3 } };
    a.b[14] = (uint8_t)(n >> 8);
    a.b[15] = (uint8_t)n;
    return a;
}

static const struct db_marked *const marked[] = { chest_marked };

static err vault_for(struct kit *k, str master, const char *file)
{
    struct vault_opts opts = { .db = k->db, .master = master, .file = file };
    struct arena *arena = store_cx(k->s)->arena;
    err e = vault_open(arena, store_cx(k->s), opts, &k->v);
    if (!e)
        k->place = vault_watch(k->v, k->db, marked, COUNT(marked));
    return e;
}

static struct kit kit_open(void **state)
{
    str text;
    char *path = NULL;
    struct kit k = { 0 };
    struct arena *arena = arena_open(8192);
    CHECK(asprintf(&path, "%s/src/platform/vault/tests/sql/0001_chest.sql",
              getenv("SOUK_SOURCE_ROOT")) > 0);
    CHECK(file_read(arena, str_from_c(path), &text));
    free(path);
    struct db_migration chest = { S("chest"), 1, S("0001_chest.sql"), text };
    k.s = store_open_with((struct store_opts){ .engine = store_engine(state),
        .folders = (const char *[]){ "platform/vault", NULL },
        .migrations = &chest,
        .migrations_n = 1 });
    arena_close(arena);
    k.db = store_db(k.s);
    return k;
}

static struct kit kit_with_vault(void **state)
{
    struct kit k = kit_open(state);
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(MASTER), NULL), NULL);
    return k;
}

static void kit_close(struct kit *k)
{
    vault_close(k->v);
    store_close(k->s);
}

/* ---- units ---- */
static err do_add(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    return chest_sql_add(k->db, cx, k->add, NULL);
}

static void add(struct kit *k, int n, str email, str note)
{
    k->add = (struct chest_sql_add_in){ row_id(n), email, note, email };
    CHECK_ERR(store_cx(k->s), store_write(k->s, do_add, k), NULL);
}

static err do_get(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    return chest_sql_get(
        k->db, cx, (struct chest_sql_get_in){ .id = k->add.id }, &k->got, &k->found);
}

static err do_find(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    struct chest_sql_find_row row = { 0 };
    err e = chest_sql_find(
        k->db, cx, (struct chest_sql_find_in){ .email_key = k->add.email }, &row, &k->found);
    k->add.id = row.id;
    return e;
}

static err seen(void *arg, struct cx *cx, const struct chest_sql_scan_row *row)
{
    struct kit *k = arg;
    (void)cx;
    k->scanned += str_ends(row->email, S("@example.com"));
    return NULL;
}

static err do_read(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    struct chest_sql_get_in ins[2] = { { row_id(2) }, { row_id(1) } };
    struct chest_sql_get_row two[2] = { 0 };
    bool found[2] = { false };
    k->scanned = 0;
    err e = chest_sql_list(k->db, cx, &k->rows, &k->n);
    if (!e)
        e = chest_sql_scan(k->db, cx, seen, k);
    if (!e)
        e = chest_sql_get_batch(k->db, cx, ins, 2, two, found);
    if (!e && found[0] && found[1]) {
        CHECK_STR(two[0].email, k->rows[1].email);
        CHECK_STR(two[1].email, k->rows[0].email);
    }
    return e;
}

static err do_raw(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    size_t n;
    err e = chest_sql_raw(k->db, cx, &k->raws, &k->n);
    return e ? e : chest_sql_part_raw(k->db, cx, &k->parts, &n);
}

static err do_sweep(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    return vault_jobs[0].fn(k->place, cx, &k->more);
}

static void sweep_all(struct kit *k)
{
    for (int i = 0; i < 50; i++) {
        CHECK_ERR(store_cx(k->s), store_write(k->s, do_sweep, k), NULL);
        if (!k->more)
            return;
    }
    fail_msg("the sweep does not end");
}

static err do_rotate(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    return vault_rotate(k->v, cx);
}

static err do_state(void *arg, struct cx *cx)
{
    struct kit *k = arg;
    return vault_state(k->v, cx, &k->state);
}

/* ---- sealing ---- */
static void test_sealed(void **state)
{
    struct kit k = kit_with_vault(state);
    add(&k, 1, S("ann@example.com"), (str){ 0 });
    add(&k, 2, S("bob@example.com"), S("a note"));
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_raw, &k), NULL);
    CHECK_INT((int64_t)k.n, 2);
    CHECK(str_starts(k.raws[0].raw, S("{s1}")));
    CHECK(!k.raws[0].raw_note.p);
    CHECK(str_starts(k.raws[1].raw_note, S("{s1}")));
    CHECK(str_starts(k.raws[0].raw_key, S("{k1}")));
    CHECK(str_find(k.raws[0].raw, S("ann"), 0) < 0);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_read, &k), NULL);
    CHECK_STR(k.rows[0].email, S("ann@example.com"));
    CHECK_STR(k.rows[1].note, S("a note"));
    CHECK_INT(k.scanned, 2);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_get, &k), NULL);
    CHECK_STR(k.got.email, S("bob@example.com"));
    k.add.email = S("ann@example.com");
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_find, &k), NULL);
    CHECK(k.found && k.add.id.b[15] == 1);
    kit_close(&k);
}

/* The same text twice is two different ones in the database; its keyed hash is not. */
static void test_not_alike(void **state)
{
    struct kit k = kit_with_vault(state);
    add(&k, 1, S("ann@example.com"), S("same"));
    add(&k, 2, S("ann@example.com"), S("same"));
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_raw, &k), NULL);
    CHECK(!str_eq(k.raws[0].raw, k.raws[1].raw));
    CHECK_STR(k.raws[0].raw_key, k.raws[1].raw_key);
    kit_close(&k);
}

static const struct moved_case {
    const char *name, *sql;
} moved_cases[] = {
    { "to another row",
        "UPDATE chest_row SET email = (SELECT o.email FROM chest_row o WHERE "
        "o.email_key <> chest_row.email_key)" },
    { "to another column", "UPDATE chest_row SET email = note" },
    { "a byte changed", "UPDATE chest_row SET email = replace(email, substr(email, 20, 1), '-')" },
    { "cut short", "UPDATE chest_row SET email = substr(email, 1, 30)" },
    { "of a key that is not there", "UPDATE chest_row SET email = '{s9}' || substr(email, 5)" },
};

static void test_moved(void **state)
{
    for (size_t i = 0; i < COUNT(moved_cases); i++) {
        struct kit k = kit_with_vault(state);
        add(&k, 1, S("ann@example.com"), S("one"));
        add(&k, 2, S("bob@example.com"), S("two"));
        CHECK_ERR(store_cx(k.s), store_read(k.s, do_get, &k), NULL);
        store_script(k.s, moved_cases[i].sql);
        CASE(moved_cases[i].name, store_read(k.s, do_read, &k) == &VAULT_REFUSED);
        kit_close(&k);
    }
}

/* ---- the sweep ---- */
static const char old_rows[] =
    "INSERT INTO chest_row (id, email, note, email_key) SELECT %s, 'Old' || i || '@example.com', "
    "NULL, NULL FROM %s;"
    "INSERT INTO chest_part (id, part, note) SELECT id, p, 'part ' || p FROM chest_row, "
    "(SELECT 1 AS p UNION ALL SELECT 2 UNION ALL SELECT 3) parts";

static void add_old_rows(struct kit *k, int n)
{
    char sql[800], key[100], from[200];
    bool pg = db_engine_of(k->db) == DB_PG;
    snprintf(key, sizeof key, "%s",
        pg ? "CAST(encode(convert_to(lpad(CAST(i AS text), 16, '0'), 'UTF8'), 'hex') AS uuid)"
           : "CAST(printf('%016d', i) AS BLOB)");
    if (pg)
        snprintf(from, sizeof from, "generate_series(1, %d) AS i", n);
    else
        snprintf(from, sizeof from,
            "(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
            "SELECT i FROM c)",
            n);
    snprintf(sql, sizeof sql, old_rows, key, from);
    store_script(k->s, sql);
}

static void all_under(struct kit *k, str head, size_t n)
{
    CHECK_ERR(store_cx(k->s), store_read(k->s, do_raw, k), NULL);
    CHECK_INT((int64_t)k->n, (int64_t)n);
    for (size_t i = 0; i < k->n; i++) {
        CHECK(str_starts(k->raws[i].raw, head));
        CHECK(str_starts(k->raws[i].raw_key, S("{k1}")));
        for (size_t p = 0; p < 3; p++)
            CHECK(str_starts(k->parts[3 * i + p].raw, head));
    }
}

/* Rows in clear are read as they are, and sealed by and by; a restart goes on where it stopped. */
static void test_sweep(void **state)
{
    struct kit k = kit_with_vault(state);
    add_old_rows(&k, 250);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_read, &k), NULL);
    CHECK_INT((int64_t)k.n, 250);
    CHECK_STR(k.rows[0].email, S("Old1@example.com"));
    CHECK_ERR(store_cx(k.s), store_write(k.s, do_sweep, &k), NULL);
    CHECK(k.more);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_raw, &k), NULL);
    CHECK(str_starts(k.raws[0].raw, S("{s1}")));
    CHECK_STR(k.raws[249].raw, S("Old250@example.com"));
    vault_close(k.v);
    store_reopen(k.s);
    k.db = store_db(k.s);
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(MASTER), NULL), NULL);
    sweep_all(&k);
    all_under(&k, S("{s1}"), 250);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_read, &k), NULL);
    CHECK_STR(k.rows[249].email, S("Old250@example.com"));
    k.add.email = S("old77@example.com"); /* the key of a row that had none is of the folded text */
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_find, &k), NULL);
    CHECK(k.found && k.add.id.b[14] == '7' && k.add.id.b[15] == '7');
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_state, &k), NULL);
    CHECK_INT((int64_t)k.state.waiting, 0);
    CHECK_INT(k.state.tables[0].rows, 750);
    CHECK_INT(k.state.tables[0].sealed, 750);
    CHECK_INT(k.state.tables[1].rows, 250); /* none twice */
    kit_close(&k);
}

static void test_rotate(void **state)
{
    struct kit k = kit_with_vault(state);
    add_old_rows(&k, 120);
    sweep_all(&k);
    CHECK_ERR(store_cx(k.s), store_write(k.s, do_rotate, &k), NULL);
    add(&k, 300, S("new@example.com"), S("x"));
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_raw, &k), NULL);
    bool old = false, young = false;
    for (size_t i = 0; i < k.n; i++) {
        old |= str_starts(k.raws[i].raw, S("{s1}"));
        young |= str_starts(k.raws[i].raw, S("{s2}"));
    }
    CHECK(old && young);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_state, &k), NULL);
    CHECK_INT(k.state.key_id, 2);
    CHECK_INT((int64_t)k.state.waiting, 2);
    sweep_all(&k);
    store_script(k.s, "DELETE FROM chest_row WHERE note IS NOT NULL");
    all_under(&k, S("{s2}"), 120);
    vault_close(k.v);
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(MASTER), NULL), NULL); /* both keys are found */
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_read, &k), NULL);
    CHECK_INT(k.scanned, 120);
    kit_close(&k);
}

/* Another process has made a new key: a text under it is read, and from then on it seals here too.
 */
static void test_other_process(void **state)
{
    struct kit k = kit_with_vault(state);
    struct vault *here = k.v;
    add(&k, 1, S("ann@example.com"), S("x"));
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(MASTER), NULL), NULL);
    CHECK_ERR(store_cx(k.s), store_write(k.s, do_rotate, &k), NULL);
    add(&k, 2, S("bob@example.com"), S("y"));
    struct vault *there = k.v;
    db_seal_with(k.db, vault_sealer(here));
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_get, &k), NULL);
    CHECK_STR(k.got.email, S("bob@example.com"));
    add(&k, 3, S("cyd@example.com"), S("z"));
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_raw, &k), NULL);
    CHECK(str_starts(k.raws[2].raw, S("{s2}")));
    k.v = here;
    vault_close(there);
    kit_close(&k);
}

/* ---- the master key ---- */
static void test_wrong_master(void **state)
{
    struct kit k = kit_with_vault(state);
    add(&k, 1, S("ann@example.com"), S("x"));
    vault_close(k.v);
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(OTHER), NULL), &VAULT_MASTER);
    vault_close(k.v);
    cx_clear(store_cx(k.s));
    CHECK_ERR(store_cx(k.s), vault_for(&k, S("abc"), NULL), &VAULT_MASTER);
    vault_close(k.v);
    cx_clear(store_cx(k.s));
    CHECK_ERR(store_cx(k.s), vault_for(&k, S(MASTER), NULL), NULL);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_get, &k), NULL);
    CHECK_STR(k.got.email, S("ann@example.com")); /* nothing was lost */
    kit_close(&k);
}

static void test_file(void **state)
{
    struct kit k = kit_open(state);
    char folder[] = "/tmp/souk-vault-XXXXXX", file[64], away[64];
    struct stat st;
    CHECK(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/master-key", folder);
    snprintf(away, sizeof away, "%s/away", folder);
    CHECK_ERR(store_cx(k.s), vault_for(&k, (str){ 0 }, file), NULL);
    CHECK_INT(stat(file, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    add(&k, 1, S("ann@example.com"), S("x"));
    vault_close(k.v);
    CHECK_INT(rename(file, away), 0);
    CHECK_ERR(store_cx(k.s), vault_for(&k, (str){ 0 }, file), &VAULT_MASTER);
    vault_close(k.v);
    CHECK(stat(file, &st) != 0); /* no new one beside what the old one sealed */
    CHECK_INT(rename(away, file), 0);
    CHECK_INT(chmod(file, 0644), 0);
    cx_clear(store_cx(k.s));
    CHECK_ERR(store_cx(k.s), vault_for(&k, (str){ 0 }, file), &VAULT_MASTER);
    vault_close(k.v);
    CHECK_INT(chmod(file, 0600), 0);
    cx_clear(store_cx(k.s));
    CHECK_ERR(store_cx(k.s), vault_for(&k, (str){ 0 }, file), NULL);
    CHECK_ERR(store_cx(k.s), store_read(k.s, do_get, &k), NULL);
    CHECK_STR(k.got.email, S("ann@example.com"));
    kit_close(&k);
    (void)unlink(file);
    (void)rmdir(folder);
}

/* ---- another master key ---- */
struct places {
    char folder[32], file[64], next[64], away[64];
};

static struct kit kit_with_file(void **state, struct places *p)
{
    struct kit k = kit_open(state);
    *p = (struct places){ .folder = "/tmp/souk-vault-XXXXXX" };
    CHECK(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/master-key", p->folder);
    snprintf(p->next, sizeof p->next, "%s/master-key.next", p->folder);
    snprintf(p->away, sizeof p->away, "%s/away", p->folder);
    CHECK_ERR(store_cx(k.s), vault_for(&k, (str){ 0 }, p->file), NULL);
    add(&k, 1, S("ann@example.com"), S("x"));
    CHECK_ERR(store_cx(k.s), store_write(k.s, do_rotate, &k), NULL);
    add(&k, 2, S("bob@example.com"), S("y"));
    return k;
}

static void kit_close_with(struct kit *k, struct places *p)
{
    kit_close(k);
    (void)unlink(p->file);
    (void)unlink(p->next);
    (void)unlink(p->away);
    CHECK_INT(rmdir(p->folder), 0);
}

static void reopen(struct kit *k, str master, const char *file, err want)
{
    vault_close(k->v);
    cx_clear(store_cx(k->s));
    CHECK_ERR(store_cx(k->s), vault_for(k, master, file), want);
}

/* Rows of both data keys, and found by the keyed hash. */
static void all_there(struct kit *k)
{
    static const char *const emails[] = { "ann@example.com", "bob@example.com" };
    for (int i = 0; i < 2; i++) {
        k->add.id = row_id(i + 1);
        CHECK_ERR(store_cx(k->s), store_read(k->s, do_get, k), NULL);
        CHECK_STR(k->got.email, str_from_c(emails[i]));
        k->add.email = str_from_c(emails[i]);
        CHECK_ERR(store_cx(k->s), store_read(k->s, do_find, k), NULL);
        CHECK(k->found && id_eq(k->add.id, row_id(i + 1)));
    }
}

static void test_another_master(void **state)
{
    struct places p;
    struct kit k = kit_with_file(state, &p);
    struct cx *cx = store_cx(k.s);
    size_t n = 0;
    CHECK_INT(link(p.file, p.away), 0);
    CHECK_ERR(cx, vault_change_master(k.v, cx, NULL, &n), NULL);
    CHECK_INT((int64_t)n, 3);
    all_there(&k);
    CHECK_ERR(cx, store_write(k.s, do_rotate, &k), NULL); /* this process goes on under it */
    reopen(&k, (str){ 0 }, p.file, NULL);
    all_there(&k);
    reopen(&k, (str){ 0 }, p.away, &VAULT_MASTER); /* the old one opens nothing any more */
    cx_clear(cx);
    reopen(&k, (str){ 0 }, p.file, NULL);
    kit_close_with(&k, &p);
}

/* A process that ended between the database and the file. */
static void test_change_cut_short(void **state)
{
    struct places p;
    struct kit k = kit_with_file(state, &p);
    struct cx *cx = store_cx(k.s);
    struct stat st;
    size_t n;
    CHECK_INT(link(p.file, p.away), 0);
    CHECK_ERR(cx, vault_change_master(k.v, cx, NULL, &n), NULL);
    CHECK_INT(rename(p.file, p.next), 0);
    CHECK_INT(rename(p.away, p.file), 0);
    reopen(&k, (str){ 0 }, p.file, NULL);
    all_there(&k);
    CHECK(stat(p.next, &st) != 0);
    reopen(&k, (str){ 0 }, p.file, NULL);
    struct file_put put = { .path = str_from_c(p.next), .bytes = S(OTHER), .mode = 0600 };
    CHECK(file_put(cx->arena, put)); /* one that the database never got is left alone, */
    reopen(&k, (str){ 0 }, p.file, NULL);
    CHECK_INT(stat(p.next, &st), 0);
    CHECK_ERR(cx, vault_change_master(k.v, cx, NULL, &n), NULL); /* and used by the next change */
    reopen(&k, S(OTHER), NULL, NULL);
    all_there(&k);
    kit_close_with(&k, &p);
}

static void test_master_of_a_setting(void **state)
{
    struct places p;
    struct kit k = kit_with_file(state, &p);
    struct cx *cx = store_cx(k.s);
    struct file_put put = { .path = str_from_c(p.away), .bytes = S(MASTER "\n"), .mode = 0600 };
    size_t n;
    CHECK_ERR(cx, vault_change_master(k.v, cx, p.away, &n), &VAULT_MASTER);
    CHECK(file_put(cx->arena, put) && chmod(p.away, 0640) == 0);
    cx_clear(cx);
    CHECK_ERR(cx, vault_change_master(k.v, cx, p.away, &n), &VAULT_MASTER);
    reopen(&k, (str){ 0 }, p.file, NULL); /* nothing was changed */
    CHECK_INT(chmod(p.away, 0600), 0);
    CHECK_ERR(cx, vault_change_master(k.v, cx, p.away, &n), NULL);
    reopen(&k, S(MASTER), p.file, NULL);
    all_there(&k);
    CHECK_ERR(cx, vault_change_master(k.v, cx, NULL, &n), &VAULT_MASTER); /* which one, then? */
    reopen(&k, (str){ 0 }, p.file, &VAULT_MASTER);
    reopen(&k, S(MASTER), NULL, NULL);
    all_there(&k);
    kit_close_with(&k, &p);
}

static void test_queries(void **state)
{
    struct kit k = kit_with_vault(state);
    for (const struct db_query *const *q = vault_queries; *q; q++)
        CHECK_ERR(store_cx(k.s), db_query_check(k.db, store_cx(k.s), *q), NULL);
    for (const struct db_query *const *q = chest_queries; *q; q++)
        CHECK_ERR(store_cx(k.s), db_query_check(k.db, store_cx(k.s), *q), NULL);
    kit_close(&k);
}

/* What the kernel leaves out of a core: "dd" among the flags of the keys' pages. */
static void test_not_dumped(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct vault *vault;
    struct vault_opts opts = {
        .master = S("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    };
    CHECK_ERR(cx, vault_open(cx->arena, cx, opts, &vault), NULL);
    FILE *maps = fopen("/proc/self/smaps", "r");
    CHECK(maps != NULL);
    char line[1024];
    bool here = false, said = false;
    while (!said && fgets(line, sizeof line, maps)) {
        unsigned long from, to, at = (unsigned long)(uintptr_t)vault;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = from <= at && at < to;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            said = strstr(line, " dd") != NULL;
    }
    fclose(maps);
    CHECK(said);
    vault_close(vault);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_sealed),
        STORE_TEST(test_not_alike),
        STORE_TEST(test_moved),
        STORE_TEST(test_sweep),
        STORE_TEST(test_rotate),
        STORE_TEST(test_other_process),
        STORE_TEST(test_wrong_master),
        STORE_TEST(test_file),
        STORE_TEST(test_another_master),
        STORE_TEST(test_change_cut_short),
        STORE_TEST(test_master_of_a_setting),
        STORE_TEST(test_queries),
        cmocka_unit_test(test_not_dumped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
