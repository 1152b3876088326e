/* SPDX-License-Identifier: Apache-2.0
 * UTF-8: validation and simple text operations over utf8proc. */
#ifndef SOUK_BASE_UTF8_H
#define SOUK_BASE_UTF8_H

#include "base/str.h"

bool utf8_valid(str s);
/* Replaces invalid sequences by U+FFFD. */
str utf8_repair(struct arena *arena, str s);
size_t utf8_count(str s); /* code points; s is valid */
/* At most n code points, never cutting a sequence. */
str utf8_truncate(str s, size_t n);
/* Case-folded, without marks and compatibility forms (NFKD stripped of marks): for search keys and
 * for comparing names. */
str utf8_fold(struct arena *arena, str s);
/* Control characters other than \n and \t: text fields refuse them. */
bool utf8_has_control(str s);
/* What makes a text look like another: marks that turn the direction of what follows, and ends of
 * lines or paragraphs. Names refuse them. */
bool utf8_has_turn(str s);
/* What names may be made of: valid, with neither of these. */
bool utf8_is_name(str s);
/* How many code points show nothing by themselves: blanks, controls, invisible marks. s is valid.
 */
size_t utf8_unseen(str s);
/* Takes one code point off *rest; -1 at the end. Invalid bytes give U+FFFD. */
int32_t utf8_next(str *rest);
/* Lower-case ASCII letters and digits of the folded text, words joined by '-', at most max bytes:
 * for URLs. Empty when the text has none of them (another script). */
str utf8_slug(struct arena *arena, str s, size_t max);

#endif
