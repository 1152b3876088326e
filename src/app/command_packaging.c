/* SPDX-License-Identifier: Apache-2.0
 * `souk nginx` and `souk systemd`: what the programs around a shop need to know, from its own
 * configuration. Called from the table of commands; must never write a file or need a database. */
#include <stdio.h>
#include <unistd.h>

#include "app/commands_internal.h"
#include "base/embed.h"

#define PROGRAM_MAX 4096

struct place {
    str name, value;
};

/* The text with @NAME@ put in. */
static str filled(struct arena *arena, str text, const struct place *places, size_t n)
{
    struct buf out = { .arena = arena };
    while (text.p) {
        buf_add(&out, str_cut(&text, '@'));
        if (!text.p)
            break;
        str name = str_cut(&text, '@');
        bool known = false;
        for (size_t i = 0; i < n && !known; i++) {
            known = str_eq(name, places[i].name);
            if (known)
                buf_add(&out, places[i].value);
        }
        if (!known) { /* systemd's own @names */
            buf_char(&out, '@');
            buf_add(&out, name);
            if (text.p)
                text = (str){ text.p - 1, text.n + 1 };
        }
    }
    return buf_str(&out);
}

static str flag_or(const struct config *config, const char *name, str otherwise)
{
    str given = config_extra(config, name);
    return given.n ? given : otherwise;
}

/* "https://shop.example:8443/" -> "shop.example". */
static str host_of(str origin)
{
    str host = str_cut_authority(&origin);
    if (!host.p)
        host = str_cut(&origin, '/');
    return str_cut(&host, ':');
}

static bool names_loopback(str proxies)
{
    while (proxies.n) {
        str one = str_trim(str_cut(&proxies, ','));
        if (str_eq(one, S("127.0.0.1")) || str_eq(one, S("::1")))
            return true;
    }
    return false;
}

int command_nginx(const struct config *config, struct cx *cx)
{
    str origin = config_text(config, CONFIG_ORIGIN);
    str name = origin.n ? host_of(origin) : S("_");
    if (!names_loopback(config_text(config, CONFIG_PROXIES)))
        fprintf(stderr, "souk: set proxies=127.0.0.1, or all visitors are one address\n");
    if (!str_starts(origin, S("https://")))
        fprintf(stderr, "souk: set origin=https://..., which links in mails and pages need\n");
    str home = str_fmt(cx->arena, "/etc/letsencrypt/live/" STR_F, STR_A(name));
    const struct place places[] = {
        { S("ORIGIN"), origin.n ? origin : S("https://$host") },
        { S("UPSTREAM"), config_text(config, CONFIG_LISTEN) },
        { S("SERVER_NAME"), name },
        { S("CERTIFICATE"),
            flag_or(config, "certificate", str_cat(cx->arena, home, S("/fullchain.pem"))) },
        { S("KEY"), flag_or(config, "key", str_cat(cx->arena, home, S("/privkey.pem"))) },
        { S("CACHE"), flag_or(config, "cache", S("/var/cache/nginx/souk")) },
        { S("HTTP_PORT"), flag_or(config, "http-port", S("80")) },
        { S("HTTPS_PORT"), flag_or(config, "https-port", S("443")) },
    };
    str text = embedded_find(S("src/app/data/nginx.conf"));
    str out = filled(cx->arena, text, places, COUNT(places));
    printf(STR_F, STR_A(out));
    return 0;
}

int command_systemd(const struct config *config, struct cx *cx)
{
    char program[PROGRAM_MAX];
    (void)config;
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program));
    const struct place places[] = {
        { S("PROGRAM"), n > 0 ? (str){ program, (size_t)n } : S("/usr/bin/souk") },
    };
    str text = embedded_find(S("src/app/data/souk.service"));
    printf(STR_F, STR_A(filled(cx->arena, text, places, COUNT(places))));
    return 0;
}
