/* SPDX-License-Identifier: Apache-2.0
 * Rules of e-mails, passwords and postal addresses: values in, values out. Called by the verbs of
 * identity; must never keep or print a password. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_DOMAIN_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_DOMAIN_H

#include "services/identity/identity.h"

/* What is the same for two spellings of one e-mail. */
str identity_domain_email_key(struct arena *arena, str email);
/* 8 to 256 characters and not the e-mail itself; no rules of composition. */
bool identity_domain_password_ok(struct arena *arena, str email, str password);

/* RFC 4226: the 6 digits of an HMAC of 20 bytes. */
str identity_domain_otp(struct arena *arena, str mac);
/* RFC 4648, without padding. */
str identity_domain_base32(struct arena *arena, str bytes);
/* What people type: without blanks and dashes, letters in upper case. */
str identity_domain_code_typed(struct arena *arena, str code);

/* One of the passwords that everybody tries first, by rule: a common word with a common ending in
 * whatever case, one character or a short piece again and again, a run of the alphabet, of digits
 * or along the keyboard. Lists of real leaks are platform/leak's. */
bool identity_domain_password_common(struct arena *arena, str password);

/* A word of the e-mail or of the shop's host with a common ending: for this account the first
 * guess.
 */
bool identity_domain_password_own(struct arena *arena, str email, str host, str password);

/* What a User-Agent calls itself, as people say it: "Firefox on Linux", "Chrome on Android"; the
 * first word of others, and "" for none. The order in which names are looked for is the trick: all
 * of them claim to be Mozilla, and most to be Safari. */
str identity_domain_device(struct arena *arena, str user_agent);

/* Adds a field error below `pointer` for everything that is wrong; returns how many. */
size_t identity_domain_address(struct cx *cx, const struct identity_address *address, str pointer);
/* ISO 3166-1 alpha-2, upper case. */
bool identity_domain_country_ok(str country);
/* Postal codes as the country writes them; blanks and case do not matter. Countries without a
 * pattern take anything sane, also nothing. */
bool identity_domain_postal_ok(str country, str postal_code);

#endif
