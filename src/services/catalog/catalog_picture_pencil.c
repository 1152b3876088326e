/* SPDX-License-Identifier: Apache-2.0
 * The pencil of the drawings: templates, colours, gradients, surroundings. Called by the drawings.
 * Must never write anything but the templates' own bytes, numbers and colours. */
#include "base/err.h"
#include "services/catalog/catalog_picture_internal.h"

static uint32_t mix(uint32_t a, uint32_t b, uint32_t percent_b)
{
    uint32_t c = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        uint32_t x = (a >> shift & 255) * (100 - percent_b) + (b >> shift & 255) * percent_b;
        c |= (x + 50) / 100 << shift;
    }
    return c;
}

static uint32_t lighter(uint32_t c, uint32_t percent)
{
    return mix(c, 0xfffdf8, percent);
}

static uint32_t darker(uint32_t c, uint32_t percent)
{
    return mix(c, 0x1b1512, percent);
}

static uint32_t colour_of(const struct catalog_pencil *p, char letter)
{
    static const struct {
        char letter;
        uint32_t rgb;
    } fixed[] = { { 'k', 0x272421 }, { 'K', 0x46423d }, { 'w', 0xfdfcf9 }, { 'W', 0xebe7df },
        { 'm', 0xdde0e3 }, { 'M', 0xaab0b7 }, { 'n', 0x6d747c }, { 'o', 0xd0a374 },
        { 'O', 0xab7b4e }, { 'q', 0x7b5435 }, { 'c', 0xf3e9d6 }, { 'e', 0x6b9a67 },
        { 'E', 0x3f6b4a }, { 'y', 0xf2c355 }, { 'r', 0xd2503f }, { 'g', 0x1f2630 },
        { 'G', 0x3c485a }, { 's', 0xcf9273 }, { 'z', 0xa0603f } };
    switch (letter) {
    case 'b':
        return p->base;
    case 'l':
        return lighter(p->base, 22);
    case 'L':
        return lighter(p->base, 48);
    case 'd':
        return darker(p->base, 20);
    case 'D':
        return darker(p->base, 42);
    case 'a':
        return p->accent;
    case 'A':
        return darker(p->accent, 28);
    case 'x':
        return p->pen;
    case 'X':
        return darker(p->pen, 24);
    case 'p':
        return p->paper;
    case 'P':
        return darker(p->paper, 9);
    default:
        break;
    }
    for (size_t i = 0; i < COUNT(fixed); i++) {
        if (fixed[i].letter == letter)
            return fixed[i].rgb;
    }
    panic("picture", "a template names an unknown colour");
}

static void put_hex(struct buf *out, uint32_t v, int digits)
{
    static const str hex = S_INIT("0123456789abcdef");
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        buf_char(out, hex.p[v >> shift & 15]);
}

static void put_colour(struct buf *out, uint32_t c)
{
    buf_char(out, '#');
    bool pairs = (c >> 20 & 15) == (c >> 16 & 15) && (c >> 12 & 15) == (c >> 8 & 15) &&
                 (c >> 4 & 15) == (c & 15);
    if (pairs)
        put_hex(out, (c >> 8 & 0xf00) | (c >> 4 & 0xf0) | (c & 0xf), 3);
    else
        put_hex(out, c, 6);
}

static void put_id(struct catalog_pencil *p, char letter)
{
    buf_char(p->out, letter);
    put_hex(p->out, p->mark, 4);
}

void catalog_pencil_draw(struct catalog_pencil *p, str template, const int *numbers, size_t n)
{
    size_t used = 1; /* the first is a filler: C has no empty lists */
    for (size_t i = 0; i < template.n; i++) {
        char c = template.p[i];
        if (c == '%') {
            ASSERT(used < n);
            buf_i64(p->out, numbers[used++]);
        } else if (c == '$') {
            ASSERT(i + 1 < template.n);
            put_colour(p->out, colour_of(p, template.p[++i]));
        } else if (c == '~') {
            ASSERT(i + 1 < template.n);
            char letter = template.p[++i];
            ASSERT(letter >= 'a' && letter <= 'z');
            p->paints |= 1u << (letter - 'a');
            buf_add(p->out, S("url(#"));
            put_id(p, letter);
            buf_char(p->out, ')');
        } else {
            buf_char(p->out, c);
        }
    }
    ASSERT(used == n);
}

int catalog_pencil_pick(struct catalog_pencil *p, int n)
{
    return (int)rng_below(&p->rng, (uint64_t)n);
}

