/* SPDX-License-Identifier: Apache-2.0
 * The bus, round by round on the test's own thread and a clock that it moves: what is handled how
 * often, in which order, and what happens to what fails. Run by `./dev test bus`. */
#include "platform/bus/tests/busprobe.h"

#include "base/instant.h"
#include "platform/bus/bus_internal.h"

struct desk {
    struct store *s;
    struct cx *cx;
    struct arena *life;
    struct clock clock;
    struct bus *bus;
    struct busprobe probe;
};

static struct desk *desk_of(enum db_engine engine, size_t batch_max)
{
    struct store *s = busprobe_store(engine, /* lanes= */ false, 0);
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);

    d->s = s;
    d->cx = store_cx(s);
    d->life = life;
    d->clock = clock_fake(life, d->cx->now_ms);
    d->probe.db = store_db(s);
    d->bus = bus_open(
        life, (struct bus_opts){ .db = store_db(s), .clock = &d->clock, .batch_max = batch_max });
    bus_subscribe(d->bus, busprobe_handlers, &d->probe);
    return d;
}

static void desk_close(struct desk *d)
{
    bus_close(d->bus);
    store_close(d->s);
    arena_close(d->life);
}

static void emit(struct desk *d, const char *type, id aggregate, int64_t from, int64_t n)
{
    struct busprobe_emit in = { d->bus, store_db(d->s), type, aggregate, from, n, NULL };
    CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), NULL);
}

static size_t drain(struct desk *d)
{
    size_t handled = 0;
    cx_clear(d->cx);
    CHECK_ERR(d->cx, bus_drain(d->bus, d->cx, &handled), NULL);
    return handled;
}

static struct bus_figures figures(struct desk *d)
{
    struct bus_figures f;
    CHECK_ERR(d->cx, bus_figures_of(d->bus, d->cx, &f), NULL);
    return f;
}

/* ---- once ---- */
static const struct once_case {
    const char *name, *type;
    err after;
    size_t handled, effects;
} once_cases[] = {
    { "one consumer", "t.one", NULL, 1, 1 },
    { "two consumers", "t.two", NULL, 1, 2 },
    { "no consumer", "t.none", NULL, 1, 0 },
    { "a unit that fails", "t.one", &ERR_INVALID, 0, 0 },
};

static void each_effect_happens_once(void **state)
{
    for (size_t i = 0; i < COUNT(once_cases); i++) {
        const struct once_case *c = &once_cases[i];
        struct desk *d = desk_of(store_engine(state), 0);
        struct busprobe_emit in = { d->bus, store_db(d->s), c->type, busprobe_id("a"), 7, 1,
            c->after };
        CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), c->after);
        CASE_INT(c->name, (int64_t)drain(d), (int64_t)c->handled);
        CASE_INT(c->name, (int64_t)drain(d), 0);
        struct busprobe_effects got = busprobe_effects(d->s);
        CASE_INT(c->name, (int64_t)got.n, (int64_t)c->effects);
        for (size_t j = 0; j < got.n; j++) {
            CASE_STR(c->name, got.rows[j].payload, busprobe_payload(d->cx->arena, 7));
            CASE(c->name, id_eq(got.rows[j].aggregate_id, busprobe_id("a")));
            CASE(c->name, id_ms(got.rows[j].event_id) == d->cx->now_ms);
        }
        CASE_INT(c->name, figures(d).waiting, 0);
        CASE_INT(c->name, figures(d).handled, (int64_t)c->handled);
        desk_close(d);
    }
}

/* ---- order ---- */
/* Effects of one consumer for one aggregate count up from 0 without a gap; returns how many. */
static int64_t in_order(struct desk *d, str consumer, id aggregate)
{
    struct busprobe_effects got = busprobe_effects(d->s);
    int64_t n = 0;

    for (size_t i = 0; i < got.n; i++) {
        if (!str_eq(got.rows[i].consumer, consumer) || !id_eq(got.rows[i].aggregate_id, aggregate))
            continue;
        CHECK_STR(got.rows[i].payload, busprobe_payload(d->cx->arena, n));
        n++;
    }
    return n;
}

