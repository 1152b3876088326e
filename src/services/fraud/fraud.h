/* SPDX-License-Identifier: Apache-2.0
 * Whether an order looks like fraud: what was seen of it, a decision with reasons, the queue of
 * those that a person looks at, and a score learned from what became of past orders. All verbs run
 * in the caller's unit of work. Never sees a card's number or keeps an address. */
#ifndef SOUK_SERVICES_FRAUD_FRAUD_H
#define SOUK_SERVICES_FRAUD_FRAUD_H

#include "base/json.h"
#include "platform/http/service.h"

struct fraud;
extern const struct service fraud_service;

extern const problem FRAUD_TOO_FEW;         /* nothing to learn from; no route answers it */
extern const problem FRAUD_REVIEW_OVER;     /* 409 review_over: decided otherwise, or lapsed */
extern const problem FRAUD_OUTCOME_REFUSED; /* 409: only what was paid is charged back */

/* Windows look at the newest FRAUD_WINDOW_MAX orders of a key, so limits are at most that. */
#define FRAUD_WINDOW_MAX 64
struct fraud_limits {
    bool off;                 /* nothing is looked at or kept */
    bool trust_inside;        /* loopback and private addresses: allowed unseen */
    int64_t buyer_hour;       /* orders an hour: of a buyer, */
    int64_t address_hour;     /* of a network address, */
    int64_t device_hour;      /* of a device; more is for review */
    int64_t spend_day_minor;  /* of a buyer in 24 hours; more is for review */
    int64_t declines_hour;    /* card testing: so many refused payments in an hour, */
    int64_t cards_hour;       /* or so many cards, are denied */
    int64_t small_minor;      /* what a card is tried with */
    int64_t review_per_mille; /* scores from here on are for review, */
    int64_t deny_per_mille;   /* and from here on are denied */
};
extern const struct fraud_limits fraud_limits_default;

struct geo;
struct fraud_deps {
    struct db *db;
    struct bus *bus; /* may be NULL in tests */
    struct geo *geo; /* NULL: countries of addresses are unknown */
    str key;         /* secret: addresses, devices, cards and e-mails are kept under it */
    struct fraud_limits limits;
    int64_t keep_days; /* what orders looked like; 0: 400 */
};
struct fraud *fraud_open(struct arena *life, struct fraud_deps deps);
/* ---- an order is looked at ---- */
/* Where a request came from, without what must not be kept: keyed digests and a country. Needs no
 * unit. peer is cx->peer; device is what the client sent, or absent. */
struct fraud_origin {
    id address;  /* IPv4 whole, IPv6 its /64; none: unknown or inside */
    id device;   /* none: unknown */
    str country; /* ISO 3166-1 alpha-2; absent: unknown */
    bool inside; /* loopback, private, or no address at all */
};
struct fraud_origin fraud_origin_of(struct fraud *f, struct cx *cx, str peer, str device);

struct fraud_facts {
    id order_id;
    id user_id; /* none: a guest, known by e-mail */
    str email;
    str card; /* the provider's name of the card: a fingerprint or a token; absent: none */
    struct fraud_origin origin;
    str billing_country; /* absent: unknown */
    money amount;
    bool prepaid; /* no card pays any of it, so no charge-back either: never for review */
};

enum fraud_decision { FRAUD_DENY, FRAUD_REVIEW, FRAUD_ALLOW, FRAUD_DECISIONS_N };
extern const char *const fraud_decision_names[FRAUD_DECISIONS_N + 1];

enum fraud_feature { /* what the score is made of; stored in this order, added to at the end only */
    FRAUD_AMOUNT,
    FRAUD_FIRST_ORDER,
    FRAUD_GUEST,
    FRAUD_BUYER_RATE,
    FRAUD_ADDRESS_RATE,
    FRAUD_DEVICE_RATE,
    FRAUD_CARD_RATE,
    FRAUD_DECLINES,
    FRAUD_CARDS,
    FRAUD_COUNTRY_DIFFERS,
    FRAUD_COUNTRY_UNKNOWN,
    FRAUD_BAD_BEFORE,
    FRAUD_FEATURES_N,
};
extern const char *const fraud_feature_names[FRAUD_FEATURES_N + 1];

#define FRAUD_REASONS_MAX 8
struct fraud_verdict {
    enum fraud_decision decision;
    double score; /* 0..1 */
    str reasons[FRAUD_REASONS_MAX];
    size_t reasons_n;
    bool kept; /* false: not looked at, and nothing of it is written */
    double features[FRAUD_FEATURES_N];
    double parts[FRAUD_FEATURES_N]; /* what each adds to the logit */
    int64_t model;                  /* version; 0: built in */
};
/* In a WRITE unit. The same order again: the first answer. FRAUD_REVIEW puts it into the queue. */
err fraud_assess(struct fraud *f, struct cx *cx, const struct fraud_facts *in,
    struct fraud_verdict *ret) MUST_USE;
/* ERR_MISSING: the order was never looked at. */
err fraud_verdict_get(
    struct fraud *f, struct cx *cx, id order_id, struct fraud_verdict *ret) MUST_USE;

