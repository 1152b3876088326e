/* SPDX-License-Identifier: Apache-2.0
 * Makes ratings, reviews, customers and orders. Called through demo.h.
 * Must never make a review that contradicts its stars, nor an order of what is not out yet. */
#include "base/err.h"
#include "base/money.h"
#include "flows/demo/demo_internal.h"

#define RATINGS_TOP 260 /* of the best seller */
#define TRIES 6

static int64_t root_of(int64_t v)
{
    int64_t low = 0, high = INT64_C(1) << 31;
    while (low < high) {
        int64_t middle = (low + high + 1) / 2;
        if (middle * middle <= v)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void demo_rate(const struct demo *demo, int64_t i, struct demo_product *ret)
{
    static const int64_t shapes[][5] = { /* of 1 to 5 stars: loved, good, middling, split, poor */
        { 15, 20, 50, 180, 735 }, { 30, 40, 90, 290, 550 }, { 60, 70, 150, 320, 400 },
        { 150, 60, 80, 170, 540 }, { 180, 150, 210, 230, 230 }
    };
    static const uint64_t shape_until[] = { 36, 72, 89, 96, 100 };
    struct rng rng = demo_rng(demo, DEMO_S_RATING, i, 0);
    int64_t count = RATINGS_TOP * 16 / root_of(256 * (1 + ret->rank));
    count = count * rng_between(&rng, 50, 130) / 100;
    if (rng_chance(&rng, 700))
        count += rng_between(&rng, 0, 9);
    if (count > demo->opts.customers)
        count = demo->opts.customers;
    uint64_t roll = rng_below(&rng, 100);
    size_t shape = 0;
    while (roll >= shape_until[shape])
        shape++;
    int64_t weights[5], sum = 0;
    for (size_t s = 0; s < 5; s++)
        weights[s] = shapes[shape][s] * rng_between(&rng, 60, 140);
    if (count > 0)
        money_split(count, weights, 5, ret->histogram);
    for (int s = 0; s < 5; s++)
        sum += ret->histogram[s] * (s + 1);
    ret->rating_count = count;
    ret->rating_average_x100 = count > 0 ? (sum * 100 + count / 2) / count : 0;
}

static void say(struct buf *out, str text, struct demo_fill fill)
{
    if (text.n == 0)
        return;
    if (out->n > 0)
        buf_char(out, ' ');
    demo_fill(out, text, fill);
}

/* Two different alternatives of a list. */
static void pick_two(const char *list, struct rng *rng, str ret[2])
{
    size_t n = demo_list_n(list), a = (size_t)rng_below(rng, n);
    size_t b = n > 1 ? (a + 1 + (size_t)rng_below(rng, n - 1)) % n : a;
    ret[0] = demo_list_at(list, a);
    ret[1] = demo_list_at(list, b);
}

static str review_body(const struct demo_spec *spec, const struct demo_product *product, int rating,
    struct rng *rng, struct arena *arena)
{
    struct buf out = { .arena = arena };
    str pros[2], cons[2], likes[2], dislikes[2];
    pick_two(spec->pros, rng, pros);
    pick_two(spec->cons, rng, cons);
    pick_two(demo_review_likes, rng, likes);
    pick_two(demo_review_dislikes, rng, dislikes);
    bool like = rating >= 3 || rng_chance(rng, 350),
         like_more = rating == 5 && rng_chance(rng, 500);
    bool dislike = rating <= 3 || (rating == 4 && rng_chance(rng, 750));
    bool dislike_more = rating == 1 || (rating == 2 && rng_chance(rng, 400));
    struct demo_fill fill = { .product = product };

    if (!rng_chance(rng, 120))
        say(&out, demo_list_pick(demo_review_openings[rating - 1], rng), fill);
    if (like)
        say(&out, likes[0], (struct demo_fill){ .x = pros[0] });
    if (like_more)
        say(&out, likes[1], (struct demo_fill){ .x = pros[1] });
    if (rng_chance(rng, 500))
        say(&out, demo_list_pick(demo_review_uses, rng), fill);
    if (dislike)
        say(&out, dislikes[0], (struct demo_fill){ .x = cons[0] });
    if (dislike_more)
        say(&out, dislikes[1], (struct demo_fill){ .x = cons[1] });
    if (rng_chance(rng, 650))
        say(&out, demo_list_pick(demo_review_closings[rating - 1], rng), fill);
    if (out.n == 0)
        say(&out, likes[0], (struct demo_fill){ .x = pros[0] });
    return buf_str(&out);
}

static const struct demo_country *country_of(struct rng *rng)
{
    int sum = 0;
    for (size_t c = 0; c < demo_countries_n; c++)
        sum += demo_countries[c].share;
    int64_t roll = rng_between(rng, 0, sum - 1);
    size_t c = 0;
    while (roll >= demo_countries[c].share)
        roll -= demo_countries[c++].share;
    return &demo_countries[c];
}

static void make_address(const struct demo_country *country, str name, struct rng *rng,
    struct arena *arena, struct demo_address *ret)
{
    str city = demo_list_pick(country->cities, rng), street = demo_list_pick(country->streets, rng);
    ret->name = name;
    ret->country = str_from_c(country->code);
    ret->city = str_cut(&city, ',');
    ret->region = str_cut(&city, ',');
    ret->postcode = demo_pattern(arena, city, rng);
    struct buf line = { .arena = arena };
    str form = str_from_c(country->line1);
    bool number_first = str_starts(form, S("{number}"));
    int64_t number = 1 + (int64_t)rng_zipf(rng, 180);
    if (number_first) {
        buf_i64(&line, number);
        buf_char(&line, ' ');
    }
    buf_add(&line, street);
    if (!number_first) {
        buf_add(&line, str_find_char(form, ',', 0) >= 0 ? S(", ") : S(" "));
        buf_i64(&line, number);
    }
    ret->line1 = buf_str(&line);
    ret->line2 = demo_pattern(arena, demo_list_pick(country->line2, rng), rng);
    ret->phone = demo_pattern(arena, str_from_c(country->phone), rng);
}

/* "Zoë=Zoe" gives the name, and its form for an e-mail. */
static str split_name(str entry, str *ret_ascii)
{
    str name = str_cut(&entry, '=');
    *ret_ascii = entry.p != NULL ? entry : name;
    return name;
}

static void mail_part(struct buf *out, str ascii)
{
    for (size_t c = 0; c < ascii.n; c++) {
        char l = ascii.p[c];
        if (l >= 'A' && l <= 'Z')
            l = (char)(l - 'A' + 'a');
        if (l >= 'a' && l <= 'z')
            buf_char(out, l);
    }
}

/* Name and e-mail of a customer; what follows is drawn from the same stream. */
static const struct demo_country *make_person(
    struct rng *rng, int64_t j, struct arena *scratch, struct demo_customer *ret)
{
    static const char *const domains = "example.com|example.com|example.org|example.net";
    const struct demo_country *country = country_of(rng);
    str given = S(""), family = S("");
    *ret = (struct demo_customer){ .language = str_from_c(country->language) };
    ret->given = split_name(demo_list_pick(country->given, rng), &given);
    ret->family = split_name(demo_list_pick(country->family, rng), &family);
    struct buf mail = { .arena = scratch };
    mail_part(&mail, given);
    buf_char(&mail, '.');
    mail_part(&mail, family);
    buf_i64(&mail, j + 1);
    buf_char(&mail, '@');
    buf_add(&mail, demo_list_pick(domains, rng));
    ret->email = buf_str(&mail);
    return country;
}

void demo_customer(
    const struct demo *demo, int64_t j, struct arena *scratch, struct demo_customer *ret)
{
    struct rng rng = demo_rng(demo, DEMO_S_CUSTOMER, j, 0);
    const struct demo_country *country = make_person(&rng, j, scratch, ret);
    ret->name = str_fmt(scratch, STR_F " " STR_F, STR_A(ret->given), STR_A(ret->family));
    ret->addresses_n = rng_chance(&rng, 250) ? 2 : 1;
    for (size_t a = 0; a < ret->addresses_n; a++)
        make_address(country, ret->name, &rng, scratch, &ret->addresses[a]);
    ret->joined_ms = demo->opts.now_ms - rng_between(&rng, 91, 1400) * DAY_MS;
    ret->prime = rng_chance(&rng, 350);
}

int64_t demo_texts(const struct demo *demo, const struct demo_product *product)
{
    int64_t n = product->rating_count;
    if (demo->opts.products <= DEMO_TEXTS_ALL)
        return n;
    if (product->rank >= DEMO_TEXTS_ALL)
        return 0;
    return n < DEMO_TEXTS_MAX ? n : DEMO_TEXTS_MAX;
}

void demo_review(
    const struct demo *demo, int64_t i, int64_t k, struct arena *scratch, struct demo_review *ret)
{
    struct demo_product *product = NEW(scratch, struct demo_product);
    demo_product(demo, i, scratch, product);
    demo_review_of(demo, i, product, k, scratch, ret);
}

void demo_review_of(const struct demo *demo, int64_t i, const struct demo_product *product,
    int64_t k, struct arena *scratch, struct demo_review *ret)
{
    struct demo_place place = demo_place_of(demo, i);
    struct rng rng = demo_rng(demo, DEMO_S_REVIEW, i, k),
               all = demo_rng(demo, DEMO_S_REVIEW, i, -1);
    ASSERT(k >= 0 && k < product->rating_count);

    int64_t n = product->rating_count, customers = demo->opts.customers;
    int64_t step = demo_coprime(rng_between(&all, 1, n), n);
    int64_t at = (k * step + rng_between(&all, 0, n - 1)) % n;
    int64_t stride = demo_coprime(rng_between(&all, 1, customers), customers);
    int64_t first = rng_between(&all, 0, customers - 1);
    int rating = 1;
    while (at >= product->histogram[rating - 1])
        at -= product->histogram[rating++ - 1];

    *ret = (struct demo_review){ .rating = rating, .customer = (first + k * stride) % customers };
    ret->title = demo_list_pick(demo_review_titles[rating - 1], &rng);
    ret->body = review_body(demo->specs[place.category], product, rating, &rng, scratch);
    struct demo_customer author;
    struct rng own = demo_rng(demo, DEMO_S_CUSTOMER, ret->customer, 0);
    (void)make_person(&own, ret->customer, scratch, &author);
    ret->email = author.email;
    size_t initial = (unsigned char)author.family.p[0] >= 0xC0 ? 2 : 1; /* no name has 3 bytes */
    ret->author = str_fmt(scratch, STR_F " " STR_F ".", STR_A(author.given),
        STR_A(str_sub(author.family, 0, initial)));
    int64_t age_ms = demo->opts.now_ms - product->released_ms;
    double age = rng_unit(&rng); /* squared: more of late than of old */
    ret->created_ms = demo->opts.now_ms - (int64_t)((double)age_ms * age * age * 0.98);
    ret->days_ago = (demo->opts.now_ms - ret->created_ms) / DAY_MS;
    ret->verified = rng_chance(&rng, 820);
    ret->helpful = rng_chance(&rng, 450) ? (int64_t)rng_zipf(&rng, 40) : 0;
}

/* When the k-th of all orders was placed: by the share of its day, then of its hour. */
static int64_t placed_at(const struct demo *demo, int64_t k)
{
    static const int64_t hours[24] = { 3, 2, 1, 1, 1, 2, 4, 6, 7, 8, 9, 9, 10, 9, 8, 8, 9, 10, 11,
        13, 15, 14, 10, 6 };
    int64_t all = demo->day_shares[DEMO_ORDER_DAYS], day = 0, hour_sum = 0, hour = 0;
    double at = ((double)k + 0.5) / (double)demo->opts.orders * (double)all;
    while (day < DEMO_ORDER_DAYS - 1 && at >= (double)demo->day_shares[day + 1])
        day++;
    double in_day = (at - (double)demo->day_shares[day]) /
                    (double)(demo->day_shares[day + 1] - demo->day_shares[day]);
    int64_t start_ms = demo->opts.now_ms - (DEMO_ORDER_DAYS - day) * DAY_MS;
    int64_t first_hour = start_ms % DAY_MS / HOUR_MS;
    for (size_t h = 0; h < 24; h++)
        hour_sum += hours[h];
    double left = in_day * (double)hour_sum;
    while (hour < 23 && left >= (double)hours[(first_hour + hour) % 24])
        left -= (double)hours[(first_hour + hour++) % 24];
    double in_hour = left / (double)hours[(first_hour + hour) % 24];
    return start_ms + hour * HOUR_MS + (int64_t)(in_hour * (double)HOUR_MS);
}

static enum demo_status status_of(int64_t age_ms, struct rng *rng)
{
    int64_t hours = age_ms / HOUR_MS;
    uint64_t roll = rng_below(rng, 100);
    if (roll < 4)
        return DEMO_CANCELLED;
    if (hours < 3)
        return roll < 50 ? DEMO_PENDING : DEMO_CONFIRMED;
    if (hours < 24)
        return roll < 45 ? DEMO_CONFIRMED : DEMO_PROCESSING;
    if (hours < 60)
        return roll < 35 ? DEMO_PROCESSING : DEMO_SHIPPED;
    if (hours < 130)
        return roll < 45 ? DEMO_SHIPPED : DEMO_DELIVERED;
    if (hours < 30 * 24)
        return roll < 7 ? DEMO_RETURN_REQUESTED : DEMO_DELIVERED;
    return roll < 9 ? DEMO_REFUNDED : DEMO_DELIVERED;
}

static int department_of(const struct demo *demo, int category)
{
    while (demo->categories[category].parent >= 0)
        category = demo->categories[category].parent;
    return category;
}

/* Popular things are bought more often; people keep to two departments, mostly. */
static int64_t pick_product(
    const struct demo *demo, struct rng *rng, int64_t customer, int64_t placed_ms)
{
    struct rng taste = demo_rng(demo, DEMO_S_CUSTOMER, customer, 1);
    int liked[2];
    for (size_t t = 0; t < 2; t++)
        liked[t] = department_of(demo, demo->slots[rng_below(&taste, demo->slots_n)].category);
    for (int try = 0; try < TRIES; try++) {
        int64_t i = demo_ranked(demo, (int64_t)rng_zipf(rng, (size_t)demo->opts.products));
        int department = department_of(demo, demo_place_of(demo, i).category);
        bool fits = department == liked[0] || department == liked[1] || rng_chance(rng, 300);
        if (fits && demo_released_ms(demo, i) < placed_ms)
            return i;
    }
    int64_t rank = 0; /* only news that people like: take the best seller of old */
    while (rank < demo->opts.products - 1 &&
           demo_released_ms(demo, demo_ranked(demo, rank)) >= placed_ms)
        rank++;
    return demo_ranked(demo, rank);
}

/* Each product has three others, of its own part of the shop, that it is often bought with. */
static int64_t companion_of(const struct demo *demo, int64_t i, int64_t which)
{
    struct rng rng = demo_rng(demo, DEMO_S_COMPANION, i, which);
    int parent = demo->categories[demo_place_of(demo, i).category].parent;
    for (int try = 0; try < 64; try++) {
        int64_t other = demo_ranked(demo, (int64_t)rng_zipf(&rng, (size_t)demo->opts.products));
        if (other != i && demo->categories[demo_place_of(demo, other).category].parent == parent)
            return other;
    }
    return i;
}

static void add_line(
    const struct demo *demo, struct demo_order *order, int64_t product, struct rng *rng)
{
    for (size_t l = 0; l < order->lines_n; l++) {
        if (order->lines[l].product == product)
            return;
    }
    uint64_t roll = rng_below(rng, 100);
    order->lines[order->lines_n++] = (struct demo_line){ .product = product,
        .variant = (int)rng_below(rng, (uint64_t)demo_variants_n(demo, product)),
        .quantity = roll < 84   ? 1
                    : roll < 96 ? 2
                                : 3 };
}

void demo_order(const struct demo *demo, int64_t k, struct demo_order *ret)
{
    ASSERT(k >= 0 && k < demo->opts.orders);
    struct rng rng = demo_rng(demo, DEMO_S_ORDER, k, 0);
    int64_t customers = demo->opts.customers;
    *ret = (struct demo_order){ .placed_ms = placed_at(demo, k),
        .customer = rng_between(&rng, 0, rng_between(&rng, 0, customers - 1)) };
    int64_t age_ms = demo->opts.now_ms - ret->placed_ms;
    ret->days_ago = age_ms / DAY_MS;
    ret->status = status_of(age_ms, &rng);

    add_line(demo, ret, pick_product(demo, &rng, ret->customer, ret->placed_ms), &rng);
    int64_t first = ret->lines[0].product;
    size_t wanted = 1 + rng_zipf(&rng, DEMO_LINES_MAX);
    for (size_t l = 1; l < wanted; l++) {
        bool together = rng_chance(&rng, 600);
        int64_t which = (int64_t)rng_zipf(&rng, 3);
        int64_t other = together ? companion_of(demo, first, which) : first;
        if (!together || demo_released_ms(demo, other) >= ret->placed_ms)
            other = pick_product(demo, &rng, ret->customer, ret->placed_ms);
        add_line(demo, ret, other, &rng);
    }
}
