/* SPDX-License-Identifier: Apache-2.0
 * What a shop that serves needs of the machine, by its configuration. Called before anything is
 * opened and before the first thread is made; must never be called by other commands. */
#include "app/app.h"
#include "platform/file/file.h"

#define LOW_PORTS 1024

static str folder_of(str path)
{
    size_t end = path.n;
    while (end > 0 && path.p[end - 1] != '/')
        end--;
    return end > 1 ? str_sub(path, 0, end - 1) : end == 1 ? S("/") : S(".");
}

static bool is_low(str listen)
{
    size_t at = listen.n;
    int64_t port;
    while (at > 0 && listen.p[at - 1] != ':')
        at--;
    return str_to_i64(str_skip(listen, at), &port) && port > 0 && port < LOW_PORTS;
}

err app_jail(struct cx *cx, const struct config *config, struct jail_state *ret)
{
    str wish = config_text(config, CONFIG_SANDBOX);
    *ret = (struct jail_state){ .landlock = 0 };
    bool cores = str_eq(config_text(config, CONFIG_CORE_DUMPS), S("on"));
    if (str_eq(wish, S("off"))) {
        ret->undumpable = !cores && jail_undumpable();
        return NULL;
    }
    if (cores)
        return FAIL(cx, ERR_INVALID, "core_dumps: on wants sandbox=off");
    if (!str_eq(wish, S("auto")) && !str_eq(wish, S("on")))
        return FAIL(cx, ERR_INVALID, "sandbox: auto, on or off, not \"" STR_F "\"", STR_A(wish));
    str data = config_text(config, CONFIG_DATA);
    if (!file_make_folders(cx->arena, data))
        return FAIL(cx, DB_READONLY, "cannot make the folder " STR_F, STR_A(data));
    str writable[CONFIG_KEYS_N + 1] = { data };
    str readable[CONFIG_KEYS_N + 2] = { config_text(config, CONFIG_PASSWORDS),
        config_text(config, CONFIG_GEO_DB) };
    size_t writable_n = 1, readable_n = 2;
    for (size_t i = 0; i < CONFIG_KEYS_N; i++) {
        str text = config_text(config, (enum config_key)i);
        if (str_starts(text, S("sqlite:")))
            writable[writable_n++] = folder_of(str_skip(text, 7)); /* beside it lie -wal and -shm */
        else if (str_find_char(text, '/', 0) >= 0 && str_find(text, S("://"), 0) < 0)
            readable[readable_n++] = text; /* whatever is set to a path is there to be read */
    }
    return jail_enter(cx,
        (struct jail_opts){ .writable = writable,
            .writable_n = writable_n,
            .readable = readable,
            .readable_n = readable_n,
            .low_ports = is_low(config_text(config, CONFIG_LISTEN)) ||
                         is_low(config_text(config, CONFIG_METRICS_LISTEN)),
            .must = str_eq(wish, S("on")) },
        ret);
}

void app_jail_log(struct app *app)
{
    const struct jail_state *s = &app->jail;
    log_line(app->log, LOG_INFO, S("sandbox"),
        LOG_FIELDS({ "landlock", { 0 }, s->landlock }, { "seccomp", { 0 }, s->calls },
            { "capabilities_dropped", { 0 }, s->capabilities },
            { "undumpable", { 0 }, s->undumpable }));
}
