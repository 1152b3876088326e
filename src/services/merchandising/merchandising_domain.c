/* SPDX-License-Identifier: Apache-2.0
 * The one form of a query, and what a rule or a synonym must be. Called by the verbs. */
#include "services/merchandising/merchandising_domain.h"

#include "base/buf.h"
#include "base/utf8.h"

const char *const merchandising_kind_names[MERCHANDISING_KINDS_N + 1] = { "pin", "bury", "redirect",
    NULL };

str merchandising_plain(struct arena *arena, str query)
{
    str rest = utf8_fold(arena, utf8_truncate(query, MERCHANDISING_TEXT_MAX));
    struct buf out = { .arena = arena };
    while (rest.n > 0) {
        str word = str_trim(str_cut(&rest, ' '));
        if (!word.n)
            continue;
        if (out.n > 0)
            buf_char(&out, ' ');
        buf_add(&out, word);
    }
    return utf8_truncate(buf_str(&out), MERCHANDISING_TEXT_MAX);
}

static void need_words(struct cx *cx, const char *pointer, str text)
{
    if (!merchandising_plain(cx->arena, text).n)
        cx_field(cx, str_from_c(pointer), "required", "words");
}

err merchandising_synonym_check(struct cx *cx, const struct merchandising_synonym *in)
{
    need_words(cx, "/term", in->term);
    need_words(cx, "/replacement", in->replacement);
    if (str_eq(merchandising_plain(cx->arena, in->term),
            merchandising_plain(cx->arena, in->replacement)))
        cx_field(cx, S("/replacement"), "same", "another word than the term");
    return cx->fields ? FAIL(cx, ERR_INVALID, "a synonym") : NULL;
}

err merchandising_rule_check(struct cx *cx, const struct merchandising_rule *in)
{
    bool away = in->kind == MERCHANDISING_REDIRECT;
    need_words(cx, "/query", in->query);
    if (!away && id_is_none(in->product_id))
        cx_field(cx, S("/productId"), "required", "the product to pin or bury");
    bool path = str_starts(in->target, S("/")) && !str_starts(in->target, S("//")) &&
                str_find_char(in->target, '\\', 0) < 0;
    for (size_t i = 0; i < in->target.n; i++)
        path = path && (unsigned char)in->target.p[i] > ' ';
    if (away && !path)
        cx_field(cx, S("/target"), "not_a_path", "a path of this shop, like /c/computers");
    return cx->fields ? FAIL(cx, ERR_INVALID, "a rule") : NULL;
}
