/* SPDX-License-Identifier: Apache-2.0
 * The words of all messages. Called by notify_events.c and its tests; must never promise what the
 * event does not say. */
#include "services/notify/notify_domain.h"

#include "base/buf.h"

const char *const notify_kind_names[NOTIFY_KINDS_N] = {
    [NOTIFY_WELCOME] = "welcome",
    [NOTIFY_ORDER_CONFIRMED] = "order_confirmed",
    [NOTIFY_ORDER_CANCELLED] = "order_cancelled",
    [NOTIFY_VERIFY] = "verify",
    [NOTIFY_RESET] = "reset",
    [NOTIFY_EMAIL_ASKED] = "email_asked",
    [NOTIFY_EMAIL_NOTICE] = "email_notice",
    [NOTIFY_EMAIL_CHANGED] = "email_changed",
    [NOTIFY_PASSWORD_CHANGED] = "password_changed",
    [NOTIFY_FACTOR_CHANGED] = "factor_changed",
    [NOTIFY_NEW_DEVICE] = "new_device",
    [NOTIFY_WAY_CHANGED] = "way_changed",
    [NOTIFY_EXPORTED] = "exported",
    [NOTIFY_ERASURE] = "erasure",
    [NOTIFY_REFUND_FAILED] = "refund_failed",
    [NOTIFY_REFUND_REPAID] = "refund_repaid",
    [NOTIFY_PAYOUT_ACCOUNT] = "payout_account",
    [NOTIFY_PAYOUT_PAID] = "payout_paid",
    [NOTIFY_PAYOUT_FAILED] = "payout_failed",
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

/* What programs that show mails make a link of. Whoever opens an account says its name, and may
 * have named somebody else's address: what they say goes there under our name. */
static bool is_like_link(str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (str_find_char(S("/:@\\"), word.p[i], 0) >= 0 || (word.p[i] == '.' && i + 1 < word.n))
            return true;
    return false;
}

static str heading_for(struct arena *arena, const char *greeting, str name)
{
    str first = name;
    str word = str_cut(&first, ' ');
    return word.n && !is_like_link(word) ? str_fmt(arena, "%s, " STR_F, greeting, STR_A(word))
                                         : str_from_c(greeting);
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
    if (f->link.n) {
        say(d, S("Please confirm that this address is yours; the link is good for three days."));
        w->action = action_to(d, S("Confirm the address"), f->origin, f->link);
    } else {
        w->action = action_to(d, S("See what is new"), f->origin, S("/"));
    }
}

static void write_verify(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Confirm your e-mail address");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, S("Please confirm that this address is yours; the link is good for three days."));
    if (f->link.n)
        w->action = action_to(d, S("Confirm the address"), f->origin, f->link);
}

static void write_reset(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Choose a new password");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, S("Somebody, you we think, wants to choose a new password for your account. The link is "
             "good once, for 30 minutes."));
    say(d, S("Was it not you? Then do nothing: your password stays as it is."));
    if (f->link.n)
        w->action = action_to(d, S("Choose a new password"), f->origin, f->link);
}

/* What to do when it was not oneself. */
static void say_not_you(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    say(d, S("Was it not you? Choose a new password at once: that ends all sessions."));
    w->action = action_to(d, S("See your account's security"), f->origin, S("/account/security"));
}

static void write_email_asked(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Confirm your new e-mail address");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d,
        S("Please confirm that your account is to use this address from now on; the link is good "
          "for one day."));
    if (f->link.n)
        w->action = action_to(d, S("Use this address"), f->origin, f->link);
}

static void write_email_notice(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your e-mail address is to be changed");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d,
        str_fmt(d->arena, "Your account is to use " STR_F " as soon as that address is confirmed.",
            STR_A(f->other)));
    say_not_you(d, f, w);
}

static void write_email_changed(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your e-mail address was changed");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, str_fmt(d->arena, "Your account now uses " STR_F ".", STR_A(f->other)));
    say_not_you(d, f, w);
}

static void write_password_changed(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your password was changed");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, f->on ? S("Your account has a new password. All sessions were ended, and the keys of "
                     "other programs revoked.")
                 : S("Your account has a new password. All other sessions were ended."));
    if (f->other.n)
        say(d, str_fmt(d->arena, "This signs in to it too: " STR_F ". Remove what is not yours.",
                   STR_A(f->other)));
    say_not_you(d, f, w);
}

static void write_factor_changed(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = f->on ? S("A second factor guards your account") : S("The second factor is off");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, f->on ? S("From now on signing in needs a code of your authenticator too.")
                 : S("From now on signing in needs the password alone."));
    say_not_you(d, f, w);
}

static void write_way_changed(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = f->on ? S("There is a new way into your account")
                       : S("A way into your account was removed");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, str_fmt(d->arena,
               f->on ? "From now on " STR_F " signs in to your account too."
                     : "From now on " STR_F " does not sign in to your account any more.",
               STR_A(f->other)));
    say_not_you(d, f, w);
}

static void write_exported(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your data is ready");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, S("The archive of all that we know of you is made. It is kept for seven days, and only "
             "you can open it."));
    w->action = action_to(d, S("Fetch the archive"), f->origin, S("/account/privacy"));
}

