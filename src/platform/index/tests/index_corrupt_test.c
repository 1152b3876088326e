/* SPDX-License-Identifier: Apache-2.0
 * Snapshots that are damaged, cut off or of something else are refused with a reason, whichever
 * byte it is, and the owner can rebuild. Run by meson test; must never load a damaged one. */
#include "platform/index/index_file.h"
#include "platform/index/tests/index_folder.h"
#include "platform/index/tests/index_world.h"

struct damaged { /* a whole snapshot, damaged and made whole again */
    struct arena *arena;
    struct world *w;
    str folder;
};

static struct damaged *damaged_open(uint64_t seed, size_t products)
{
    struct arena *arena = arena_open(1 << 16);
    struct damaged *d = NEW(arena, struct damaged);
    d->arena = arena;
    d->w = world_open(seed);
    d->folder = folder_new(arena);
    struct cx *cx = check_cx_open();
    struct index *ix = index_open(world_schema);
    world_grow(d->w, products);
    world_put(d->w, ix, 0, products);
    (void)index_remove(ix, &d->w->products[1].id, 1);
    CHECK_ERR(cx, index_save(ix, cx, d->folder), NULL);
    index_close(ix);
    check_cx_close(cx);
    return d;
}

static void damaged_close(struct damaged *d)
{
    folder_remove(d->folder);
    world_close(d->w);
    arena_close(d->arena);
}

/* Loading must fail, with a reason that names the folder's file. */
static void refused(struct damaged *d, err want, const char *what, size_t at)
{
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    err e = index_load(cx, d->folder, world_schema, &ix);
    bool ok = (want ? e == want : e == &INDEX_CORRUPT || e == &INDEX_FOREIGN) && ix == NULL &&
              str_starts(cx->detail, d->folder) && cx->detail.n > d->folder.n + 3;
    if (!ok)
        print_message(
            "%s at %zu: %s, " STR_F "\n", what, at, e ? e->slug : "loaded", STR_A(cx->detail));
    CHECK(ok);
    check_cx_close(cx);
}

static void loads(struct damaged *d)
{
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    CHECK_ERR(cx, index_load(cx, d->folder, world_schema, &ix), NULL);
    CHECK_INT(index_figures_of(ix).docs, (int64_t)d->w->n - 1);
    index_close(ix);
    check_cx_close(cx);
}

/* Bytes in place, without the ceremony of a new file. */
static void overwrite(struct damaged *d, str name, size_t at, char byte)
{
    FILE *f = fopen(str_c(d->arena, folder_path(d->arena, d->folder, name)), "r+b");
    CHECK(f && fseek(f, (long)at, SEEK_SET) == 0 && fputc((unsigned char)byte, f) != EOF);
    CHECK(fclose(f) == 0);
}

static void flip(struct damaged *d, str name, str bytes, size_t at, unsigned bit)
{
    overwrite(d, name, at, (char)(bytes.p[at] ^ (char)(1 << bit)));
    refused(d, NULL, str_c(d->arena, name), at);
    overwrite(d, name, at, bytes.p[at]);
}

static void each_byte(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(1, 6);
    str names[8];
    size_t n = folder_list(d->arena, d->folder, names, COUNT(names));
    CHECK_INT((int64_t)n, 4);
    for (size_t i = 0; i < n; i++) {
        str bytes = folder_read(d->arena, d->folder, names[i]);
        for (size_t at = 0; at < bytes.n; at++)
            flip(d, names[i], bytes, at, (unsigned)rng_below(&d->w->rng, 8));
    }
    loads(d);
    damaged_close(d);
}

/* Every section of a file with packed blocks and dense columns; and the gaps between them. */
static void each_section(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(2, 2300);
    str name = folder_only(d->arena, d->folder, S(".segment"));
    str bytes = folder_read(d->arena, d->folder, name);
    struct index_image_head head;
    memcpy(&head, bytes.p, sizeof head);
    CHECK(head.sections_n >= 15);
    size_t end = sizeof head;
    for (uint32_t i = 0; i < head.sections_n; i++) {
        struct index_section s;
        memcpy(&s, bytes.p + sizeof head + i * sizeof s, sizeof s);
        CHECK(s.size > 0);
        for (size_t k = 0; k < 12; k++) {
            size_t at = k == 0   ? s.at
                        : k == 1 ? s.at + s.size - 1
                                 : s.at + rng_below(&d->w->rng, s.size);
            flip(d, name, bytes, at, (unsigned)rng_below(&d->w->rng, 8));
        }
        if (s.at > end && i > 0)
            flip(d, name, bytes, s.at - 1, 3);
        end = s.at + s.size;
    }
    loads(d);
    damaged_close(d);
}

