/* SPDX-License-Identifier: Apache-2.0
 * What the drawings share: a pencil that expands templates, and the table of kinds.
 * Included by catalog_picture*.c only. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_PICTURE_INTERNAL_H
#define SOUK_SERVICES_CATALOG_CATALOG_PICTURE_INTERNAL_H

#include "base/buf.h"
#include "base/rng.h"
#include "services/catalog/catalog_picture.h"

struct catalog_pencil {
    struct buf *out;
    struct rng rng;  /* the same for all views of a product */
    uint32_t base;   /* 0xRRGGBB */
    uint32_t accent; /* goes with it */
    uint32_t paper;  /* the backdrop */
    uint32_t pen;    /* set by a drawing: $x */
    uint32_t mark;   /* prefix of the ids */
    unsigned paints; /* gradients used so far, a bit each */
};

/* Appends a template:
 *   %   the next of the numbers
 *   $x  a colour: b base, l L lighter, d D darker, a A accent and darker, k K inks, w W whites,
 *       m M n metal from light to dark, o O q wood from light to dark, p P paper, c cream,
 *       e E leaf, y yellow, r red, g G glass, s z clay, x X the pen and darker
 *   ~x  a gradient as url(#...): v h base downwards and across, r base as a ball, m n metal across
 *       and down, g dark glass, w gloss, o wood, s soft shadow, a accent, y warm light, c clear
 * A single quote stands for itself: attributes are written with it. */
#define DRAW(pencil, template, ...)                                                                \
    catalog_pencil_draw((pencil), S(template), (const int[]){ 0, ##__VA_ARGS__ },                  \
        sizeof((const int[]){ 0, ##__VA_ARGS__ }) / sizeof(int))
void catalog_pencil_draw(struct catalog_pencil *p, str template, const int *numbers, size_t n);

int catalog_pencil_pick(struct catalog_pencil *p, int n);                   /* 0 .. n-1 */
int catalog_pencil_range(struct catalog_pencil *p, int low, int high);      /* low .. high */
void catalog_pencil_shadow(struct catalog_pencil *p, int x, int y, int rx); /* on the ground */
/* A picture on a screen or a cover, clipped to the rectangle. */
struct catalog_pencil_box {
    int x, y, w, h;
};
void catalog_pencil_image(struct catalog_pencil *p, struct catalog_pencil_box box);

/* Where the third view puts it. */
enum catalog_scene {
    SCENE_DESK = 1,
    SCENE_ROOM,
    SCENE_KITCHEN,
    SCENE_OUTSIDE,
    SCENE_RAIL,
    SCENE_BATH
};
void catalog_pencil_scene(struct catalog_pencil *p, enum catalog_scene scene);
void catalog_pencil_finish(struct catalog_pencil *p); /* the gradients and the end tag */

struct catalog_picture_draw {
    str kind;
    void (*draw)(struct catalog_pencil *p);
    enum catalog_scene scene;
    int base_y;           /* where it stands */
    int focus_x, focus_y; /* what the detail shows */
    int percent;          /* its size in the scene, below 100 */
    int flat_percent;     /* its height there, if it lies; 0: it stands */
};
struct catalog_picture_list {
    const struct catalog_picture_draw *draws;
    size_t n;
};
extern const struct catalog_picture_list catalog_picture_devices, catalog_picture_gadgets,
    catalog_picture_home, catalog_picture_kitchen, catalog_picture_wear, catalog_picture_leisure;

#endif
