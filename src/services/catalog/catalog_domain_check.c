/* SPDX-License-Identifier: Apache-2.0
 * What a product and a category may be: every limit of catalog_domain.h. Called before anything is
 * written; must never stop at the first fault, so that a form shows them all. */
#include "base/utf8.h"
#include "services/catalog/catalog_domain.h"

#define PLACE_N 64
#define RELEASED_MS_MIN INT64_C(-62135596800000) /* the year 1 */
#define RELEASED_MS_MAX INT64_C(253402300799999) /* the end of the year 9999 */
#define RATINGS_MAX INT64_C(1000000000000)

/* One check under way: how many faults, and where in the product we are ("/variants/3"). */
struct check {
    struct cx *cx;
    size_t faults;
    str list; /* absent: members of the product itself */
    size_t index;
};

static void fault(struct check *c, str member, const char *code, const char *why)
{
    c->faults++;
    str at = c->list.p ? str_fmt(c->cx->arena, "/" STR_F "/%zu", STR_A(c->list), c->index)
                       : (str){ "", 0 };
    if (member.n > 0)
        at = str_fmt(c->cx->arena, STR_F "/" STR_F, STR_A(at), STR_A(member));
    cx_field(c->cx, at, code, "%s", why);
}

struct text_rule {
    size_t max;
    bool optional, multiline;
};

static void check_text(struct check *c, str member, str text, struct text_rule rule)
{
    if (text.n == 0) {
        if (!rule.optional)
            fault(c, member, "required", "must not be empty");
        return;
    }
    if (text.n > rule.max) {
        fault(c, member, "too_long", "is too long");
        return;
    }
    bool broken =
        !rule.multiline && (str_find_char(text, '\n', 0) >= 0 || str_find_char(text, '\t', 0) >= 0);
    if (broken || !utf8_valid(text) || utf8_has_control(text))
        fault(c, member, "bad_text", "has characters that a text cannot have");
}

static void check_range(struct check *c, str member, int64_t value, int64_t max)
{
    if (value < 0)
        fault(c, member, "too_small", "must not be below zero");
    else if (value > max)
        fault(c, member, "too_large", "is too large");
}

static bool check_count(struct check *c, str member, size_t n, size_t max)
{
    if (n <= max)
        return true;
    fault(c, member, "too_many", "has too many items");
    return false;
}

/* A path on this site; nothing that could end an attribute or name another host. */
static void check_image(struct check *c, str member, str path)
{
    bool good =
        path.n > 1 && path.n <= CATALOG_IMAGE_PATH_MAX && path.p[0] == '/' && path.p[1] != '/';
    for (size_t i = 0; good && i < path.n; i++)
        good = path.p[i] > ' ' && path.p[i] < 0x7f && path.p[i] != '"' && path.p[i] != '\'' &&
               path.p[i] != '<' && path.p[i] != '>' && path.p[i] != '\\';
    if (!good)
        fault(c, member, "bad_path", "must be a path on this site");
}

/* ---- attributes ---- */

static bool key_ok(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '_')
            return false;
    }
    return name.n > 0 && name.n <= CATALOG_ATTRIBUTE_NAME_MAX;
}

static void check_value(struct check *c, const struct catalog_attribute *a)
{
    double number;
    switch (a->kind) {
    case CATALOG_TEXT:
        return;
    case CATALOG_NUMBER:
        if (!str_to_double(a->value, &number))
            fault(c, S("value"), "wrong_type", "must be a number");
        return;
    case CATALOG_BOOL:
        if (!str_eq(a->value, S("true")) && !str_eq(a->value, S("false")))
            fault(c, S("value"), "wrong_type", "must be true or false");
        return;
    }
    fault(c, S("kind"), "not_allowed", "is not known");
}

static void check_attributes(struct check *c, const struct catalog_attribute *list, size_t n)
{
    if (!check_count(c, S("attributes"), n, CATALOG_ATTRIBUTES_MAX))
        return;
    c->list = S("attributes");
    for (c->index = 0; c->index < n; c->index++) {
        const struct catalog_attribute *a = &list[c->index];
        if (!key_ok(a->name))
            fault(c, S("name"), "not_allowed", "must be lower-case letters, digits and '_'");
        for (size_t k = 0; k < c->index; k++)
            if (str_eq(list[k].name, a->name)) {
                fault(c, S("name"), "duplicate", "is there twice");
                break;
            }
        check_text(
            c, S("label"), a->label, (struct text_rule){ .max = CATALOG_ATTRIBUTE_LABEL_MAX });
        check_text(
            c, S("value"), a->value, (struct text_rule){ .max = CATALOG_ATTRIBUTE_VALUE_MAX });
        check_text(c, S("unit"), a->unit,
            (struct text_rule){ .max = CATALOG_ATTRIBUTE_UNIT_MAX, .optional = true });
        check_value(c, a);
    }
    c->list = (str){ NULL, 0 };
}

/* ---- variants ---- */

static bool twin(const struct catalog_variant *a, const struct catalog_variant *b)
{
    return str_eq(a->sku, b->sku) ||
           (!id_is_none(a->variant_id) && id_eq(a->variant_id, b->variant_id));
}

