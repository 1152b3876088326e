/* SPDX-License-Identifier: Apache-2.0
 * The sandbox's log of facts and the books made of it. Called by pay_sandbox.c, under its lock.
 * Must never answer from memory what the file does not have: a kill -9 would undo it. */
#include "platform/pay/pay_books.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define READ_BLOCK (256 * 1024)

/* A line of the log: the verb, then its fields, each percent-encoded, with tabs between. */
static const char *const verb_names[PAY_VERBS_N] = {
    [PAY_VERB_AUTHORIZE] = "authorize",
    [PAY_VERB_CHALLENGE] = "challenge",
    [PAY_VERB_CAPTURE] = "capture",
    [PAY_VERB_RELEASE] = "release",
    [PAY_VERB_REFUND] = "refund",
    [PAY_VERB_SETUP] = "setup",
    [PAY_VERB_DETACH] = "detach",
    [PAY_VERB_RETURN] = "return",
};
static const char *const state_names[] = {
    [PAY_STATE_NONE] = "none",
    [PAY_STATE_AUTHORIZED] = "authorized",
    [PAY_STATE_CAPTURED] = "captured",
    [PAY_STATE_DECLINED] = "declined",
    [PAY_STATE_CHALLENGE] = "challenge",
    [PAY_STATE_VOIDED] = "voided",
    [PAY_STATE_REFUNDED] = "refunded",
};

str pay_state_name(enum pay_state state)
{
    return str_from_c(state_names[state]);
}

/* ---- facts as text ---- */
static void field_add(struct buf *line, str value)
{
    buf_char(line, '\t');
    buf_add(line, str_url_encode(line->arena, value));
}

static str fact_line(struct arena *arena, const struct pay_fact *f)
{
    struct buf line = { .arena = arena };

    buf_add(&line, str_from_c(verb_names[f->verb]));
    field_add(&line, f->key);
    field_add(&line, f->ref);
    field_add(&line, str_from_i64(arena, f->minor));
    field_add(&line, currency_str(&f->currency));
    field_add(&line, f->token);
    field_add(&line, f->capture ? S("1") : S("0"));
    field_add(&line, str_from_c(state_names[f->state]));
    field_add(&line, f->return_url);
    field_add(&line, f->customer);
    field_add(&line, str_from_i64(arena, f->at_ms));
    buf_char(&line, '\n');
    return buf_str(&line);
}

static bool name_find(const char *const *names, size_t n, str name, size_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(str_from_c(names[i]), name)) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool pay_state_of(str name, enum pay_state *ret)
{
    size_t state;

    if (!name_find(state_names, COUNT(state_names), name, &state))
        return false;
    *ret = (enum pay_state)state;
    return true;
}

/* The fields of a line, decoded, at most max of them; 0 when it is none. */
static size_t line_fields(struct arena *arena, str line, str *ret, size_t max)
{
    size_t n = 0;
    str rest = line;

    while (rest.p) {
        if (n == max || !str_url_decode(arena, str_cut(&rest, '\t'), &ret[n]))
            return 0;
        n++;
    }
    return n;
}

static bool fact_parse(struct arena *arena, str line, struct pay_fact *ret)
{
    enum {
        VERB,
        KEY,
        REF,
        MINOR,
        CURRENCY,
        TOKEN,
        CAPTURE,
        STATE,
        RETURN_URL,
        FIELDS_ONCE, /* before there were saved methods and times */
        CUSTOMER = FIELDS_ONCE,
        AT,
        FIELDS,
    };
    str f[FIELDS] = { 0 };
    size_t verb, state;
    struct pay_fact fact = { 0 };
    size_t n = line_fields(arena, line, f, FIELDS);

    if (n != FIELDS && n != FIELDS_ONCE)
        return false;
    if (!name_find(verb_names, COUNT(verb_names), f[VERB], &verb) ||
        !name_find(state_names, COUNT(state_names), f[STATE], &state) ||
        !str_to_i64(f[MINOR], &fact.minor))
        return false;
    if (n == FIELDS && !str_to_i64(f[AT], &fact.at_ms))
        return false;
    if (verb == PAY_VERB_AUTHORIZE && !currency_parse(f[CURRENCY], &fact.currency))
        return false;
    fact.verb = (enum pay_verb)verb;
    fact.state = (enum pay_state)state;
    fact.key = f[KEY];
    fact.ref = f[REF];
    fact.token = f[TOKEN];
    fact.capture = str_eq(f[CAPTURE], S("1"));
    fact.return_url = f[RETURN_URL];
    fact.customer = f[CUSTOMER];
    *ret = fact;
    return true;
}

