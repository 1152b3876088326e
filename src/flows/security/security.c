/* SPDX-License-Identifier: Apache-2.0
 * What the application sees of this flow. Called at start; must never do anything itself. */
#include "flows/security/security.h"

#include "flows/security/security_internal.h"

struct security *security_open(struct arena *life, struct security_deps deps)
{
    struct security *x = NEW(life, struct security);
    x->deps = deps;
    return x;
}

const struct service security_service = {
    .name = "security",
    .folder = "src/flows/security/",
    .routes = security_routes,
    .page_routes = security_page_routes,
    .pages = security_pages,
};