static void order_is_kept_per_aggregate(void **state)
{
    static const size_t batches[] = { 1, 2, 7, 64 };

    for (size_t b = 0; b < COUNT(batches); b++) {
        struct desk *d = desk_of(store_engine(state), batches[b]);
        for (int64_t i = 0; i < 10; i++) {
            emit(d, i % 3 ? "t.one" : "t.two", busprobe_id("mixed"), i, 1);
            emit(d, "t.two", busprobe_id("b"), i * 2, 2);
            emit(d, "t.none", busprobe_id("b"), 0, 1);
            d->cx->now_ms -= 5; /* units have clocks of their own; emission counts */
        }
        CHECK_INT((int64_t)drain(d), 40);
        CHECK_INT(in_order(d, S("p.first"), busprobe_id("b")), 20);
        CHECK_INT(in_order(d, S("p.second"), busprobe_id("b")), 20);
        struct busprobe_effects got = busprobe_effects(d->s);
        str before = S("");
        for (size_t i = 0; i < got.n; i++) {
            if (!id_eq(got.rows[i].aggregate_id, busprobe_id("mixed")) ||
                str_eq(got.rows[i].consumer, S("p.second")))
                continue;
            CHECK(str_cmp(before, got.rows[i].payload) < 0); /* across types */
            before = got.rows[i].payload;
        }
        desk_close(d);
    }
}

static void ids_grow_without_a_bus_and_over_restarts(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    struct busprobe_emit in = { NULL, store_db(d->s), "t.one", busprobe_id("a"), 0, 20, NULL };

    CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), NULL);
    store_reopen(d->s); /* the clock of the next process is behind */
    d->cx->now_ms -= HOUR_MS;
    in.db = d->probe.db = store_db(d->s);
    in.from = 20;
    CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), NULL);
    struct arena *life = arena_open(1024);
    struct bus *again = bus_open(life, (struct bus_opts){ .db = store_db(d->s) });
    in.bus = again;
    in.from = 40;
    CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), NULL);
    bus_subscribe(again, busprobe_handlers, &d->probe);
    size_t handled;
    CHECK_ERR(d->cx, bus_drain(again, d->cx, &handled), NULL); /* without a clock: cx's time */
    CHECK_INT((int64_t)handled, 60);
    CHECK_INT(in_order(d, S("p.one"), busprobe_id("a")), 60);
    bus_close(again);
    arena_close(life);
    desk_close(d);
}

static void ids_carry(void **state)
{
    static const struct {
        const char *name, *a;
        uint64_t by;
        const char *want;
    } cases[] = {
        { "last byte", "018f0000-0000-7000-8000-000000000001", 1,
            "018f0000-0000-7000-8000-000000000002" },
        { "within the 62 bits", "018f0000-0000-7000-8000-0000000000ff", 1,
            "018f0000-0000-7000-8000-000000000100" },
        { "over the variant", "018f0000-0000-7000-bfff-ffffffffffff", 1,
            "018f0000-0000-7001-8000-000000000000" },
        { "over the version", "018f0000-0000-7fff-bfff-ffffffffffff", 1,
            "018f0000-0001-7000-8000-000000000000" },
        { "four bytes", "018f0000-0000-7000-8000-000000000003", 0xfffffffe,
            "018f0000-0000-7000-8000-000100000001" },
        { "four bytes, over the variant", "018f0000-0000-7000-bfff-ffffffffffff", 0xffffffff,
            "018f0000-0000-7001-8000-0000fffffffe" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        id a = { 0 }, want = { 0 };
        CHECK(id_parse(str_from_c(cases[i].a), &a));
        CHECK(id_parse(str_from_c(cases[i].want), &want));
        CASE(cases[i].name, id_eq(bus_id_after(a, cases[i].by), want));
    }
}

/* Both go on from the same event, and neither knows of the other's. */
static void ids_of_two_processes_differ(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    struct bus *other = bus_open(d->life, (struct bus_opts){ .db = store_db(d->s) });
    struct busprobe_emit in = { other, store_db(d->s), "t.one", busprobe_id("b"), 0, 1, NULL };
    emit(d, "t.one", busprobe_id("a"), 0, 1);
    d->cx->now_ms -= HOUR_MS; /* so that all of them come after it, and not by their time */
    CHECK_ERR(d->cx, store_write(d->s, busprobe_emit_work, &in), NULL);
    emit(d, "t.one", busprobe_id("a"), 1, 1);
    CHECK_INT((int64_t)drain(d), 3);
    bus_close(other);
    desk_close(d);
}

/* ---- failures ---- */
/* When the n-th attempt is due after the one before: half of the step to all of it. */
static const int64_t steps_ms[] = { 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000 };

static void failures_back_off_and_die(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);

    atomic_store(&d->probe.fails[BUSPROBE_ONE], 1000);
    d->probe.fails_on = busprobe_id("bad");
    emit(d, "t.one", busprobe_id("bad"), 0, 3);
    emit(d, "t.one", busprobe_id("good"), 0, 3);
    CHECK_INT((int64_t)drain(d), 3); /* others do not wait */
    for (size_t i = 0; i < COUNT(steps_ms); i++) {
        int tries = atomic_load(&d->probe.tries[BUSPROBE_ONE]);
        clock_fake_advance(&d->clock, steps_ms[i] / 2 - 1);
        CHECK_INT((int64_t)drain(d), 0);
        CHECK_INT(atomic_load(&d->probe.tries[BUSPROBE_ONE]), tries);
        CHECK_INT(figures(d).dead, 0);
        clock_fake_advance(&d->clock, steps_ms[i] / 2 + 1);
        CHECK_INT((int64_t)drain(d), 0);
        bool dies = i + 1 == COUNT(steps_ms);
        /* the death of the first lets the second have its first attempt, and so on */
        CHECK_INT(atomic_load(&d->probe.tries[BUSPROBE_ONE]), tries + (dies ? 2 : 1));
    }
    CHECK_INT(figures(d).dead, 1);
    CHECK_INT(figures(d).failed, 11);
    CHECK_INT(in_order(d, S("p.one"), busprobe_id("bad")), 0);
    atomic_store(&d->probe.fails[BUSPROBE_ONE], 0);
    clock_fake_advance(&d->clock, SECOND_MS);
    CHECK_INT((int64_t)drain(d), 2);
    CHECK_INT(figures(d).waiting, 0);
    desk_close(d);
}

