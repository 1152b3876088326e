-- Every query of the service.

-- name: payment_add :exec
-- in:  payment_id id, order_id id, user_id id?, provider text, method_type text, token text
-- in:  status text, amount_minor int, currency text, created_ms int
INSERT INTO payments_payment
    (payment_id, order_id, user_id, provider, method_type, token, status, amount_minor, currency,
     captured_minor, refunded_minor, created_ms, updated_ms, kept)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $10, false)
ON CONFLICT (payment_id) DO NOTHING;

-- Of a payment whose id is new.
-- name: payment_begin :exec gathered
-- in:  like payment_add
-- key: payments_payment.payment_id
INSERT INTO payments_payment
    (payment_id, order_id, user_id, provider, method_type, token, status, amount_minor, currency,
     captured_minor, refunded_minor, created_ms, updated_ms, kept)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $10, false);

-- name: payment_get :one batch
-- in:  payment_id id
-- out: payment_id id, order_id id, user_id id?, provider text, provider_ref text?
-- out: method_type text, token text, brand text?, last4 text?, status text, amount_minor int
-- out: currency text, captured_minor int, refunded_minor int, decline_code text?
-- out: decline_text text?, created_ms int, updated_ms int, kept bool
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment WHERE payment_id = $1;

-- name: payment_lock :one
-- in:  payment_id id
-- out: like payment_get
-- key: payments_payment.payment_id
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment WHERE payment_id = $1;
-- name: payment_lock @pg
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment WHERE payment_id = $1 FOR UPDATE;

-- name: payment_of_order :many
-- in:  order_id id
-- out: like payment_get
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment WHERE order_id = $1 ORDER BY payment_id;

-- name: payment_open :many
-- in:  older_ms int, limit int
-- out: like payment_get
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment
WHERE (status = 'started' OR status = 'unknown') AND created_ms < $1
ORDER BY created_ms, payment_id LIMIT $2;

-- name: payment_set :exec exact gathered
-- in:  payment_id id, status text, provider_ref text?, brand text?, last4 text?
-- in:  captured_minor int, refunded_minor int, decline_code text?, decline_text text?
-- in:  updated_ms int, provider text, kept bool, was text
-- key: payments_payment.payment_id
UPDATE payments_payment
SET status = $2, provider_ref = $3, brand = $4, last4 = $5, captured_minor = $6,
    refunded_minor = $7, decline_code = $8, decline_text = $9, updated_ms = $10, provider = $11,
    kept = $12
WHERE payment_id = $1 AND status = $13;

-- name: payment_keep :exec
-- in:  order_id id, kept bool
UPDATE payments_payment SET kept = $2 WHERE order_id = $1 AND kept <> $2;

-- name: payment_orphan :many
-- in:  older_ms int, limit int
-- out: like payment_get
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment
WHERE kept = false AND (status = 'challenge' OR status = 'authorized' OR status = 'captured')
    AND created_ms < $1
ORDER BY created_ms, payment_id LIMIT $2;

-- Version 7 ids sort by time: a range of them is a range of time.
-- name: payment_range :many
-- in:  from_id id, to_id id, provider text
-- out: like payment_get
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms, kept
FROM payments_payment
WHERE payment_id >= $1 AND payment_id < $2 AND provider = $3
  AND status NOT IN ('started', 'unknown', 'declined')
ORDER BY payment_id;

-- name: captured_of :one
-- in:  order_id id
-- out: kept int
SELECT CAST(coalesce(sum(captured_minor - refunded_minor), 0) AS bigint) AS kept
FROM payments_payment WHERE order_id = $1;

-- name: deed_add :exec
-- in:  deed_id id, payment_id id, order_id id, kind text, amount_minor int, currency text
-- in:  reason text, created_ms int
INSERT INTO payments_deed
    (deed_id, payment_id, order_id, kind, status, amount_minor, currency, reason, created_ms,
     updated_ms)
VALUES ($1, $2, $3, $4, 'started', $5, $6, $7, $8, $8);

