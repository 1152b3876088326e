/* SPDX-License-Identifier: Apache-2.0
 * The files of a snapshot; docs/index-format.md is their description. For index_save.c and
 * index_load.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_FILE_H
#define SOUK_PLATFORM_INDEX_INDEX_FILE_H

#include "platform/index/index_filter.h"

#define INDEX_MANIFEST_MAGIC "SOUKMAN"
#define INDEX_COLUMNS_MAGIC "SOUKCOL"
#define INDEX_WORDS_MAGIC "SOUKWRD"

struct index_frame { /* at the beginning of every file but segments */
    char magic[8];
    uint32_t version, endian;
    uint64_t size; /* of what follows */
    uint32_t crc, zero;
};
struct index_manifest {
    uint64_t shape; /* hash of the schema */
    int64_t sequence;
    struct index_corpus corpus;
    uint64_t words; /* name of a file */
    uint64_t parts_n;
};
struct index_manifest_part {
    uint64_t segment, columns; /* names of files */
    uint64_t deleted;          /* documents; 0: the columns end with the flags */
};

str index_file_path(struct arena *arena, str folder, uint64_t name, const char *kind);
uint32_t index_file_crc(const void *p, size_t n);

/* A file in memory, read-only; p is NULL when it cannot be had. An empty one is none. */
struct index_mapped {
    const uint8_t *p;
    size_t n;
};
struct index_mapped index_map_file(const char *path);
void index_unmap(struct index_mapped *m); /* for DEFER */
/* What follows a frame of this kind; false when it is none, or damaged. */
bool index_frame_read(struct index_mapped m, const char magic[static 8], struct index_mapped *ret,
    const char **ret_why);
/* Words of all dictionaries, from the bytes of their file. */
bool index_words_read(struct index_keywords *k, struct index_mapped m);

#endif