struct dead_look {
    struct bus *bus;
    id before;
    struct bus_dead *list;
    size_t n;
};
static err look_at_dead(void *arg, struct cx *cx)
{
    struct dead_look *look = arg;
    return bus_dead_list(look->bus, cx, look->before, 200, &look->list, &look->n);
}

static void check_dead_lists(struct desk *d)
{
    struct dead_look look = { .bus = d->bus };
    CHECK_ERR(d->cx, store_read(d->s, look_at_dead, &look), NULL);
    CHECK_INT((int64_t)look.n, 200);
    CHECK_STR(look.list[0].type, S("t.two"));
    CHECK_STR(look.list[0].consumer, S("p.second"));
    CHECK_INT(look.list[0].attempts, 10);
    look.before = look.list[199].event_id;
    CHECK(id_cmp(look.list[0].event_id, look.before) > 0);
    CHECK_ERR(d->cx, store_read(d->s, look_at_dead, &look), NULL);
    CHECK_INT((int64_t)look.n, 100);
}

/* ---- what is too old, and what is about somebody who is erased ---- */
struct end {
    struct desk *d;
    struct bus_person who;
    bool more;
};
static err do_prune(void *arg, struct cx *cx)
{
    struct end *in = arg;
    return bus_jobs[0].fn(in->d->bus, cx, &in->more);
}
static err do_forget(void *arg, struct cx *cx)
{
    struct end *in = arg;
    return bus_forget(in->d->bus, cx, in->who);
}

/* A dead letter for the second consumer, with the mark that the first is through. */
static void die(struct desk *d, id aggregate, int64_t n)
{
    atomic_store(&d->probe.fails[BUSPROBE_SECOND], 10);
    emit(d, "t.two", aggregate, n, 1);
    for (int i = 0; i < 10; i++) {
        CHECK_INT((int64_t)drain(d), 0);
        clock_fake_advance(&d->clock, 5 * MINUTE_MS);
    }
}

static void dead_letters_end(void **state)
{
    static const char marks[] =
        "CREATE TABLE seen%d (n bigint CHECK (n = %d));"
        "INSERT INTO seen%d SELECT count(*) FROM bus_done;";
    struct desk *d = desk_of(store_engine(state), 0);
    struct end in = { .d = d, .who = { busprobe_id("somebody"), S("") } };
    int64_t revived = 0;
    die(d, busprobe_id("somebody"), 1);
    die(d, busprobe_id("another"), 2);
    CHECK_INT(figures(d).dead, 2);
    store_script(d->s, str_c(d->life, str_fmt(d->life, marks, 2, 2, 2)));
    CHECK_ERR(d->cx, store_write(d->s, do_forget, &in), NULL);
    CHECK_INT(figures(d).dead, 1);
    store_script(d->s, str_c(d->life, str_fmt(d->life, marks, 1, 1, 1)));
    for (int i = 0; i < 2; i++) { /* nearly, and then */
        d->cx->now_ms = clock_now_ms(&d->clock) + 30 * DAY_MS - (i ? 0 : HOUR_MS);
        CHECK_ERR(d->cx, store_write(d->s, do_prune, &in), NULL);
        CHECK_INT(figures(d).dead, 1 - i);
    }
    store_script(d->s, str_c(d->life, str_fmt(d->life, marks, 0, 0, 0)));
    CHECK_ERR(d->cx, bus_replay_dead(d->bus, d->cx, &revived), NULL);
    CHECK_INT(revived, 0);
    desk_close(d);
}