-- name: deed_get :one
-- in:  deed_id id
-- out: deed_id id, payment_id id, order_id id, kind text, status text, amount_minor int
-- out: currency text, reason text, provider_ref text?, refusal text?, created_ms int
-- out: updated_ms int
SELECT deed_id, payment_id, order_id, kind, status, amount_minor, currency, reason, provider_ref,
       refusal, created_ms, updated_ms
FROM payments_deed WHERE deed_id = $1;

-- name: deed_of_payment :many
-- in:  payment_id id
-- out: like deed_get
SELECT deed_id, payment_id, order_id, kind, status, amount_minor, currency, reason, provider_ref,
       refusal, created_ms, updated_ms
FROM payments_deed WHERE payment_id = $1 ORDER BY created_ms, deed_id;

-- name: deed_open :many
-- in:  older_ms int, limit int
-- out: like deed_get
SELECT deed_id, payment_id, order_id, kind, status, amount_minor, currency, reason, provider_ref,
       refusal, created_ms, updated_ms
FROM payments_deed WHERE status = 'started' AND created_ms < $1
ORDER BY created_ms, deed_id LIMIT $2;

-- name: deed_end :exec
-- in:  deed_id id, before text, status text, provider_ref text?, refusal text?, updated_ms int
UPDATE payments_deed SET status = $3, provider_ref = $4, refusal = $5, updated_ms = $6
WHERE deed_id = $1 AND status = $2;

-- name: method_add :exec
-- in:  method_id id, user_id id, provider text, given text, created_ms int
INSERT INTO payments_method
    (method_id, user_id, provider, given, exp_month, exp_year, status, is_default, created_ms,
     updated_ms)
VALUES ($1, $2, $3, $4, 0, 0, 'started', false, $5, $5)
ON CONFLICT (method_id) DO NOTHING;

-- name: method_of_user :many
-- in:  user_id id
-- out: method_id id, user_id id, provider text, given text, token text?, customer text?
-- out: setup_ref text?, brand text?, last4 text?, exp_month int, exp_year int, status text
-- out: decline_code text?, decline_text text?, is_default bool, created_ms int
SELECT method_id, user_id, provider, given, token, customer, setup_ref, brand, last4, exp_month,
       exp_year, status, decline_code, decline_text, is_default, created_ms
FROM payments_method WHERE user_id = $1 AND status <> 'removed'
ORDER BY is_default DESC, created_ms, method_id;

-- name: method_get :one
-- in:  method_id id
-- out: like method_of_user
SELECT method_id, user_id, provider, given, token, customer, setup_ref, brand, last4, exp_month,
       exp_year, status, decline_code, decline_text, is_default, created_ms
FROM payments_method WHERE method_id = $1;
-- name: method_get @pg
SELECT method_id, user_id, provider, given, token, customer, setup_ref, brand, last4, exp_month,
       exp_year, status, decline_code, decline_text, is_default, created_ms
FROM payments_method WHERE method_id = $1 FOR UPDATE;

-- name: method_see :one
-- in:  method_id id
-- out: like method_of_user
SELECT method_id, user_id, provider, given, token, customer, setup_ref, brand, last4, exp_month,
       exp_year, status, decline_code, decline_text, is_default, created_ms
FROM payments_method WHERE method_id = $1;

-- name: method_set :exec
-- in:  method_id id, status text, token text?, customer text?, setup_ref text?, brand text?
-- in:  last4 text?, exp_month int, exp_year int, decline_code text?, decline_text text?
-- in:  is_default bool, updated_ms int
UPDATE payments_method
SET status = $2, token = $3, customer = $4, setup_ref = $5, brand = $6, last4 = $7, exp_month = $8,
    exp_year = $9, decline_code = $10, decline_text = $11, is_default = $12, updated_ms = $13
WHERE method_id = $1;

-- name: method_default :exec
-- in:  user_id id, method_id id, updated_ms int
UPDATE payments_method SET is_default = (method_id = $2), updated_ms = $3
WHERE user_id = $1 AND is_default <> (method_id = $2);

