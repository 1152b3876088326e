-- Every query of the service.

-- name: payment_add :exec
-- in:  payment_id id, order_id id, user_id id?, provider text, method_type text, token text
-- in:  status text, amount_minor int, currency text, created_ms int
INSERT INTO payments_payment
    (payment_id, order_id, user_id, provider, method_type, token, status, amount_minor, currency,
     captured_minor, refunded_minor, created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $10)
ON CONFLICT (payment_id) DO NOTHING;

-- name: payment_get :one
-- in:  payment_id id
-- out: payment_id id, order_id id, user_id id?, provider text, provider_ref text?
-- out: method_type text, token text, brand text?, last4 text?, status text, amount_minor int
-- out: currency text, captured_minor int, refunded_minor int, decline_code text?
-- out: decline_text text?, created_ms int, updated_ms int
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms
FROM payments_payment WHERE payment_id = $1;

-- name: payment_lock :one
-- in:  payment_id id
-- out: payment_id id, order_id id, user_id id?, provider text, provider_ref text?
-- out: method_type text, token text, brand text?, last4 text?, status text, amount_minor int
-- out: currency text, captured_minor int, refunded_minor int, decline_code text?
-- out: decline_text text?, created_ms int, updated_ms int
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms
FROM payments_payment WHERE payment_id = $1;
-- name: payment_lock @pg
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms
FROM payments_payment WHERE payment_id = $1 FOR UPDATE;

-- name: payment_of_order :many
-- in:  order_id id
-- out: payment_id id, order_id id, user_id id?, provider text, provider_ref text?
-- out: method_type text, token text, brand text?, last4 text?, status text, amount_minor int
-- out: currency text, captured_minor int, refunded_minor int, decline_code text?
-- out: decline_text text?, created_ms int, updated_ms int
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms
FROM payments_payment WHERE order_id = $1 ORDER BY payment_id;

-- name: payment_open :many
-- in:  older_ms int, limit int
-- out: payment_id id, order_id id, user_id id?, provider text, provider_ref text?
-- out: method_type text, token text, brand text?, last4 text?, status text, amount_minor int
-- out: currency text, captured_minor int, refunded_minor int, decline_code text?
-- out: decline_text text?, created_ms int, updated_ms int
SELECT payment_id, order_id, user_id, provider, provider_ref, method_type, token, brand, last4,
       status, amount_minor, currency, captured_minor, refunded_minor, decline_code, decline_text,
       created_ms, updated_ms
FROM payments_payment
WHERE status IN ('started', 'unknown') AND created_ms < $1
ORDER BY created_ms, payment_id LIMIT $2;

-- name: payment_set :exec
-- in:  payment_id id, status text, provider_ref text?, brand text?, last4 text?
-- in:  captured_minor int, refunded_minor int, decline_code text?, decline_text text?
-- in:  updated_ms int
UPDATE payments_payment
SET status = $2, provider_ref = $3, brand = $4, last4 = $5, captured_minor = $6,
    refunded_minor = $7, decline_code = $8, decline_text = $9, updated_ms = $10
WHERE payment_id = $1;

-- name: captured_of :one
-- in:  order_id id
-- out: kept int
SELECT CAST(coalesce(sum(captured_minor - refunded_minor), 0) AS bigint) AS kept
FROM payments_payment WHERE order_id = $1;
