/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the page frame and of the error page.
 * Read by html_parse when the gateway opens; holds no state. */
#include "gateway/gateway_shell_view.h"

static const struct html_field department_fields[] = {
    HTML_TEXT(struct department_view, label),
    HTML_TEXT(struct department_view, href),
    HTML_FLAG(struct department_view, current),
    HTML_END,
};
static const struct html_field shell_fields[] = {
    HTML_TEXT(struct shell_view, lang),
    HTML_TEXT(struct shell_view, title),
    HTML_TEXT(struct shell_view, description),
    HTML_TEXT(struct shell_view, canonical),
    HTML_TEXT(struct shell_view, css),
    HTML_TEXT(struct shell_view, js),
    HTML_TEXT(struct shell_view, passkey_js),
    HTML_TEXT(struct shell_view, icon),
    HTML_TEXT(struct shell_view, og_image),
    HTML_TEXT(struct shell_view, user),
    HTML_TEXT(struct shell_view, acting),
    HTML_TEXT(struct shell_view, cart_count),
    HTML_TEXT(struct shell_view, imprint),
    HTML_HTML(struct shell_view, body),
    HTML_OBJECT(struct shell_view, search, search_fields),
    HTML_LIST(struct shell_view, departments, department_fields),
    HTML_LIST(struct shell_view, footer, link_fields),
    HTML_TEXT(struct shell_view, scheme),
    HTML_FLAG(struct shell_view, system),
    HTML_FLAG(struct shell_view, dark),
    HTML_FLAG(struct shell_view, plain),
    HTML_FLAG(struct shell_view, noindex),
    HTML_END,
};
/* The pages themselves bring navigation and main. */
static const struct html_field office_fields[] = {
    HTML_TEXT(struct shell_view, lang),
    HTML_TEXT(struct shell_view, title),
    HTML_TEXT(struct shell_view, css),
    HTML_TEXT(struct shell_view, office_css),
    HTML_TEXT(struct shell_view, icon),
    HTML_TEXT(struct shell_view, user),
    HTML_HTML(struct shell_view, body),
    HTML_TEXT(struct shell_view, scheme),
    HTML_FLAG(struct shell_view, system),
    HTML_FLAG(struct shell_view, dark),
    HTML_END,
};
static const struct html_field problem_fields[] = {
    HTML_TEXT(struct problem_view, status),
    HTML_TEXT(struct problem_view, heading),
    HTML_TEXT(struct problem_view, text),
    HTML_TEXT(struct problem_view, retry),
    HTML_TEXT(struct problem_view, request_id),
    HTML_OBJECT(struct problem_view, search, search_fields),
    HTML_LIST(struct problem_view, links, link_fields),
    HTML_END,
};

const struct html_page shell_page = { "src/gateway/web/pages/shell.html", shell_fields };
const struct html_page office_page = { "src/gateway/web/pages/office.html", office_fields };
const struct html_page problem_page = { "src/gateway/web/pages/problem.html", problem_fields };
