/* SPDX-License-Identifier: Apache-2.0
 * The words of all messages. Called by notify_events.c and its tests; must never promise what the
 * event does not say. */
#include "services/notify/notify_domain.h"

#include "base/buf.h"

const char *const notify_kind_names[NOTIFY_KINDS_N] = {
    [NOTIFY_WELCOME] = "welcome",
    [NOTIFY_ORDER_CONFIRMED] = "order_confirmed",
    [NOTIFY_ORDER_CANCELLED] = "order_cancelled",
};

static const struct {
    str code, text;
} reasons[] = {
    { S_INIT("buyer"), S_INIT("You asked us to.") },
    { S_INIT("order_declined"), S_INIT("The order could not be accepted; nothing was charged.") },
    { S_INIT("payment_declined"), S_INIT("The payment was declined; nothing was charged.") },
    { S_INIT("insufficient_stock"), S_INIT("Something in it was not there any more.") },
};

/* Paragraphs under way. */
struct draft {
    struct arena *arena;
    struct notify_line *lines;
    size_t n;
};

static void say(struct draft *d, str text)
{
    if (text.n && d->n < NOTIFY_LINES_MAX)
        d->lines[d->n++].text = text;
}

static const struct notify_action *action_to(struct draft *d, str label, str origin, str path)
{
    struct notify_action *action = arena_alloc(d->arena, sizeof *action);
    action->label = label;
    action->href = str_cat(d->arena, origin, path);
    return action;
}

static str heading_for(struct arena *arena, const char *greeting, str name)
{
    str first = name;
    str word = str_cut(&first, ' ');
    return word.n ? str_fmt(arena, "%s, " STR_F, greeting, STR_A(word)) : str_from_c(greeting);
}

static str order_path(struct draft *d, const struct notify_facts *facts)
{
    return facts->order_id.n ? str_cat(d->arena, S("/orders/"), facts->order_id) : S("/orders");
}

static void write_welcome(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Welcome to Souk");
    w->heading = heading_for(d->arena, "Welcome", f->name);
    say(d, S("Your account is ready. What you put into the cart is kept in it, on every device."));
    w->action = action_to(d, S("See what is new"), f->origin, S("/"));
}

static void write_confirmed(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = str_fmt(d->arena, "Your order " STR_F, STR_A(f->number));
    w->heading = S("Thank you for your order");
    say(d, str_fmt(d->arena, "Order " STR_F " is paid and on its way to the warehouse.",
               STR_A(f->number)));
    if (f->amount.n)
        say(d, str_fmt(d->arena, "Total: " STR_F, STR_A(f->amount)));
    w->action = action_to(d, S("See the order"), f->origin, order_path(d, f));
}

static void write_cancelled(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = str_fmt(d->arena, "Your order " STR_F " was cancelled", STR_A(f->number));
    w->heading = S("Your order was cancelled");
    say(d, str_fmt(d->arena, "Order " STR_F " will not be sent.", STR_A(f->number)));
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (str_eq(reasons[i].code, f->reason))
            say(d, reasons[i].text);
    w->action = action_to(d, S("See the order"), f->origin, order_path(d, f));
}

static void (*const writers[NOTIFY_KINDS_N])(
    struct draft *d, const struct notify_facts *f, struct notify_words *w) = {
    [NOTIFY_WELCOME] = write_welcome,
    [NOTIFY_ORDER_CONFIRMED] = write_confirmed,
    [NOTIFY_ORDER_CANCELLED] = write_cancelled,
};

struct notify_words notify_domain_words(
    struct arena *arena, enum notify_kind kind, const struct notify_facts *facts)
{
    struct draft d = { .arena = arena,
        .lines = NEW_N(arena, NOTIFY_LINES_MAX, struct notify_line) };
    struct notify_words words = { .footer = S("Souk, the marketplace that runs from one binary.") };
    writers[kind](&d, facts, &words);
    words.lines = d.lines;
    words.lines_n = d.n;
    return words;
}

str notify_domain_text(struct arena *arena, const struct notify_words *words)
{
    struct buf out = { .arena = arena };
    buf_fmt(&out, STR_F "\n\n", STR_A(words->heading));
    for (size_t i = 0; i < words->lines_n; i++)
        buf_fmt(&out, STR_F "\n\n", STR_A(words->lines[i].text));
    if (words->action)
        buf_fmt(&out, STR_F ":\n" STR_F "\n\n", STR_A(words->action->label),
            STR_A(words->action->href));
    buf_fmt(&out, "-- \n" STR_F "\n", STR_A(words->footer));
    return buf_str(&out);
}
