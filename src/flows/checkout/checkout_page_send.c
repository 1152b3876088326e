/* SPDX-License-Identifier: Apache-2.0
 * The form that buys, sent: the order is placed, or the page shown again with why it was not.
 * Called by the gateway; must never show a refused form without what was typed. */
#include "flows/checkout/checkout_page_form.h"
#include "platform/secret/secret.h"

struct sent {
    struct checkout_shown shown;
    struct cx *cx;
    struct reply *reply;
    struct reply_park *park;
    struct checkout_place place;
};

static err show_again(void *arg, struct cx *cx)
{
    struct sent *s = arg;
    return checkout_form_show(&s->shown, cx, s->reply);
}

static void render_again(void *arg)
{
    struct sent *s = arg;
    reply_finish(s->park, db_read(s->cx, show_again, s));
}

static void refuse(struct sent *s, err e, str text)
{
    int status = checkout_trouble_status(e);
    if (!status && e != &CHECKOUT_CART_EMPTY && e != &CHECKOUT_GONE && e != &PRICING_NO_PRICE) {
        reply_finish(s->park, e);
        return;
    }
    s->shown.trouble = (struct checkout_trouble){
        .e = e, .status = status, .text = text, .faults = s->cx->fields
    };
    cx_clear(s->cx);
    checkout_off_lane(s->shown.c, render_again, s);
}

static void go_on(struct sent *s, id order_id, const char *rest)
{
    reply_add_cookie(s->reply, (struct reply_cookie){ .name = S("souk_n"),
                                   .value = S("0"),
                                   .max_age_s = CART_GUEST_MS / 1000,
                                   .readable = true });
    reply_finish(
        s->park, reply_redirect(s->reply, checkout_order_path(s->cx->arena, order_id, rest)));
}

/* The stored answer is the API's: an order, or why there is none. */
static void repeat(struct sent *s, const struct idem_reply *stored)
{
    err why;
    str text;
    if (stored->status < 400) {
        go_on(s, stored->subject, "/thanks");
        return;
    }
    err e = checkout_told_again(s->cx, stored->body, &why, &text);
    if (e)
        reply_finish(s->park, e);
    else
        refuse(s, why, text);
}

static void sent_done(void *arg, struct checkout_place *p)
{
    struct sent *s = arg;
    bool joined = p->failed == &IDEM_RUNNING && !id_is_none(p->stored.subject);
    if (p->replayed)
        repeat(s, &p->stored);
    else if (joined) {
        cx_clear(s->cx);
        go_on(s, p->stored.subject, "/thanks");
    } else if (!p->failed || p->pending) {
        cx_clear(s->cx);
        go_on(s, p->plan.order.order_id, p->state.next_url.n ? "/challenge" : "/thanks");
    } else
        refuse(s, p->failed,
            p->failed == &PAYMENTS_DECLINED ? p->state.said->decline_text : (str){ 0 });
}

static void wish_of(struct cx *cx, struct checkout_shown *s, struct checkout_wish *w)
{
    const struct checkout_form *f = s->form;
    *w = (struct checkout_wish){ .from_cart = true,
        .email = str_trim(f->email),
        .method = { .type = S("card"), .token = f->payment },
        .speed = checkout_form_speed(f),
        .expected_total = f->seen,
        .accept_prices = f->accept_prices };
    checkout_form_tenders(s, cx, w);
    checkout_form_shares(s, cx, w);
    if (id_parse(f->payment, &w->method.saved_id))
        w->method.token = (str){ 0 };
    if (f->address_id.n && id_parse(f->address_id, &w->where.address_id))
        return;
    struct identity_address *typed = NEW(cx->arena, struct identity_address);
    *typed = (struct identity_address){ .name = str_trim(f->name),
        .line1 = str_trim(f->line1),
        .line2 = str_trim(f->line2),
        .city = str_trim(f->city),
        .region = str_trim(f->region),
        .postal_code = str_trim(f->postal_code),
        .country = f->country,
        .phone = str_trim(f->phone) };
    w->where.address = typed;
}

err checkout_post_form(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct sent *s = NEW(cx->arena, struct sent);
    *s = (struct sent){ .shown = { .c = service, .form = body },
        .cx = cx,
        .reply = reply,
        .park = reply_park(reply),
        .place = { .c = service, .cx = cx, .done = sent_done, .arg = s } };
    wish_of(cx, &s->shown, &s->place.wish);
    struct buf print = { .arena = cx->arena };
    json_encode(&print, &checkout_form_shape, body, false);
    s->place.claim = (struct idem_claim){ .principal = checkout_principal(cx),
        .method = S("POST"),
        .route = S("/checkout"),
        .key = s->shown.form->key,
        .fingerprint = secret_sha256_hex(cx->arena, buf_str(&print)) };
    checkout_place(&s->place);
    return NULL;
}
