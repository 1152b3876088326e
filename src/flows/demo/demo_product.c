/* SPDX-License-Identifier: Apache-2.0
 * Makes product i: name, values, text, variants. Called through demo.h.
 * Must never depend on another product, nor on opts.products but for rank and ratings. */
#include <inttypes.h>

#include "base/err.h"
#include "base/money.h"
#include "flows/demo/demo_internal.h"

#define FAMILIES 24 /* product families of a category; each has one brand */
#define BULLETS_MIN 3
#define COLOURS_MAX 16

/* What a product varies by. */
struct shape {
    size_t colours[DEMO_VARIANTS_MAX], colours_n; /* indices into the list of colours */
    size_t axis_from, axis_n;                     /* a run of the axis's values */
};

/* How good and dear it is among its like. */
struct level {
    double z;    /* about normal: 0 is the median */
    double tier; /* 0 to 1 */
};

/* e^x to a few parts in a thousand for |x| < 6, which is all that prices need. */
static double exp_near(double x)
{
    double y = 1.0 + x / 1024.0;
    for (int i = 0; i < 10; i++)
        y *= y;
    return y;
}

static double about_normal(struct rng *rng)
{
    double sum = rng_unit(rng) + rng_unit(rng) + rng_unit(rng) + rng_unit(rng);
    return (sum - 2.0) * 1.7320508;
}

static struct shape shape_of(const struct demo *demo, int64_t i)
{
    const struct demo_spec *spec = demo->specs[demo_place_of(demo, i).category];
    struct rng rng = demo_rng(demo, DEMO_S_SHAPE, i, 0);
    struct shape shape = { .colours_n = 1, .axis_n = 0 };
    size_t listed = demo_list_n(spec->colours), order[COLOURS_MAX];
    ASSERT(listed <= COLOURS_MAX);
    for (size_t c = 0; c < listed; c++)
        order[c] = c;
    if (spec->colours_max > 0)
        shape.colours_n = 1 + (size_t)rng_below(&rng, (uint64_t)spec->colours_max);
    for (size_t c = 0; c < shape.colours_n; c++) {
        size_t j = c + (size_t)rng_below(&rng, listed - c);
        shape.colours[c] = order[j];
        order[j] = order[c];
    }
    if (spec->axis) {
        size_t values = demo_list_n(spec->axis_values);
        size_t most = DEMO_VARIANTS_MAX / shape.colours_n;
        if (most > (size_t)spec->axis_max)
            most = (size_t)spec->axis_max;
        size_t least = most > 2 ? 2 : 1;
        shape.axis_n = least + (size_t)rng_below(&rng, most - least + 1);
        shape.axis_from = (size_t)rng_below(&rng, values - shape.axis_n + 1);
    }
    return shape;
}

int demo_variants_n(const struct demo *demo, int64_t i)
{
    struct shape shape = shape_of(demo, i);
    return (int)(shape.colours_n * (shape.axis_n ? shape.axis_n : 1));
}

int64_t demo_released_ms(const struct demo *demo, int64_t i)
{
    struct rng rng = demo_rng(demo, DEMO_S_RELEASE, i, 0);
    int64_t days = rng_chance(&rng, 80) ? rng_between(&rng, 2, 60) : rng_between(&rng, 60, 1500);
    return demo->opts.now_ms / DAY_MS * DAY_MS - days * DAY_MS + rng_between(&rng, 6, 18) * HOUR_MS;
}

/* Names are distinct in a category: (family, what sets it apart) counts the ordinals up. */
static str tech_name(struct arena *arena, str family, int64_t nth, int64_t turn)
{
    int64_t tags = (int64_t)demo_list_n(demo_tags_tech), generation = nth / tags;
    str tag = demo_list_at(demo_tags_tech, (size_t)((nth + turn) % tags));
    struct buf out = { .arena = arena };
    buf_add(&out, family);
    if (generation > 0) {
        buf_char(&out, ' ');
        buf_i64(&out, generation + 1);
    }
    if (tag.n > 0) {
        buf_char(&out, ' ');
        buf_add(&out, tag);
    }
    return buf_str(&out);
}

static str soft_name(struct arena *arena, str family, int64_t nth, int64_t turn)
{
    if (nth == 0)
        return family;
    int64_t tags = (int64_t)demo_list_n(demo_tags_soft), generation = (nth - 1) / tags;
    str tag = demo_list_at(demo_tags_soft, (size_t)((nth - 1 + turn) % tags));
    struct buf out = { .arena = arena };
    buf_add(&out, family);
    buf_char(&out, ' ');
    buf_add(&out, tag);
    if (generation > 0) {
        buf_char(&out, ' ');
        buf_i64(&out, generation + 1);
    }
    return buf_str(&out);
}

