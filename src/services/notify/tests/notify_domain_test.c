/* SPDX-License-Identifier: Apache-2.0
 * What messages say, as a table. Run by `./dev test notify`. */
#include "services/notify/notify_domain.h"
#include "tests/support/check.h"

#define ORIGIN .origin = S_INIT("https://souk.example")
#define FOOTER "-- \nSouk, the marketplace that runs from one binary.\n"
#define NOT_YOU                                                                                    \
    "Was it not you? Choose a new password at once: that ends all sessions.\n\nSee your "          \
    "account's "                                                                                   \
    "security:\nhttps://souk.example/account/security\n\n" FOOTER
#define ORDER                                                                                      \
    .number = S_INIT("112-1234567-1234567"), .order_id = S_INIT("0190"),                           \
    .amount = S_INIT("$12.00"), ORIGIN

static const struct words_case {
    const char *name;
    enum notify_kind kind;
    struct notify_facts facts;
    const char *subject, *text;
} words_cases[] = {
    { "welcome by name", NOTIFY_WELCOME, { .name = S_INIT("Ada Lovelace"), ORIGIN },
        "Welcome to Souk",
        "Welcome, Ada\n\nYour account is ready. What you put into the cart is kept in it, on every "
        "device.\n\nSee what is new:\nhttps://souk.example/\n\n" FOOTER },
    { "welcome of a name like a link", NOTIFY_WELCOME,
        { ORIGIN, .name = S_INIT("win.example/now x") }, "Welcome to Souk",
        "Welcome\n\nYour account is ready. What you put into the cart is kept in it, on every "
        "device.\n\nSee what is new:\nhttps://souk.example/\n\n" FOOTER },
    { "welcome without a name", NOTIFY_WELCOME, { ORIGIN }, "Welcome to Souk",
        "Welcome\n\nYour account is ready. What you put into the cart is kept in it, on every "
        "device.\n\nSee what is new:\nhttps://souk.example/\n\n" FOOTER },
    { "confirmed", NOTIFY_ORDER_CONFIRMED, { ORDER }, "Your order 112-1234567-1234567",
        "Thank you for your order\n\nOrder 112-1234567-1234567 is paid and on its way to the "
        "warehouse.\n\nTotal: $12.00\n\nSee the "
        "order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "confirmed, little known", NOTIFY_ORDER_CONFIRMED, { .number = S_INIT("1"), ORIGIN },
        "Your order 1",
        "Thank you for your order\n\nOrder 1 is paid and on its way to the warehouse.\n\n"
        "See the order:\nhttps://souk.example/orders\n\n" FOOTER },
    { "cancelled by the buyer", NOTIFY_ORDER_CANCELLED, { ORDER, .reason = S_INIT("buyer") },
        "Your order 112-1234567-1234567 was cancelled",
        "Your order was cancelled\n\nOrder 112-1234567-1234567 will not be sent.\n\n"
        "You asked us to.\n\nSee the order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "cancelled for a reason of later", NOTIFY_ORDER_CANCELLED,
        { ORDER, .reason = S_INIT("comet") }, "Your order 112-1234567-1234567 was cancelled",
        "Your order was cancelled\n\nOrder 112-1234567-1234567 will not be sent.\n\n"
        "See the order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "a refund into the wallet", NOTIFY_REFUND_REPAID,
        { ORDER, .reason = S_INIT("refund_to_wallet") },
        "Your refund for order 112-1234567-1234567",
        "Your refund is in your wallet\n\nThe refund of $12.00 that came back to us is in your "
        "wallet "
        "now: you can pay with it.\n\nSee the "
        "order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "a refund paid another way", NOTIFY_REFUND_REPAID,
        { ORDER, .reason = S_INIT("refund_outside") }, "Your refund for order 112-1234567-1234567",
        "Your refund was paid another way\n\nThe refund of $12.00 that came back to us was paid to "
        "you another way.\n\nSee the order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "another bank account", NOTIFY_PAYOUT_ACCOUNT,
        { .name = S_INIT("Sam Seller"), .other = S_INIT("5432"), ORIGIN },
        "Your sales are paid to another bank account",
        "Hello, Sam\n\nFrom now on your payouts go to the account that ends in 5432. For the first "
        "days nothing is sent there.\n\n" NOT_YOU },
    { "a payout", NOTIFY_PAYOUT_PAID,
        { .name = S_INIT("Sam Seller"),
            .other = S_INIT("5432"),
            .amount = S_INIT("$12.00"),
            ORIGIN },
        "Your payout was paid",
        "Hello, Sam\n\nYour payout of $12.00 to the account that ends in 5432 was paid.\n\nSee "
        "your "
        "payouts:\nhttps://souk.example/account/payouts\n\n" FOOTER },
    { "a payout that came back", NOTIFY_PAYOUT_FAILED, { .other = S_INIT("5432"), ORIGIN },
        "Your payout came back",
        "Hello\n\nYour payout to the account that ends in 5432 came back.\n\nThe money is still "
        "yours. Please look whether the bank account is right.\n\nSee your "
        "payouts:\nhttps://souk.example/account/payouts\n\n" FOOTER },
    { "a refund that came back", NOTIFY_REFUND_FAILED, { ORDER },
        "A refund for your order 112-1234567-1234567 came back",
        "Your refund came back to us\n\nYour bank did not take the refund of $12.00 for order "
        "112-1234567-1234567.\n\nThe money is still yours. We know of it, and will try to get it "
        "to you in another way. You need not do anything.\n\nSee the "
        "order:\nhttps://souk.example/orders/0190\n\n" FOOTER },
    { "a refund that came back, little known", NOTIFY_REFUND_FAILED,
        { .number = S_INIT("1"), ORIGIN }, "A refund for your order 1 came back",
        "Your refund came back to us\n\nYour bank did not take the refund for order 1.\n\nThe "
        "money is still yours. We know of it, and will try to get it to you in another way. You "
        "need not do anything.\n\nSee the order:\nhttps://souk.example/orders\n\n" FOOTER },
    { "new device", NOTIFY_NEW_DEVICE,
        { .name = S_INIT("Ada"),
            .device = S_INIT("Firefox on Linux"),
            .place = S_INIT("DE"),
            ORIGIN },
        "Somebody signed in to your account",
        "Hello, Ada\n\nYour account was signed in to from a device or a country that is new to it: "
        "Firefox on Linux, DE.\n\n" NOT_YOU },
    { "new device that says nothing", NOTIFY_NEW_DEVICE, { ORIGIN },
        "Somebody signed in to your account",
        "Hello\n\nYour account was signed in to from a device or a country that is new to it: "
        "an unknown device.\n\n" NOT_YOU },
    { "e-mail changed", NOTIFY_EMAIL_CHANGED, { .other = S_INIT("new@b.c"), ORIGIN },
        "Your e-mail address was changed", "Hello\n\nYour account now uses new@b.c.\n\n" NOT_YOU },
    { "second factor on", NOTIFY_FACTOR_CHANGED, { .on = true, ORIGIN },
        "A second factor guards your account",
        "Hello\n\nFrom now on signing in needs a code of your authenticator too.\n\n" NOT_YOU },
    { "second factor off", NOTIFY_FACTOR_CHANGED, { ORIGIN }, "The second factor is off",
        "Hello\n\nFrom now on signing in needs the password alone.\n\n" NOT_YOU },
};

