/* SPDX-License-Identifier: Apache-2.0
 * Addresses as they go on the parcel, and the countries of a form. Everything lives in the arena or
 * is static. */
#ifndef SOUK_PLATFORM_WEB_WEB_ADDRESS_H
#define SOUK_PLATFORM_WEB_WEB_ADDRESS_H

#include "platform/web/web_views.h"

/* The options of the country's select; one that is not in the list is added. */
const struct option_view *web_countries(struct arena *arena, str selected, size_t *ret_n);
str web_country(str code); /* its name; the code itself when it is not in the list */

struct web_address {
    str name, line1, line2, city, region, postal_code, country, phone;
};
const struct address_view *web_address_lines(struct arena *arena, struct web_address address);

/* Ready fields of a form, in order: copy, then set value, error and the country's options. Names
 * are those of the JSON. */
enum { WEB_ADDRESS_FIELDS_N = 8 };
extern const struct field_view web_address_form[WEB_ADDRESS_FIELDS_N];

#endif
