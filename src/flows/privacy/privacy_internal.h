/* SPDX-License-Identifier: Apache-2.0
 * What the files of this flow share. For this folder only. */
#ifndef SOUK_FLOWS_PRIVACY_PRIVACY_INTERNAL_H
#define SOUK_FLOWS_PRIVACY_PRIVACY_INTERNAL_H

#include "flows/privacy/privacy.h"
#include "platform/http/service.h"

struct privacy {
    struct privacy_deps deps;
};
struct privacy_person {
    id user_id;
    str email; /* folded and proved; may be empty */
};
/* privacy_person.c: runs what services have said of a person. In a unit of work. */
err privacy_person_blocks(
    struct privacy *p, struct cx *cx, struct privacy_person who, int64_t *ret) MUST_USE;
/* In a unit of the service's database. */
err privacy_person_erase(struct privacy *p, struct cx *cx, const struct service *service,
    struct privacy_person who) MUST_USE;
/* Whether it keeps people's rows in a database of its own, and whether they are erased there. */
struct db *privacy_db_of(const struct privacy *p, const struct service *service);
bool privacy_person_apart(const struct privacy *p, const struct service *service);
err privacy_person_erased(struct privacy *p, struct cx *cx, const struct service *service,
    struct privacy_person who, bool *ret) MUST_USE;
struct archive_file;
/* A part of the archive: its rows as JSON. */
err privacy_person_part(struct privacy *p, struct cx *cx, const struct service *service,
    const struct service_part *part, struct privacy_person who, struct archive_file *ret) MUST_USE;
/* All parts of all services as a ZIP of JSON files. */
err privacy_person_archive(
    struct privacy *p, struct cx *cx, struct privacy_person who, str *ret_zip) MUST_USE;

err privacy_export_job(void *service, struct cx *cx, bool *ret_more) MUST_USE;
err privacy_erase_job(void *service, struct cx *cx, bool *ret_more) MUST_USE;
err privacy_apart_job(void *service, struct cx *cx, bool *ret_more) MUST_USE;
err privacy_who(struct privacy *p, struct cx *cx, id user_id, struct identity_user *ret_user,
    struct privacy_person *ret) MUST_USE;

extern const struct route privacy_routes[], privacy_page_routes[];
extern const struct html_page *const privacy_pages[];

#endif