static void check_variant(struct check *c, const struct catalog_variant *list)
{
    const struct catalog_variant *v = &list[c->index];
    struct text_rule picture = { .max = CATALOG_PICTURE_MAX, .optional = true };
    if (!catalog_domain_sku_ok(v->sku))
        fault(c, S("sku"), "not_allowed", "must be 1 to 64 visible ASCII characters");
    for (size_t k = 0; k < c->index; k++)
        if (twin(&list[k], v)) {
            fault(c, S("sku"), "duplicate", "is there twice");
            break;
        }
    if (v->ean.n > 0 && !catalog_domain_gtin_ok(v->ean))
        fault(c, S("ean"), "bad_check_digit", "must be a GTIN with its check digit");
    if (check_count(c, S("options"), v->options_n, CATALOG_OPTIONS_MAX))
        for (size_t i = 0; i < v->options_n; i++) {
            check_text(c, S("options"), v->options[i].name,
                (struct text_rule){ .max = CATALOG_OPTION_MAX });
            check_text(c, S("options"), v->options[i].value,
                (struct text_rule){ .max = CATALOG_OPTION_MAX });
        }
    if (v->image.n > 0)
        check_image(c, S("image"), v->image);
    check_text(c, S("colour"), v->colour, picture);
    check_range(c, S("weight"), v->weight_g, CATALOG_WEIGHT_G_MAX);
}

static void check_variants(struct check *c, const struct catalog_variant *list, size_t n)
{
    if (n == 0)
        fault(c, S("variants"), "too_few", "must have one at least");
    if (!check_count(c, S("variants"), n, CATALOG_VARIANTS_MAX))
        return;
    c->list = S("variants");
    for (c->index = 0; c->index < n; c->index++)
        check_variant(c, list);
    c->list = (str){ NULL, 0 };
}

/* ---- the whole ---- */

static void check_images(struct check *c, const str *list, size_t n)
{
    if (!check_count(c, S("images"), n, CATALOG_IMAGES_MAX))
        return;
    c->list = S("images");
    for (c->index = 0; c->index < n; c->index++)
        check_image(c, S(""), list[c->index]);
    c->list = (str){ NULL, 0 };
}

err catalog_domain_check(struct cx *cx, const struct catalog_product *p)
{
    struct check c = { .cx = cx };
    check_text(&c, S("title"), p->title, (struct text_rule){ .max = CATALOG_TITLE_MAX });
    check_text(
        &c, S("brand"), p->brand, (struct text_rule){ .max = CATALOG_BRAND_MAX, .optional = true });
    check_text(&c, S("description"), p->description,
        (struct text_rule){ .max = CATALOG_DESCRIPTION_MAX, .optional = true, .multiline = true });
    check_text(&c, S("source"), p->source,
        (struct text_rule){ .max = CATALOG_SOURCE_MAX, .optional = true });
    check_text(&c, S("picture"), p->picture,
        (struct text_rule){ .max = CATALOG_PICTURE_MAX, .optional = true });
    check_text(&c, S("seller"), p->seller_name,
        (struct text_rule){ .max = CATALOG_BRAND_MAX, .optional = true });
    if (p->slug.n > 0 && !catalog_domain_slug_ok(p->slug))
        fault(&c, S("slug"), "not_allowed", "must be lower-case letters and digits with '-'");
    if ((int)p->status < 0 || p->status >= CATALOG_STATUSES_N)
        fault(&c, S("status"), "not_allowed", "is not known");
    if (p->released_ms < RELEASED_MS_MIN || p->released_ms > RELEASED_MS_MAX)
        fault(&c, S("releasedAt"), "bad_time", "must be in the years 1 to 9999");
    check_range(&c, S("ratingCount"), p->rating_count, RATINGS_MAX);
    if (p->rating_count >= 0 && p->rating_count <= RATINGS_MAX &&
        (p->rating_sum < p->rating_count || p->rating_sum > 5 * p->rating_count))
        fault(&c, S("rating"), "not_allowed", "must be 1 to 5 stars for each rating");
    check_attributes(&c, p->attributes, p->attributes_n);
    check_variants(&c, p->variants, p->variants_n);
    check_images(&c, p->images, p->images_n);
    if (c.faults == 0)
        return NULL;
    return FAIL(cx, ERR_INVALID, "%zu faults in \"" STR_F "\"", c.faults,
        STR_A(str_sub(p->title, 0, PLACE_N)));
}

err catalog_domain_check_category(struct cx *cx, const struct catalog_category *in)
{
    struct check c = { .cx = cx };
    check_text(&c, S("name"), in->name, (struct text_rule){ .max = CATALOG_CATEGORY_NAME_MAX });
    if (!catalog_domain_slug_ok(in->slug))
        fault(&c, S("slug"), "not_allowed", "must be lower-case letters and digits with '-'");
    check_text(&c, S("picture"), in->picture,
        (struct text_rule){ .max = CATALOG_PICTURE_MAX, .optional = true });
    check_range(&c, S("position"), in->position, CATALOG_CATEGORIES_MAX * 100);
    if (c.faults == 0)
        return NULL;
    return FAIL(cx, ERR_INVALID, "%zu faults in a category", c.faults);
}