/* ---- facts in the books ---- */
int64_t pay_books_open_minor(const struct pay_payment *p)
{
    switch (p->state) {
    case PAY_STATE_AUTHORIZED:
    case PAY_STATE_CAPTURED:
        return p->released ? 0 : p->amount.minor - p->captured;
    case PAY_STATE_NONE:
    case PAY_STATE_REFUNDED: /* only once nothing is open */
    case PAY_STATE_DECLINED:
    case PAY_STATE_CHALLENGE:
    case PAY_STATE_VOIDED:
        return 0;
    }
    panic(__FILE__, "no such state of a payment");
}

static int64_t live_of(const struct pay_payment *p)
{
    switch (p->state) {
    case PAY_STATE_AUTHORIZED:
        return p->amount.minor;
    case PAY_STATE_CAPTURED:
    case PAY_STATE_REFUNDED:
        return p->captured - p->refunded + pay_books_open_minor(p);
    case PAY_STATE_NONE:
    case PAY_STATE_DECLINED:
    case PAY_STATE_CHALLENGE:
    case PAY_STATE_VOIDED:
        return 0;
    }
    panic(__FILE__, "no such state of a payment");
}

static struct pay_payment *payment_new(struct pay_books *books, const struct pay_fact *f)
{
    struct pay_payment *p = NEW(books->arena, struct pay_payment);

    *p = (struct pay_payment){
        .created_ms = f->at_ms,
        .key = str_dup(books->arena, f->key),
        .ref = str_dup(books->arena, f->ref),
        .token = str_dup(books->arena, f->token),
        .return_url = str_dup(books->arena, f->return_url),
        .amount = money_of(f->minor, f->currency),
        .capture = f->capture,
        .first = f->state,
        .state = f->state,
        .captured = f->state == PAY_STATE_CAPTURED ? f->minor : 0,
    };
    map_put(&books->by_key, p->key, p);
    map_put(&books->by_ref, p->ref, p);
    return p;
}

static void payment_change(struct pay_payment *p, const struct pay_fact *f)
{
    switch (f->verb) {
    case PAY_VERB_AUTHORIZE:
        panic(__FILE__, "a payment is made once");
    case PAY_VERB_CHALLENGE:
        p->state = f->state;
        if (f->state == PAY_STATE_CAPTURED)
            p->captured = p->amount.minor;
        break;
    case PAY_VERB_CAPTURE:
        p->captured += f->minor;
        p->state = PAY_STATE_CAPTURED;
        break;
    case PAY_VERB_RELEASE:
        p->released = true;
        if (p->captured == 0)
            p->state = PAY_STATE_VOIDED;
        break;
    case PAY_VERB_REFUND:
        p->refunded += f->minor;
        break;
    case PAY_VERB_RETURN:
        p->refunded -= f->minor;
        p->state = PAY_STATE_CAPTURED;
        break;
    case PAY_VERB_SETUP:
    case PAY_VERB_DETACH:
    case PAY_VERBS_N:
        panic(__FILE__, "no fact of a payment");
    }
    bool closed = p->released || p->captured == p->amount.minor;
    if (p->captured > 0 && p->refunded == p->captured && closed)
        p->state = PAY_STATE_REFUNDED;
}

static void deed_keep(struct pay_books *books, struct pay_payment *p, const struct pay_fact *f)
{
    struct pay_deed *deed = NEW(books->arena, struct pay_deed);

    *deed = (struct pay_deed){ .payment = p,
        .minor = f->minor,
        .captured = p->captured,
        .refunded = p->refunded,
        .open = pay_books_open_minor(p),
        .state = p->state };
    map_put(&books->deeds[f->verb], str_dup(books->arena, f->key), deed);
}