static void cut_off(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(3, 5);
    str names[8];
    size_t n = folder_list(d->arena, d->folder, names, COUNT(names));
    for (size_t i = 0; i < n; i++) {
        str bytes = folder_read(d->arena, d->folder, names[i]);
        const char *path = str_c(d->arena, folder_path(d->arena, d->folder, names[i]));
        for (size_t size = bytes.n; size-- > 0;) {
            CHECK(truncate(path, (off_t)size) == 0);
            refused(d, NULL, "cut off", size);
        }
        for (size_t more = 1; more <= 64; more += 21) {
            char *longer = NEW_N(d->arena, bytes.n + more, char);
            memcpy(longer, bytes.p, bytes.n);
            folder_write(d->arena, d->folder, names[i], (str){ longer, bytes.n + more });
            refused(d, NULL, "longer", more);
        }
        CHECK(unlink(path) == 0);
        if (!str_eq(names[i], S("manifest")))
            refused(d, &INDEX_CORRUPT, "missing", 0);
        folder_write(d->arena, d->folder, names[i], bytes);
    }
    loads(d);
    damaged_close(d);
}

static void foreign(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(4, 5), *other = damaged_open(5, 6);
    str manifest = folder_read(d->arena, d->folder, S("manifest"));
    static const char *const kinds[] = { ".segment", ".columns", ".words" };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        str kind = str_from_c(kinds[i]);
        str name = folder_only(d->arena, d->folder, kind);
        str bytes = folder_read(d->arena, d->folder, name);
        str theirs = folder_only(d->arena, other->folder, kind);
        if (i != 2) { /* words alone may fit: nothing of them is but a name */
            folder_write(d->arena, d->folder, name, folder_read(d->arena, other->folder, theirs));
            refused(d, &INDEX_CORRUPT, kinds[i], 0);
        }
        folder_write(d->arena, d->folder, name, manifest);
        refused(d, &INDEX_CORRUPT, "a manifest in its place", i);
        folder_write(d->arena, d->folder, name, S("SQLite format 3"));
        refused(d, &INDEX_CORRUPT, "something else", i);
        folder_write(d->arena, d->folder, name, bytes);
    }
    folder_write(d->arena, d->folder, S("manifest"), S("%PDF-1.4 and nothing that we know of"));
    refused(d, &INDEX_CORRUPT, "no manifest at all", 0);
    folder_write(d->arena, d->folder, S("manifest"), manifest);
    overwrite(d, S("manifest"), offsetof(struct index_frame, version), 2);
    refused(d, &INDEX_FOREIGN, "a later version", 0);
    folder_write(d->arena, d->folder, S("manifest"), manifest);
    loads(d);
    damaged_close(other);
    damaged_close(d);
}

static void other_schema(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(6, 5);
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    struct index_schema schema = world_schema;
    schema.k1 = 1.5f;
    CHECK_ERR(cx, index_load(cx, d->folder, schema, &ix), &INDEX_FOREIGN);
    schema = world_schema;
    schema.numbers_n--;
    check_cx_close(cx);
    cx = check_cx_open();
    CHECK_ERR(cx, index_load(cx, d->folder, schema, &ix), &INDEX_FOREIGN);
    CHECK(ix == NULL);
    check_cx_close(cx);
    damaged_close(d);
}

static void none(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    str folder = folder_new(cx->arena);
    CHECK_ERR(cx, index_load(cx, folder, world_schema, &ix), &ERR_MISSING);
    folder_remove(folder);
    check_cx_close(cx);
}

/* Refused, rebuilt into the same folder, loaded; what was damaged is gone from the folder. */
static void rebuilt(void **state)
{
    (void)state;
    struct damaged *d = damaged_open(7, 300);
    str name = folder_only(d->arena, d->folder, S(".segment"));
    str bytes = folder_read(d->arena, d->folder, name);
    overwrite(d, name, bytes.n / 2, (char)(bytes.p[bytes.n / 2] ^ 4));
    refused(d, &INDEX_CORRUPT, "damaged", bytes.n / 2);
    struct cx *cx = check_cx_open();
    struct index *living = index_open(world_schema), *fresh = index_open(world_schema);
    world_put(d->w, fresh, 0, d->w->n);
    (void)index_remove(fresh, &d->w->products[1].id, 1);
    index_swap(living, fresh);
    index_close(fresh);
    CHECK_ERR(cx, index_save(living, cx, d->folder), NULL);
    index_close(living);
    CHECK(!str_eq(folder_only(d->arena, d->folder, S(".segment")), name));
    loads(d);
    check_cx_close(cx);
    damaged_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte),
        cmocka_unit_test(each_section),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(foreign),
        cmocka_unit_test(other_schema),
        cmocka_unit_test(none),
        cmocka_unit_test(rebuilt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
