/* SPDX-License-Identifier: Apache-2.0
 * Gift cards: the form that gives one, its code once, and the latest that were given. Called by the
 * gateway; must never show a code again, nor give a card but through the port. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/gift-cards"

struct gifts_in {
    str q;
    id before;
    str amount, recipient, reason, expires_at, key; /* of the form */
};
static const struct json_field gifts_fields[] = {
    JSON_STR(struct gifts_in, q, .at = AT_QUERY, .max = 200),
    JSON_ID(struct gifts_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_gifts_in =
    JSON_SHAPE("OfficeGiftCardsQuery", struct gifts_in, gifts_fields);
static const struct json_field give_fields[] = {
    JSON_STR(struct gifts_in, amount, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct gifts_in, recipient, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct gifts_in, reason, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct gifts_in, expires_at, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct gifts_in, key, .required = true, .max = 1000),
};
const struct json_shape backoffice_gift_in =
    JSON_SHAPE("OfficeGiftCard", struct gifts_in, give_fields);

/* ---- the form, and the card that it gave ---- */

struct shown {
    int status;
    const struct alert_view *alert;
    const struct field_error *faults;
    const struct backoffice_given *given; /* NULL: none was given now */
    bool refused;                         /* what was looked for: it is not repeated */
};

static str limit_text(const struct backoffice *b, struct cx *cx, currency cur)
{
    const struct backoffice_gifts *gifts = &b->deps.gifts;
    str text = S("The code is shown once, to you, when the card is made.");
    if (!gifts->alone_minor)
        return text;
    return str_fmt(cx->arena,
        STR_F " Nobody gives more than " STR_F
              " within a day alone: above it, make it a refund, which another person approves.",
        STR_A(text), STR_A(web_money(cx->arena, money_of(gifts->alone_minor, cur))));
}

static const struct office_form_view *form_of(const struct backoffice *b, struct cx *cx,
    currency cur, const struct gifts_in *in, const struct shown *how)
{
    enum { FIELDS_N = 4 };
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_field_view *fields = NEW_N(cx->arena, FIELDS_N, struct office_field_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    fields[0] = (struct office_field_view){ .name = S("amount"),
        .label = S("Amount"),
        .value = in->amount,
        .inputmode = S("decimal"),
        .size = S("short"),
        .max = 20,
        .required = true };
    fields[1] = (struct office_field_view){ .name = S("recipient"),
        .label = S("For whom"),
        .hint = S("A name or an e-mail, for the list below. Nothing is sent."),
        .value = in->recipient,
        .max = PAYMENTS_GIFT_TEXT_MAX };
    fields[2] = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept with the card."),
        .value = in->reason,
        .max = PAYMENTS_GIFT_TEXT_MAX,
        .required = true };
    fields[3] = (struct office_field_view){ .name = S("expiresAt"),
        .label = S("Good until"),
        .hint = S("A day, as 2027-12-31. Empty: for ever."),
        .value = in->expires_at,
        .size = S("short"),
        .max = 10 };
    backoffice_place_faults(cx, how->faults, fields, FIELDS_N);
    *hidden = (struct hidden_view){ S("key"), id_text(cx->arena, cx_id(cx)) };
    *form = (struct office_form_view){ .key = S("give"),
        .ask = S("Give a gift card\xE2\x80\xA6"),
        .text = limit_text(b, cx, cur),
        .action = S(HERE),
        .button = S("Give it"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = fields,
        .fields_n = FIELDS_N,
        .open = how->status != 200 && !how->refused };
    return form;
}

static str until_text(struct cx *cx, int64_t expires_ms)
{
    return expires_ms ? instant_day_long(cx->arena, expires_ms - 1) : S("For ever");
}

static struct office_block_view given_block(struct cx *cx, const struct backoffice_given *given)
{
    struct office_fact_view *facts = NEW_N(cx->arena, 3, struct office_fact_view);
    size_t n = 0;
    backoffice_fact(facts, &n, "Code", given->code);
    backoffice_fact(facts, &n, "Amount", web_money(cx->arena, given->amount));
    backoffice_fact(facts, &n, "Good until", until_text(cx, given->expires_ms));
    return (struct office_block_view){
        .key = S("given"), .title = S("The card"), .facts = backoffice_facts(cx, facts, n)
    };
}

/* ---- what was given ---- */

static void fill_state(
    struct cx *cx, const struct payments_gift_card *card, struct office_cell_view *cell)
{
    bool over = card->expires_ms && card->expires_ms <= cx->now_ms;
    cell->text = card->stopped ? S("Stopped") : over ? S("Run out") : S("Good");
    cell->chip = card->stopped || over ? S("info") : S("good");
    cell->note = card->stopped ? (str){ 0 } : until_text(cx, card->expires_ms);
}

static void fill_row(struct backoffice *b, struct cx *cx, const struct payments_gift_card *card,
    int64_t available, struct office_cell_view *row)
{
    struct arena *a = cx->arena;
    row[0] = (struct office_cell_view){
        .text = str_cat(a, S("\xE2\x80\xA6"), card->hint), .code = true, .strong = true
    };
    row[1].text = web_money(a, card->amount);
    row[2].text = web_money(a, money_of(available, card->amount.currency));
    row[3].text = card->recipient.n ? card->recipient : S("\xE2\x80\x93");
    row[3].note = card->reason;
    row[4].text = backoffice_when(cx, card->issued_ms);
    row[4].note = backoffice_name(b, cx, card->issued_by);
    fill_state(cx, card, &row[5]);
}

static err list_block(struct backoffice *b, struct cx *cx, const struct payments_gift_card *list,
    size_t n, str q, struct office_block_view *ret)
{
    static const struct backoffice_column columns[] = { { "Code", false }, { "Amount", true },
        { "Left", true }, { "For whom, and why", false }, { "Given", false }, { "State", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    struct ledger_asked *asked = NEW_N(cx->arena, n, struct ledger_asked);
    struct ledger_left *left = NEW_N(cx->arena, n, struct ledger_left);
    for (size_t i = 0; i < n; i++)
        asked[i] =
            (struct ledger_asked){ { LEDGER_GIFT_CARD, list[i].card_id }, list[i].amount.currency };
    err e = ledger_balances(b->deps.ledger, cx, asked, n, left);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        fill_row(b, cx, &list[i], left[i].available, cells + i * width);
    *ret = (struct office_block_view){ .key = S("cards"),
        .title = q.n ? S("Found") : S("Given lately"),
        .table = backoffice_table(cx, "Gift cards, the newest first", columns, cells, n),
        .empty = n     ? (str){ 0 }
                 : q.n ? S("No card's code ends like this.")
                       : S("None was given yet.") };
    return NULL;
}

/* What is looked for is the end of each card on the page. */
static const struct office_paging_view *paging_of(
    struct cx *cx, str q, const struct payments_gift_card *last)
{
    struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
    paging->older = str_fmt(cx->arena, HERE "?q=" STR_F "&before=" STR_F,
        STR_A(q.n ? last->hint : q), STR_A(id_text(cx->arena, last->card_id)));
    return paging;
}

static const struct office_find_view *find_form(struct cx *cx, str q)
{
    struct office_find_view *find = NEW(cx->arena, struct office_find_view);
    *find = (struct office_find_view){ .label = S("Last four of the code"),
        .value = q,
        .action = S(HERE),
        .button = S("Find"),
        .pattern = S("[0-9A-Za-z]{" STRINGIFY(PAYMENTS_GIFT_HINT_N) "}"),
        .max = PAYMENTS_GIFT_HINT_N };
    return find;
}

static err show(struct backoffice *b, struct cx *cx, const struct gifts_in *in, struct shown how,
    struct reply *reply)
{
    struct payments_gift_card *list;
    struct office_block_view block;
    currency cur;
    size_t n;
    str q = how.refused ? (str){ 0 } : str_trim(in->q);
    err e = payments_gift_cards_list(b->deps.payments, cx,
        (struct payments_gift_page){ .ending = q, .before = in->before, .limit = BACKOFFICE_ROWS },
        &list, &n);
    if (!e)
        e = list_block(b, cx, list, n, q, &block);
    if (e)
        return e;
    bool parsed = currency_parse(b->deps.currency, &cur);
    ASSERT(parsed);
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 3);
    if (how.given && how.given->code.n)
        backoffice_add(&blocks, given_block(cx, how.given));
    backoffice_add(&blocks, (struct office_block_view){ .key = S("new"),
                                .title = S("A new card"),
                                .hide_title = true,
                                .bare = true,
                                .forms = form_of(b, cx, cur, in, &how),
                                .forms_n = 1 });
    backoffice_add(&blocks, block);
    v->title = S("Gift cards");
    v->lead = S("Money that is given away: each card, for whom it was, and what is left on it.");
    v->find = find_form(cx, q);
    v->alert = how.alert;
    v->paging = n == BACKOFFICE_ROWS ? paging_of(cx, q, &list[n - 1]) : NULL;
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, how.status, reply);
}

/* A whole code in the address would stay in the browser's history and in the logs of proxies: the
 * form takes no more than its end, and whoever types it all the same is told so. */
err backoffice_get_gifts(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct gifts_in *in = body;
    struct shown how = { .status = 200 };
    str q = str_trim(in->q);
    if (q.n && q.n != PAYMENTS_GIFT_HINT_N) {
        how = (struct shown){ .status = 422, .refused = true };
        how.alert = backoffice_alert(cx, "bad", S("Nothing was looked for."),
            S("Type the last four characters of the code, never all of it: what is typed here "
              "stands in the address."));
    }
    return show(service, cx, in, how, reply);
}

/* ---- giving ---- */

struct giving {
    struct backoffice *b;
    struct gifts_in in;
    struct shown how;
    struct reply *reply;
};

static err unit_show(void *arg, struct cx *cx)
{
    struct giving *g = arg;
    return show(g->b, cx, &g->in, g->how, g->reply);
}

/* What the form says, as far as the port does not check it. */
static err gift_of(struct cx *cx, const struct gifts_in *in, struct backoffice_gift *ret)
{
    int64_t day_ms = 0;
    str error = backoffice_reason_error(cx, in->reason);
    if (error.n)
        cx_field(cx, S("/reason"), "required", STR_F, STR_A(error));
    if (in->expires_at.n && !instant_parse_date(in->expires_at, &day_ms))
        cx_field(cx, S("/expiresAt"), "not_allowed", "a day, as 2027-12-31");
    if (cx->fields)
        return FAIL(cx, ERR_INVALID, "a gift card");
    *ret = (struct backoffice_gift){ .amount = in->amount,
        .recipient = in->recipient.n ? in->recipient : (str){ 0 },
        .reason = in->reason,
        .key = in->key,
        .expires_ms = in->expires_at.n ? day_ms + DAY_MS : 0 };
    return NULL;
}

static err give(struct giving *g, struct cx *cx, struct backoffice_given *ret)
{
    struct backoffice_gift gift;
    const struct backoffice_gifts *gifts = &g->b->deps.gifts;
    err e = gift_of(cx, &g->in, &gift);
    return e ? e : gifts->give(gifts->self, cx, &gift, ret);
}

/* Not a redirect: the code is in this answer and in no other. */
err backoffice_post_gift(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct gifts_in *in = body;
    struct backoffice_given given = { .expires_ms = 0 };
    struct giving g = { .b = service, .reply = reply, .how = { .status = 200, .given = &given } };
    g.in = (struct gifts_in){ .amount = str_trim(in->amount),
        .recipient = str_trim(in->recipient),
        .reason = str_trim(in->reason),
        .expires_at = str_trim(in->expires_at),
        .key = in->key };
    err e = give(&g, cx, &given);
    if (e && e->kind != KIND_INVALID && e->kind != KIND_DENIED && e->kind != KIND_CONFLICT)
        return e;
    if (e) {
        g.how = (struct shown){ .status = backoffice_status(e), .faults = cx->fields };
        g.how.alert = backoffice_alert(cx, "bad", S("Nothing was given."),
            e == &ERR_INVALID ? S("See the fields below.") : str_from_c(e->title));
        cx_clear(cx);
    } else {
        g.in = (struct gifts_in){ .key = in->key };
        g.how.alert = given.code.n ? backoffice_alert(cx, "good", S("The card is made."),
                                         S("Its code is shown this once: pass it on now."))
                                   : backoffice_alert(cx, "warn", S("This was sent before."),
                                         S("The card was made then. Its code is not shown again."));
    }
    return db_read(cx, unit_show, &g);
}
