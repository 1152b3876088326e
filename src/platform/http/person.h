/* SPDX-License-Identifier: Apache-2.0
 * What a service does with what it knows of a person: which queries tell it, which take it away.
 * Tables in struct service; the privacy flow runs them. */
#ifndef SOUK_PLATFORM_HTTP_PERSON_H
#define SOUK_PLATFORM_HTTP_PERSON_H

#include "platform/db/db_personal.h"

/* Parameters are filled by type: an id is the person's, a text the e-mail, folded, when it is
 * proved (else empty), one whose name begins with "user_" the id written out, an int the time. */
struct service_part {
    const char *name; /* of the list in the export: "addresses" */
    const struct db_query *query;
};
struct service_person {
    const struct service_part *parts; /* ends with { 0 } */
    /* In one unit, in this order; NULL-terminated. Amounts, taxes and the ledger stay. A repeat
     * changes nothing. */
    const struct db_query *const *erase;
    /* One row with an int: how much must come to its end before the person can go; NULL: nothing.
     */
    const struct db_query *blocks;
    /* One row with an int: 0 until `erase` has run. For who may have a database of its own, where
     * the unit that erases is not the one that takes the next step. */
    const struct db_query *erased;
};

#endif