-- name: gift_card_add :exec
-- in:  card_id id, code_hash blob, hint text, amount_minor int, currency text, issued_ms int
-- in:  expires_ms int, issued_by id?, recipient sealed?, reason text?
INSERT INTO payments_gift_card
    (card_id, code_hash, hint, amount_minor, currency, issued_ms, expires_ms, stopped, issued_by,
     recipient, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8, $9, $10)
ON CONFLICT (card_id) DO NOTHING;

-- name: gift_cards_list :many
-- in:  before id, limit int
-- out: card_id id, hint text, amount_minor int, currency text, issued_ms int, expires_ms int
-- out: stopped bool, issued_by id?, recipient sealed?, reason text?
SELECT card_id, hint, amount_minor, currency, issued_ms, expires_ms, stopped, issued_by, recipient,
       reason
FROM payments_gift_card
WHERE card_id < $1 ORDER BY card_id DESC LIMIT $2;

-- A query of its own: no index serves "$1 IS NULL OR hint = $1".
-- name: gift_cards_ending :many
-- in:  hint text, before id, limit int
-- out: like gift_cards_list
SELECT card_id, hint, amount_minor, currency, issued_ms, expires_ms, stopped, issued_by, recipient,
       reason
FROM payments_gift_card
WHERE hint = $1 AND card_id < $2 ORDER BY card_id DESC LIMIT $3;

-- name: issuer_lock :exec
-- in:  issued_by id
INSERT INTO payments_issuer (issued_by, version) VALUES ($1, 1)
ON CONFLICT (issued_by) DO UPDATE SET version = payments_issuer.version + 1;

-- name: gift_cards_issued :one
-- in:  issued_by id, since_ms int
-- out: minor int
SELECT CAST(coalesce(sum(amount_minor), 0) AS bigint) FROM payments_gift_card
WHERE issued_by = $1 AND issued_ms >= $2;

-- name: gift_card_find :one
-- in:  code_hash blob
-- out: card_id id, hint text, amount_minor int, currency text, issued_ms int, expires_ms int
-- out: stopped bool
SELECT card_id, hint, amount_minor, currency, issued_ms, expires_ms, stopped
FROM payments_gift_card WHERE code_hash = $1;

-- Never sooner, and never one that was stopped; 0 is without an end.
-- name: gift_card_back :exec
-- in:  card_id id, until_ms int
UPDATE payments_gift_card SET expires_ms = $2
WHERE card_id = $1 AND expires_ms <> 0 AND expires_ms < $2 AND NOT stopped;

-- name: gift_card_stop :exec
-- in:  card_id id
UPDATE payments_gift_card SET stopped = true WHERE card_id = $1;

-- name: webhook_add :exec
-- in:  provider text, event_id text, name text, body sealed, payment_id id?, provider_ref text?
-- in:  refund_id id?, refund_failed bool, received_ms int, processed_ms int?
INSERT INTO payments_webhook
    (provider, event_id, name, body, payment_id, provider_ref, refund_id, refund_failed,
     received_ms, attempts, next_ms, processed_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $9, $10)
ON CONFLICT (provider, event_id) DO NOTHING;

-- name: webhook_due :many
-- in:  now_ms int, limit int
-- out: provider text, event_id text, name text, body sealed, payment_id id?, provider_ref text?
-- out: refund_id id?, refund_failed bool, received_ms int, attempts int
SELECT provider, event_id, name, body, payment_id, provider_ref, refund_id, refund_failed,
       received_ms, attempts
FROM payments_webhook WHERE processed_ms IS NULL AND next_ms <= $1
ORDER BY next_ms, provider, event_id LIMIT $2;

-- name: webhook_done :exec
-- in:  provider text, event_id text, now_ms int
UPDATE payments_webhook SET processed_ms = $3
WHERE provider = $1 AND event_id = $2 AND processed_ms IS NULL;

-- Twice as long after each attempt, from 10 s to an hour.
-- name: webhook_again :exec
-- in:  provider text, event_id text, now_ms int
UPDATE payments_webhook
SET attempts = attempts + 1,
    next_ms = $3 + CASE WHEN attempts < 8 THEN 10000 * (1 << attempts) ELSE 3600000 END
