/* SPDX-License-Identifier: Apache-2.0
 * The sandbox: each card, each way through a payment, and books that outlive the process.
 * Run by `./dev test pay`. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/pay/pay.h"
#include "tests/support/check.h"

#define USD(n) ((money){ (n), { "USD" } })

struct desk {
    struct cx *cx;
    struct arena *life;
    char folder[40];
    const char *file;
    struct pay pay;
};

static void bank_open(struct desk *d)
{
    CHECK_ERR(d->cx,
        pay_sandbox_open(
            d->life, d->cx, (struct sandbox_opts){ .file = d->file, .slow_ms = 1 }, &d->pay),
        NULL);
}

/* As after kill -9: nothing of the process is left. */
static void bank_reopen(struct desk *d)
{
    if (!d->file)
        return;
    pay_sandbox_close(&d->pay);
    bank_open(d);
}

static struct desk desk_of(bool with_file)
{
    struct desk d = { .cx = check_cx_open(), .life = arena_open(1024) };

    if (with_file) {
        memcpy(d.folder, "/tmp/souk-pay-XXXXXX", 21);
        CHECK(mkdtemp(d.folder) != NULL);
        d.file = str_c(d.life, str_fmt(d.life, "%s/sandbox.log", d.folder));
    }
    bank_open(&d);
    return d;
}

static void desk_close(struct desk *d)
{
    pay_sandbox_close(&d->pay);
    pay_sandbox_close(&d->pay);
    if (d->file) {
        unlink(d->file);
        rmdir(d->folder);
    }
    arena_close(d->life);
    check_cx_close(d->cx);
}

static struct pay_request request_of(const char *token)
{
    return (struct pay_request){ .key = S("order-1"),
        .amount = USD(4200),
        .token = str_from_c(token),
        .reference = S("R-1"),
        .return_url = S("/orders/1?x=1&y=2") };
}

/* ---- cards ---- */
static const struct card_case {
    const char *token;
    err first;                            /* of the first call */
    enum pay_state state, captured_state; /* plain, and with capture at once */
    const char *code, *last4;
    int64_t live;
} card_cases[] = {
    { "pm_card_visa", NULL, PAY_STATE_AUTHORIZED, PAY_STATE_CAPTURED, NULL, "4242", 4200 },
    { "pm_card_declined", NULL, PAY_STATE_DECLINED, PAY_STATE_DECLINED, "card_declined", "0002",
        0 },
    { "pm_card_insufficient_funds", NULL, PAY_STATE_DECLINED, PAY_STATE_DECLINED,
        "insufficient_funds", "9995", 0 },
    { "pm_card_expired", NULL, PAY_STATE_DECLINED, PAY_STATE_DECLINED, "expired_card", "0069", 0 },
    { "pm_card_3ds", NULL, PAY_STATE_CHALLENGE, PAY_STATE_CHALLENGE, NULL, "3220", 0 },
    { "pm_card_timeout", &PAY_UNKNOWN, PAY_STATE_AUTHORIZED, PAY_STATE_CAPTURED, NULL, "4444",
        4200 },
    { "pm_card_slow", NULL, PAY_STATE_AUTHORIZED, PAY_STATE_CAPTURED, NULL, "5556", 4200 },
    { "pm_card_stolen", NULL, PAY_STATE_DECLINED, PAY_STATE_DECLINED, "invalid_token", NULL, 0 },
    { "", NULL, PAY_STATE_DECLINED, PAY_STATE_DECLINED, "invalid_token", NULL, 0 },
};

static void check_card(const struct card_case *c, const struct pay_result *r, bool capture)
{
    CASE_INT(c->token, r->state, capture ? c->captured_state : c->state);
    CASE(c->token, str_starts(r->provider_ref, S("sb_")));
    CASE_STR(c->token, r->decline_code, str_from_c(c->code));
    CASE(c->token, (r->decline_text.n > 0) == (c->code != NULL));
    CASE(c->token, (r->challenge_url.n > 0) == (r->state == PAY_STATE_CHALLENGE));
    CASE_STR(c->token, r->last4, str_from_c(c->last4));
    CASE_INT(c->token, r->captured_minor, r->state == PAY_STATE_CAPTURED ? 4200 : 0);
    CASE_INT(c->token, r->refunded_minor, 0);
}

