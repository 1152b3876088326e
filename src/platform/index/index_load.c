/* SPDX-License-Identifier: Apache-2.0
 * Loading a snapshot: segments are mapped, columns copied, everything is checked before it is
 * believed. Called at start; must never leave an index of half a snapshot. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/index/index_file.h"

struct loading {
    struct index *ix;
    struct cx *cx;
    str folder;
    struct index_manifest manifest;
    const struct index_manifest_part *parts;
    struct index_keywords *keywords;
    struct index_view *view;
};

/* ---- files ---- */

struct index_mapped index_map_file(const char *path)
{
    struct index_mapped m = { 0 };
    struct stat st;
    errno = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return m;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
        if (p != MAP_FAILED)
            m = (struct index_mapped){ .p = p, .n = (size_t)st.st_size };
    }
    (void)close(fd);
    return m;
}

void index_unmap(struct index_mapped *m)
{
    if (m->p)
        munmap((void *)(uintptr_t)m->p, m->n);
    *m = (struct index_mapped){ 0 };
}

bool index_frame_read(struct index_mapped m, const char magic[static 8], struct index_mapped *ret,
    const char **ret_why)
{
    struct index_frame head;
    *ret_why = "too short";
    if (m.n < sizeof head)
        return false;
    memcpy(&head, m.p, sizeof head);
    *ret_why = "not a file of this kind";
    if (memcmp(head.magic, magic, sizeof head.magic) != 0)
        return false;
    *ret_why = "of another version";
    if (head.version != INDEX_VERSION || head.endian != INDEX_ENDIAN)
        return false;
    *ret = (struct index_mapped){ .p = m.p + sizeof head, .n = m.n - sizeof head };
    *ret_why = "damaged";
    return head.size == ret->n && head.zero == 0 && index_file_crc(ret->p, ret->n) == head.crc;
}

static err corrupt(struct loading *l, str path, const char *why)
{
    return FAIL(l->cx, INDEX_CORRUPT, STR_F ": %s", STR_A(path), why);
}

/* ---- words ---- */

static bool read_words(struct index_words *w, const uint8_t **at, const uint8_t *end)
{
    uint32_t n = index_number_read(at, end);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t group = index_number_read(at, end), size = index_number_read(at, end);
        if (size == 0 || size > (size_t)(end - *at) ||
            index_words_add(w, (str){ (const char *)*at, size }, group) != i)
            return false;
        *at += size;
    }
    return true;
}

bool index_words_read(struct index_keywords *k, struct index_mapped m)
{
    const uint8_t *at = m.p, *end = m.p + m.n;
    bool ok = read_words(&k->names, &at, end) && read_words(&k->pairs, &at, end);
    for (size_t i = 0; ok && i < k->fields_n; i++)
        ok = read_words(&k->fields[i], &at, end);
    uint32_t names = index_words_n(&k->names);
    for (uint32_t i = 1; ok && i < index_words_n(&k->pairs); i++)
        ok = index_words_at(&k->pairs, i).group < names;
    return ok && at == end;
}

static err load_words(struct loading *l)
{
    str path = index_file_path(l->cx->arena, l->folder, l->manifest.words, "words");
    struct index_mapped m DEFER(index_unmap) = index_map_file(str_c(l->cx->arena, path));
    struct index_mapped body;
    const char *why = "missing";
    if (!m.p || !index_frame_read(m, INDEX_WORDS_MAGIC, &body, &why))
        return corrupt(l, path, why);
    return index_words_read(l->keywords, body) ? NULL : corrupt(l, path, "not as written");
}

/* ---- segments ---- */

static err load_columns(
    struct loading *l, const struct index_manifest_part *part, struct index_part *to)
{
    struct index_segment *s = to->segment;
    str path = index_file_path(l->cx->arena, l->folder, part->columns, "columns");
    struct index_mapped m DEFER(index_unmap) = index_map_file(str_c(l->cx->arena, path));
    struct index_mapped body;
    const char *why = "missing";
    if (!m.p || !index_frame_read(m, INDEX_COLUMNS_MAGIC, &body, &why))
        return corrupt(l, path, why);
    size_t numbers = l->ix->shape.numbers_n * s->docs * sizeof(int64_t);
    size_t flags = s->docs * sizeof(uint32_t);
    size_t words = ((size_t)s->docs + 63) / 64;
    size_t bits = part->deleted ? words * sizeof(uint64_t) : 0;
    if (body.n != numbers + flags + bits || part->deleted >= UINT32_MAX)
        return corrupt(l, path, "does not fit its segment");
    for (size_t i = 0; i < l->ix->shape.numbers_n; i++)
        for (uint32_t doc = 0; doc < s->docs; doc++) {
            int64_t value;
            memcpy(&value, body.p + (i * s->docs + doc) * sizeof value, sizeof value);
            index_segment_fill_number(s, i, doc, value);
        }
    memcpy((void *)s->flags, body.p + numbers, flags);
    if (!bits)
        return NULL;
    to->deleted = index_bits_copy(NULL, s->docs);
    memcpy(to->deleted->words, body.p + numbers + flags, bits);
    for (size_t i = 0; i < words; i++)
        to->deleted->n += (uint32_t)__builtin_popcountll(to->deleted->words[i]);
    bool beyond = s->docs % 64 && to->deleted->words[words - 1] >> (s->docs % 64);
    return to->deleted->n == part->deleted && !beyond ? NULL
                                                      : corrupt(l, path, "deletions do not add up");
}