int catalog_pencil_range(struct catalog_pencil *p, int low, int high)
{
    return (int)rng_between(&p->rng, low, high);
}

void catalog_pencil_shadow(struct catalog_pencil *p, int x, int y, int rx)
{
    DRAW(p, "<ellipse cx='%' cy='%' rx='%' ry='%' fill='~s'/>", x, y, rx * 5 / 4, 10 + rx / 7);
}

void catalog_pencil_image(struct catalog_pencil *p, struct catalog_pencil_box box)
{
    DRAW(p,
        "<svg x='%' y='%' width='%' height='%' viewBox='0 0 100 100' preserveAspectRatio='xMidYMid "
        "slice'>",
        box.x, box.y, box.w, box.h);
    switch (catalog_pencil_pick(p, 4)) {
    case 0: /* hills at dusk */
        DRAW(p,
            "<path d='M0 0h100v100H0z' fill='~a'/><circle cx='%' cy='42' r='11' fill='#fff' "
            "fill-opacity='.75'/><path d='M0 68q22-22 44-6t56-12v50H0z' fill='$A'/><path d='M0 "
            "84q30-22 58-8t42-8v32H0z' fill='$G'/>",
            catalog_pencil_range(p, 30, 72));
        break;
    case 1: /* folds */
        DRAW(p,
            "<path d='M0 0h100v100H0z' fill='$G'/><path d='M0 60C30 20 60 90 100 30V0H0z' "
            "fill='~a'/><path d='M0 78C35 40 62 104 100 52v20C66 112 34 62 0 96z' fill='$w' "
            "fill-opacity='.35'/>");
        break;
    case 2: /* circles */
        DRAW(p,
            "<path d='M0 0h100v100H0z' fill='~a'/><circle cx='%' cy='40' r='34' fill='#fff' "
            "fill-opacity='.28'/><circle cx='72' cy='70' r='30' fill='$y' "
            "fill-opacity='.7'/><circle cx='36' cy='74' r='20' fill='$G' fill-opacity='.75'/>",
            catalog_pencil_range(p, 24, 40));
        break;
    default: /* the sea */
        DRAW(p,
            "<path d='M0 0h100v100H0z' fill='#bfdbe4'/><circle cx='68' cy='34' r='9' "
            "fill='$w'/><path d='M0 58h100v42H0z' fill='#4f8ea3'/><path d='M0 70q12-6 25 0t25 0 25 "
            "0 25 0v30H0z' fill='#35708a'/><path d='M0 84q12-6 25 0t25 0 25 0 25 0v16H0z' "
            "fill='#244f68'/><path d='M34 58l8-26 10 26z' fill='$w'/>");
        break;
    }
    DRAW(p, "</svg>");
}

static void leaves(struct catalog_pencil *p, int x, int y)
{
    DRAW(p,
        "<g transform='translate(% %)'><path d='M0 0q-34-30-28-86 30 26 28 86zM0 0q-4-62 26-104 16 "
        "56-26 104zM0 0q8-44 56-58-6 46-56 58z' fill='$e'/><path d='M0 0q-20-40-28-86M0 0q8-60 "
        "26-104M0 0q20-36 56-58' stroke='$E' stroke-width='2' fill='none'/><path d='M-24-6h48l-7 "
        "46h-34z' fill='$s'/><path d='M-27-10h54v10h-54z' fill='$z'/></g>",
        x, y);
}

static void wall(struct catalog_pencil *p)
{
    static const str walls[] = { S_INIT("#dcd8cb"), S_INIT("#ccd6cf"), S_INIT("#e3d2c4"),
        S_INIT("#cfd7de") };
    DRAW(p, "<path d='M0 0h400v500H0z' fill='");
    buf_add(p->out, walls[catalog_pencil_pick(p, (int)COUNT(walls))]);
    DRAW(p,
        "'/><path d='M30 0h90l120 400h-90zM150 0h70l120 400h-70z' fill='#fff' "
        "fill-opacity='.22'/>");
}

static void scene_desk(struct catalog_pencil *p)
{
    wall(p);
    DRAW(p,
        "<path d='M0 396h400v104H0z' fill='~o'/><path d='M0 396h400v5H0z' fill='#fff' "
        "fill-opacity='.35'/>");
    leaves(p, 350, 372);
    DRAW(p,
        "<g transform='translate(8 %)'><rect width='74' height='14' rx='2' fill='$a'/><rect x='6' "
        "y='14' width='78' height='16' rx='2' fill='$G'/><rect x='2' y='30' width='70' height='14' "
        "rx='2' fill='$c'/></g>",
        358);
}