static void cards_do_what_they_are_for(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(card_cases) * 4; i++) {
        const struct card_case *c = &card_cases[i / 4];
        struct desk d = desk_of(i & 1);
        struct pay_request in = request_of(c->token);
        struct pay_result r = { 0 }, again;
        in.capture = i & 2;
        err e = d.pay.authorize(d.pay.self, d.cx, in, &r);
        CASE(c->token, e == c->first);
        if (!e)
            check_card(c, &r, in.capture);
        for (int j = 0; j < 2; j++) { /* the truth, before and after a restart */
            CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &r), NULL);
            check_card(c, &r, in.capture);
            CASE(c->token, d.pay.authorize(d.pay.self, d.cx, in, &again) == NULL);
            check_card(c, &again, in.capture);
            CASE_STR(c->token, again.provider_ref, r.provider_ref);
            CASE_INT(c->token, pay_sandbox_live_minor(&d.pay), c->live);
            bank_reopen(&d);
        }
        desk_close(&d);
    }
}

/* ---- ways through a payment ---- */
enum op { END, CAPTURE, RELEASE, REFUND, RETURN, APPROVE, DENY };
struct step {
    enum op op;
    const char *key;
    int64_t minor;
    enum pay_state state; /* as told */
    int64_t captured, refunded;
    const char *code;
    int64_t live; /* afterwards */
};
#define A PAY_STATE_AUTHORIZED
#define C PAY_STATE_CAPTURED
#define D PAY_STATE_DECLINED
#define V PAY_STATE_VOIDED
#define R PAY_STATE_REFUNDED
static const struct story {
    const char *name, *token;
    bool capture;
    struct step steps[8];
} stories[] = {
    { "captured whole, refunded whole", "pm_card_visa", false,
        { { CAPTURE, "c", 4200, C, 4200, 0, NULL, 4200 },
            { REFUND, "r", 4200, R, 4200, 4200, NULL, 0 },
            { REFUND, "r2", 1, R, 4200, 4200, "amount_too_large", 0 } } },
    { "keys are remembered, each for its verb", "pm_card_visa", false,
        { { CAPTURE, "k", 1000, C, 1000, 0, NULL, 4200 },
            { CAPTURE, "k", 1000, C, 1000, 0, NULL, 4200 },
            { CAPTURE, "k2", 1000, C, 2000, 0, NULL, 4200 },
            { CAPTURE, "k", 1000, C, 1000, 0, NULL, 4200 },
            { REFUND, "k", 500, C, 2000, 500, NULL, 3700 },
            { REFUND, "k", 500, C, 2000, 500, NULL, 3700 } } },
    { "part captured, the rest released", "pm_card_visa", false,
        { { CAPTURE, "c", 1200, C, 1200, 0, NULL, 4200 },
            { RELEASE, "v", 0, C, 1200, 0, NULL, 1200 },
            { CAPTURE, "c2", 1, C, 1200, 0, "amount_too_large", 1200 },
            { RELEASE, "v2", 0, C, 1200, 0, "not_releasable", 1200 },
            { REFUND, "r", 200, C, 1200, 200, NULL, 1000 },
            { REFUND, "r2", 1001, C, 1200, 200, "amount_too_large", 1000 },
            { REFUND, "r3", 1000, R, 1200, 1200, NULL, 0 } } },
    { "captured in parts to the last", "pm_card_visa", false,
        { { CAPTURE, "c1", 4201, A, 0, 0, "amount_too_large", 4200 },
            { CAPTURE, "c2", 4199, C, 4199, 0, NULL, 4200 },
            { CAPTURE, "c3", 2, C, 4199, 0, "amount_too_large", 4200 },
            { CAPTURE, "c3", 1, C, 4200, 0, NULL, 4200 }, /* a refusal leaves no key behind */
            { RELEASE, "v", 0, C, 4200, 0, "not_releasable", 4200 } } },
    { "refunded while some is open", "pm_card_visa", false,
        { { CAPTURE, "c", 1000, C, 1000, 0, NULL, 4200 },
            { REFUND, "r", 1000, C, 1000, 1000, NULL, 3200 },
            { CAPTURE, "c2", 3200, C, 4200, 1000, NULL, 3200 },
            { REFUND, "r2", 3200, R, 4200, 4200, NULL, 0 } } },
    { "refunds that come back, once each", "pm_card_visa", true,
        { { REFUND, "r", 1000, C, 4200, 1000, NULL, 3200 },
            { REFUND, "r2", 3200, R, 4200, 4200, NULL, 0 },
            { RETURN, "r", 0, C, 4200, 3200, NULL, 1000 },
            { RETURN, "r", 0, C, 4200, 3200, NULL, 1000 },
            { REFUND, "r", 1000, C, 4200, 1000, NULL, 1000 }, /* its first answer, for ever */
            { REFUND, "r3", 1001, C, 4200, 3200, "amount_too_large", 1000 },
            { RETURN, "r2", 0, C, 4200, 0, NULL, 4200 } } },
    { "voided", "pm_card_visa", false,
        { { REFUND, "r", 1, A, 0, 0, "not_refundable", 4200 },
            { RELEASE, "v", 0, V, 0, 0, NULL, 0 }, { RELEASE, "v", 0, V, 0, 0, NULL, 0 },
            { RELEASE, "v2", 0, V, 0, 0, NULL, 0 },
            { CAPTURE, "c", 1, V, 0, 0, "not_capturable", 0 },
            { REFUND, "r", 1, V, 0, 0, "not_refundable", 0 } } },
    { "captured at once", "pm_card_visa", true,
        { { CAPTURE, "c", 1, C, 4200, 0, "amount_too_large", 4200 },
            { REFUND, "r", 4200, R, 4200, 4200, NULL, 0 },
            { RELEASE, "v", 0, R, 4200, 4200, "not_releasable", 0 } } },
    { "declined", "pm_card_declined", false,
        { { CAPTURE, "c", 1, D, 0, 0, "not_capturable", 0 },
            { RELEASE, "v", 0, D, 0, 0, "card_declined", 0 } } },
    { "challenge approved", "pm_card_3ds", false,
        { { CAPTURE, "c", 1, PAY_STATE_CHALLENGE, 0, 0, "not_capturable", 0 },
            { APPROVE, NULL, 0, A, 0, 0, NULL, 4200 }, { DENY, NULL, 0, A, 0, 0, NULL, 4200 },
            { CAPTURE, "c", 4200, C, 4200, 0, NULL, 4200 } } },
    { "challenge approved, captured at once", "pm_card_3ds", true,
        { { APPROVE, NULL, 0, C, 4200, 0, NULL, 4200 } } },
    { "challenge failed", "pm_card_3ds", true,
        { { DENY, NULL, 0, D, 0, 0, "authentication_failed", 0 },
            { APPROVE, NULL, 0, D, 0, 0, "authentication_failed", 0 } } },
    { "challenge never answered", "pm_card_3ds", false,
        { { RELEASE, "v", 0, V, 0, 0, NULL, 0 }, { APPROVE, NULL, 0, V, 0, 0, NULL, 0 } } },
};

