/* SPDX-License-Identifier: Apache-2.0
 * What messages say, as a table. Run by `./dev test notify`. */
#include "services/notify/notify_domain.h"
#include "tests/support/check.h"

#define ORIGIN .origin = S_INIT("https://souk.example")
#define FOOTER "-- \nSouk, the marketplace that runs from one binary.\n"
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
};

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
    const struct CMUnitTest tests[] = { cmocka_unit_test(messages_say_what_is_known) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