static void tell(struct pay_books *books, struct pay_told told)
{
    if (books->told_n == books->told_cap) {
        size_t cap = books->told_cap ? books->told_cap * 2 : 64;
        books->told = arena_grow(books->arena, books->told, books->told_cap * sizeof(*books->told),
            cap * sizeof(*books->told));
        books->told_cap = cap;
    }
    told.key = str_dup(books->arena, told.key);
    books->told[books->told_n++] = told;
}

static void payment_apply(struct pay_books *books, struct pay_payment *p, const struct pay_fact *f)
{
    if (!p) {
        p = payment_new(books, f);
    } else {
        books->live_minor -= live_of(p);
        payment_change(p, f);
        if (f->verb != PAY_VERB_CHALLENGE)
            deed_keep(books, p, f);
    }
    books->live_minor += live_of(p);
    tell(books, (struct pay_told){ .verb = f->verb,
                    .key = f->key,
                    .payment = p,
                    .state = p->state,
                    .captured = p->captured,
                    .refunded = p->refunded,
                    .open = pay_books_open_minor(p),
                    .at_ms = f->at_ms });
}

static enum pay_setup_state setup_state_of(enum pay_state state)
{
    if (state == PAY_STATE_CHALLENGE)
        return PAY_SETUP_CHALLENGE;
    return state == PAY_STATE_DECLINED ? PAY_SETUP_DECLINED : PAY_SETUP_READY;
}

static struct pay_saved *saved_new(struct pay_books *books, const struct pay_fact *f)
{
    struct pay_saved *saved = NEW(books->arena, struct pay_saved);

    *saved = (struct pay_saved){
        .key = str_dup(books->arena, f->key),
        .ref = str_dup(books->arena, f->ref),
        .token = str_cat(books->arena, S("pm_"), f->ref),
        .customer = str_dup(books->arena, f->customer),
        .return_url = str_dup(books->arena, f->return_url),
        .card = str_dup(books->arena, f->token),
        .first = setup_state_of(f->state),
        .state = setup_state_of(f->state),
    };
    map_put(&books->saved_by_key, saved->key, saved);
    map_put(&books->saved_by_ref, saved->ref, saved);
    map_put(&books->saved_by_token, saved->token, saved);
    return saved;
}

static void saved_apply(struct pay_books *books, struct pay_saved *saved, const struct pay_fact *f)
{
    if (!saved)
        saved = saved_new(books, f);
    else if (f->verb == PAY_VERB_CHALLENGE)
        saved->state = setup_state_of(f->state);
    else
        saved->detached = true;
    tell(books,
        (struct pay_told){ .verb = f->verb, .key = f->key, .saved = saved, .at_ms = f->at_ms });
}

/* False when the fact cannot follow those before it: the file is not ours. */
static bool fact_apply(struct pay_books *books, const struct pay_fact *f)
{
    struct pay_payment *p = map_get(&books->by_ref, f->ref);
    struct pay_saved *saved = map_get(&books->saved_by_ref, f->ref);
    bool makes = f->verb == PAY_VERB_AUTHORIZE || f->verb == PAY_VERB_SETUP;

    if (makes != (!p && !saved))
        return false;
    if (saved && f->verb != PAY_VERB_CHALLENGE && f->verb != PAY_VERB_DETACH)
        return false;
    if (p && f->verb == PAY_VERB_DETACH)
        return false;
    if (saved || f->verb == PAY_VERB_SETUP)
        saved_apply(books, saved, f);
    else
        payment_apply(books, p, f);
    return true;
}

/* ---- the file ---- */
static err file_apply(struct pay_books *books, struct cx *cx, str text)
{
    struct arena *scratch DEFER(arena_close_at) = arena_open(1024);
    ptrdiff_t end;

    while ((end = str_find_char(text, '\n', 0)) >= 0) {
        struct pay_fact fact;
        arena_reset(scratch);
        if (!fact_parse(scratch, str_sub(text, 0, (size_t)end), &fact) || !fact_apply(books, &fact))
            return FAIL(
                cx, ERR_BUG, "%s: byte %lld starts no fact", books->path, (long long)books->read);
        text = str_skip(text, (size_t)end + 1);
        books->read += end + 1;
    }
    return NULL;
}

