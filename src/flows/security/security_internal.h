/* SPDX-License-Identifier: Apache-2.0
 * What the files of the security flow share. For this folder only. */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_INTERNAL_H
#define SOUK_FLOWS_SECURITY_SECURITY_INTERNAL_H

#include "flows/security/security.h"

struct security {
    struct security_deps deps;
};

extern const struct route security_routes[];
extern const struct route security_page_routes[];
extern const struct html_page *const security_pages[];

#endif