static str book_name(struct arena *arena, int64_t ordinal, int64_t turn)
{
    static const char *const patterns =
        "The {x}|A {x}|The Book of the {x}|Beyond the {x}|Return to the {x}|Letters from the {x}";
    int64_t adjectives = (int64_t)demo_list_n(demo_book_adjectives);
    int64_t nouns = (int64_t)demo_list_n(demo_book_nouns);
    int64_t pairs = adjectives * nouns, forms = (int64_t)demo_list_n(patterns);
    int64_t pair = (ordinal * demo_coprime(pairs * 5 / 8, pairs) + turn) % pairs;
    int64_t round = ordinal / pairs;
    struct buf x = { .arena = arena };
    buf_add(&x, demo_list_at(demo_book_adjectives, (size_t)(pair % adjectives)));
    buf_char(&x, ' ');
    buf_add(&x, demo_list_at(demo_book_nouns, (size_t)(pair / adjectives)));
    struct buf out = { .arena = arena };
    demo_fill(&out, demo_list_at(patterns, (size_t)(round % forms)),
        (struct demo_fill){ .x = buf_str(&x) });
    if (round >= forms)
        buf_fmt(&out, ", Part %d", (int)(round / forms + 1));
    return buf_str(&out);
}

/* Pro and Max are dearer than Lite and Go. */
static double tag_bias(str model)
{
    static const struct {
        str tag;
        double bias;
    } tags[] = { { S_INIT(" Pro"), 0.5 }, { S_INIT(" Max"), 0.7 }, { S_INIT(" Ultra"), 0.9 },
        { S_INIT(" Studio"), 0.4 }, { S_INIT(" Lite"), -0.6 }, { S_INIT(" SE"), -0.4 },
        { S_INIT(" Go"), -0.6 }, { S_INIT(" Plus"), 0.2 } };
    for (size_t i = 0; i < COUNT(tags); i++) {
        if (str_ends(model, tags[i].tag))
            return tags[i].bias;
    }
    return 0.0;
}

static void name_product(
    const struct demo *demo, struct demo_place place, struct arena *arena, struct demo_product *ret)
{
    const struct demo_spec *spec = demo->specs[place.category];
    int64_t family = place.ordinal % FAMILIES, nth = place.ordinal / FAMILIES;
    struct rng category_rng = demo_rng(demo, DEMO_S_FAMILY, place.category, -1);
    struct rng family_rng = demo_rng(demo, DEMO_S_FAMILY, place.category, family);
    size_t brands = demo_list_n(spec->brands);
    size_t brand_turn = (size_t)rng_below(&category_rng, brands);
    bool tech = spec->naming == DEMO_NAMING_TECH;
    const char *pool = tech ? demo_family_tech : demo_family_soft;
    size_t first = (size_t)rng_below(&category_rng, demo_list_n(pool));
    str word = demo_list_at(pool, (first + (size_t)family) % demo_list_n(pool));
    size_t brand = (rng_zipf(&family_rng, brands) + brand_turn) % brands;
    int64_t turn = rng_between(&family_rng, 0, 1000);

    ret->brand = demo_list_at(spec->brands, brand);
    ret->seller = 0;
    if (rng_chance(&family_rng, 450)) {
        size_t sellers = 0;
        (void)demo_sellers(&sellers);
        ret->seller = (int)rng_below(&family_rng, sellers);
    }
    if (spec->naming == DEMO_NAMING_BOOK)
        ret->model = book_name(arena, place.ordinal, rng_between(&category_rng, 0, 500));
    else if (tech)
        ret->model = tech_name(arena, word, nth, turn);
    else
        ret->model = soft_name(arena, word, nth, turn);
}

static struct demo_value value_of(const struct demo_spec_attribute *spec,
    const struct demo_attribute *of, struct level level, struct rng *rng)
{
    struct demo_value value = { .of = of };
    if (spec->type == DEMO_BOOL) {
        value.truth = rng_chance(rng, (unsigned)spec->yes_percent * 10);
        value.text = value.truth ? S("Yes") : S("No");
        return value;
    }
    size_t n = demo_list_n(spec->values), at = (size_t)rng_below(rng, n);
    if (spec->rising) {
        double near = level.tier * (double)n + rng_unit(rng) - 0.5;
        at = near < 0 ? 0 : (size_t)near;
        if (at >= n)
            at = n - 1;
    }
    value.text = demo_list_at(spec->values, at);
    if (spec->type == DEMO_NUMBER) {
        bool number = str_to_double(value.text, &value.number);
        ASSERT(number);
    }
    return value;
}

