/* SPDX-License-Identifier: Apache-2.0
 * Gift cards: codes, and who gave them; a part of payments.h. The balance is the ledger's account
 * (gift card, card_id). Must never give a code back. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_GIFT_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_GIFT_H

#include "base/err.h"
#include "base/id.h"
#include "base/money.h"

struct payments;

extern const problem PAYMENTS_GIFT_CARD_BAD;  /* 422 gift_card_invalid: unknown or stopped */
extern const problem PAYMENTS_GIFT_CARD_OVER; /* 422 gift_card_expired */

struct payments_gift_card {
    id card_id;
    str hint; /* the last four characters of the code */
    money amount;
    int64_t issued_ms, expires_ms; /* 0: never */
    bool stopped;
    id issued_by;          /* who gave it; none: nobody */
    str recipient, reason; /* for whom and why, as staff wrote it; absent: not said */
};
#define PAYMENTS_GIFT_HINT_N 4
#define PAYMENTS_GIFT_TEXT_MAX 200 /* bytes of recipient and of reason */
/* All but hint, issued_ms and stopped are given. ret_code has 140 random bits and is shown once:
 * only its SHA-256 is kept, so a repeat is ERR_BUG. */
err payments_gift_card_issue(
    struct payments *p, struct cx *cx, const struct payments_gift_card *in, str *ret_code) MUST_USE;
/* In a WRITE unit, before a card of theirs: what somebody has given since then, in minor units (a
 * shop has one currency). Others who ask about the same person wait until the unit ends. */
err payments_gift_cards_issued(
    struct payments *p, struct cx *cx, id issued_by, int64_t since_ms, int64_t *ret_minor) MUST_USE;
/* The newest first, older than `before` (none: from the newest); all but the codes. An ending is
 * read as a code is: whatever is not PAYMENTS_GIFT_HINT_N letters of one, also a whole code, finds
 * none. */
struct payments_gift_page {
    str ending; /* of a code; absent: of all */
    id before;
    int64_t limit;
};
err payments_gift_cards_list(struct payments *p, struct cx *cx, struct payments_gift_page in,
    struct payments_gift_card **ret, size_t *ret_n) MUST_USE;
/* Of one code; who gave it, for whom and why is not looked up. Case, blanks and dashes do not
 * matter, and O and 0, I, L and 1 are the same. */
err payments_gift_card_find(
    struct payments *p, struct cx *cx, str code, struct payments_gift_card *ret) MUST_USE;
/* In the unit in which money goes back to a card: it pays for PAYMENTS_GIFT_BACK_DAYS from now at
 * least, also when it had expired. A card that staff have stopped stays stopped, and as it is. */
#define PAYMENTS_GIFT_BACK_DAYS 90
err payments_gift_card_back(struct payments *p, struct cx *cx, id card_id) MUST_USE;
err payments_gift_card_stop(struct payments *p, struct cx *cx, id card_id) MUST_USE;

#endif
