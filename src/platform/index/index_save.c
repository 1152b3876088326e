/* SPDX-License-Identifier: Apache-2.0
 * Snapshots: files that never change, named by one manifest that is replaced last. Called by the
 * owner of an index now and then; must never touch a file that the present manifest names.
 * docs/index-format.md says what the bytes mean. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "platform/file/file.h"
#include "platform/index/index_file.h"

struct saving {
    struct index *ix;
    struct cx *cx;
    str folder;
    const struct index_view *view;
    struct index_manifest manifest;
    struct index_manifest_part *parts;
};

str index_file_path(struct arena *arena, str folder, uint64_t name, const char *kind)
{
    return str_fmt(arena, STR_F "/%016" PRIx64 ".%s", STR_A(folder), name, kind);
}

uint32_t index_file_crc(const void *p, size_t n)
{
    return (uint32_t)crc32_z(0, p, n);
}

static err put(struct saving *v, str path, const void *p, size_t n)
{
    struct file_put in = { .path = path, .bytes = { p, n }, .mode = 0644, .durable = true };
    return file_put(v->cx->arena, in)
               ? NULL
               : FAIL(v->cx, INDEX_IO, STR_F ": %s", STR_A(path), strerror(errno));
}

/* A head with the length and checksum of what follows it. */
static err put_framed(struct saving *v, uint64_t name, const char *kind, struct index_bytes *b)
{
    struct index_frame *head = (struct index_frame *)(void *)b->p;
    head->size = b->n - sizeof *head;
    head->crc = index_file_crc(b->p + sizeof *head, b->n - sizeof *head);
    err e = put(v, index_file_path(v->cx->arena, v->folder, name, kind), b->p, b->n);
    index_bytes_free(b);
    return e;
}

static struct index_bytes framed(const char magic[static 8])
{
    struct index_bytes b = { 0 };
    struct index_frame head = { .version = INDEX_VERSION, .endian = INDEX_ENDIAN };
    memcpy(head.magic, magic, sizeof head.magic);
    index_bytes_add(&b, &head, sizeof head);
    return b;
}

/* ---- the files ---- */

static err save_segment(struct saving *v, const struct index_segment *s)
{
    struct stat st;
    str path = index_file_path(v->cx->arena, v->folder, s->name, "segment");
    bool there = stat(str_c(v->cx->arena, path), &st) == 0 && (size_t)st.st_size == s->image_n;
    return there ? NULL : put(v, path, s->image, s->image_n);
}

static err save_columns(struct saving *v, struct index_part part, uint64_t name)
{
    const struct index_segment *s = part.segment;
    struct index_bytes b = framed(INDEX_COLUMNS_MAGIC);
    size_t numbers = v->ix->shape.numbers_n * s->docs;
    int64_t *to = (int64_t *)(void *)index_bytes_room(&b, numbers * sizeof to[0]);
    for (size_t i = 0; i < numbers; i++)
        to[i] = atomic_load_explicit(&s->numbers[i], memory_order_relaxed);
    b.n += numbers * sizeof to[0];
    uint32_t *flags = (uint32_t *)(void *)index_bytes_room(&b, s->docs * sizeof flags[0]);
    for (size_t i = 0; i < s->docs; i++)
        flags[i] = index_flags_at(s, (uint32_t)i);
    b.n += s->docs * sizeof flags[0];
    size_t words = ((size_t)s->docs + 63) / 64;
    if (part.deleted)
        index_bytes_add(&b, part.deleted->words, words * sizeof(uint64_t));
    return put_framed(v, name, "columns", &b);
}

static void add_words(struct index_bytes *b, const struct index_words *words, uint32_t n)
{
    index_bytes_number(b, n);
    for (uint32_t i = 1; i < n; i++) {
        struct index_word_entry word = index_words_at(words, i);
        index_bytes_number(b, word.group);
        index_bytes_number(b, word.text.n);
        index_bytes_add(b, word.text.p, word.text.n);
    }
}