static void write_erasure(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your account is to be erased");
    w->heading = heading_for(d->arena, "Hello", f->name);
    if (f->other.n)
        say(d, str_fmt(d->arena, "Your account will be erased on " STR_F ".", STR_A(f->other)));
    say(d, S("Was it not you, or did you change your mind? Until then you can keep it."));
    w->action = action_to(d, S("Keep my account"), f->origin, S("/account/privacy"));
}

static void write_new_device(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Somebody signed in to your account");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, str_fmt(d->arena,
               "Your account was signed in to from a device or a country that is new "
               "to it: " STR_F "%s" STR_F ".",
               STR_A(f->device.n ? f->device : S("an unknown device")), f->place.n ? ", " : "",
               STR_A(f->place)));
    say_not_you(d, f, w);
}

static void write_confirmed(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = str_fmt(d->arena, "Your order " STR_F, STR_A(f->number));
    w->heading = S("Thank you for your order");
    say(d, str_fmt(d->arena, "Order " STR_F " is paid and on its way to the warehouse.",
               STR_A(f->number)));
    if (f->amount.n)
        say(d, str_fmt(d->arena, "Total: " STR_F, STR_A(f->amount)));
    if (f->parcels.n)
        say(d, str_cat(d->arena, S("It comes in several parcels. "), f->parcels));
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

static void write_refund_failed(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = str_fmt(d->arena, "A refund for your order " STR_F " came back", STR_A(f->number));
    w->heading = S("Your refund came back to us");
    say(d, str_fmt(d->arena, "Your bank did not take the refund%s" STR_F " for order " STR_F ".",
               f->amount.n ? " of " : "", STR_A(f->amount), STR_A(f->number)));
    say(d, S("The money is still yours. We know of it, and will try to get it to you in another "
             "way. You need not do anything."));
    w->action = action_to(d, S("See the order"), f->origin, order_path(d, f));
}

static void write_refund_repaid(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    bool wallet = str_eq(f->reason, S("refund_to_wallet"));
    w->subject = str_fmt(d->arena, "Your refund for order " STR_F, STR_A(f->number));
    w->heading =
        wallet ? S("Your refund is in your wallet") : S("Your refund was paid another way");
    say(d,
        str_fmt(d->arena, "The refund%s" STR_F " that came back to us %s.",
            f->amount.n ? " of " : "", STR_A(f->amount),
            wallet ? "is in your wallet now: you can pay with it" : "was paid to you another way"));
    w->action = action_to(d, S("See the order"), f->origin, order_path(d, f));
}

static void write_payout_account(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your sales are paid to another bank account");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say(d, str_fmt(d->arena,
               "From now on your payouts go to the account that ends in " STR_F
               ". For the first days nothing is sent there.",
               STR_A(f->other)));
    say_not_you(d, f, w);
}

static void say_payout(struct draft *d, const struct notify_facts *f, const char *how)
{
    say(d, str_fmt(d->arena, "Your payout%s" STR_F " to the account that ends in " STR_F " %s.",
               f->amount.n ? " of " : "", STR_A(f->amount), STR_A(f->other), how));
}

static void write_payout_paid(struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your payout was paid");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say_payout(d, f, "was paid");
    w->action = action_to(d, S("See your payouts"), f->origin, S("/account/payouts"));
}

static void write_payout_failed(
    struct draft *d, const struct notify_facts *f, struct notify_words *w)
{
    w->subject = S("Your payout came back");
    w->heading = heading_for(d->arena, "Hello", f->name);
    say_payout(d, f, "came back");
    say(d, S("The money is still yours. Please look whether the bank account is right."));
    w->action = action_to(d, S("See your payouts"), f->origin, S("/account/payouts"));
}

static void (*const writers[NOTIFY_KINDS_N])(
    struct draft *d, const struct notify_facts *f, struct notify_words *w) = {
    [NOTIFY_WELCOME] = write_welcome,
    [NOTIFY_ORDER_CONFIRMED] = write_confirmed,
    [NOTIFY_ORDER_CANCELLED] = write_cancelled,
    [NOTIFY_VERIFY] = write_verify,
    [NOTIFY_RESET] = write_reset,
    [NOTIFY_EMAIL_ASKED] = write_email_asked,
    [NOTIFY_EMAIL_NOTICE] = write_email_notice,
    [NOTIFY_EMAIL_CHANGED] = write_email_changed,
    [NOTIFY_PASSWORD_CHANGED] = write_password_changed,
    [NOTIFY_FACTOR_CHANGED] = write_factor_changed,
    [NOTIFY_NEW_DEVICE] = write_new_device,
    [NOTIFY_WAY_CHANGED] = write_way_changed,
    [NOTIFY_EXPORTED] = write_exported,
    [NOTIFY_ERASURE] = write_erasure,
    [NOTIFY_REFUND_FAILED] = write_refund_failed,
    [NOTIFY_REFUND_REPAID] = write_refund_repaid,
    [NOTIFY_PAYOUT_ACCOUNT] = write_payout_account,
    [NOTIFY_PAYOUT_PAID] = write_payout_paid,
    [NOTIFY_PAYOUT_FAILED] = write_payout_failed,
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
