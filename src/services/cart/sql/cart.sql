-- name: cart_of_user :one
-- in:  user_id id
-- out: cart_id id, version int, codes text?, order_id id?, order_until_ms int?
SELECT cart_id, version, codes, order_id, order_until_ms FROM cart_cart WHERE user_id = $1;

-- name: cart_of_token :one
-- in:  token_hash text
-- out: cart_id id, version int, codes text?, order_id id?, order_until_ms int?
SELECT cart_id, version, codes, order_id, order_until_ms FROM cart_cart WHERE token_hash = $1;

-- In a unit that changes what is in it by what it was: an order that claims it, and a sign-in that
-- merges it, wait.
-- name: cart_lock :one
-- in:  cart_id id
-- out: cart_id id, user_id id?, version int, codes text?, order_id id?, order_until_ms int?
SELECT cart_id, user_id, version, codes, order_id, order_until_ms FROM cart_cart
WHERE cart_id = $1;
-- name: cart_lock @pg
SELECT cart_id, user_id, version, codes, order_id, order_until_ms FROM cart_cart
WHERE cart_id = $1 FOR UPDATE;

-- name: cart_add :exec
-- in:  cart_id id, user_id id?, token_hash text?, expires_ms int?, now_ms int
INSERT INTO cart_cart (cart_id, user_id, token_hash, version, expires_ms, created_ms, updated_ms)
VALUES ($1, $2, $3, 1, $4, $5, $5)
ON CONFLICT DO NOTHING;

-- name: cart_touch :exec
-- in:  cart_id id, expires_ms int?, now_ms int
UPDATE cart_cart SET version = version + 1, expires_ms = $2, updated_ms = $3 WHERE cart_id = $1;

-- name: cart_codes :exec
-- in:  cart_id id, codes text?, expires_ms int?, now_ms int
UPDATE cart_cart SET codes = $2, version = version + 1, expires_ms = $3, updated_ms = $4
WHERE cart_id = $1;

-- name: cart_bought :exec
-- in:  cart_id id, expires_ms int?, now_ms int, order_id id?
UPDATE cart_cart SET codes = NULL, version = version + 1, expires_ms = $2, updated_ms = $3,
    order_until_ms = CASE WHEN order_id = $4 THEN NULL ELSE order_until_ms END,
    order_id = nullif(order_id, $4)
WHERE cart_id = $1;

-- One order at a time: the same one again, or another when the cart is as that one saw it and nobody
-- else has it, not any more, or is the one that it takes the place of.
-- name: cart_claim :exec
-- in:  cart_id id, order_id id, until_ms int, version int, now_ms int, instead_of id?
UPDATE cart_cart SET order_id = $2, order_until_ms = $3
WHERE cart_id = $1 AND (order_id = $2 OR (version = $4
    AND (order_id IS NULL OR order_until_ms <= $5 OR order_id = $6)));

-- name: order_add :exec
-- in:  order_id id, now_ms int, cart_id id?
INSERT INTO cart_order (order_id, made_ms, cart_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: order_made :one
-- in:  order_id id
-- out: made_ms int
SELECT made_ms FROM cart_order WHERE order_id = $1;

-- name: order_merged :one
-- in:  order_id id
-- out: cart_id id
SELECT cart_id FROM cart_order WHERE order_id = $1 AND cart_id IS NOT NULL;
-- name: order_merged @pg
SELECT cart_id FROM cart_order WHERE order_id = $1 AND cart_id IS NOT NULL FOR UPDATE;

-- name: order_taken :exec
-- in:  order_id id
UPDATE cart_order SET cart_id = NULL WHERE order_id = $1;

-- name: order_forget :exec
-- in:  before_ms int
DELETE FROM cart_order WHERE made_ms < $1;

-- name: cart_become :exec
-- in:  cart_id id, new_id id, order_id id, until_ms int
UPDATE cart_cart SET cart_id = $2, order_id = $3, order_until_ms = $4 WHERE cart_id = $1;

-- name: items_become :exec
-- in:  cart_id id, new_id id
UPDATE cart_item SET cart_id = $2 WHERE cart_id = $1;

-- name: orders_become :exec
-- in:  cart_id id, new_id id
UPDATE cart_order SET cart_id = $2 WHERE cart_id = $1;

-- name: cart_claim_keep :exec
-- in:  cart_id id, order_id id, until_ms int
UPDATE cart_cart SET order_until_ms = $3 WHERE cart_id = $1 AND order_id = $2;

-- name: cart_claim_end :exec
-- in:  cart_id id, order_id id
UPDATE cart_cart SET order_id = NULL, order_until_ms = NULL WHERE cart_id = $1 AND order_id = $2;

-- name: cart_remove :exec
-- in:  cart_id id
DELETE FROM cart_cart WHERE cart_id = $1;

-- name: cart_expired :many
-- in:  now_ms int, limit int
-- out: cart_id id
SELECT cart_id FROM cart_cart WHERE expires_ms IS NOT NULL AND expires_ms <= $1
ORDER BY expires_ms LIMIT $2;

-- name: item_list :many
-- in:  cart_id id
-- out: cart_item_id id, product_id id, variant_id id, quantity int, price_minor int, currency text, added_ms int
SELECT cart_item_id, product_id, variant_id, quantity, price_minor, currency, added_ms
FROM cart_item WHERE cart_id = $1 ORDER BY cart_item_id;

-- name: item_add :exec
-- in:  cart_id id, cart_item_id id, product_id id, variant_id id, quantity int, price_minor int, currency text, now_ms int
INSERT INTO cart_item
    (cart_id, cart_item_id, product_id, variant_id, quantity, price_minor, currency, added_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: item_change :exec
-- in:  cart_id id, cart_item_id id, quantity int, price_minor int, currency text
UPDATE cart_item SET quantity = $3, price_minor = $4, currency = $5
WHERE cart_id = $1 AND cart_item_id = $2;

-- name: item_quantity :exec batch
-- in:  cart_id id, cart_item_id id, quantity int
UPDATE cart_item SET quantity = $3 WHERE cart_id = $1 AND cart_item_id = $2;

-- name: item_remove :exec batch
-- in:  cart_id id, cart_item_id id
DELETE FROM cart_item WHERE cart_id = $1 AND cart_item_id = $2;

-- name: item_clear :exec
-- in:  cart_id id
DELETE FROM cart_item WHERE cart_id = $1;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_items :many
-- in:  user_id id
-- out: product_id id, variant_id id, quantity int, added_ms int
SELECT i.product_id, i.variant_id, i.quantity, i.added_ms
FROM cart_cart c JOIN cart_item i ON i.cart_id = c.cart_id WHERE c.user_id = $1;

-- name: erase_items :exec
-- in:  user_id id
DELETE FROM cart_item WHERE cart_id IN (SELECT cart_id FROM cart_cart WHERE user_id = $1);

-- name: erased :one
-- in:  user_id id
-- out: n int
SELECT CASE WHEN EXISTS (SELECT 1 FROM cart_cart WHERE user_id = $1) THEN 0 ELSE 1 END;

-- name: erase_carts :exec
-- in:  user_id id
DELETE FROM cart_cart WHERE user_id = $1;