static err save_words(struct saving *v, uint64_t name)
{
    struct index_bytes b = framed(INDEX_WORDS_MAGIC);
    const struct index_keywords *k = v->view->keywords;
    /* Pairs first: the names that they refer to are there by then. */
    uint32_t pairs = index_words_n(&k->pairs);
    add_words(&b, &k->names, index_words_n(&k->names));
    add_words(&b, &k->pairs, pairs);
    for (size_t i = 0; i < k->fields_n; i++)
        add_words(&b, &k->fields[i], index_words_n(&k->fields[i]));
    return put_framed(v, name, "words", &b);
}

static err save_manifest(struct saving *v)
{
    struct index_bytes b = framed(INDEX_MANIFEST_MAGIC);
    index_bytes_add(&b, &v->manifest, sizeof v->manifest);
    index_bytes_add(&b, v->parts, v->view->n * sizeof v->parts[0]);
    struct index_frame *head = (struct index_frame *)(void *)b.p;
    head->size = b.n - sizeof *head;
    head->crc = index_file_crc(b.p + sizeof *head, b.n - sizeof *head);
    err e = put(v, str_fmt(v->cx->arena, STR_F "/manifest", STR_A(v->folder)), b.p, b.n);
    index_bytes_free(&b);
    return e;
}

/* ---- what is left over ---- */

static bool is_named(const struct saving *v, str file)
{
    uint64_t name = 0;
    for (size_t i = 0; i < file.n && i < 16; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = file.p[i] ? strchr(digits, file.p[i]) : NULL;
        if (!digit)
            return false;
        name = name << 4 | (uint64_t)(digit - digits);
    }
    if (name == v->manifest.words)
        return true;
    for (size_t i = 0; i < v->view->n; i++)
        if (name == v->parts[i].segment || name == v->parts[i].columns)
            return true;
    return false;
}

/* Files of former snapshots, and of such as were not finished. Only what looks like ours goes. */
static void sweep(const struct saving *v)
{
    DIR *dir = opendir(str_c(v->cx->arena, v->folder));
    if (!dir)
        return;
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        str file = str_from_c(entry->d_name);
        ptrdiff_t dot = str_find_char(file, '.', 0);
        str kind = dot < 0 ? (str){ 0 } : str_skip(file, (size_t)dot + 1);
        bool ours =
            dot == 16 && (str_starts(kind, S("segment")) || str_starts(kind, S("columns")) ||
                             str_starts(kind, S("words")));
        bool whole =
            str_eq(kind, S("segment")) || str_eq(kind, S("columns")) || str_eq(kind, S("words"));
        bool unfinished = str_starts(file, S(".new-"));
        if (unfinished || (ours && !(whole && is_named(v, file))))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}

static err save(struct saving *v)
{
    const struct index_view *view = v->view;
    if (!file_make_folders(v->cx->arena, v->folder))
        return FAIL(v->cx, INDEX_IO, STR_F ": %s", STR_A(v->folder), strerror(errno));
    v->parts = NEW_N(v->cx->arena, view->n, struct index_manifest_part);
    v->manifest = (struct index_manifest){ .shape = v->ix->shape.hash,
        .sequence = v->manifest.sequence,
        .corpus = view->corpus,
        .words = index_name_new(),
        .parts_n = view->n };
    for (size_t i = 0; i < view->n; i++) {
        v->parts[i] = (struct index_manifest_part){ .segment = view->parts[i].segment->name,
            .columns = index_name_new(),
            .deleted = view->parts[i].deleted ? view->parts[i].deleted->n : 0 };
        err e = save_segment(v, view->parts[i].segment);
        if (!e)
            e = save_columns(v, view->parts[i], v->parts[i].columns);
        if (e)
            return e;
    }
    err e = save_words(v, v->manifest.words);
    if (!e)
        e = save_manifest(v);
    if (!e)
        sweep(v);
    return e;
}

err index_save(struct index *ix, struct cx *cx, str folder)
{
    struct index_slot *slot;
    struct saving v = { .ix = ix, .cx = cx, .folder = folder };
    pthread_mutex_lock(&ix->saving);
    pthread_mutex_lock(&ix->write);
    v.view = index_view_take(ix, &slot);
    v.manifest.sequence = ix->sequence;
    pthread_mutex_unlock(&ix->write);
    err e = save(&v);
    index_view_give(slot);
    pthread_mutex_unlock(&ix->saving);
    return e;
}
