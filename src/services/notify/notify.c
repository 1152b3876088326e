/* SPDX-License-Identifier: Apache-2.0
 * Sending a message once and telling what was sent. Called by the handlers of events and by the
 * route; must never send from inside a unit of work, which would keep a lane waiting. */
#include "services/notify/notify.h"

#include "base/embed.h"
#include "base/instant.h"
#include "notify_sql.h"
#include "services/notify/notify_internal.h"

static const struct html_field line_fields[] = {
    HTML_TEXT(struct notify_line, text),
    HTML_END,
};
static const struct html_field action_fields[] = {
    HTML_TEXT(struct notify_action, label),
    HTML_TEXT(struct notify_action, href),
    HTML_END,
};
static const struct html_field mail_fields[] = {
    HTML_TEXT(struct notify_words, subject),
    HTML_TEXT(struct notify_words, heading),
    HTML_TEXT(struct notify_words, footer),
    HTML_LIST(struct notify_words, lines, line_fields),
    HTML_OBJECT(struct notify_words, action, action_fields),
    HTML_END,
};
static const struct html_page mail_page = { "src/services/notify/pages/mail.html", mail_fields };

struct notify *notify_open(struct arena *life, struct notify_deps deps)
{
    struct notify *n = NEW(life, struct notify);
    struct cx cx = { .arena = life };
    n->deps = deps;
    if (!n->deps.keep_days)
        n->deps.keep_days = NOTIFY_KEEP_DAYS;
    str path = str_from_c(mail_page.template);
    err e = html_parse(&cx, path, embedded_find(path), mail_page.fields, NULL, NULL, &n->mail);
    if (e)
        panic(cx.where, str_c(life, cx.detail)); /* built into the binary, and checked there */
    return n;
}

err notify_send(
    struct notify *n, struct cx *cx, struct notify_letter *letter, const struct notify_facts *facts)
{
    struct notify_facts known = *facts;
    known.origin = n->deps.origin;
    struct notify_words words = notify_domain_words(cx->arena, letter->kind, &known);
    struct buf html = { .arena = cx->arena };
    html_render(&html, n->mail, &words);
    struct mail_message message = { .key = id_text(cx->arena, letter->event_id),
        .to = letter->to,
        .to_name = letter->to_name,
        .from = n->deps.from,
        .from_name = S("Souk"),
        .subject = words.subject,
        .text = notify_domain_text(cx->arena, &words),
        .html = buf_str(&html) };
    letter->subject = words.subject;
    return n->deps.mail->send(n->deps.mail->self, cx, &message);
}

err notify_note(struct notify *n, struct cx *cx, const struct notify_letter *letter)
{
    return notify_sql_sent_add(n->deps.db, cx,
        (struct notify_sql_sent_add_in){ .event_id = letter->event_id,
            .kind = str_from_c(notify_kind_names[letter->kind]),
            .recipient = letter->to,
            .subject = letter->subject,
            .sent_ms = cx->now_ms,
            .recipient_key = str_lower(cx->arena, letter->to) });
}

err notify_list(
    struct notify *n, struct cx *cx, int64_t limit, struct notify_sent **ret, size_t *ret_n)
{
    struct notify_sql_sent_list_row *rows;
    size_t rows_n;
    err e = notify_sql_sent_list(
        n->deps.db, cx, (struct notify_sql_sent_list_in){ .limit = limit }, &rows, &rows_n);
    if (e)
        return e;
    struct notify_sent *list = NEW_N(cx->arena, rows_n, struct notify_sent);
    for (size_t i = 0; i < rows_n; i++)
        list[i] = (struct notify_sent){ .event_id = rows[i].event_id,
            .kind = rows[i].kind,
            .recipient = rows[i].recipient,
            .subject = rows[i].subject,
            .sent_ms = rows[i].sent_ms };
    *ret = list;
    *ret_n = rows_n;
    return NULL;
}

static const struct html_page *const pages[] = { &mail_page, NULL };
/* Messages are kept for a while, to answer who asks what became of one. */
#define PRUNE_BATCH 500
static err prune(void *service, struct cx *cx, bool *ret_more)
{
    struct notify *n = service;
    int64_t gone = 0;
    err e = notify_sql_sent_prune(n->deps.db, cx,
        (struct notify_sql_sent_prune_in){
            .before_ms = cx->now_ms - n->deps.keep_days * DAY_MS, .limit = PRUNE_BATCH },
        &gone);
    *ret_more = !e && gone == PRUNE_BATCH;
    return e;
}
static const struct job jobs[] = {
    { .name = "notify.prune", .period_ms = HOUR_MS, .fn = prune },
    { 0 },
};
static const struct service_part person_parts[] = {
    { "messages", &NOTIFY_PERSON_SENT },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &NOTIFY_ERASE_SENT, NULL };
static const struct service_person person = { person_parts, person_erase, NULL };

const struct service notify_service = {
    .name = "notify",
    .folder = "src/services/notify/",
    .routes = notify_routes,
    .events = notify_events,
    .jobs = jobs,
    .queries = notify_queries,
    .person = &person,
    .marked = notify_marked,
    .pages = pages,
};