static void scene_room(struct catalog_pencil *p)
{
    wall(p);
    DRAW(p,
        "<path d='M0 372h400v128H0z' fill='~o'/><path d='M0 360h400v14H0z' fill='$w'/><path d='M0 "
        "405h400M0 446h400M60 374l-20 126M170 374l-6 126M290 374l16 126' stroke='$q' "
        "stroke-opacity='.3' stroke-width='2'/><rect x='%' y='58' width='84' height='106' "
        "fill='$w'/>",
        34);
    catalog_pencil_image(p, (struct catalog_pencil_box){ 44, 68, 64, 86 });
    leaves(p, 362, 364);
}

static void scene_kitchen(struct catalog_pencil *p)
{
    DRAW(p,
        "<path d='M0 0h400v500H0z' fill='#e4e6df'/><path d='M0 60h400M0 120h400M0 180h400M0 "
        "240h400M0 300h400M0 360h400M50 0v400M130 0v400M210 0v400M290 0v400M370 0v400' "
        "stroke='#fff' stroke-width='4'/><path d='M30 0h90l120 400h-90z' fill='#fff' "
        "fill-opacity='.3'/><path d='M0 396h400v104H0z' fill='#cfc6b8'/><path d='M0 396h400v8H0z' "
        "fill='#e9e3d9'/><path d='M300 396l8-150q1-10 11-10h64q10 0 11 10l8 150z' "
        "fill='$O'/><circle cx='352' cy='256' r='8' fill='#e4e6df'/><path d='M22 396v-66q0-10 "
        "10-10h40q10 0 10 10v66z' fill='#fff' fill-opacity='.55'/><path d='M22 352h60v44H22z' "
        "fill='$a'/><rect x='20' y='308' width='64' height='14' rx='4' fill='$q'/>");
}

static void scene_outside(struct catalog_pencil *p)
{
    DRAW(p,
        "<path d='M0 0h400v500H0z' fill='#d9e8ee'/><circle cx='%' cy='92' r='34' "
        "fill='#fff6dc'/><path d='M0 260l70-70 60 54 80-104 92 110 48-40 50 46v80H0z' "
        "fill='#b5c8cd'/><path d='M0 300q90-60 190-20t210-30v130H0z' fill='#9dbb98'/><path d='M0 "
        "350q120-50 240-14t160-10v174H0z' fill='#7fa578'/><path d='M0 402q160-34 400-8v106H0z' "
        "fill='#6b9266'/><path d='M40 330l18-60 18 60zM66 334l22-76 22 76zM330 322l18-58 18 58z' "
        "fill='$E'/>",
        catalog_pencil_range(p, 80, 320));
}

static void scene_rail(struct catalog_pencil *p)
{
    wall(p);
    DRAW(p,
        "<path d='M0 430h400v70H0z' fill='~o'/><path d='M0 420h400v12H0z' fill='$w'/><rect y='62' "
        "width='400' height='22' fill='$O'/><path d='M0 62h400v5H0z' fill='$o'/><g "
        "fill='$q'><circle cx='52' cy='73' r='8'/><circle cx='206' cy='73' r='8'/><circle cx='352' "
        "cy='73' r='8'/></g><path d='M352 76q-24 60-22 150 22 12 46 0 2-90-24-150z' "
        "fill='$a'/><path d='M346 92q-6 60-4 134M358 92q8 60 6 134' stroke='$A' stroke-width='2' "
        "fill='none'/>");
    leaves(p, 42, 420);
}

static void scene_bath(struct catalog_pencil *p)
{
    DRAW(p,
        "<path d='M0 0h400v500H0z' fill='#d7e2e0'/><path d='M0 50h400M0 150h400M0 250h400M0 "
        "350h400M50 0v400M150 0v400M250 0v400M350 0v400' stroke='#fff' stroke-width='5'/><path "
        "d='M40 0h90l120 400h-90z' fill='#fff' fill-opacity='.3'/><path d='M0 396h400v104H0z' "
        "fill='~o'/><path d='M0 396h400v6H0z' fill='#fff' fill-opacity='.4'/><g fill='$w'><rect "
        "x='6' y='340' width='88' height='28' rx='13'/><rect x='2' y='368' width='96' height='30' "
        "rx='14'/></g><path d='M14 354h70M12 384h76' stroke='$W' stroke-width='4'/>");
    leaves(p, 356, 370);
}