static err step_call(struct desk *d, const struct step *s, str ref, struct pay_result *ret)
{
    str key = str_from_c(s->key);
    switch (s->op) {
    case CAPTURE:
        return d->pay.capture(d->pay.self, d->cx, key, ref, USD(s->minor), ret);
    case RELEASE:
        return d->pay.release(d->pay.self, d->cx, key, ref, ret);
    case REFUND:
        return d->pay.refund(d->pay.self, d->cx, key, ref, USD(s->minor), ret);
    case RETURN:
        CHECK_ERR(d->cx, pay_sandbox_return(&d->pay, d->cx, S("of nobody")), &ERR_MISSING);
        cx_clear(d->cx);
        CHECK_ERR(d->cx, pay_sandbox_return(&d->pay, d->cx, key), NULL);
        return d->pay.find(d->pay.self, d->cx, S("order-1"), ret);
    case APPROVE:
    case DENY:
        CHECK_ERR(d->cx, pay_sandbox_challenge(&d->pay, d->cx, ref, s->op == APPROVE), NULL);
        return d->pay.find(d->pay.self, d->cx, S("order-1"), ret);
    case END:
        break;
    }
    fail();
    return NULL;
}

static void payments_go_their_ways(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(stories) * 2; i++) {
        const struct story *story = &stories[i / 2];
        struct desk d = desk_of(i & 1);
        struct pay_request in = request_of(story->token);
        struct pay_result first, r;
        in.capture = story->capture;
        CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &first), NULL);
        for (const struct step *s = story->steps; s->op != END; s++) {
            CHECK_ERR(d.cx, step_call(&d, s, first.provider_ref, &r), NULL);
            CASE_INT(story->name, r.state, s->state);
            CASE_INT(story->name, r.captured_minor, s->captured);
            CASE_INT(story->name, r.refunded_minor, s->refunded);
            CASE_STR(story->name, r.decline_code, str_from_c(s->code));
            CASE_INT(story->name, pay_sandbox_live_minor(&d.pay), s->live);
            bank_reopen(&d);
            CASE_INT(story->name, pay_sandbox_live_minor(&d.pay), s->live);
            CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
            CASE_INT(story->name, r.state, first.state); /* its first result, for ever */
            CASE_INT(story->name, r.captured_minor, first.captured_minor);
        }
        desk_close(&d);
    }
}

