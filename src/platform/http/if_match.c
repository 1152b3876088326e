/* SPDX-License-Identifier: Apache-2.0
 * Reads If-Match. Called by the verbs that change what has a version; must never guess what a tag
 * that is not ours may mean. */
#include "platform/http/if_match.h"

/* The next tag with its quotes, weak ones with their W/; absent: the list ends, or is none. */
static str next_tag(str *rest)
{
    while (rest->n && (rest->p[0] == ',' || rest->p[0] == ' ' || rest->p[0] == '\t'))
        *rest = str_skip(*rest, 1);
    size_t from = str_starts(*rest, S("W/")) ? 3 : 1; /* behind the first quote */
    if (rest->n < from + 1 || rest->p[from - 1] != '"')
        return (str){ 0 };
    for (size_t end = from; end < rest->n; end++)
        if (rest->p[end] == '"') {
            str tag = str_sub(*rest, 0, end + 1);
            *rest = str_skip(*rest, end + 1);
            return tag;
        }
    return (str){ 0 };
}

/* "\"v12\"" is 12; 0: of no version of ours. */
static int64_t version_of(str tag)
{
    int64_t v;
    bool ours = tag.n > 3 && str_starts(tag, S("\"v")) && tag.p[2] != '0';
    return ours && str_to_i64(str_sub(tag, 2, tag.n - 3), &v) && v > 0 ? v : 0;
}

bool if_match_holds(str tags, int64_t version)
{
    str rest = str_trim(tags);
    if (!rest.n || str_eq(rest, S("*")))
        return !rest.n || version > 0;
    for (str tag = next_tag(&rest); tag.n; tag = next_tag(&rest))
        if (version > 0 && version_of(tag) == version)
            return true;
    return false;
}
