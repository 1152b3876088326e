/* SPDX-License-Identifier: Apache-2.0
 * Money, ratings, dates and pictures as pages show them. Called by flows; must never escape: the
 * templates do. */
#include "platform/web/web_format.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"

#define PICTURE_W 400
#define PICTURE_H 500
#define LOW_STOCK 5

str web_money(struct arena *arena, money amount)
{
    return money_display(arena, amount, S("en-US"));
}

/* "$1,299.99" into "$", "1,299", "99": digits tell the parts apart. */
static void split_price(struct price_view *v)
{
    str s = v->full;
    size_t i = 0;
    while (i < s.n && (s.p[i] < '0' || s.p[i] > '9'))
        i++;
    v->currency = str_sub(s, 0, i);
    size_t end = s.n;
    while (end > i && (s.p[end - 1] < '0' || s.p[end - 1] > '9'))
        end--;
    v->currency_after = str_trim(str_skip(s, end));
    ptrdiff_t point = str_find_char(str_sub(s, 0, end), '.', i);
    size_t whole = point < 0 ? end : (size_t)point;
    v->whole = str_sub(s, i, whole - i);
    v->cents = point < 0 ? (str){ 0 } : str_sub(s, whole + 1, end - whole - 1);
}

const struct price_view *web_price(struct arena *arena, money price, money list, bool from)
{
    struct price_view *v = NEW(arena, struct price_view);
    v->full = web_money(arena, price);
    v->from = from;
    split_price(v);
    if (currency_eq(price.currency, list.currency) && list.minor > price.minor) {
        v->list = web_money(arena, list);
        int64_t percent = (list.minor - price.minor) * 100 / list.minor;
        if (percent > 0)
            v->off = str_fmt(arena, "\xE2\x88\x92%d%%", (int)percent);
    }
    return v;
}

const struct stars_view *web_stars(struct arena *arena, int64_t rating_sum, int64_t rating_count)
{
    if (rating_count <= 0)
        return NULL;
    struct stars_view *v = NEW(arena, struct stars_view);
    int64_t tenths = (rating_sum * 20 + rating_count) / (2 * rating_count);
    v->fill = rating_sum * 20 / rating_count;
    v->text = str_fmt(arena, "%d.%d", (int)(tenths / 10), (int)(tenths % 10));
    v->count = web_number(arena, rating_count);
    return v;
}

const struct picture_view *web_picture(struct arena *arena, str src, str alt, bool eager)
{
    struct picture_view *v = NEW(arena, struct picture_view);
    *v = (struct picture_view){
        .src = src, .alt = alt, .width = PICTURE_W, .height = PICTURE_H, .eager = eager
    };
    return v;
}

str web_number(struct arena *arena, int64_t n)
{
    str digits = str_from_i64(arena, n);
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < digits.n; i++) {
        if (i > 0 && (digits.n - i) % 3 == 0 && digits.p[i - 1] != '-')
            buf_char(&out, ',');
        buf_char(&out, digits.p[i]);
    }
    return buf_str(&out);
}

str web_count(struct arena *arena, int64_t n, const char *one, const char *many)
{
    return str_fmt(arena, STR_F " %s", STR_A(web_number(arena, n)), n == 1 ? one : many);
}

str web_days(struct arena *arena, int64_t from_ms, int64_t to_ms)
{
    str to = instant_day_short(arena, to_ms);
    if (from_ms == to_ms || from_ms == 0)
        return to;
    return str_fmt(arena, STR_F " to " STR_F, STR_A(instant_day_short(arena, from_ms)), STR_A(to));
}

str web_stock(struct arena *arena, int64_t available, str *ret_kind)
{
    if (available <= 0) {
        *ret_kind = S("bad");
        return S("Out of stock");
    }
    if (available <= LOW_STOCK) {
        *ret_kind = S("warn");
        return str_fmt(arena, "Only %d left", (int)available);
    }
    *ret_kind = S("good");
    return S("In stock");
}

str web_sentence(struct arena *arena, str text)
{
    if (text.n == 0 || text.p[0] < 'a' || text.p[0] > 'z')
        return text;
    char first = (char)(text.p[0] - 'a' + 'A');
    return str_cat(arena, (str){ &first, 1 }, str_skip(text, 1));
}