/* ---- mistakes of ours ---- */
static void known_keys_want_the_same_call(void **state)
{
    struct desk d = desk_of(false);
    struct pay_request in = request_of("pm_card_visa"), other;
    struct pay_result r;
    char longest[65];
    (void)state;

    memset(longest, 'k', sizeof longest);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    str ref = r.provider_ref;
    other = in, other.amount = USD(4201);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.amount = (money){ 4200, { "EUR" } };
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.token = S("pm_card_slow");
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.capture = true;
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.key = S("zero"), other.amount = USD(0);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.key = S("");
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.key = (str){ longest, 65 };
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), &ERR_BUG);
    other = in, other.key = (str){ longest, 64 };
    cx_clear(d.cx);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, other, &r), NULL);
    str other_ref = r.provider_ref;
    CHECK(!str_eq(ref, other_ref));
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("c"), ref, USD(1), &r), NULL);
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("c"), ref, USD(2), &r), &ERR_BUG);
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("c"), other_ref, USD(1), &r), &ERR_BUG);
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("d"), ref, USD(-1), &r), &ERR_BUG);
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, S("d"), ref, USD(0), &r), &ERR_BUG);
    cx_clear(d.cx);
    money euro = { 1, { "EUR" } };
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("e"), ref, euro, &r), NULL);
    CHECK_STR(r.decline_code, S("currency_mismatch"));
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, S("e"), S("sb_nobody"), USD(1), &r), NULL);
    CHECK_INT(r.state, PAY_STATE_NONE);
    CHECK_STR(r.decline_code, S("unknown_reference"));
    CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, S("nobody"), &r), NULL);
    CHECK_INT(r.state, PAY_STATE_NONE);
    CHECK_ERR(d.cx, pay_sandbox_challenge(&d.pay, d.cx, S("sb_nobody"), true), &ERR_MISSING);
    CHECK_ERR(d.cx, pay_sandbox_challenge(&d.pay, d.cx, ref, true), &ERR_MISSING);
    CHECK_INT(pay_sandbox_live_minor(&d.pay), 8400);
    desk_close(&d);
}