/* ---- what became of it ---- */
enum fraud_outcome {
    FRAUD_OPEN,
    FRAUD_PAID,
    FRAUD_DECLINED, /* by the provider: counts for card testing */
    FRAUD_CANCELLED,
    FRAUD_DENIED,       /* by the rules: likewise */
    FRAUD_JUDGED,       /* a person said that it is fraud */
    FRAUD_CHARGED_BACK, /* the bank did */
    FRAUD_OUTCOMES_N,
};
extern const char *const fraud_outcome_names[FRAUD_OUTCOMES_N + 1];
/* In a WRITE unit. A repeat, an order that was never looked at, or one whose outcome is known and
 * does not lead there: nothing. A review that is still open lapses when the order is over. */
err fraud_outcome(struct fraud *f, struct cx *cx, id order_id, enum fraud_outcome outcome) MUST_USE;
/* For people: ERR_MISSING, FRAUD_OUTCOME_REFUSED. Again: nothing. */
err fraud_charge_back(struct fraud *f, struct cx *cx, id order_id) MUST_USE;

/* ---- the queue ---- */
#define FRAUD_REVIEW_MS INT64_C(345600000) /* four days; banks keep an authorisation for five */
enum fraud_review_state {
    FRAUD_REVIEW_OPEN,
    FRAUD_REVIEW_ALLOWED,
    FRAUD_REVIEW_DENIED,
    FRAUD_REVIEW_LAPSED, /* the order was over before anybody decided */
    FRAUD_REVIEW_STATES_N,
};
extern const char *const fraud_review_state_names[FRAUD_REVIEW_STATES_N + 1];
struct fraud_review {
    id order_id, actor_id;
    enum fraud_review_state state;
    money amount;
    str ip_country, billing_country;
    str reason, reasons; /* of who decided; of the rules, with commas */
    double score;
    int64_t created_ms, decided_ms;
};
struct fraud_page {
    enum fraud_review_state state;
    id before; /* an order; none: from the newest */
    int64_t limit;
};
err fraud_review_list(struct fraud *f, struct cx *cx, struct fraud_page in,
    struct fraud_review **ret, size_t *ret_n) MUST_USE;
/* ERR_MISSING: it is not, and never was, in the queue. */
err fraud_review_get(struct fraud *f, struct cx *cx, id order, struct fraud_review *ret) MUST_USE;
#define FRAUD_COUNT_MAX 1000 /* how many wait, counted up to it */
err fraud_review_count(struct fraud *f, struct cx *cx, int64_t *ret_n) MUST_USE;
struct fraud_decide {
    id order_id, actor_id;
    bool allow;
    str reason;
};
/* In a WRITE unit; emits "fraud.reviewed". The same decision again: nothing. ERR_MISSING,
 * FRAUD_REVIEW_OVER; to allow it, a minute before its time is up. Denied: the score learns it. */
err fraud_review_decide(struct fraud *f, struct cx *cx, struct fraud_decide in) MUST_USE;
/* In a WRITE unit: nobody has to decide on it any more. Not open: nothing. */
err fraud_review_lapse(struct fraud *f, struct cx *cx, id order_id) MUST_USE;
struct fraud_reviewed { /* payload; the aggregate is the order */
    id order_id;
    bool allowed;
};
extern const struct json_shape fraud_reviewed_shape;

/* ---- learning ---- */
struct fraud_sample {
    double x[FRAUD_FEATURES_N];
    bool bad;      /* charged back, or judged to be fraud */
    bool held_out; /* one in five, by its order's id: tested with, not learned from */
};
struct fraud_model {
    int64_t version;
    double bias, weights[FRAUD_FEATURES_N];
    int64_t n, bad; /* samples, and bad ones among them; 0: built in */
    double auc;     /* on what was held out: 0.5 is chance, 1 is perfect */
    int64_t trained_ms;
};
#define FRAUD_SAMPLES_MAX 200000
#define FRAUD_SAMPLES_MIN 200
#define FRAUD_BAD_MIN 20
/* In a READ unit: the newest orders that were scored and whose outcome is known. */
err fraud_samples(
    struct fraud *f, struct cx *cx, struct fraud_sample **ret, size_t *ret_n) MUST_USE;
/* Pure and deterministic; without a unit, it takes its time. FRAUD_TOO_FEW: fewer than
 * FRAUD_SAMPLES_MIN, or fewer than FRAUD_BAD_MIN of either kind. */
err fraud_train(
    struct cx *cx, const struct fraud_sample *samples, size_t n, struct fraud_model *ret) MUST_USE;
/* In a WRITE unit: scores come from it from now on. Gives its version. */
err fraud_model_add(struct fraud *f, struct cx *cx, struct fraud_model *model) MUST_USE;
/* The newest, or the built-in one. */
err fraud_model_get(struct fraud *f, struct cx *cx, struct fraud_model *ret) MUST_USE;
const struct fraud_limits *fraud_limits_of(const struct fraud *f);
/* Invariants, for `souk check-data`: verdicts, reviews and outcomes that disagree; at most 100. */
err fraud_check(struct fraud *f, struct cx *cx, size_t *ret_wrong) MUST_USE;

#endif