static void fill_values(const struct demo *demo, const struct demo_spec *spec, int64_t i,
    struct level level, str colour, struct demo_product *ret)
{
    const struct demo_category *category = &demo->categories[ret->category];
    struct rng rng = demo_rng(demo, DEMO_S_VALUES, i, 1);
    ret->values_n = category->attributes_n;
    for (size_t a = 0; a + 1 < ret->values_n; a++)
        ret->values[a] = value_of(&spec->attributes[a], &category->attributes[a], level, &rng);
    ret->values[ret->values_n - 1] =
        (struct demo_value){ .of = &category->attributes[ret->values_n - 1], .text = colour };
}

static str filled(struct arena *arena, str text, struct demo_fill fill)
{
    struct buf out = { .arena = arena };
    demo_fill(&out, text, fill);
    return buf_str(&out);
}

static void write_text(const struct demo *demo, const struct demo_spec *spec, int64_t i,
    struct arena *arena, struct demo_product *ret)
{
    struct rng rng = demo_rng(demo, DEMO_S_TEXT, i, 0);
    struct demo_fill sentence = { .product = ret, .sentence = true };
    ret->title = filled(arena, str_from_c(spec->title), (struct demo_fill){ .product = ret });

    struct buf out = { .arena = arena };
    str parts[] = { demo_list_pick(spec->lead, &rng), demo_list_pick(spec->detail, &rng),
        demo_list_pick(demo_closings[spec->tone], &rng) };
    for (size_t p = 0; p < COUNT(parts); p++) {
        if (p > 0)
            buf_char(&out, ' ');
        buf_add(&out, filled(arena, parts[p], sentence));
    }
    ret->description = buf_str(&out);

    size_t listed = demo_list_n(spec->bullets), wanted = DEMO_BULLETS_MAX;
    if (listed > BULLETS_MIN)
        wanted = BULLETS_MIN + (size_t)rng_below(&rng, listed - BULLETS_MIN + 1);
    if (wanted > DEMO_BULLETS_MAX)
        wanted = DEMO_BULLETS_MAX;
    if (wanted > listed)
        wanted = listed;
    for (size_t b = 0; b < listed && ret->bullets_n < wanted; b++) {
        bool take = rng_below(&rng, listed - b) < wanted - ret->bullets_n;
        if (take)
            ret->bullets[ret->bullets_n++] =
                filled(arena, demo_list_at(spec->bullets, b), sentence);
    }
}

/* To a price as shops write it. `ending` is drawn once a product, so that its variants agree. */
static int64_t retail(double minor, uint64_t ending)
{
    int64_t dollars = (int64_t)(minor / 100.0 + 0.5);
    if (dollars < 1)
        dollars = 1;
    if (dollars >= 200)
        return (dollars / 10 * 10 + 9) * 100 + (ending % 3 == 0 ? 99 : 0);
    if (dollars < 20)
        return (dollars - 1) * 100 + (ending % 4 == 0 ? 49 : ending % 4 == 1 ? 95 : 99);
    return dollars * 100 - (ending % 5 == 0 ? 0 : ending % 5 == 1 ? 5 : 1);
}

static void stock_variant(struct rng *rng, int64_t stock[DEMO_WAREHOUSES])
{
    bool sold_out = rng_chance(rng, 50);
    for (size_t w = 0; w < DEMO_WAREHOUSES; w++) {
        uint64_t roll = rng_below(rng, 100);
        int64_t plenty = 8 + (int64_t)(40.0 * exp_near(0.8 * about_normal(rng)));
        int64_t few = rng_between(rng, 1, 5);
        stock[w] = sold_out || roll < 14 ? 0 : roll < 27 ? few : plenty;
    }
}

struct pricing {
    double base_minor;
    uint64_t ending;
    int list_percent; /* 0: no list price */
    int64_t weight_g;
};