static err do_prune_retries(void *arg, struct cx *cx)
{
    struct end *in = arg;
    return bus_jobs[1].fn(in->d->bus, cx, &in->more);
}

/* Another dispatcher was through with it just before the failure here was booked. */
static void retries_without_an_event_end(void **state)
{
    static const char gone[] =
        "DELETE FROM bus_event WHERE aggregate_id IN "
        "(SELECT aggregate_id FROM bus_retry ORDER BY event_id LIMIT 1)";
    static const char left[] =
        "CREATE TABLE left%d (n bigint CHECK (n = %d));"
        "INSERT INTO left%d SELECT count(*) FROM bus_retry;";
    struct desk *d = desk_of(store_engine(state), 0);
    struct end in = { .d = d };
    atomic_store(&d->probe.fails[BUSPROBE_ONE], 2);
    emit(d, "t.one", busprobe_id("a"), 0, 1);
    emit(d, "t.one", busprobe_id("b"), 0, 1);
    CHECK_INT((int64_t)drain(d), 0);
    store_script(d->s, gone);
    CHECK_ERR(d->cx, store_write(d->s, do_prune_retries, &in), NULL); /* too soon to tell */
    store_script(d->s, str_c(d->life, str_fmt(d->life, left, 2, 2, 2)));
    d->cx->now_ms = clock_now_ms(&d->clock) + HOUR_MS + 5 * MINUTE_MS;
    CHECK_ERR(d->cx, store_write(d->s, do_prune_retries, &in), NULL);
    store_script(d->s, str_c(d->life, str_fmt(d->life, left, 1, 1, 1)));
    clock_fake_advance(&d->clock, 5 * MINUTE_MS);
    CHECK_INT((int64_t)drain(d), 1);
    desk_close(d);
}

/* Another's letters that name a person keep all but the e-mail, and can be replayed. */
static void dead_letters_lose_an_email(void **state)
{
    static const struct {
        const char *name, *payload, *after;
    } cases[] = {
        { "none", "{\"n\":1}", "{\"n\":1}" },
        { "one", "{\"email\":\"a@b\",\"n\":1}", "{\"email\":\"\",\"n\":1}" },
        { "empty", "{\"email\":\"\"}", "{\"email\":\"\"}" },
        { "quotes", "{\"email\":\"\\\"a\\\\\",\"x\":\"email\"}",
            "{\"email\":\"\",\"x\":\"email\"}" },
        { "two", "[{\"email\":\"a\"},{\"email\":\"b\"}]", "[{\"email\":\"\"},{\"email\":\"\"}]" },
        { "cut off", "{\"email\":\"a\\", "{\"email\":\"" },
    };
    struct desk *d = desk_of(store_engine(state), 0);
    struct end in = { .d = d, .who = { busprobe_id("somebody"), S("who@x") } };
    int64_t revived = 0;
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_STR(cases[i].name, bus_without_email(d->life, str_from_c(cases[i].payload)),
            str_from_c(cases[i].after));
    die(d, busprobe_id("order"), 1);
    store_script(d->s, "UPDATE bus_dead SET payload = '{\"email\":\"Who@X\",\"n\":1}'");
    CHECK_ERR(d->cx, store_write(d->s, do_forget, &in), NULL);
    CHECK_ERR(d->cx, bus_replay_dead(d->bus, d->cx, &revived), NULL);
    CHECK_INT(revived, 1);
    CHECK_INT((int64_t)drain(d), 1);
    struct busprobe_effects got = busprobe_effects(d->s);
    CHECK_INT((int64_t)got.n, 2); /* the first's of before, the second's of now */
    CHECK(str_eq(got.rows[0].payload, S("{\"email\":\"\",\"n\":1}")) ||
          str_eq(got.rows[1].payload, S("{\"email\":\"\",\"n\":1}")));
    desk_close(d);
}

