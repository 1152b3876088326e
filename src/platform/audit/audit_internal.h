/* SPDX-License-Identifier: Apache-2.0
 * What the files of the audit trail share. For this folder only. */
#ifndef SOUK_PLATFORM_AUDIT_AUDIT_INTERNAL_H
#define SOUK_PLATFORM_AUDIT_AUDIT_INTERNAL_H

#include "base/buf.h"
#include "platform/audit/audit.h"

struct audit {
    struct audit_deps deps;
};

/* A text with its length before it, so that two fields cannot be read as two others. */
void audit_field(struct buf *out, str text);
str audit_detail_hash(struct arena *arena, str salt, str peer, str reason);

#endif