/* What was appended since; n bytes. A line without its end is a writer's that was killed: nobody
 * was told of it. */
static err file_catch_up(struct pay_books *books, struct cx *cx, int64_t n)
{
    struct arena *scratch DEFER(arena_close_at) = arena_open(READ_BLOCK);
    char *text = arena_alloc(scratch, (size_t)n);
    size_t got = 0;

    while (got < (size_t)n) {
        ssize_t r = pread(books->fd, text + got, (size_t)n - got, books->read + (off_t)got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return FAIL(cx, PAY_UNREACHABLE, "%s: %s", books->path, strerror(errno));
        got += (size_t)r;
    }
    int64_t end = books->read + n;
    err e = file_apply(books, cx, (str){ text, got });
    if (!e && books->read < end && ftruncate(books->fd, books->read) != 0)
        return FAIL(cx, PAY_UNREACHABLE, "%s: %s", books->path, strerror(errno));
    return e;
}

err pay_books_begin(struct pay_books *books, struct cx *cx)
{
    struct stat st;

    if (books->fd < 0)
        return NULL;
    while (flock(books->fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return FAIL(cx, PAY_UNREACHABLE, "%s: %s", books->path, strerror(errno));
    err e = NULL;
    if (fstat(books->fd, &st) != 0)
        e = FAIL(cx, PAY_UNREACHABLE, "%s: %s", books->path, strerror(errno));
    else if (st.st_size < books->read)
        e = FAIL(cx, ERR_BUG, "%s has become shorter", books->path);
    else if (st.st_size > books->read)
        e = file_catch_up(books, cx, st.st_size - books->read);
    if (e)
        pay_books_end(books);
    return e;
}

void pay_books_end(struct pay_books *books)
{
    if (books->fd >= 0)
        (void)flock(books->fd, LOCK_UN);
}

static err line_write(struct pay_books *books, struct cx *cx, str line)
{
    ssize_t n;

    do
        n = write(books->fd, line.p, line.n);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)line.n) {
        books->read += n;
        return NULL;
    }
    const char *why = n < 0 ? strerror(errno) : "the disk is full";
    if (n > 0 && ftruncate(books->fd, books->read) != 0)
        why = strerror(errno); /* the next reader cuts it */
    return FAIL(cx, PAY_UNREACHABLE, "%s: %s", books->path, why);
}

err pay_books_add(struct pay_books *books, struct cx *cx, const struct pay_fact *fact)
{
    if (books->fd >= 0) {
        err e = line_write(books, cx, fact_line(cx->arena, fact));
        if (e)
            return e;
    }
    bool fits = fact_apply(books, fact);
    ASSERT(fits);
    return NULL;
}

err pay_books_open(struct cx *cx, const char *file, struct pay_books *ret)
{
    struct arena *arena = arena_open(64 * 1024);
    struct pay_books books = { .arena = arena, .fd = -1 };

    books.by_ref = map_new(arena, 1024);
    books.by_key = map_new(arena, 1024);
    books.saved_by_key = map_new(arena, 16);
    books.saved_by_ref = map_new(arena, 16);
    books.saved_by_token = map_new(arena, 16);
    for (size_t i = 0; i < PAY_VERBS_N; i++)
        books.deeds[i] = map_new(arena, 16);
    if (file) {
        books.path = str_c(arena, str_from_c(file));
        books.fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (books.fd < 0) {
            arena_close(arena);
            return FAIL(cx, ERR_BUG, "cannot open the sandbox's log %s: %s", file, strerror(errno));
        }
    }
    err e = pay_books_begin(&books, cx);
    if (e) {
        pay_books_close(&books);
        return e;
    }
    pay_books_end(&books);
    *ret = books;
    return NULL;
}

void pay_books_close(struct pay_books *books)
{
    if (books->fd >= 0)
        close(books->fd);
    books->fd = -1;
    arena_close_at(&books->arena);
}
