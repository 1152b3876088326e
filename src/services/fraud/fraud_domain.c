/* SPDX-License-Identifier: Apache-2.0
 * The rules of fraud: one table of features, one of rules. Called by fraud.c; must never do I/O,
 * read a clock or know where counts come from. */
#include "services/fraud/fraud_domain.h"

#include <assert.h>
#include <math.h>

#include "base/net.h"

const char *const fraud_decision_names[FRAUD_DECISIONS_N + 1] = { "deny", "review", "allow", NULL };

const char *const fraud_outcome_names[FRAUD_OUTCOMES_N + 1] = { "open", "paid", "declined",
    "cancelled", "denied", "judged", "charged_back", NULL };

const char *const fraud_review_state_names[FRAUD_REVIEW_STATES_N + 1] = { "open", "allowed",
    "denied", "lapsed", NULL };

/* Reviewed by hand until enough outcomes are there to learn from: a first order of 100 scores 0.02,
 * one of 1,000 from another country than it is billed to 0.2, with three refused cards 0.7. */
const struct fraud_limits fraud_limits_default = { .trust_inside = true,
    .buyer_hour = 20,
    .address_hour = 40,
    .device_hour = 20,
    .spend_day_minor = 2000000,
    .declines_hour = 8,
    .cards_hour = 6,
    .small_minor = 1000,
    .review_per_mille = 800,
    .deny_per_mille = 970 };

const struct fraud_model fraud_domain_built_in = { .bias = -5,
    .weights = { [FRAUD_AMOUNT] = 0.5,
        [FRAUD_FIRST_ORDER] = 0.5,
        [FRAUD_GUEST] = 0.3,
        [FRAUD_BUYER_RATE] = 0.6,
        [FRAUD_ADDRESS_RATE] = 0.4,
        [FRAUD_DEVICE_RATE] = 0.6,
        [FRAUD_CARD_RATE] = 0,
        [FRAUD_DECLINES] = 1.2,
        [FRAUD_CARDS] = 0.8,
        [FRAUD_COUNTRY_DIFFERS] = 1.5,
        [FRAUD_COUNTRY_UNKNOWN] = 0,
        [FRAUD_BAD_BEFORE] = 2.5 },
    .auc = 0.5 };

/* ---- features ---- */

static double log_of(int64_t n)
{
    return log1p((double)(n > 0 ? n : 0));
}

static int64_t most(const struct fraud_history *h, int64_t (*of)(const struct fraud_counts *))
{
    int64_t n = 0;
    for (int k = 0; k < FRAUD_KEYS_N; k++) {
        int64_t v = k == FRAUD_KEY_CARD ? 0 : of(&h->hour[k]); /* one card, many banks' customers */
        n = v > n ? v : n;
    }
    return n;
}

static int64_t refused_of(const struct fraud_counts *c)
{
    return c->refused;
}

static int64_t cards_of(const struct fraud_counts *c)
{
    return c->cards;
}

static double amount(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)h;
    return log1p((double)f->amount.minor / pow(10, currency_decimals(f->amount.currency)) / 100);
}

static double first_order(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return h->paid_before == 0;
}

static double guest(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)h;
    return id_is_none(f->user_id);
}

static double buyer_rate(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(h->hour[FRAUD_KEY_BUYER].orders);
}

static double address_rate(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(h->hour[FRAUD_KEY_ADDRESS].orders);
}

static double device_rate(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(h->hour[FRAUD_KEY_DEVICE].orders);
}

static double card_rate(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(h->hour[FRAUD_KEY_CARD].orders);
}

static double declines(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(most(h, refused_of));
}

static double cards(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(most(h, cards_of) - 1); /* one card is what everybody has */
}

static double country_differs(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)h;
    return f->origin.country.n && f->billing_country.n &&
           !str_eq_nocase(f->origin.country, f->billing_country);
}

static double country_unknown(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)h;
    return !f->origin.country.n || !f->billing_country.n;
}

static double bad_before(const struct fraud_facts *f, const struct fraud_history *h)
{
    (void)f;
    return log_of(h->bad_before);
}

const char *const fraud_feature_names[FRAUD_FEATURES_N + 1] = { "amount", "first_order", "guest",
    "buyer_rate", "address_rate", "device_rate", "card_rate", "declines", "cards",
    "country_differs", "country_unknown", "bad_before", NULL };

static double (*const features[FRAUD_FEATURES_N])(const struct fraud_facts *,
    const struct fraud_history *) = { amount, first_order, guest, buyer_rate, address_rate,
    device_rate, card_rate, declines, cards, country_differs, country_unknown, bad_before };

void fraud_domain_score(const struct fraud_model *model, const struct fraud_facts *facts,
    const struct fraud_history *history, struct fraud_verdict *ret)
{
    double logit = model->bias;
    for (int i = 0; i < FRAUD_FEATURES_N; i++) {
        ret->features[i] = features[i](facts, history);
        ret->parts[i] = model->weights[i] * ret->features[i];
        logit += ret->parts[i];
    }
    ret->score = 1 / (1 + exp(-logit));
    ret->model = model->version;
}

/* ---- rules ---- */

struct look {
    const struct fraud_limits *limits;
    const struct fraud_facts *facts;
    const struct fraud_history *history;
    double score;
};

/* A card is tried with small amounts, most are refused, and the next card follows. Behind one
 * address may be an office with a card for everybody: there it takes the refusals, or the small
 * amounts, as well. */
