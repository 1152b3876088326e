/* SPDX-License-Identifier: Apache-2.0
 * The words a demo shop is made of: what each category sells, names, sentences. Constant tables,
 * read by demo_domain.c and its siblings only. Must never name a real brand or person. */
#ifndef SOUK_FLOWS_DEMO_DEMO_WORDS_H
#define SOUK_FLOWS_DEMO_DEMO_WORDS_H

#include "flows/demo/demo.h"

/* Lists are one string, alternatives parted by '|'. Sentences may hold {brand}, {name}, {colour}
 * and the key of any attribute: {screen_size}. */
struct demo_spec_attribute {
    const char *key, *name, *unit;
    enum demo_type type;
    const char *values; /* for DEMO_BOOL: "Yes" so many times in a hundred, as `yes_percent` says */
    bool rising;        /* values go from cheap to dear: better products get later ones */
    int yes_percent;
};

/* What may be said of it at the end of a description. */
enum demo_tone { DEMO_TONE_MADE, DEMO_TONE_SOFT, DEMO_TONE_USED_UP, DEMO_TONE_BOOK, DEMO_TONE_N };
enum demo_naming { DEMO_NAMING_TECH = 1, DEMO_NAMING_SOFT, DEMO_NAMING_BOOK };

struct demo_spec {
    const char *slug, *name, *parent, *picture;
    enum demo_naming naming;
    enum demo_tone tone;
    const char *brands; /* commonest first; each category turns the list */
    const char *title;
    struct demo_spec_attribute attributes[DEMO_ATTRIBUTES_MAX]; /* "Colour" is added by itself */
    const char *colours;
    int colours_max;                /* variants by colour; 0: one colour, not an option */
    const char *axis, *axis_values; /* a second option, in order */
    int axis_max;                   /* how many of its values one product has at most */
    int axis_step_percent;          /* what one step up adds to the price */
    int price_minor;                /* the median */
    int spread_percent;             /* sigma of the logarithm */
    int weight_g;
    int share; /* how many products beside the other categories' */
    const char *lead, *detail, *bullets, *pros, *cons;
};
struct demo_spec_list {
    const struct demo_spec *specs;
    size_t n;
};
extern const struct demo_spec_list demo_specs_computers, demo_specs_electronics, demo_specs_home,
    demo_specs_wear, demo_specs_leisure, demo_specs_care;

/* Departments and what lies between them and the leaves. */
struct demo_group {
    const char *slug, *name, *parent, *picture;
};
extern const struct demo_group demo_groups[];
extern const size_t demo_groups_n;

extern const char *const demo_family_tech, *const demo_family_soft; /* product families */
extern const char *const demo_tags_tech, *const demo_tags_soft;     /* set their members apart */
extern const char *const demo_book_adjectives, *const demo_book_nouns;
extern const char *const demo_closings[DEMO_TONE_N];

extern const char *const demo_review_titles[5], *const demo_review_openings[5],
                                                    *const demo_review_closings[5];
extern const char *const demo_review_likes, *const demo_review_dislikes, *const demo_review_uses;

struct demo_country {
    const char *code, *language, *dial;
    const char *given, *family;   /* names; with their ASCII form after '=' where it differs */
    const char *streets, *cities; /* a city is "Name,region,postcode pattern" */
    const char *line1;            /* "{number} {street}" */
    const char *line2;            /* alternatives, some empty */
    const char *phone;            /* '#' is a digit, 'N' one from 2 to 9 */
    int share;
};
extern const struct demo_country demo_countries[];
extern const size_t demo_countries_n;

#endif
