/* SPDX-License-Identifier: Apache-2.0
 * The blob port: immutable bytes by name. The folder adapter writes by rename and fans out by the
 * first two characters. Names are 1-128 characters of [a-z0-9._-], not starting with a dot. */
#ifndef SOUK_PLATFORM_BLOB_BLOB_H
#define SOUK_PLATFORM_BLOB_BLOB_H

#include "base/err.h"

extern const problem BLOB_FAILED; /* KIND_BUSY: disk full or not writable */
struct blob {
    err (*put)(void *self, struct cx *cx, str name, str bytes);
    err (*get)(void *self, struct cx *cx, str name, str *ret); /* ERR_MISSING */
    void *self;
};
err blob_folder_open(
    struct arena *life, struct cx *cx, const char *folder, struct blob *ret) MUST_USE;

#endif