static const enum notify_kind linked[] = { NOTIFY_WELCOME, NOTIFY_VERIFY, NOTIFY_RESET,
    NOTIFY_EMAIL_ASKED };

static void links_carry_their_code(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(linked); i++) {
        const char *name = notify_kind_names[linked[i]];
        struct notify_facts facts = { .link = S("/here?token=x"), ORIGIN };
        struct notify_words words = notify_domain_words(cx->arena, linked[i], &facts);
        CASE(name, words.action != NULL);
        CASE_STR(name, words.action->href, S("https://souk.example/here?token=x"));
        facts.link = (str){ 0 }; /* without a code there is nothing to click that needs one */
        words = notify_domain_words(cx->arena, linked[i], &facts);
        CASE(name, !words.action || str_eq(words.action->href, S("https://souk.example/")));
    }
    check_cx_close(cx);
}

static void messages_say_what_is_known(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(words_cases); i++) {
        const struct words_case *c = &words_cases[i];
        struct notify_words words = notify_domain_words(cx->arena, c->kind, &c->facts);
        CASE_STR(c->name, words.subject, str_from_c(c->subject));
        CASE_STR(c->name, notify_domain_text(cx->arena, &words), str_from_c(c->text));
    }
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(messages_say_what_is_known),
        cmocka_unit_test(links_carry_their_code) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