static void replays_finish_what_was_given_up(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    int64_t revived = 0;

    CHECK_ERR(d->cx, bus_replay_dead(d->bus, d->cx, &revived), NULL);
    CHECK_INT(revived, 0);
    atomic_store(&d->probe.fails[BUSPROBE_SECOND], 10 * 300);
    for (int64_t i = 0; i < 300; i++)
        emit(d, "t.two", (id){ 0 }, i, 1); /* none waits for another */
    for (int i = 0; i < 10; i++) {
        CHECK_INT((int64_t)drain(d), 0);
        clock_fake_advance(&d->clock, 5 * MINUTE_MS);
    }
    CHECK_INT(figures(d).dead, 300);
    check_dead_lists(d);
    CHECK_INT(figures(d).waiting, 0);
    CHECK_ERR(d->cx, bus_replay_dead(d->bus, d->cx, &revived), NULL);
    CHECK_INT(revived, 300);
    CHECK_INT(figures(d).dead, 0);
    CHECK_INT((int64_t)drain(d), 300);
    CHECK_INT((int64_t)busprobe_effects(d->s).n, 600);
    /* together with the second, then on its own; its marks outlived death */
    CHECK_INT(atomic_load(&d->probe.tries[BUSPROBE_FIRST]), 600);
    CHECK_INT(figures(d).waiting, 0);
    desk_close(d);
}

static const struct part_case {
    const char *name;
    int consumer; /* that fails */
    int first_tries, second_tries;
} part_cases[] = {
    /* together once, then each on its own */
    { "the first fails", BUSPROBE_FIRST, 5, 1 },
    { "the second fails", BUSPROBE_SECOND, 2, 5 },
};

static void only_who_failed_is_asked_again(void **state)
{
    for (size_t i = 0; i < COUNT(part_cases); i++) {
        const struct part_case *c = &part_cases[i];
        struct desk *d = desk_of(store_engine(state), 0);
        atomic_store(&d->probe.fails[c->consumer], 4);
        emit(d, "t.two", busprobe_id("a"), 0, 2);
        CASE_INT(c->name, (int64_t)drain(d), 0);
        CASE_INT(c->name, (int64_t)busprobe_effects(d->s).n, 1); /* the next event waits */
        CASE_INT(c->name, figures(d).oldest_ms, d->cx->now_ms);
        for (int j = 0; j < 3; j++) {
            clock_fake_advance(&d->clock, 5 * MINUTE_MS);
            CASE_INT(c->name, (int64_t)drain(d), j == 2 ? 2 : 0);
        }
        CASE_INT(c->name, (int64_t)busprobe_effects(d->s).n, 4);
        CASE_INT(c->name, in_order(d, S("p.first"), busprobe_id("a")), 2);
        CASE_INT(c->name, in_order(d, S("p.second"), busprobe_id("a")), 2);
        CASE_INT(c->name, atomic_load(&d->probe.tries[BUSPROBE_FIRST]), c->first_tries + 1);
        CASE_INT(c->name, atomic_load(&d->probe.tries[BUSPROBE_SECOND]), c->second_tries + 1);
        CASE_INT(c->name, figures(d).oldest_ms, 0);
        desk_close(d);
    }
}

/* A commit that fails after its unit succeeded: nothing may have happened, the next event of the
 * aggregate may not overtake, and it is nobody's attempt. */
static void what_comes_before_the_unit_decides(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    emit(d, "t.before", busprobe_id("a"), 0, 3);
    emit(d, "t.before", busprobe_id("b"), 0, 1);
    CHECK_INT((int64_t)drain(d), 4);
    CHECK_INT(d->probe.befores, 4); /* once each: those behind waited for their round */
    CHECK_INT(in_order(d, S("p.one"), busprobe_id("a")), 3);

    d->probe.befores_fail = 1;
    emit(d, "t.before", busprobe_id("c"), 0, 2);
    CHECK_INT((int64_t)drain(d), 0);
    CHECK_INT(d->probe.befores, 5);
    CHECK_INT(in_order(d, S("p.one"), busprobe_id("c")), 0); /* no effect, and none overtook it */
    CHECK_INT(figures(d).failed, 1);
    clock_fake_advance(&d->clock, 2000);
    CHECK_INT((int64_t)drain(d), 2);
    CHECK_INT(in_order(d, S("p.one"), busprobe_id("c")), 2);
    CHECK_INT(d->probe.tries[BUSPROBE_ONE], 6);
    desk_close(d);
}

