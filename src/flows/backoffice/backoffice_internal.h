/* SPDX-License-Identifier: Apache-2.0
 * What the files of the back office share: its body, the frame of a page, and makers of blocks. For
 * this folder only. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_INTERNAL_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_INTERNAL_H

#include "base/instant.h"
#include "flows/backoffice/backoffice.h"
#include "flows/backoffice/backoffice_domain.h"
#include "flows/backoffice/backoffice_views.h"
#include "platform/saga/saga.h"
#include "platform/web/web_format.h"

struct backoffice {
    struct backoffice_deps deps;
};

/* Orders of which a refund came back, and for how long they are listed. */
#define BACKOFFICE_REFUNDS_FAILED "/admin/orders?refunds=failed"
#define BACKOFFICE_REFUNDS_MS (90 * DAY_MS)
#define BACKOFFICE_ROWS 30        /* of a page of a list */
#define BACKOFFICE_STUCK_TRIES 5  /* as `souk saga --stuck` has it */
#define BACKOFFICE_REASON_MAX 200 /* bytes of a reason that is kept */
#define BACKOFFICE_TYPED_MAX 4000 /* bytes of a field that are read, to be told at the field */

/* What waits for somebody, counted up to a bound: for the navigation and the home page. */
struct backoffice_queues {
    int64_t reviews, stuck;
    bool stuck_more; /* at least so many */
};
err backoffice_queues_of(
    struct backoffice *b, struct cx *cx, struct backoffice_queues *ret) MUST_USE;

/* Fills the navigation for who asks, and answers with the page. `here` is a path of the table in
 * backoffice.c; the page is it, or below it. */
err backoffice_show(struct backoffice *b, struct cx *cx, struct office_view *v, const char *here,
    int status, struct reply *reply) MUST_USE;

/* ---- makers; all in cx->arena ---- */
const struct alert_view *backoffice_alert(struct cx *cx, const char *kind, str title, str text);
const struct link_view *backoffice_back(struct cx *cx, const char *label, const char *href);
/* "3 minutes ago", "in 20 seconds". */
str backoffice_when(struct cx *cx, int64_t ms);
/* "21 Nov 2026, 18:05". */
str backoffice_time(struct cx *cx, int64_t ms);
/* Of somebody who works here; absent: nobody, or gone. */
str backoffice_name(struct backoffice *b, struct cx *cx, id user_id);
str backoffice_order_path(struct arena *arena, id order_id);
str backoffice_payouts_path(struct arena *arena, id seller_id);

/* A table of rows of `n` cells; heads end with a NULL label. */
struct backoffice_column {
    const char *label;
    bool number;
};
const struct office_table_view *backoffice_table(struct cx *cx, const char *caption,
    const struct backoffice_column *columns, const struct office_cell_view *cells, size_t rows);

/* Blocks of a page, added one after another; `max` at most. */
struct backoffice_blocks {
    struct office_block_view *list;
    size_t n, max;
};
struct backoffice_blocks backoffice_blocks_of(struct cx *cx, size_t max);
void backoffice_add(struct backoffice_blocks *blocks, struct office_block_view block);
/* Both side by side where there is room. */
void backoffice_columns(struct office_view *v, const struct backoffice_blocks *blocks,
    const struct backoffice_blocks *side);
void backoffice_fact(struct office_fact_view *rows, size_t *n, const char *label, str text);
const struct office_facts_view *backoffice_facts(
    struct cx *cx, const struct office_fact_view *rows, size_t n);

/* Errors of a verb at "/name" into the fields called so; the others are told by the alert. */
void backoffice_place_faults(
    struct cx *cx, const struct field_error *faults, struct office_field_view *fields, size_t n);

/* Of a page that shows its form again; NULL: nothing was refused. */
int backoffice_status(err refused);
/* What is wrong with a reason; absent: nothing. */
str backoffice_reason_error(struct cx *cx, str reason);

/* ---- pages, for the table in backoffice_pages.c ---- */
extern const struct json_shape backoffice_sagas_in, backoffice_saga_in, backoffice_retry_in;
err backoffice_get_home(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_sagas(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_saga(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_retry(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_reviews_in, backoffice_review_in, backoffice_decide_in;
err backoffice_get_reviews(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_review(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_review(void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct json_shape backoffice_orders_in, backoffice_order_in_shape;
err backoffice_get_orders(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_order(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_asked_in, backoffice_synonyms_in, backoffice_synonym_in,
    backoffice_synonym_path, backoffice_rules_in, backoffice_rule_in, backoffice_rule_path;
err backoffice_get_asked(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_synonyms(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_synonym(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_synonym_remove(
    void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_rules(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_rule(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_rule_remove(
    void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_events_in, backoffice_replay_in;
err backoffice_get_events(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_replay(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_clicks(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_stocks_in, backoffice_stock_in, backoffice_stock_move;
err backoffice_get_stocks(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_stock(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_stock(void *service, struct cx *cx, const void *body, struct reply *reply);
uint64_t backoffice_stock_conflict(const struct cx *cx, const void *body);

extern const struct json_shape backoffice_moderation_in;
err backoffice_get_moderation(void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct json_shape backoffice_users_in, backoffice_user_in, backoffice_keys_in;
err backoffice_get_users(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_user(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_keys(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_flags_in, backoffice_flag_in, backoffice_approvals_in;
err backoffice_get_flags(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_flag(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_get_approvals(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_payouts_in;
err backoffice_get_payouts(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_gifts_in, backoffice_gift_in;
err backoffice_get_gifts(void *service, struct cx *cx, const void *body, struct reply *reply);
err backoffice_post_gift(void *service, struct cx *cx, const void *body, struct reply *reply);
extern const struct json_shape backoffice_audit_in;
err backoffice_get_audit(void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct route backoffice_page_routes[];

#endif
