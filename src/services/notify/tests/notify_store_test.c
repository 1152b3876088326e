/* SPDX-License-Identifier: Apache-2.0
 * Messages go out once, whatever the bus repeats, on both engines. Run by `./dev test notify`. */
#include "notify_sql.h"
#include "services/notify/notify.h"
#include "tests/support/store.h"

struct desk {
    struct store *s;
    struct cx *cx;
    struct notify *notify;
    struct mail mail;
    struct mail_message last; /* what the mail port was given */
    int sends;
    bool broken; /* the mail port fails */
    struct bus_event event;
    const struct bus_handler *handler;
    struct notify_sent *sent;
    size_t sent_n;
    int64_t limit;
};

static const problem mail_broken = { KIND_UPSTREAM, "test.mail_broken", NULL, "No." };

static err desk_send(void *self, struct cx *cx, const struct mail_message *m)
{
    struct desk *d = self;
    if (d->broken)
        return FAIL(cx, mail_broken, "as told");
    if (str_eq(d->last.key, m->key))
        return NULL; /* as the port promises */
    d->sends++;
    d->last = *m;
    return NULL;
}

static struct desk *desk_open(void **state)
{
    struct store *s = store_open(store_engine(state), (const char *[]){ "services/notify", NULL });
    struct desk *d = NEW(store_cx(s)->arena, struct desk);
    d->s = s;
    d->cx = store_cx(s);
    d->mail = (struct mail){ .send = desk_send, .self = d };
    d->notify = notify_open(d->cx->arena, (struct notify_deps){ .db = store_db(s),
                                              .mail = &d->mail,
                                              .origin = S("https://souk.example"),
                                              .from = S("shop@souk.example") });
    d->limit = 100;
    return d;
}

static err do_note(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return d->handler->fn(d->notify, cx, &d->event);
}

/* As the bus does: the handler of that type, first without a unit, then in a WRITE unit. */
static err handle_again(struct desk *d)
{
    for (d->handler = notify_service.events; d->handler->type; d->handler++)
        if (str_eq(d->event.type, str_from_c(d->handler->type))) {
            const void *made = NULL;
            d->event.made = &made;
            err e = d->handler->before(d->notify, d->cx, &d->event);
            return e ? e : store_write(d->s, do_note, d);
        }
    return FAIL(d->cx, ERR_BUG, "nobody listens");
}

static err handle(struct desk *d, const char *type, const char *payload)
{
    d->cx->now_ms++;
    d->event = (struct bus_event){
        .event_id = cx_id(d->cx), .type = str_from_c(type), .payload = str_from_c(payload)
    };
    return handle_again(d);
}

static err do_list(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return notify_list(d->notify, cx, d->limit, &d->sent, &d->sent_n);
}

static size_t listed(struct desk *d)
{
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    return d->sent_n;
}

#define REGISTERED "{\"userId\":\"u\",\"email\":\"ada@example.com\",\"name\":\"Ada <b> Lovelace\"}"

static void a_repeated_event_sends_once(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, handle(d, "identity.registered", REGISTERED), NULL);
    CHECK_INT(d->sends, 1);
    CHECK_STR(d->last.key, id_text(d->cx->arena, d->event.event_id));
    CHECK_STR(d->last.to, S("ada@example.com"));
    CHECK_STR(d->last.from, S("shop@souk.example"));
    CHECK_STR(d->last.subject, S("Welcome to Souk"));
    CHECK_ERR(d->cx, handle_again(d), NULL);
    CHECK_INT(d->sends, 1);
    CHECK_INT((int64_t)listed(d), 1);
    CHECK_ERR(d->cx, handle(d, "identity.registered", REGISTERED), NULL); /* another event */
    CHECK_INT(d->sends, 2);
    store_close(d->s);
}

static void what_was_not_sent_is_tried_again(void **state)
{
    struct desk *d = desk_open(state);
    d->broken = true;
    CHECK_ERR(d->cx, handle(d, "identity.registered", REGISTERED), &mail_broken);
    CHECK_INT((int64_t)listed(d), 0);
    d->broken = false;
    CHECK_ERR(d->cx, handle_again(d), NULL);
    CHECK_INT(d->sends, 1);
    CHECK_INT((int64_t)listed(d), 1);
    store_close(d->s);
}