void catalog_pencil_scene(struct catalog_pencil *p, enum catalog_scene scene)
{
    switch (scene) {
    case SCENE_DESK:
        scene_desk(p);
        break;
    case SCENE_ROOM:
        scene_room(p);
        break;
    case SCENE_KITCHEN:
        scene_kitchen(p);
        break;
    case SCENE_OUTSIDE:
        scene_outside(p);
        break;
    case SCENE_RAIL:
        scene_rail(p);
        break;
    case SCENE_BATH:
        scene_bath(p);
        break;
    }
}

/* Gradients, written only where one was used. */
static const struct {
    char letter;
    bool radial, across;
    str stops; /* a template */
} paints[] = {
    { 'p', false, false, S_INIT("<stop stop-color='$p'/><stop offset='1' stop-color='$P'/>") },
    { 'l', true, false,
        S_INIT("<stop stop-color='#fff' stop-opacity='.75'/><stop offset='1' stop-color='#fff' "
               "stop-opacity='0'/>") },
    { 's', true, false,
        S_INIT(
            "<stop stop-color='#2a2118' stop-opacity='.42'/><stop offset='.6' stop-color='#2a2118' "
            "stop-opacity='.16'/><stop offset='1' stop-color='#2a2118' stop-opacity='0'/>") },
    { 'v', false, false,
        S_INIT("<stop stop-color='$l'/><stop offset='.5' stop-color='$b'/><stop offset='1' "
               "stop-color='$d'/>") },
    { 'h', false, true,
        S_INIT("<stop stop-color='$d'/><stop offset='.28' stop-color='$l'/><stop offset='.6' "
               "stop-color='$b'/><stop offset='1' stop-color='$D'/>") },
    { 'r', true, false,
        S_INIT("<stop stop-color='$L'/><stop offset='.45' stop-color='$b'/><stop offset='1' "
               "stop-color='$D'/>") },
    { 'm', false, true,
        S_INIT("<stop stop-color='$n'/><stop offset='.3' stop-color='$w'/><stop offset='.6' "
               "stop-color='$M'/><stop offset='1' stop-color='$n'/>") },
    { 'n', false, false,
        S_INIT("<stop stop-color='$w'/><stop offset='.5' stop-color='$m'/><stop offset='1' "
               "stop-color='$M'/>") },
    { 'g', false, false, S_INIT("<stop stop-color='$G'/><stop offset='1' stop-color='$g'/>") },
    { 'w', false, true,
        S_INIT("<stop stop-color='#fff' stop-opacity='.6'/><stop offset='1' stop-color='#fff' "
               "stop-opacity='0'/>") },
    { 'o', false, false, S_INIT("<stop stop-color='$o'/><stop offset='1' stop-color='$O'/>") },
    { 'a', false, false, S_INIT("<stop stop-color='$A'/><stop offset='1' stop-color='$a'/>") },
    { 'y', true, false,
        S_INIT("<stop stop-color='#fff3c9' stop-opacity='.9'/><stop offset='1' "
               "stop-color='#fff3c9' stop-opacity='0'/>") },
    { 'c', false, true,
        S_INIT("<stop stop-color='#fff' stop-opacity='.55'/><stop offset='.4' stop-color='#dfeaf0' "
               "stop-opacity='.3'/><stop offset='1' stop-color='#8aa0ac' stop-opacity='.45'/>") },
};

void catalog_pencil_finish(struct catalog_pencil *p)
{
    unsigned used = p->paints;
    DRAW(p, "<defs>");
    for (size_t i = 0; i < COUNT(paints); i++) {
        if (!(used >> (paints[i].letter - 'a') & 1u))
            continue;
        used &= ~(1u << (paints[i].letter - 'a'));
        buf_add(p->out, paints[i].radial ? S("<radialGradient id='") : S("<linearGradient id='"));
        put_id(p, paints[i].letter);
        if (paints[i].radial && paints[i].letter == 'r')
            buf_add(p->out, S("' cx='.36' cy='.3' r='.75'>"));
        else
            buf_add(p->out, paints[i].radial || paints[i].across ? S("'>") : S("' x2='0' y2='1'>"));
        catalog_pencil_draw(p, paints[i].stops, (const int[]){ 0 }, 1);
        buf_add(p->out, paints[i].radial ? S("</radialGradient>") : S("</linearGradient>"));
    }
    ASSERT(used == 0);
    DRAW(p, "</defs></svg>");
}
