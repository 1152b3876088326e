/* SPDX-License-Identifier: Apache-2.0
 * Draws a product: backdrop, object, gradients. Called by the picture route and the demo data.
 * Must never copy bytes of its input into the output, nor draw differently on another day. */
#include "services/catalog/catalog_picture.h"

#include "base/err.h"
#include "services/catalog/catalog_picture_internal.h"

#define GROUND_Y 432 /* where things stand in a scene */
#define LYING_Y 470  /* the near edge of what lies flat */

static const struct catalog_picture_list *const lists[] = { &catalog_picture_devices,
    &catalog_picture_gadgets, &catalog_picture_home, &catalog_picture_kitchen,
    &catalog_picture_wear, &catalog_picture_leisure };

static void draw_box(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 396, 130);
    DRAW(p,
        "<path d='M80 220l120-40 120 40v140l-120 45-120-45z' fill='$o'/><path d='M200 "
        "262l120-42v140l-120 45z' fill='$O'/><path d='M80 220l120-40 120 40-120 42z' "
        "fill='#e2bd92'/><path d='M128 204l120 42v34l22-8v-33L150 197z' fill='$b' "
        "fill-opacity='.85'/><path d='M100 300l60 22v28l-60-22z' fill='$w' "
        "fill-opacity='.9'/><path d='M110 313l40 15M110 323l26 10' stroke='$n' "
        "stroke-width='3'/><path d='M222 360v-30m-8 12l8-13 8 7M254 350v-32m-8 13l8-14 8 8' "
        "stroke='$q' stroke-width='4' fill='none'/>");
}

static const struct catalog_picture_draw box = { S_INIT("box"), draw_box, SCENE_ROOM, 400, 190, 300,
    70 };

static const struct catalog_picture_draw *find(str kind)
{
    for (size_t l = 0; l < COUNT(lists); l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            if (str_eq(lists[l]->draws[i].kind, kind))
                return &lists[l]->draws[i];
        }
    }
    return str_eq(kind, box.kind) ? &box : NULL;
}

bool catalog_picture_known(str kind)
{
    return find(kind) != NULL;
}

str catalog_picture_kind(size_t i)
{
    for (size_t l = 0; l < COUNT(lists); l++) {
        if (i < lists[l]->n)
            return lists[l]->draws[i].kind;
        i -= lists[l]->n;
    }
    return i == 0 ? box.kind : (str){ NULL, 0 };
}

struct colour_name {
    str name;
    uint32_t rgb;
};
static const struct colour_name colour_names[] = {
    { S_INIT("black"), 0x2f2e2e },
    { S_INIT("white"), 0xf4f2ed },
    { S_INIT("grey"), 0x8e9094 },
    { S_INIT("gray"), 0x8e9094 },
    { S_INIT("silver"), 0xc6cacf },
    { S_INIT("space grey"), 0x666a70 },
    { S_INIT("graphite"), 0x4a4c50 },
    { S_INIT("charcoal"), 0x44464a },
    { S_INIT("steel"), 0xb4bac0 },
    { S_INIT("midnight"), 0x27304a },
    { S_INIT("navy"), 0x2c3f66 },
    { S_INIT("blue"), 0x3f74b5 },
    { S_INIT("light blue"), 0x9dc0dc },
    { S_INIT("sky blue"), 0x83b7da },
    { S_INIT("ice blue"), 0xb4cfdd },
    { S_INIT("indigo"), 0x3d4a86 },
    { S_INIT("cyan"), 0x34a9c4 },
    { S_INIT("teal"), 0x2f7f7d },
    { S_INIT("mint"), 0xa9d5bd },
    { S_INIT("sage"), 0x97ab8f },
    { S_INIT("green"), 0x4f8a57 },
    { S_INIT("forest green"), 0x35583f },
    { S_INIT("olive"), 0x6c6b40 },
    { S_INIT("yellow"), 0xebbf45 },
    { S_INIT("mustard"), 0xc9992f },
    { S_INIT("honey"), 0xdca13d },
    { S_INIT("amber"), 0xcf8a2e },
    { S_INIT("gold"), 0xd3ab56 },
    { S_INIT("rose gold"), 0xd9a392 },
    { S_INIT("brass"), 0xc09a55 },
    { S_INIT("copper"), 0xb9714a },
    { S_INIT("orange"), 0xe07f37 },
    { S_INIT("coral"), 0xea8570 },
    { S_INIT("red"), 0xc4443b },
    { S_INIT("burgundy"), 0x772f3b },
    { S_INIT("terracotta"), 0xbf6a49 },
    { S_INIT("pink"), 0xe6a3b2 },
    { S_INIT("rose"), 0xd9a0a3 },
    { S_INIT("magenta"), 0xb8437f },
    { S_INIT("lilac"), 0xb7a6d1 },
    { S_INIT("purple"), 0x6f5192 },
    { S_INIT("cream"), 0xeee3cc },
    { S_INIT("sand"), 0xd8c5a3 },
    { S_INIT("stone"), 0xb9b0a2 },
    { S_INIT("camel"), 0xbd9163 },
    { S_INIT("tan"), 0xb17f50 },
    { S_INIT("brown"), 0x74503a },
    { S_INIT("tortoise"), 0x7a4f2c },
    { S_INIT("oak"), 0xc99e6a },
    { S_INIT("ash"), 0xd9c19a },
    { S_INIT("walnut"), 0x7d573d },
    { S_INIT("mahogany"), 0x7a3c2b },
    { S_INIT("natural"), 0xd3a465 },
    { S_INIT("sunburst"), 0xb8692a },
    { S_INIT("natural titanium"), 0xaba397 },
    { S_INIT("titanium"), 0xa8a49d },
    { S_INIT("speckled white"), 0xe9e4da },
    { S_INIT("clear"), 0xcfdbe0 },
};
static const uint32_t seeded_colours[] = { 0x3f6ea5, 0xbf6a49, 0x6f8f72, 0xc9992f, 0x4a4c50,
    0x9a5b73, 0x2f7f7d, 0x8a6d52 };

