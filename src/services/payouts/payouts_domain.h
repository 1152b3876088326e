/* SPDX-License-Identifier: Apache-2.0
 * The form of bank accounts: values in, values out. Called by the verbs of payouts. */
#ifndef SOUK_SERVICES_PAYOUTS_PAYOUTS_DOMAIN_H
#define SOUK_SERVICES_PAYOUTS_PAYOUTS_DOMAIN_H

#include "base/arena.h"
#include "base/str.h"

/* As it is kept: without blanks and dashes, letters in upper case. */
str payouts_domain_plain(struct arena *arena, str typed);
/* ISO 13616: country, two check digits, up to 30 letters and digits; modulo 97 it is 1. Lengths by
 * country are not looked at. */
bool payouts_domain_iban_ok(str plain);
/* ABA routing number: nine digits, weighted 3 7 1 a multiple of ten. */
bool payouts_domain_routing_ok(str plain);
/* 4 to 17 digits. */
bool payouts_domain_number_ok(str plain);
/* The last four characters. */
str payouts_domain_hint(str plain);

#endif
