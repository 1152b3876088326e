-- name: saga_add :exec
-- in:  order_id id, user_id id?, payment_id id, step text, number text, amount_minor int, currency text, token text, provider_ref text?, cart_hash text?, from_cart bool, reason text?, claim_principal text?, claim_method text?, claim_route text?, claim_key text?, attempts int, lease_ms int, created_ms int
INSERT INTO checkout_saga
    (order_id, user_id, payment_id, step, number, amount_minor, currency, token, provider_ref,
     cart_hash, from_cart, reason, claim_principal, claim_method, claim_route, claim_key, attempts,
     lease_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19);

-- Who works on a row counts its attempts; whoever took it over has counted on.
-- name: saga_step :exec
-- in:  order_id id, attempts int, step text, provider_ref text?, reason text?, lease_ms int
UPDATE checkout_saga SET step = $3, provider_ref = $4, reason = $5, lease_ms = $6
WHERE order_id = $1 AND attempts = $2;

-- name: saga_remove :exec
-- in:  order_id id, attempts int
DELETE FROM checkout_saga WHERE order_id = $1 AND attempts = $2;

-- name: saga_get :one
-- in:  order_id id
-- out: user_id id?, payment_id id, step text, number text, amount_minor int, currency text, token text, provider_ref text?, cart_hash text?, from_cart bool, reason text?, claim_principal text?, claim_method text?, claim_route text?, claim_key text?, attempts int
SELECT user_id, payment_id, step, number, amount_minor, currency, token, provider_ref, cart_hash,
       from_cart, reason, claim_principal, claim_method, claim_route, claim_key, attempts
FROM checkout_saga WHERE order_id = $1;

-- name: saga_due :many
-- in:  now_ms int, limit int
-- out: order_id id
SELECT order_id FROM checkout_saga WHERE lease_ms <= $1 ORDER BY order_id LIMIT $2;

-- name: saga_lease :exec
-- in:  order_id id, lease_ms int, now_ms int
UPDATE checkout_saga SET lease_ms = $2, attempts = attempts + 1
WHERE order_id = $1 AND lease_ms <= $3;
