/* SPDX-License-Identifier: Apache-2.0
 * From values to the ready-to-show views of web_views.h: the one place where pages format money,
 * ratings, dates and pictures. Everything lives in the arena. */
#ifndef SOUK_PLATFORM_WEB_WEB_FORMAT_H
#define SOUK_PLATFORM_WEB_WEB_FORMAT_H

#include "base/money.h"
#include "platform/web/web_views.h"

/* list may be the same as price: then nothing is struck through. */
const struct price_view *web_price(struct arena *arena, money price, money list, bool from);
str web_money(struct arena *arena, money amount); /* "$1,299.00" */
/* NULL when nobody has rated. */
const struct stars_view *web_stars(struct arena *arena, int64_t rating_sum, int64_t rating_count);
/* Product pictures are 4:5. */
const struct picture_view *web_picture(struct arena *arena, str src, str alt, bool eager);
str web_count(
    struct arena *arena, int64_t n, const char *one, const char *many); /* "1,204 items" */
str web_number(struct arena *arena, int64_t n);                         /* "1,204" */
/* "Sat, 22 Nov" or "Sat, 22 Nov to Tue, 25 Nov". */
str web_days(struct arena *arena, int64_t from_ms, int64_t to_ms);
/* "Only 3 left" and "warn"; "In stock" and "good"; "Out of stock" and "bad". */
str web_stock(struct arena *arena, int64_t available, str *ret_kind);

/* The first letter in upper case, as a sentence begins. */
str web_sentence(struct arena *arena, str text);

#endif
