-- Every query of the service.

-- name: account_add :exec
-- in:  account_id id, seller_id id, holder sealed, number sealed, routing text?, hint text, now_ms int
INSERT INTO payouts_account (account_id, seller_id, holder, number, routing, hint, added_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: account_replace :exec
-- in:  seller_id id, now_ms int
UPDATE payouts_account SET replaced_ms = $2 WHERE seller_id = $1 AND replaced_ms IS NULL;

-- name: account_get :one
-- in:  account_id id
-- out: account_id id, holder sealed, number sealed, routing text?, hint text, added_ms int
SELECT account_id, holder, number, routing, hint, added_ms
FROM payouts_account WHERE account_id = $1;

-- name: account_used :one
-- in:  seller_id id
-- out: like account_get
SELECT account_id, holder, number, routing, hint, added_ms
FROM payouts_account WHERE seller_id = $1 AND replaced_ms IS NULL;

-- name: payout_add :exec
-- in:  payout_id id, seller_id id, account_id id, amount_minor int, currency text, reason text
-- in:  made_by id, approval_id id?, now_ms int
INSERT INTO payouts_payout (payout_id, seller_id, account_id, amount_minor, currency, reason,
    made_by, approval_id, made_ms, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending');

-- name: payout_get :one
-- in:  payout_id id
-- out: payout_id id, seller_id id, account_id id, amount_minor int, currency text, reason text
-- out: made_by id, approval_id id?, made_ms int, state text, note sealed?, ended_by id?, ended_ms int?
SELECT payout_id, seller_id, account_id, amount_minor, currency, reason, made_by, approval_id,
    made_ms, state, note, ended_by, ended_ms
FROM payouts_payout WHERE payout_id = $1;

-- name: payout_list :many
-- in:  before id, limit int
-- out: like payout_get
SELECT payout_id, seller_id, account_id, amount_minor, currency, reason, made_by, approval_id,
    made_ms, state, note, ended_by, ended_ms
FROM payouts_payout WHERE payout_id < $1 ORDER BY payout_id DESC LIMIT $2;

-- name: payout_list_of :many
-- in:  seller_id id, before id, limit int
-- out: like payout_get
SELECT payout_id, seller_id, account_id, amount_minor, currency, reason, made_by, approval_id,
    made_ms, state, note, ended_by, ended_ms
FROM payouts_payout WHERE seller_id = $1 AND payout_id < $2 ORDER BY payout_id DESC LIMIT $3;

-- Of two who end it at once the second changes nothing.
-- name: payout_end :exec
-- in:  payout_id id, state text, note sealed?, ended_by id, now_ms int
UPDATE payouts_payout SET state = $2, note = $3, ended_by = $4, ended_ms = $5
WHERE payout_id = $1 AND state = 'pending';

-- What went to a seller since then.
-- name: payout_sum_since :one
-- in:  seller_id id, currency text, since_ms int
-- out: minor int
SELECT CAST(coalesce(sum(amount_minor), 0) AS bigint) AS minor
FROM payouts_payout
WHERE seller_id = $1 AND currency = $2 AND made_ms > $3 AND state <> 'failed';

-- name: pending_sums :many
-- out: currency text, minor int
SELECT currency, CAST(sum(amount_minor) AS bigint) AS minor
FROM payouts_payout WHERE state = 'pending' GROUP BY currency ORDER BY currency;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_accounts :many
-- in:  user_id id
-- out: account_id id, holder sealed, number sealed, routing text?, added_ms int, replaced_ms int?
SELECT account_id, holder, number, routing, added_ms, replaced_ms
FROM payouts_account WHERE seller_id = $1;

-- name: person_payouts :many
-- in:  user_id id
-- out: payout_id id, amount_minor int, currency text, state text, note sealed?, made_ms int
-- out: ended_ms int?
SELECT payout_id, amount_minor, currency, state, note, made_ms, ended_ms
FROM payouts_payout WHERE seller_id = $1;

-- name: person_blocks :one
-- in:  user_id id
-- out: n int
SELECT count(*) FROM payouts_payout WHERE seller_id = $1 AND state = 'pending';

-- name: erase_accounts :exec
-- in:  user_id id, now_ms int
UPDATE payouts_account
SET holder = '', number = '', routing = NULL, hint = '', replaced_ms = coalesce(replaced_ms, $2)
WHERE seller_id = $1;

-- name: erase_payouts :exec
-- in:  user_id id
UPDATE payouts_payout SET note = NULL WHERE seller_id = $1 AND note IS NOT NULL;

-- name: erase_note :exec
-- in:  user_id id, now_ms int
INSERT INTO payouts_erased (user_id, erased_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: erased :one
-- in:  user_id id
-- out: n int
SELECT count(*) FROM payouts_erased WHERE user_id = $1;
