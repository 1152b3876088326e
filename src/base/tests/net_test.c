/* SPDX-License-Identifier: Apache-2.0
 * Networks of addresses. Run by meson; must never take two hosts of one network for two. */
#include "base/net.h"
#include "tests/support/check.h"

static const struct net_case {
    const char *address, *network;
} net_cases[] = {
    { "", "" },
    { "no address", "no address" },
    { "203.0.113.9", "203.0.113.9" },
    { "::ffff:203.0.113.9", "203.0.113.9" },
    { "::1", "0:0:0:0:" },
    { "2001:db8::1", "2001:db8:0:0:" },
    { "2001:db8::a:b:c:d", "2001:db8:0:0:" }, /* the same, with more of its second half */
    { "2001:db8:0:0:a:b:c:d", "2001:db8:0:0:" },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:" },
    { "2001:db8:1:2::6", "2001:db8:1:2:" },
    { "2001:db8:1::6", "2001:db8:1:0:" },
    { "1::2:3:4:5:6:7", "1:0:2:3:" },
    { "::2:3:4:5:6:7:8", "0:2:3:4:" },
    { "1:2:3:4:5:6:7:8:9:10", "1:2:3:4:" },
};

static void hosts_belong_to_their_network(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(net_cases); i++) {
        const struct net_case *c = &net_cases[i];
        CASE_STR(c->address, net_of(cx->arena, str_from_c(c->address)), str_from_c(c->network));
    }
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_belong_to_their_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