static void challenges_lead_back(void **state)
{
    struct desk d = desk_of(false);
    struct pay_request in = request_of("pm_card_3ds");
    struct pay_result r;
    (void)state;

    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    CHECK_STR(r.challenge_url,
        str_cat(d.cx->arena, S("/sandbox/challenge/"),
            str_cat(d.cx->arena, r.provider_ref, S("?return=%2Forders%2F1%3Fx%3D1%26y%3D2"))));
    in.key = S("other"), in.return_url = (str){ NULL, 0 };
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    CHECK_STR(r.challenge_url, str_cat(d.cx->arena, S("/sandbox/challenge/"), r.provider_ref));
    desk_close(&d);
}

/* ---- the file ---- */
static void append(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_APPEND);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), (int64_t)strlen(text));
    close(fd);
}

static void half_a_line_never_happened(void **state)
{
    struct desk d = desk_of(true);
    struct pay_request in = request_of("pm_card_visa");
    struct pay_result r;
    struct stat before, after;
    (void)state;

    in.key = S("tab\tand\nline"), in.return_url = S("%\t\n");
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    CHECK_INT(stat(d.file, &before), 0);
    CHECK_INT(before.st_mode & 0777, 0600);
    append(d.file, "authorize\tk2\tsb_x\t4200\tUSD\tpm_card_visa\t0\tauth");
    bank_reopen(&d);
    CHECK_INT(stat(d.file, &after), 0);
    CHECK_INT(after.st_size, before.st_size);
    CHECK_INT(pay_sandbox_live_minor(&d.pay), 4200);
    CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &r), NULL);
    CHECK_INT(r.state, PAY_STATE_AUTHORIZED);
    append(d.file, "capt"); /* while it is open: by another process, killed */
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, S("c"), r.provider_ref, USD(5), &r), NULL);
    bank_reopen(&d);
    CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &r), NULL);
    CHECK_INT(r.captured_minor, 5);
    desk_close(&d);
}

static void foreign_lines_stop_the_start(void **state)
{
    static const char *const lines[] = {
        "hello\n",
        "\n",
        "authorize\tk\n",
        "steal\tk\tsb_x\t1\tUSD\tpm_card_visa\t0\tauthorized\t\n",
        "authorize\tk\tsb_x\tmuch\tUSD\tpm_card_visa\t0\tauthorized\t\n",
        "authorize\tk\tsb_x\t1\tXXQ\tpm_card_visa\t0\tauthorized\t\n",
        "authorize\tk\tsb_x\t1\tUSD\tpm_card_visa\t0\trich\t\n",
        "authorize\tk\tsb_x\t1\tUSD\tpm_card_visa\t0\tauthorized\t\tmore\n",
        "capture\tk\tsb_x\t1\t\t\t0\tnone\t\n",
    };
    (void)state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        struct desk d = desk_of(true);
        pay_sandbox_close(&d.pay);
        append(d.file, lines[i]);
        err e = pay_sandbox_open(d.life, d.cx, (struct sandbox_opts){ .file = d.file }, &d.pay);
        CASE(lines[i], e == &ERR_BUG);
        desk_close(&d);
    }
}