static void make_variant(const struct demo *demo, int64_t i, size_t v, struct shape shape,
    struct pricing pricing, struct arena *arena, struct demo_product *ret)
{
    const struct demo_spec *spec = demo->specs[ret->category];
    struct demo_variant *variant = &ret->variants[v];
    struct rng rng = demo_rng(demo, DEMO_S_VARIANT, i, (int64_t)v);
    size_t axis_n = shape.axis_n ? shape.axis_n : 1;
    size_t axis = shape.axis_from + v % axis_n, options = 0;
    variant->colour = demo_list_at(spec->colours, shape.colours[v / axis_n]);
    if (spec->colours_max > 0)
        variant->options[options++] = variant->colour;
    if (spec->axis)
        variant->options[options++] = demo_list_at(spec->axis_values, axis);

    double step = 1.0 + (double)spec->axis_step_percent / 100.0 * (double)(spec->axis ? axis : 0);
    variant->price_minor = retail(pricing.base_minor * step, pricing.ending);
    if (pricing.list_percent > 0)
        variant->list_price_minor =
            retail(pricing.base_minor * step * pricing.list_percent / 100.0, pricing.ending);
    if (variant->list_price_minor <= variant->price_minor)
        variant->list_price_minor = 0;
    variant->weight_g = (int64_t)((double)pricing.weight_g * (0.8 + 0.2 * step));
    stock_variant(&rng, variant->stock);

    char letters[4] = "XXX";
    size_t n = 0;
    for (size_t c = 0; c < ret->brand.n && n < 3; c++) {
        char b = ret->brand.p[c];
        if (b >= 'a' && b <= 'z')
            b = (char)(b - 'a' + 'A');
        if (b >= 'A' && b <= 'Z')
            letters[n++] = b;
    }
    variant->sku = str_fmt(arena, "%s-%06" PRId64 "-%02d", letters, i, (int)v + 1);
    uint64_t serial =
        ((uint64_t)i * DEMO_VARIANTS_MAX + v) * UINT64_C(7368787) % UINT64_C(10000000000);
    str twelve = str_fmt(arena, "20%010" PRIu64, serial);
    variant->ean13 = str_fmt(arena, STR_F "%d", STR_A(twelve), demo_ean_check(twelve));
    variant->picture_kind = demo->categories[ret->category].picture;
    variant->picture_seed = demo->opts.seed ^ ((uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) >> 16);
}

static struct pricing price_product(
    const struct demo_spec *spec, struct level level, struct rng *rng, struct demo_product *ret)
{
    double spread = (double)spec->spread_percent / 100.0;
    struct pricing pricing = { .base_minor = spec->price_minor * exp_near(spread * level.z),
        .ending = rng_below(rng, 60) };
    ret->deal = rng_chance(rng, 60);
    ret->prime_eligible = rng_chance(rng, ret->seller == 0 ? 850 : 450);
    if (ret->deal)
        pricing.list_percent = (int)rng_between(rng, 125, 165);
    else if (rng_chance(rng, 300))
        pricing.list_percent = (int)rng_between(rng, 108, 130);
    pricing.weight_g = 1 + (int64_t)(spec->weight_g * (0.8 + 0.45 * rng_unit(rng)));
    return pricing;
}

void demo_product(
    const struct demo *demo, int64_t i, struct arena *scratch, struct demo_product *ret)
{
    ASSERT(i >= 0);
    struct demo_place place = demo_place_of(demo, i);
    const struct demo_spec *spec = demo->specs[place.category];
    struct rng rng = demo_rng(demo, DEMO_S_VALUES, i, 0);
    struct shape shape = shape_of(demo, i);

    *ret = (struct demo_product){ .category = place.category,
        .key = str_fmt(scratch, "demo-%06" PRId64, i),
        .released_ms = demo_released_ms(demo, i),
        .rank = demo_rank_of(demo, i) };
    name_product(demo, place, scratch, ret);
    struct level level = { .z = 0.85 * about_normal(&rng) + tag_bias(ret->model) };
    level.tier = 1.0 / (1.0 + exp_near(-1.7 * level.z));
    fill_values(demo, spec, i, level, demo_list_at(spec->colours, shape.colours[0]), ret);
    write_text(demo, spec, i, scratch, ret);

    struct pricing pricing = price_product(spec, level, &rng, ret);
    if (spec->colours_max > 0)
        ret->options[ret->options_n++] = S("Colour");
    if (spec->axis)
        ret->options[ret->options_n++] = str_from_c(spec->axis);
    ret->variants_n = shape.colours_n * (shape.axis_n ? shape.axis_n : 1);
    for (size_t v = 0; v < ret->variants_n; v++)
        make_variant(demo, i, v, shape, pricing, scratch, ret);
    demo_rate(demo, i, ret);
}
