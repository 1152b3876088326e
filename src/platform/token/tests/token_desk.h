/* SPDX-License-Identifier: Apache-2.0
 * What the tests of tokens share: a folder with a key file, tokens on it, claims to sign. Must
 * never be used outside this folder. */
#ifndef SOUK_PLATFORM_TOKEN_TESTS_TOKEN_DESK_H
#define SOUK_PLATFORM_TOKEN_TESTS_TOKEN_DESK_H

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/instant.h"
#include "platform/token/token.h"
#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    char folder[64];
    const char *file;
    struct tokens *tokens;
};

static inline const char *file_in(struct desk *desk, const char *name)
{
    return str_c(desk->cx->arena, str_fmt(desk->cx->arena, "%s/%s", desk->folder, name));
}

static inline int desk_open(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    desk->cx = check_cx_open();
    memcpy(desk->folder, "/tmp/souk-token-XXXXXX", 23);
    CHECK(mkdtemp(desk->folder) != NULL);
    desk->file = file_in(desk, "token.pem");
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, desk->file, &desk->tokens), NULL);
    *state = desk;
    return 0;
}

static inline int desk_close(void **state)
{
    struct desk *desk = *state;
    tokens_close(desk->tokens);
    unlink(desk->file);
    unlink(file_in(desk, "other.pem"));
    rmdir(desk->folder);
    check_cx_close(desk->cx);
    free(desk);
    return 0;
}

static inline struct token_claims claims_of(struct desk *desk)
{
    return (struct token_claims){
        .user_id = id_from_name(S("user"), S("1")),
        .session_id = id_from_name(S("session"), S("1")),
        .name = S("Zoë \"Z\" Çelik"),
        .email = S("zoe@example.org"),
        .roles = ROLE_CUSTOMER | ROLE_ADMIN,
        .issued_ms = desk->cx->now_ms,
        .expires_ms = desk->cx->now_ms + 15 * MINUTE_MS,
        .audience = S("store"),
    };
}

static inline void check_claims(const struct token_claims *got, const struct token_claims *want)
{
    CHECK(id_eq(got->user_id, want->user_id));
    CHECK(id_eq(got->session_id, want->session_id));
    CHECK_STR(got->name, want->name);
    CHECK_STR(got->email, want->email);
    CHECK_STR(got->audience, want->audience);
    CHECK_INT(got->roles, want->roles);
    CHECK_INT(got->issued_ms, want->issued_ms);
    CHECK_INT(got->expires_ms, want->expires_ms);
}

static inline str flipped(struct arena *arena, str token, size_t at)
{
    str copy = str_dup(arena, token);
    char *c = (char *)copy.p + at;
    *c = *c == 'A' ? 'B' : 'A';
    return copy;
}

static inline str file_text(struct desk *desk)
{
    char *text = arena_alloc(desk->cx->arena, 4096);
    int fd = open(desk->file, O_RDONLY);
    ssize_t n = read(fd, text, 4096);
    close(fd);
    CHECK(n > 0);
    return (str){ text, (size_t)n };
}

#define WITH_DESK(fn) cmocka_unit_test_setup_teardown(fn, desk_open, desk_close)

#endif