static bool hex_colour(str s, uint32_t *ret)
{
    str bytes = str_skip(s, 1);
    uint32_t rgb = 0;
    if (!str_starts(s, S("#")) || (bytes.n != 6 && bytes.n != 3))
        return false;
    for (size_t i = 0; i < bytes.n; i++) {
        ptrdiff_t digit = str_find_char(S("0123456789abcdef"), (char)(bytes.p[i] | 0x20), 0);
        if (digit < 0)
            return false;
        rgb = rgb << 4 | (uint32_t)digit;
        if (bytes.n == 3)
            rgb = rgb << 4 | (uint32_t)digit;
    }
    *ret = rgb;
    return true;
}

static bool named_colour(str s, uint32_t *ret)
{
    for (size_t i = 0; i < COUNT(colour_names); i++) {
        if (str_eq_nocase(colour_names[i].name, s)) {
            *ret = colour_names[i].rgb;
            return true;
        }
    }
    return false;
}

/* "Deep Forest Green" is found by its last words. */
static uint32_t colour_of(str s, struct rng *rng)
{
    uint32_t rgb = 0;
    uint32_t seeded = seeded_colours[rng_below(rng, COUNT(seeded_colours))];
    str rest = str_trim(s);
    if (hex_colour(rest, &rgb))
        return rgb;
    while (rest.n > 0) {
        if (named_colour(rest, &rgb))
            return rgb;
        ptrdiff_t blank = str_find_char(rest, ' ', 0);
        rest = blank < 0 ? (str){ NULL, 0 } : str_skip(rest, (size_t)blank + 1);
    }
    return seeded;
}

static int brightness(uint32_t c)
{
    return (int)((c >> 16 & 255) * 30 + (c >> 8 & 255) * 59 + (c & 255) * 11) / 100;
}

static struct catalog_pencil pencil_for(struct buf *out, struct catalog_picture picture)
{
    static const uint32_t papers[] = { 0xf1ebe1, 0xeaeee8, 0xf0eae7, 0xe8edf1, 0xf3ecdd, 0xecebf0 };
    static const uint32_t deep_papers[] = { 0xd9ccb8, 0xc6d1c6, 0xdcc9be, 0xc4d0da, 0xdfcfa6,
        0xd3c9c9 };
    static const uint32_t accents[] = { 0xd98a4e, 0x4f7f95, 0xc9586a, 0x6d9a76, 0xe0b24c,
        0x7568a5 };
    struct catalog_pencil p = { .out = out,
        .rng = rng_seeded(picture.seed ^ str_hash(picture.kind)) };
    p.base = colour_of(picture.colour, &p.rng);
    size_t paper = (size_t)rng_below(&p.rng, COUNT(papers));
    p.accent = accents[rng_below(&p.rng, COUNT(accents))];
    p.paper = brightness(p.base) > 205 ? deep_papers[paper] : papers[paper];
    p.mark = (uint32_t)(rng_seeded(picture.seed ^ p.base ^ (uint64_t)(unsigned)picture.view << 40 ^
                                   str_hash(picture.kind))
                            .s[0] &
                        0xffff);
    return p;
}

static void draw_backdrop(struct catalog_pencil *p)
{
    DRAW(p,
        "<path d='M0 0h400v500H0z' fill='~p'/><ellipse cx='170' cy='190' rx='230' ry='230' "
        "fill='~l'/>");
}

void catalog_picture_svg(struct buf *out, struct catalog_picture picture)
{
    const struct catalog_picture_draw *draw = find(picture.kind);
    if (!draw)
        draw = &box;
    struct catalog_pencil pencil = pencil_for(out, picture), *p = &pencil;
    struct rng details = pencil.rng; /* the object looks the same in all views */

    DRAW(p, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 500'>");
    if (picture.view == 2) {
        bool hangs = draw->scene == SCENE_RAIL;
        if (draw->scene == SCENE_DESK || draw->scene == SCENE_KITCHEN || draw->scene == SCENE_BATH)
            DRAW(p, "<g transform='translate(-46 -110) scale(1.22)'>"); /* closer */
        else
            DRAW(p, "<g>");
        catalog_pencil_scene(p, draw->scene);
        DRAW(p, "<g transform='translate(206 %) scale(.% .%) translate(-200 -%)'>",
            hangs                ? 250
            : draw->flat_percent ? LYING_Y
                                 : GROUND_Y,
            draw->percent, draw->flat_percent ? draw->flat_percent : draw->percent,
            hangs ? 250 : draw->base_y);
    } else if (picture.view == 1) {
        draw_backdrop(p);
        DRAW(p, "<g transform='translate(200 250) rotate(%) scale(1.8) translate(-% -%)'>",
            catalog_pencil_range(p, 0, 1) ? 7 : -7, draw->focus_x, draw->focus_y);
    } else {
        draw_backdrop(p);
        DRAW(p, "<g>");
    }
    pencil.rng = details;
    draw->draw(p);
    DRAW(p, "</g>");
    if (picture.view == 2)
        DRAW(p, "</g>");
    catalog_pencil_finish(p);
}