/* A disk that fills up within a line, and before one. */
static void full_disks_charge_nothing(void **state)
{
    static const rlim_t rooms[] = { 10, 0 };
    struct desk d = desk_of(true);
    struct rlimit unlimited, full;
    struct pay_request in = request_of("pm_card_visa");
    struct pay_result r;
    struct stat st;
    (void)state;

    CHECK_INT(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    CHECK_INT(stat(d.file, &st), 0);
    in.key = S("order-2");
    for (size_t i = 0; i < COUNT(rooms); i++) {
        full = (struct rlimit){ (rlim_t)st.st_size + rooms[i], unlimited.rlim_max };
        CHECK_INT(setrlimit(RLIMIT_FSIZE, &full), 0);
        err e = d.pay.authorize(d.pay.self, d.cx, in, &r);
        CHECK_INT(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
        CHECK_ERR(d.cx, e, &PAY_UNREACHABLE);
        CHECK_INT(pay_sandbox_live_minor(&d.pay), 4200);
        CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &r), NULL);
        CHECK_INT(r.state, PAY_STATE_NONE);
    }
    signal(SIGXFSZ, before);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    bank_reopen(&d);
    CHECK_INT(pay_sandbox_live_minor(&d.pay), 8400);
    desk_close(&d);
}

/* Two processes, one file: each sees what the other did, and a key counts once for both. */
static void processes_share_the_books(void **state)
{
    struct desk d = desk_of(true);
    struct pay other;
    struct pay_request in = request_of("pm_card_visa");
    struct pay_result r;
    (void)state;

    CHECK_ERR(d.cx, pay_sandbox_open(d.life, d.cx, (struct sandbox_opts){ .file = d.file }, &other),
        NULL);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    CHECK_ERR(d.cx, other.authorize(other.self, d.cx, in, &r), NULL);
    CHECK_ERR(d.cx, other.capture(other.self, d.cx, S("c"), r.provider_ref, USD(4200), &r), NULL);
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, S("r"), r.provider_ref, USD(200), &r), NULL);
    CHECK_INT(r.captured_minor, 4200);
    CHECK_ERR(d.cx, other.find(other.self, d.cx, in.key, &r), NULL);
    CHECK_INT(r.refunded_minor, 200);
    CHECK_INT(pay_sandbox_live_minor(&other), 4000);
    pay_sandbox_close(&other);
    desk_close(&d);
}

/* ---- threads ---- */
struct racer {
    struct pay *pay;
    int wrong;
};
static void *race(void *arg)
{
    struct racer *racer = arg;
    struct pay *pay = racer->pay;
    for (int i = 0; i < 100; i++) {
        struct cx *cx = check_cx_open();
        struct pay_request in = request_of(i % 10 ? "pm_card_visa" : "pm_card_slow");
        struct pay_result r;
        in.key = str_fmt(cx->arena, "k-%d", i);
        err e = pay->authorize(pay->self, cx, in, &r);
        if (!e)
            e = pay->capture(pay->self, cx, in.key, r.provider_ref, USD(4200), &r);
        if (!e)
            e = pay->refund(pay->self, cx, in.key, r.provider_ref, USD(200), &r);
        racer->wrong += e || r.captured_minor != 4200 || r.refunded_minor != 200;
        check_cx_close(cx);
    }
    return NULL;
}

static void twins_charge_once(void **state)
{
    struct desk d = desk_of(true);
    struct racer racers[4];
    pthread_t threads[4];
    (void)state;

    for (size_t i = 0; i < COUNT(racers); i++) {
        racers[i] = (struct racer){ &d.pay, 0 };
        CHECK_INT(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(racers); i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(racers[i].wrong, 0);
    }
    CHECK_INT(pay_sandbox_live_minor(&d.pay), 100 * 4000);
    bank_reopen(&d);
    CHECK_INT(pay_sandbox_live_minor(&d.pay), 100 * 4000);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_do_what_they_are_for),
        cmocka_unit_test(payments_go_their_ways),
        cmocka_unit_test(known_keys_want_the_same_call),
        cmocka_unit_test(challenges_lead_back),
        cmocka_unit_test(half_a_line_never_happened),
        cmocka_unit_test(foreign_lines_stop_the_start),
        cmocka_unit_test(full_disks_charge_nothing),
        cmocka_unit_test(processes_share_the_books),
        cmocka_unit_test(twins_charge_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
