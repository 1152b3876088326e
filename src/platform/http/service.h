/* SPDX-License-Identifier: Apache-2.0
 * What a service or a flow shows to the application: its tables. src/app/services.c lists them. */
#ifndef SOUK_PLATFORM_HTTP_SERVICE_H
#define SOUK_PLATFORM_HTTP_SERVICE_H

#include "platform/bus/bus.h"
#include "platform/http/person.h"
#include "platform/http/route.h"
#include "platform/job/job.h"

struct service {
    const char *name;                      /* folder, symbol prefix and table prefix */
    const char *folder;                    /* "src/services/inventory/" */
    const struct route *routes;            /* ends with ROUTES_END; NULL: none */
    const struct route *page_routes;       /* likewise: its pages */
    const struct bus_handler *events;      /* ends with { 0 }; NULL: none */
    const struct job *jobs;                /* ends with { 0 }; NULL: none */
    const struct db_query *const *queries; /* NULL-terminated; NULL: none */
    const problem *const *problems; /* NULL-terminated: its own, for docs and the coverage check */
    const struct html_page *const *pages; /* NULL-terminated; NULL: none */
    const struct service_person *person;  /* what it keeps of people; NULL: nothing */
    const struct db_marked *marked; /* ends with { 0 }: tables with personal columns; NULL: none */
};

#endif
