/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, a few idempotency keys that differ in one part each: claimed, asked for
 * again, with another body, finished, given up, undone and forgotten in any order, beside a count
 * on fingers. Called by sim_shop.c; must never ask the table of claims what to expect of it. */
#include "tests/sim/sim.h"

#define TRIES 40
#define SUBJECTS 3

enum claimed { CLAIM_NOT, CLAIM_RUNS, CLAIM_DONE };
struct claims {
    struct sim *sim;
    struct rng rng;
    int64_t now_ms;
    id subjects[SUBJECTS];
    struct claims_key {
        const char *principal, *method, *route, *key;
        enum claimed state;
        int64_t began_ms;
        const char *body; /* that was asked with */
        id subject;
        int status;
        str answer;
    } keys[5], *key; /* key: that is tried */
    const char *body;
    id subject;
    int status;
    str answer;
    bool dies; /* its unit is undone */
    enum idem_state said;
    struct idem_reply reply;
    bool known;
};

static const char *const bodies[] = { "one body", "another body" };
static const char *const answers[] = { "{\"n\":1}", "{\"n\":2}", "" };
static const int statuses[] = { 200, 201, 402, 409 };

/* ---- verbs ---- */

static struct idem_claim claim_of(const struct claims *c)
{
    return (struct idem_claim){ .principal = str_from_c(c->key->principal),
        .method = str_from_c(c->key->method),
        .route = str_from_c(c->key->route),
        .key = str_from_c(c->key->key),
        .fingerprint = str_from_c(c->body) };
}

static err end_of(const struct claims *c, struct cx *cx, err e)
{
    return e || !c->dies ? e : FAIL(cx, DB_OVERLOADED, "its unit is undone");
}

static err unit_take(void *arg, struct cx *cx)
{
    struct claims *c = arg;
    cx->now_ms = c->now_ms;
    c->reply = (struct idem_reply){ 0 };
    err e = idem_take(
        sim_store_db(c->sim->store, SIM_MAIN), cx, claim_of(c), c->subject, &c->said, &c->reply);
    c->reply.body = str_dup(c->sim->life, c->reply.body);
    return end_of(c, cx, e);
}

static err unit_finish(void *arg, struct cx *cx)
{
    struct claims *c = arg;
    struct db *db = sim_store_db(c->sim->store, SIM_MAIN);
    cx->now_ms = c->now_ms;
    return end_of(c, cx, idem_finish(db, cx, claim_of(c), c->status, c->answer));
}

static err unit_drop(void *arg, struct cx *cx)
{
    struct claims *c = arg;
    cx->now_ms = c->now_ms;
    return end_of(c, cx, idem_drop(sim_store_db(c->sim->store, SIM_MAIN), cx, claim_of(c)));
}

static err unit_forget(void *arg, struct cx *cx)
{
    struct claims *c = arg;
    bool more = false;
    cx->now_ms = c->now_ms;
    return idem_jobs[0].fn(&c->sim->outside.claims, cx, &more);
}

/* Each of them is there or not. */
static err unit_compare(void *arg, struct cx *cx)
{
    struct claims *c = arg;
    struct claims_key *tried = c->key;
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(c->keys); i++) {
        c->key = &c->keys[i];
        const struct idem_claim claim = claim_of(c);
        e = idem_known(sim_store_db(c->sim->store, SIM_MAIN), cx, &claim, 1, &c->known);
        if (!e && c->known != (c->key->state != CLAIM_NOT))
            sim_fail(c->sim, "key %zu is%s claimed", i, c->known ? "" : " not");
    }
    c->key = tried;
    return e;
}

static err run(struct claims *c, db_work *fn)
{
    return sim_at_once(c->sim, SIM_MAIN, fn, c);
}

static void said(struct claims *c, const char *verb, err is, err want)
{
    sim_expect(c->sim, "a key is", verb, is, want ? want : c->dies ? &DB_OVERLOADED : NULL);
}

/* ---- tries ---- */

/* What is told of a key that somebody has: to whoever asks the same, and nothing to others. */
static void check_reply(const struct claims *c, bool same)
{
    const struct claims_key *k = c->key;
    bool done = same && k->state == CLAIM_DONE;
    str answer = done ? k->answer : (str){ 0 };
    if (!id_eq(c->reply.subject, same ? k->subject : (id){ { 0 } }) ||
        c->reply.status != (done ? k->status : 0) || !str_eq(c->reply.body, answer))
        sim_fail(c->sim, "key %zu: %s asks again and is told %d, " STR_F, (size_t)(k - c->keys),
            same ? "the same" : "another", c->reply.status, STR_A(c->reply.body));
}

