-- Every query of the service. Windows look at the newest rows of a key, so a busy key costs no more
-- than a quiet one.

-- name: order_add :exec
-- in:  order_id id, buyer id, address id?, device id?, card id?, ip_country text?
-- in:  billing_country text?, currency text, amount_minor int, decision text, reasons text, score num
-- in:  model int, features text?, created_ms int
INSERT INTO fraud_order
    (order_id, buyer, address, device, card, ip_country, billing_country, currency, amount_minor,
     decision, reasons, score, model, features, outcome, bad, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', false, $15)
ON CONFLICT (order_id) DO NOTHING;

-- name: order_get :one
-- in:  order_id id
-- out: decision text, reasons text, score num, model int, features text?, outcome text
SELECT decision, reasons, score, model, features, outcome FROM fraud_order WHERE order_id = $1;

-- name: order_outcome :exec
-- in:  order_id id, was text, outcome text, bad bool, now_ms int
UPDATE fraud_order SET outcome = $3, bad = $4, outcome_ms = $5
WHERE order_id = $1 AND outcome = $2;

-- Parts 0 to 3 are the last hour of a buyer, an address, a device, a card; part 4 is what else is
-- known: paid orders of the buyer, fraud before, spent in a day. One statement: each is a round trip.
-- name: counts :many
-- in:  buyer id, address id?, device id?, card id?, currency text, hour_ms int, limit int, day_ms int
-- out: part int, orders int, refused int, cards int, minor int
SELECT 0 AS part, count(*) AS orders,
       CAST(coalesce(sum(refused), 0) AS bigint) AS refused, count(DISTINCT card) AS cards,
       CAST(coalesce(sum(minor), 0) AS bigint) AS minor
FROM (SELECT CASE WHEN outcome IN ('declined', 'denied', 'judged') THEN 1 ELSE 0 END AS refused,
             card, CASE WHEN currency = $5 THEN amount_minor ELSE 0 END AS minor
      FROM fraud_order WHERE buyer = $1 AND created_ms > $6
      ORDER BY created_ms DESC LIMIT $7) buyers
UNION ALL
SELECT 1 AS part, count(*) AS orders,
       CAST(coalesce(sum(refused), 0) AS bigint) AS refused, count(DISTINCT card) AS cards,
       CAST(coalesce(sum(minor), 0) AS bigint) AS minor
FROM (SELECT CASE WHEN outcome IN ('declined', 'denied', 'judged') THEN 1 ELSE 0 END AS refused,
             card, CASE WHEN currency = $5 THEN amount_minor ELSE 0 END AS minor
      FROM fraud_order WHERE address = $2 AND created_ms > $6
      ORDER BY created_ms DESC LIMIT $7) addresss
UNION ALL
SELECT 2 AS part, count(*) AS orders,
       CAST(coalesce(sum(refused), 0) AS bigint) AS refused, count(DISTINCT card) AS cards,
       CAST(coalesce(sum(minor), 0) AS bigint) AS minor
FROM (SELECT CASE WHEN outcome IN ('declined', 'denied', 'judged') THEN 1 ELSE 0 END AS refused,
             card, CASE WHEN currency = $5 THEN amount_minor ELSE 0 END AS minor
      FROM fraud_order WHERE device = $3 AND created_ms > $6
      ORDER BY created_ms DESC LIMIT $7) devices
UNION ALL
SELECT 3 AS part, count(*) AS orders,
       CAST(coalesce(sum(refused), 0) AS bigint) AS refused, count(DISTINCT card) AS cards,
       CAST(coalesce(sum(minor), 0) AS bigint) AS minor
FROM (SELECT CASE WHEN outcome IN ('declined', 'denied', 'judged') THEN 1 ELSE 0 END AS refused,
             card, CASE WHEN currency = $5 THEN amount_minor ELSE 0 END AS minor
      FROM fraud_order WHERE card = $4 AND created_ms > $6
      ORDER BY created_ms DESC LIMIT $7) cards
UNION ALL
SELECT 4 AS part,
       (SELECT count(*) FROM (SELECT outcome FROM fraud_order WHERE buyer = $1
                              ORDER BY created_ms DESC LIMIT $7) o
        WHERE outcome = 'paid') AS orders,
       (SELECT count(*) FROM (SELECT 1 FROM fraud_order WHERE buyer = $1 AND bad LIMIT 10) b)
       + (SELECT count(*) FROM (SELECT 1 FROM fraud_order WHERE device = $3 AND bad LIMIT 10) d)
       + (SELECT count(*) FROM (SELECT 1 FROM fraud_order WHERE card = $4 AND bad LIMIT 10) c)
       AS refused,
       0 AS cards,
       (SELECT CAST(coalesce(sum(amount_minor), 0) AS bigint)
        FROM (SELECT amount_minor, outcome, currency FROM fraud_order
              WHERE buyer = $1 AND created_ms > $8 ORDER BY created_ms DESC LIMIT $7) s
        WHERE currency = $5 AND outcome IN ('open', 'paid', 'charged_back')) AS minor;

-- ---- the queue ----

-- name: review_add :exec
-- in:  order_id id, created_ms int
INSERT INTO fraud_review (order_id, state, created_ms) VALUES ($1, 'open', $2)
ON CONFLICT (order_id) DO NOTHING;

-- name: review_end :exec
-- in:  order_id id, state text, reason text?, actor_id id?, now_ms int
UPDATE fraud_review SET state = $2, reason = $3, actor_id = $4, decided_ms = $5
WHERE order_id = $1 AND state = 'open';

-- name: review_get :one
-- in:  order_id id
-- out: order_id id, state text, reason text?, actor_id id?, created_ms int, decided_ms int?
-- out: currency text, amount_minor int, ip_country text?, billing_country text?, reasons text
-- out: score num
SELECT r.order_id, r.state, r.reason, r.actor_id, r.created_ms, r.decided_ms, o.currency,
       o.amount_minor, o.ip_country, o.billing_country, o.reasons, o.score
FROM fraud_review r JOIN fraud_order o ON o.order_id = r.order_id
WHERE r.order_id = $1;

-- name: review_list :many
-- in:  state text, before id, limit int
-- out: order_id id, state text, reason text?, actor_id id?, created_ms int, decided_ms int?
-- out: currency text, amount_minor int, ip_country text?, billing_country text?, reasons text
-- out: score num
SELECT r.order_id, r.state, r.reason, r.actor_id, r.created_ms, r.decided_ms, o.currency,
       o.amount_minor, o.ip_country, o.billing_country, o.reasons, o.score
FROM fraud_review r JOIN fraud_order o ON o.order_id = r.order_id
WHERE r.state = $1 AND r.order_id < $2
ORDER BY r.order_id DESC LIMIT $3;

-- name: review_count :one
-- in:  state text, most int
-- out: reviews int
SELECT count(*) AS reviews FROM (SELECT 1 FROM fraud_review WHERE state = $1 LIMIT $2) r;

-- ---- learning ----

-- name: samples :many
-- in:  limit int
-- out: order_id id, features text?, bad bool
SELECT order_id, features, bad FROM fraud_order
WHERE features IS NOT NULL AND outcome IN ('paid', 'judged', 'charged_back')
ORDER BY order_id DESC LIMIT $1;

-- name: model_add :exec
-- in:  version int, bias num, weights text, n int, bad int, auc num, trained_ms int
INSERT INTO fraud_model (version, bias, weights, n, bad, auc, trained_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: model_get :one
-- in:  version int?
-- out: version int, bias num, weights text, n int, bad int, auc num, trained_ms int
SELECT version, bias, weights, n, bad, auc, trained_ms FROM fraud_model
WHERE $1 IS NULL OR version = $1 ORDER BY version DESC LIMIT 1;
-- name: model_get @pg
SELECT version, bias, weights, n, bad, auc, trained_ms FROM fraud_model
WHERE $1::bigint IS NULL OR version = $1 ORDER BY version DESC LIMIT 1;

-- ---- the invariants ----

-- name: check :many
-- out: order_id id
SELECT o.order_id FROM fraud_order o LEFT JOIN fraud_review r ON r.order_id = o.order_id
WHERE o.bad <> (o.outcome IN ('judged', 'charged_back'))
   OR (o.outcome = 'open') <> (o.outcome_ms IS NULL)
   OR (o.decision = 'review') <> (r.order_id IS NOT NULL)
   OR (r.state = 'open' AND o.outcome <> 'open')
   OR (r.state = 'denied' AND o.outcome <> 'judged')
LIMIT 100;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_orders :many
-- in:  buyer id
-- out: order_id id, ip_country text?, billing_country text?, decision text, reasons text, outcome text, created_ms int
SELECT order_id, ip_country, billing_country, decision, reasons, outcome, created_ms
FROM fraud_order WHERE buyer = $1 ORDER BY order_id;

-- name: erased :one
-- in:  buyer id
-- out: n int
SELECT CASE WHEN EXISTS (SELECT 1 FROM fraud_order WHERE buyer = $1 AND
    (address IS NOT NULL OR device IS NOT NULL OR card IS NOT NULL OR ip_country IS NOT NULL OR
     billing_country IS NOT NULL)) THEN 0 ELSE 1 END;

-- name: erase_orders :exec
-- in:  buyer id
UPDATE fraud_order SET address = NULL, device = NULL, card = NULL, ip_country = NULL,
    billing_country = NULL
WHERE buyer = $1;

-- ---- what is too old: the same orders in both ----

-- name: review_prune :exec
-- in:  before_ms int, limit int
DELETE FROM fraud_review WHERE order_id IN
    (SELECT order_id FROM fraud_order WHERE created_ms <= $1 ORDER BY created_ms, order_id LIMIT $2);

-- name: order_prune :exec
-- in:  before_ms int, limit int
DELETE FROM fraud_order WHERE order_id IN
    (SELECT order_id FROM fraud_order WHERE created_ms <= $1 ORDER BY created_ms, order_id LIMIT $2);