static const struct event_case {
    const char *name, *type, *payload;
    const char *text; /* a part of the text; NULL: nothing is sent */
} event_cases[] = {
    { "confirmed", "order.confirmed",
        "{\"orderId\":\"o1\",\"number\":\"112-1\",\"status\":\"confirmed\",\"email\":\"a@b.c\","
        "\"total\":999.90,\"currency\":\"USD\"}",
        "Total: $999.90" },
    { "yen", "order.confirmed",
        "{\"orderId\":\"o1\",\"number\":\"112-1\",\"email\":\"a@b.c\",\"total\":1200,"
        "\"currency\":\"JPY\"}",
        "Total: ¥1,200" },
    { "cancelled", "order.cancelled",
        "{\"orderId\":\"o1\",\"number\":\"112-1\",\"email\":\"a@b.c\",\"total\":1.00,"
        "\"currency\":\"USD\",\"reason\":\"payment_declined\"}",
        "The payment was declined" },
    { "a link to the order", "order.confirmed",
        "{\"orderId\":\"o1\",\"number\":\"112-1\",\"email\":\"a@b.c\"}",
        "https://souk.example/orders/o1" },
    { "keys of later", "order.confirmed",
        "{\"v\":2,\"number\":\"112-1\",\"email\":\"a@b.c\",\"lines\":[{\"a\":1}],\"total\":null}",
        "Order 112-1 is paid" },
    { "nobody to write to", "order.confirmed", "{\"number\":\"112-1\"}", NULL },
    { "an empty payload", "identity.registered", "{}", NULL },
};

static void each_event_has_its_message(void **state)
{
    struct desk *d = desk_open(state);
    for (size_t i = 0; i < COUNT(event_cases); i++) {
        const struct event_case *c = &event_cases[i];
        int before = d->sends;
        CASE(c->name, handle(d, c->type, c->payload) == NULL);
        CASE_INT(c->name, d->sends - before, c->text ? 1 : 0);
        CASE(c->name, !c->text || str_find(d->last.text, str_from_c(c->text), 0) >= 0);
    }
    store_close(d->s);
}

static void names_are_no_markup(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx,
        handle(d, "identity.registered", "{\"email\":\"a@b.c\",\"name\":\"<script>\"}"), NULL);
    CHECK(str_find(d->last.html, S("<h1>Welcome, &lt;script&gt;</h1>"), 0) > 0);
    CHECK(str_find(d->last.html, S("<script>"), 0) < 0);
    CHECK(str_find(d->last.html, S("<a href=\"https://souk.example/\">"), 0) > 0);
    CHECK(str_find(d->last.text, S("Welcome, <script>"), 0) >= 0);
    CHECK_STR(d->last.to_name, S("<script>"));
    store_close(d->s);
}

static void a_broken_payload_is_an_error(void **state)
{
    struct desk *d = desk_open(state);
    CHECK(handle(d, "order.confirmed", "{") != NULL);
    CHECK_INT(d->sends, 0);
    store_close(d->s);
}

static void the_list_is_newest_first(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, handle(d, "identity.registered", REGISTERED), NULL);
    CHECK_ERR(
        d->cx, handle(d, "order.cancelled", "{\"number\":\"112-1\",\"email\":\"b@b.c\"}"), NULL);
    CHECK_INT((int64_t)listed(d), 2);
    CHECK_STR(d->sent[0].kind, S("order_cancelled"));
    CHECK_STR(d->sent[0].recipient, S("b@b.c"));
    CHECK_STR(d->sent[0].subject, S("Your order 112-1 was cancelled"));
    CHECK_INT(d->sent[0].sent_ms, d->cx->now_ms);
    CHECK_STR(d->sent[1].kind, S("welcome"));
    d->limit = 1;
    CHECK_INT((int64_t)listed(d), 1);
    store_close(d->s);
}

static void statements_fit_their_tables(void **state)
{
    struct desk *d = desk_open(state);
    for (const struct db_query *const *q = notify_queries; *q; q++)
        CHECK_ERR(d->cx, db_query_check(store_db(d->s), d->cx, *q), NULL);
    store_close(d->s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_repeated_event_sends_once),
        STORE_TEST(what_was_not_sent_is_tried_again),
        STORE_TEST(each_event_has_its_message),
        STORE_TEST(names_are_no_markup),
        STORE_TEST(a_broken_payload_is_an_error),
        STORE_TEST(the_list_is_newest_first),
        STORE_TEST(statements_fit_their_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