static bool card_testing(const struct look *l)
{
    for (int k = 0; k < FRAUD_KEYS_N; k++) {
        const struct fraud_counts *c = &l->history->hour[k];
        if (k == FRAUD_KEY_CARD)
            continue;
        if (c->refused >= l->limits->declines_hour)
            return true;
        bool many = c->cards >= l->limits->cards_hour;
        bool shared = k == FRAUD_KEY_ADDRESS;
        if (many && (!shared || c->refused * 2 >= c->orders ||
                        c->minor <= c->orders * l->limits->small_minor))
            return true;
    }
    return false;
}

static bool over(const struct look *l, enum fraud_key key, int64_t limit)
{
    return l->history->hour[key].orders >= limit; /* this one comes on top */
}

static bool buyer_velocity(const struct look *l)
{
    return over(l, FRAUD_KEY_BUYER, l->limits->buyer_hour);
}

static bool address_velocity(const struct look *l)
{
    return over(l, FRAUD_KEY_ADDRESS, l->limits->address_hour);
}

static bool device_velocity(const struct look *l)
{
    return over(l, FRAUD_KEY_DEVICE, l->limits->device_hour);
}

static bool spending(const struct look *l)
{
    return l->history->spent_day_minor + l->facts->amount.minor > l->limits->spend_day_minor;
}

static bool known_fraud(const struct look *l)
{
    return l->history->bad_before > 0;
}

static bool high_score(const struct look *l)
{
    return l->score * 1000 >= (double)l->limits->review_per_mille;
}

static bool very_high_score(const struct look *l)
{
    return l->score * 1000 >= (double)l->limits->deny_per_mille;
}

static const struct rule {
    const char *reason;
    enum fraud_decision decision; /* the strictest of all that hold counts */
    bool (*holds)(const struct look *l);
} rules[] = {
    { "card_testing", FRAUD_DENY, card_testing },
    { "very_high_score", FRAUD_DENY, very_high_score },
    { "buyer_velocity", FRAUD_REVIEW, buyer_velocity },
    { "address_velocity", FRAUD_REVIEW, address_velocity },
    { "device_velocity", FRAUD_REVIEW, device_velocity },
    { "spending_limit", FRAUD_REVIEW, spending },
    { "fraud_before", FRAUD_REVIEW, known_fraud },
    { "high_score", FRAUD_REVIEW, high_score },
};
static_assert(COUNT(rules) <= FRAUD_REASONS_MAX, "each rule is a reason");

void fraud_domain_decide(const struct fraud_limits *limits, const struct fraud_facts *facts,
    const struct fraud_history *history, struct fraud_verdict *ret)
{
    const struct look l = { limits, facts, history, ret->score };
    ret->decision = FRAUD_ALLOW;
    ret->reasons_n = 0;
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (!rules[i].holds(&l))
            continue;
        ret->reasons[ret->reasons_n++] = str_from_c(rules[i].reason);
        if (rules[i].decision < ret->decision)
            ret->decision = rules[i].decision;
    }
    if (ret->decision == FRAUD_REVIEW && facts->prepaid)
        ret->decision = FRAUD_ALLOW;
}

/* ---- outcomes ---- */

static const struct edge { /* anything else is refused */
    enum fraud_outcome from, to;
} edges[] = {
    { FRAUD_OPEN, FRAUD_PAID },
    { FRAUD_OPEN, FRAUD_DECLINED },
    { FRAUD_OPEN, FRAUD_CANCELLED },
    { FRAUD_OPEN, FRAUD_DENIED },
    { FRAUD_OPEN, FRAUD_JUDGED },
    { FRAUD_PAID, FRAUD_CANCELLED },
    { FRAUD_PAID, FRAUD_CHARGED_BACK },
};

bool fraud_domain_may(enum fraud_outcome from, enum fraud_outcome to)
{
    for (size_t i = 0; i < COUNT(edges); i++)
        if (edges[i].from == from && edges[i].to == to)
            return true;
    return false;
}

bool fraud_domain_is_bad(enum fraud_outcome outcome)
{
    return outcome == FRAUD_JUDGED || outcome == FRAUD_CHARGED_BACK;
}

/* ---- addresses ---- */

/* The two leading numbers of a dotted address; false: it is none. */
static bool octets(str peer, int64_t ret[static 2])
{
    for (int i = 0; i < 2; i++) {
        str part = str_cut(&peer, '.');
        if (!peer.p || !str_to_i64(part, &ret[i]) || ret[i] < 0 || ret[i] > 255)
            return false;
    }
    return true;
}

static bool inside_v4(const int64_t o[static 2])
{
    return o[0] == 127 || o[0] == 10 || o[0] == 0 || (o[0] == 192 && o[1] == 168) ||
           (o[0] == 172 && o[1] >= 16 && o[1] < 32) || (o[0] == 169 && o[1] == 254) ||
           (o[0] == 100 && o[1] >= 64 && o[1] < 128);
}

bool fraud_domain_is_inside(str peer)
{
    static const char *const prefixes[] = { "fc", "fd", "fe8", "fe9", "fea", "feb" };
    int64_t o[2];
    peer = net_unmapped(peer);
    if (!peer.n || str_eq(peer, S("::1")) || str_eq(peer, S("::")))
        return true;
    if (octets(peer, o))
        return inside_v4(o);
    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (str_starts(peer, str_from_c(prefixes[i])))
            return true;
    return false;
}