WHERE provider = $1 AND event_id = $2 AND processed_ms IS NULL;
-- name: webhook_again @pg
UPDATE payments_webhook
SET attempts = attempts + 1,
    next_ms = $3 + CASE WHEN attempts < 8 THEN 10000 * (1::bigint << attempts::int)
                        ELSE 3600000 END
WHERE provider = $1 AND event_id = $2 AND processed_ms IS NULL;

-- name: webhook_prune :exec
-- in:  before_ms int, limit int
DELETE FROM payments_webhook
WHERE (provider, event_id) IN (
    SELECT provider, event_id FROM payments_webhook
    WHERE processed_ms IS NOT NULL AND processed_ms < $1
    ORDER BY processed_ms LIMIT $2);

-- name: difference_put :exec
-- in:  difference_id id, provider text, payment_id id?, provider_ref text?, kind text
-- in:  ours text?, theirs text?, made_ms int, now_ms int
INSERT INTO payments_difference
    (difference_id, provider, payment_id, provider_ref, kind, ours, theirs, made_ms, found_ms,
     seen_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (difference_id) DO UPDATE
SET ours = excluded.ours, theirs = excluded.theirs, seen_ms = excluded.seen_ms, resolved_ms = NULL;

-- name: difference_resolve :exec
-- in:  provider text, from_ms int, to_ms int, now_ms int
UPDATE payments_difference SET resolved_ms = $4
WHERE provider = $1 AND made_ms >= $2 AND made_ms < $3 AND seen_ms < $4 AND resolved_ms IS NULL;

-- name: difference_count :one
-- in:  provider text, from_ms int, to_ms int
-- out: n int
SELECT count(*) AS n FROM payments_difference
WHERE provider = $1 AND made_ms >= $2 AND made_ms < $3 AND resolved_ms IS NULL;

-- name: difference_list :many
-- in:  after id, limit int
-- out: difference_id id, provider text, payment_id id?, provider_ref text?, kind text, ours text?
-- out: theirs text?, made_ms int, found_ms int, seen_ms int
SELECT difference_id, provider, payment_id, provider_ref, kind, ours, theirs, made_ms, found_ms,
       seen_ms
FROM payments_difference
WHERE resolved_ms IS NULL AND difference_id > $1
ORDER BY difference_id LIMIT $2;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_methods :many
-- in:  user_id id
-- out: provider text, brand text?, last4 text?, exp_month int, exp_year int, status text, created_ms int
SELECT provider, brand, last4, exp_month, exp_year, status, created_ms FROM payments_method
WHERE user_id = $1 ORDER BY method_id;

-- name: person_payments :many
-- in:  user_id id
-- out: payment_id id, order_id id, method_type text, brand text?, last4 text?, status text
-- out: amount_minor int, currency text, captured_minor int, refunded_minor int, created_ms int
SELECT payment_id, order_id, method_type, brand, last4, status, amount_minor, currency,
       captured_minor, refunded_minor, created_ms
FROM payments_payment WHERE user_id = $1 ORDER BY payment_id;

-- name: erase_webhooks :exec
-- in:  user_id id
UPDATE payments_webhook SET body = '' WHERE processed_ms IS NOT NULL AND payment_id IN
    (SELECT payment_id FROM payments_payment WHERE user_id = $1);

-- name: erase_methods :exec
-- in:  user_id id
DELETE FROM payments_method WHERE user_id = $1;

-- Of what the ledger holds the token is its account: what is given back later goes there.
-- name: erase_cards :exec
-- in:  user_id id
UPDATE payments_payment
SET brand = NULL, last4 = NULL, token = CASE WHEN provider = 'ledger' THEN token ELSE '' END
WHERE user_id = $1;

-- name: erase_note :exec
-- in:  user_id id, now_ms int
INSERT INTO payments_erased (user_id, erased_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: erased :one
-- in:  user_id id
-- out: n int
SELECT count(*) FROM payments_erased WHERE user_id = $1;