/* Together, and one after the other once the first has failed: what is left for one is not the
 * other's (busprobe_effect). */
static void what_is_left_is_its_own_consumers(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    emit(d, "t.mixed", busprobe_id("a"), 0, 2);
    CHECK_INT((int64_t)drain(d), 2);
    CHECK_INT(d->probe.befores, 2);
    d->probe.fails[BUSPROBE_FIRST] = 2;
    emit(d, "t.mixed", busprobe_id("b"), 0, 1);
    for (int i = 0; i < 3; i++) {
        (void)drain(d);
        clock_fake_advance(&d->clock, 10000);
    }
    CHECK_INT(in_order(d, S("p.first"), busprobe_id("b")), 1);
    CHECK_INT(in_order(d, S("p.second"), busprobe_id("b")), 1);
    desk_close(d);
}

static void lost_commits_keep_the_order(void **state)
{
    static const char *const types[] = { "t.one", "t.two" };

    for (size_t i = 0; i < COUNT(types); i++) {
        struct desk *d = desk_of(store_engine(state), 0);
        size_t handled = 0;
        d->probe.fails_on = busprobe_id("a");
        atomic_store(&d->probe.breaks_commit, 1);
        emit(d, types[i], busprobe_id("a"), 0, 3);
        emit(d, "t.one", busprobe_id("b"), 0, 1);
        CHECK_ERR(d->cx, bus_drain(d->bus, d->cx, &handled), &DB_CONSTRAINT);
        CHECK_INT(in_order(d, S("p.one"), busprobe_id("b")), 1);
        struct busprobe_effects got = busprobe_effects(d->s);
        CHECK_INT((int64_t)got.n, 1); /* nothing of the event, whoever wants it */
        CHECK_INT(figures(d).failed, 0);
        CHECK_INT((int64_t)drain(d), 3);
        CHECK_INT(in_order(d, i == 0 ? S("p.one") : S("p.first"), busprobe_id("a")), 3);
        CHECK_INT((int64_t)busprobe_effects(d->s).n, i == 0 ? 4 : 7);
        desk_close(d);
    }
}

/* ---- bounds ---- */
struct big {
    struct desk *d;
    size_t n;
};
static err big_work(void *arg, struct cx *cx)
{
    struct big *big = arg;
    char *text = arena_alloc(cx->arena, big->n);
    memset(text, 'x', big->n);
    const struct busprobe_note note = { .text = { text, big->n } };
    return bus_emit(big->d->bus, store_db(big->d->s), cx, "t.one", busprobe_id("a"),
        &busprobe_note_shape, &note);
}

static err empty_work(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return bus_emit(d->bus, store_db(d->s), cx, "t.one", busprobe_id("a"), NULL, NULL);
}

static void payloads_are_bounded(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    size_t frame = sizeof "{\"n\":0,\"text\":\"\"}" - 1;

    CHECK_ERR(d->cx, store_write(d->s, big_work, &(struct big){ d, 65536 - frame }), NULL);
    CHECK_ERR(d->cx, store_write(d->s, big_work, &(struct big){ d, 65537 - frame }), &ERR_BUG);
    CHECK_ERR(d->cx, store_write(d->s, empty_work, d), NULL);
    CHECK_INT((int64_t)drain(d), 2);
    struct busprobe_effects got = busprobe_effects(d->s);
    CHECK_INT((int64_t)got.rows[0].payload.n, 65536);
    CHECK_STR(got.rows[1].payload, S("{}"));
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(each_effect_happens_once),
        STORE_TEST(order_is_kept_per_aggregate),
        STORE_TEST(ids_grow_without_a_bus_and_over_restarts),
        STORE_TEST(ids_of_two_processes_differ),
        cmocka_unit_test(ids_carry),
        STORE_TEST(failures_back_off_and_die),
        STORE_TEST(replays_finish_what_was_given_up),
        STORE_TEST(dead_letters_end),
        STORE_TEST(retries_without_an_event_end),
        STORE_TEST(dead_letters_lose_an_email),
        STORE_TEST(only_who_failed_is_asked_again),
        STORE_TEST(what_comes_before_the_unit_decides),
        STORE_TEST(what_is_left_is_its_own_consumers),
        STORE_TEST(lost_commits_keep_the_order),
        STORE_TEST(payloads_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