static void take(struct claims *c)
{
    struct claims_key *k = c->key;
    bool same = str_eq(str_from_c(k->body), str_from_c(c->body));
    if (k->state == CLAIM_NOT) {
        said(c, "claimed", run(c, unit_take), NULL);
        if (c->said != IDEM_NEW)
            sim_fail(c->sim, "a key that is free is told again");
        if (c->dies)
            return;
        k->state = CLAIM_RUNS;
        k->began_ms = c->now_ms;
        k->body = c->body;
        k->subject = c->subject;
        return;
    }
    c->said = IDEM_NEW;
    said(c, "claimed again", run(c, unit_take),
        !same                    ? &IDEM_REUSED
        : k->state == CLAIM_RUNS ? &IDEM_RUNNING
                                 : NULL);
    if ((c->said == IDEM_REPLAY) != (same && k->state == CLAIM_DONE))
        sim_fail(c->sim, "a key is told %s", c->said == IDEM_REPLAY ? "again" : "to be new");
    check_reply(c, same);
}

/* Once: an answer that is kept is not changed any more. */
static void finish(struct claims *c)
{
    struct claims_key *k = c->key;
    said(c, "finished", run(c, unit_finish), k->state == CLAIM_RUNS ? NULL : &DB_FAILED);
    if (k->state != CLAIM_RUNS || c->dies)
        return;
    k->state = CLAIM_DONE;
    k->status = c->status;
    k->answer = c->answer;
}

/* What is done stays so. */
static void drop(struct claims *c)
{
    said(c, "given up", run(c, unit_drop), NULL);
    if (c->key->state == CLAIM_RUNS && !c->dies)
        c->key->state = CLAIM_NOT;
}

/* A day after it was asked for; what still runs never. */
static void forget(struct claims *c)
{
    c->dies = false;
    said(c, "forgotten", run(c, unit_forget), NULL);
    for (size_t i = 0; i < COUNT(c->keys); i++)
        if (c->keys[i].state == CLAIM_DONE &&
            c->keys[i].began_ms < c->now_ms - IDEM_KEEP_HOURS * HOUR_MS)
            c->keys[i].state = CLAIM_NOT;
}

static void pass(struct claims *c)
{
    static const int64_t times[] = { 1, HOUR_MS, IDEM_KEEP_HOURS * HOUR_MS - 1,
        IDEM_KEEP_HOURS * HOUR_MS };
    c->now_ms += times[rng_below(&c->rng, COUNT(times))];
}

static void draw(struct claims *c)
{
    c->key = &c->keys[rng_below(&c->rng, COUNT(c->keys))];
    c->body = bodies[rng_chance(&c->rng, 300)];
    c->subject = c->subjects[rng_below(&c->rng, SUBJECTS)];
    c->status = statuses[rng_below(&c->rng, COUNT(statuses))];
    c->answer = str_from_c(answers[rng_below(&c->rng, COUNT(answers))]);
    c->dies = rng_chance(&c->rng, 150);
}

void sim_claims_check(struct sim *s)
{
    static void (*const verbs[])(
        struct claims *) = { take, take, take, take, finish, finish, drop, forget, pass };
    struct claims c = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x636c61696d73)), /* "claims" */
        .now_ms = s->now_ms,
        .keys = { { "user:a", "POST", "/orders", "1" }, { "user:b", "POST", "/orders", "1" },
            { "user:a", "PUT", "/orders", "1" }, { "user:a", "POST", "/refunds", "1" },
            { "user:a", "POST", "/orders", "2" } } };
    for (size_t i = 1; i < SUBJECTS; i++) /* the first is none */
        c.subjects[i] = id_new(&c.rng, s->now_ms);
    err e = NULL;
    for (int i = 0; !e && i < TRIES; i++) {
        draw(&c);
        verbs[rng_below(&c.rng, COUNT(verbs))](&c);
        e = run(&c, unit_compare);
    }
    if (e)
        sim_fail(s, "keys that are tried: %s", e->slug);
}