static err load_part(struct loading *l, const struct index_manifest_part *part)
{
    str path = index_file_path(l->cx->arena, l->folder, part->segment, "segment");
    struct index_mapped m = index_map_file(str_c(l->cx->arena, path));
    struct index_image image = { .p = m.p, .n = m.n, .mapped = true };
    const char *why = "missing";
    struct index_segment *s =
        m.p ? index_segment_open(image, &l->ix->shape, l->keywords, &why) : NULL;
    if (!s) {
        index_unmap(&m);
        return corrupt(l, path, why);
    }
    s->name = part->segment;
    index_view_add(l->view, (struct index_part){ .segment = s });
    return load_columns(l, part, &l->view->parts[l->view->n - 1]);
}

/* ---- the snapshot ---- */

static err load_parts(struct loading *l)
{
    err e = load_words(l);
    for (size_t i = 0; !e && i < l->manifest.parts_n; i++)
        e = load_part(l, &l->parts[i]);
    if (e)
        return e;
    uint64_t docs = 0;
    for (size_t i = 0; i < l->view->n; i++)
        docs += index_alive(l->view->parts[i]);
    l->view->corpus = l->manifest.corpus;
    return docs == l->manifest.corpus.docs
               ? NULL
               : FAIL(l->cx, INDEX_CORRUPT, STR_F ": documents do not add up", STR_A(l->folder));
}

static err load(struct loading *l)
{
    str path = str_fmt(l->cx->arena, STR_F "/manifest", STR_A(l->folder));
    struct index_mapped m DEFER(index_unmap) = index_map_file(str_c(l->cx->arena, path));
    struct index_mapped body;
    const char *why;
    if (!m.p && errno == ENOENT)
        return FAIL(l->cx, ERR_MISSING, STR_F ": no snapshot", STR_A(l->folder));
    if (!index_frame_read(m, INDEX_MANIFEST_MAGIC, &body, &why))
        return strcmp(why, "of another version") == 0
                   ? FAIL(l->cx, INDEX_FOREIGN, STR_F ": %s", STR_A(path), why)
                   : corrupt(l, path, why);
    if (body.n < sizeof l->manifest)
        return corrupt(l, path, "too short");
    memcpy(&l->manifest, body.p, sizeof l->manifest);
    if (l->manifest.shape != l->ix->shape.hash)
        return FAIL(l->cx, INDEX_FOREIGN, STR_F ": of another schema", STR_A(path));
    size_t rest = body.n - sizeof l->manifest, n = rest / sizeof l->parts[0];
    if (rest % sizeof l->parts[0] || l->manifest.parts_n != n)
        return corrupt(l, path, "parts do not add up");
    struct index_manifest_part *parts = NEW_N(l->cx->arena, n, struct index_manifest_part);
    memcpy(parts, body.p + sizeof l->manifest, rest);
    l->parts = parts;
    l->keywords = index_keywords_open(l->ix->shape.keywords_n);
    l->view = index_view_new(n, l->keywords);
    index_keywords_give(l->keywords); /* the view holds them */
    return load_parts(l);
}

err index_load(struct cx *cx, str folder, struct index_schema schema, struct index **ret)
{
    struct loading l = { .ix = index_open(schema), .cx = cx, .folder = folder };
    err e = load(&l);
    if (e) {
        index_view_free(l.view);
        index_close(l.ix);
        return e;
    }
    pthread_mutex_lock(&l.ix->write);
    index_publish(l.ix, l.view);
    l.ix->sequence = l.manifest.sequence;
    pthread_mutex_unlock(&l.ix->write);
    *ret = l.ix;
    return NULL;
}
