-- Every query of the service.

-- name: number_find :one
-- in:  number text
-- out: order_id id
SELECT order_id FROM orders_order WHERE number = $1;

-- name: order_add :exec gathered
-- in:  order_id id, user_id id?, cart_hash text?, email sealed, number text, status text
-- in:  payment_status text, currency text, subtotal_minor int, tax_minor int
-- in:  shipping_fee_minor int, discount_minor int, total_minor int, address sealed
-- in:  delivery_speed text, estimated_from_ms int, estimated_delivery_ms int, created_ms int
-- in:  promotions text?, groups_n int, email_key keyed
-- key: orders_order.order_id
INSERT INTO orders_order
    (order_id, user_id, cart_hash, email, number, status, payment_status, currency,
     subtotal_minor, tax_minor, shipping_fee_minor, discount_minor, total_minor, address,
     delivery_speed, estimated_from_ms, estimated_delivery_ms, created_ms, updated_ms, version,
     promotions, groups_n, email_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, 1,
        $19, $20, $21);

-- name: line_add :exec batch gathered
-- in:  order_id id, position int, order_item_id id, product_id id, variant_id id, seller_id id?
-- in:  title text, variant_text text?, sku text, picture text?, quantity int, price_minor int
-- in:  subtotal_minor int, tax_minor int, tax_bp int, status text?, discount_minor int
-- in:  commission_bp int, commission_tax_bp int, group_no int
INSERT INTO orders_line
    (order_id, position, order_item_id, product_id, variant_id, seller_id, title, variant_text,
     sku, picture, quantity, price_minor, subtotal_minor, tax_minor, tax_bp, status, discount_minor,
     commission_bp, commission_tax_bp, group_no)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20);

-- name: history_add :exec batch gathered
-- in:  order_id id, seq int, from_status text, to_status text, actor_id id?, reason text?, at_ms int
-- in:  group_no int?
INSERT INTO orders_history (order_id, seq, from_status, to_status, actor_id, reason, at_ms, group_no)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- What is known of a refund that came back: that it did, and maybe that it was paid another way.
-- name: refund_rows :many
-- in:  order_id id, refund_id id
-- out: reason text?
SELECT reason FROM orders_history WHERE order_id = $1 AND refund_id = $2 ORDER BY seq;

-- name: refund_row_add :exec
-- in:  order_id id, seq int, status text, actor_id id?, reason text, at_ms int, refund_id id
INSERT INTO orders_history
    (order_id, seq, from_status, to_status, actor_id, reason, at_ms, refund_id)
VALUES ($1, $2, $3, $3, $4, $5, $6, $7);

-- name: refund_failed_list :many
-- in:  since_ms int, limit int
-- out: order_id id, at_ms int
SELECT h.order_id, max(h.at_ms) FROM orders_history h
WHERE h.refund_id IS NOT NULL AND h.at_ms >= $1 AND h.reason = 'refund_failed' AND NOT EXISTS
    (SELECT 1 FROM orders_history r WHERE r.order_id = h.order_id AND r.refund_id = h.refund_id
     AND r.reason <> 'refund_failed')
GROUP BY h.order_id ORDER BY 2 DESC, 1 LIMIT $2;

-- Beside history_add, as the moves of nearly all orders have none.
-- name: history_track :exec exact later
-- in:  order_id id, seq int, tracking text
UPDATE orders_history SET tracking = $3 WHERE order_id = $1 AND seq = $2;

-- name: group_add :exec batch gathered
-- in:  order_id id, group_no int, seller_id id?, address sealed?, delivery_speed text, status text
-- in:  shipping_fee_minor int, shipping_off_minor int, estimated_from_ms int
-- in:  estimated_delivery_ms int
INSERT INTO orders_group
    (order_id, group_no, seller_id, address, delivery_speed, status, shipping_fee_minor,
     shipping_off_minor, estimated_from_ms, estimated_delivery_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1);

-- name: group_list :many
-- in:  order_id id
-- out: order_id id, group_no int, seller_id id?, address sealed?, delivery_speed text, status text
-- out: shipping_fee_minor int, shipping_off_minor int, estimated_from_ms int
-- out: estimated_delivery_ms int, actual_delivery_ms int?, refund_id id?, version int
SELECT order_id, group_no, seller_id, address, delivery_speed, status, shipping_fee_minor,
       shipping_off_minor, estimated_from_ms, estimated_delivery_ms, actual_delivery_ms, refund_id,
       version
FROM orders_group WHERE order_id = $1 ORDER BY group_no;

-- name: group_move :exec batch
-- in:  order_id id, group_no int, status text, actual_delivery_ms int?, refund_id id?
UPDATE orders_group
SET status = $3, actual_delivery_ms = coalesce($4, actual_delivery_ms),
    refund_id = coalesce($5, refund_id), version = version + 1
WHERE order_id = $1 AND group_no = $2;

-- The groups of a page of order_list, backwards as line_page; those that have rows.
-- name: group_page :many
-- in:  user_id id, newest id, oldest id
-- out: like group_list
SELECT g.order_id, g.group_no, g.seller_id, g.address, g.delivery_speed, g.status,
       g.shipping_fee_minor, g.shipping_off_minor, g.estimated_from_ms, g.estimated_delivery_ms,
       g.actual_delivery_ms, g.refund_id, g.version
FROM orders_order o JOIN orders_group g ON g.order_id = o.order_id
WHERE o.user_id = $1 AND o.order_id <= $2 AND o.order_id >= $3
ORDER BY o.order_id, g.group_no;

-- name: order_get :one
-- in:  order_id id, staff bool, user_id id?, cart_hash text?
-- out: order_id id, user_id id?, cart_hash text?, email sealed, number text, status text
-- out: payment_status text, cancel_reason text?, currency text, subtotal_minor int, tax_minor int
-- out: shipping_fee_minor int, discount_minor int, total_minor int, address sealed
-- out: delivery_speed text, estimated_from_ms int, estimated_delivery_ms int
-- out: actual_delivery_ms int?, created_ms int, updated_ms int, version int, promotions text?
-- out: groups_n int, withdrawn text?, withdrawn_by id?
SELECT order_id, user_id, cart_hash, email, number, status, payment_status, cancel_reason,
       currency, subtotal_minor, tax_minor, shipping_fee_minor, discount_minor, total_minor,
       address, delivery_speed, estimated_from_ms, estimated_delivery_ms, actual_delivery_ms,
       created_ms, updated_ms, version, promotions, groups_n, withdrawn, withdrawn_by
FROM orders_order
WHERE order_id = $1 AND ($2 OR user_id = $3 OR (user_id IS NULL AND cart_hash = $4));

-- name: order_list :many
-- in:  user_id id, before id, limit int, skip int
-- out: order_id id, user_id id?, cart_hash text?, email sealed, number text, status text
-- out: payment_status text, cancel_reason text?, currency text, subtotal_minor int, tax_minor int
-- out: shipping_fee_minor int, discount_minor int, total_minor int, address sealed
-- out: delivery_speed text, estimated_from_ms int, estimated_delivery_ms int
-- out: actual_delivery_ms int?, created_ms int, updated_ms int, version int, promotions text?
-- out: groups_n int, withdrawn text?, withdrawn_by id?
SELECT order_id, user_id, cart_hash, email, number, status, payment_status, cancel_reason,
       currency, subtotal_minor, tax_minor, shipping_fee_minor, discount_minor, total_minor,
       address, delivery_speed, estimated_from_ms, estimated_delivery_ms, actual_delivery_ms,
       created_ms, updated_ms, version, promotions, groups_n, withdrawn, withdrawn_by
FROM orders_order
WHERE user_id = $1 AND order_id < $2
ORDER BY order_id DESC LIMIT $3 OFFSET $4;

-- name: order_count :one
-- in:  user_id id
-- out: orders int
SELECT count(*) AS orders FROM orders_order WHERE user_id = $1;

-- Any that was not cancelled: one that is still to be paid for counts.
-- name: order_standing :one
-- in:  user_id id
-- out: order_id id
SELECT order_id FROM orders_order WHERE user_id = $1 AND status <> 'cancelled' LIMIT 1;

-- name: line_list :many
-- in:  order_id id
-- out: order_id id, order_item_id id, product_id id, variant_id id, seller_id id?, title text
-- out: variant_text text?, sku text, picture text?, quantity int, price_minor int
-- out: subtotal_minor int, tax_minor int, tax_bp int, status text?, discount_minor int
-- out: commission_bp int, commission_tax_bp int, group_no int
SELECT order_id, order_item_id, product_id, variant_id, seller_id, title, variant_text, sku,
       picture, quantity, price_minor, subtotal_minor, tax_minor, tax_bp, status,
       discount_minor, commission_bp, commission_tax_bp, group_no
FROM orders_line WHERE order_id = $1 ORDER BY position;

-- The ids are given as their bytes, one after another: one statement for many orders.
-- name: sold_list :many
-- in:  order_ids blob
-- out: order_id id, product_id id, quantity int
WITH RECURSIVE nth (at) AS (
    SELECT 1 WHERE length($1) > 0
    UNION ALL
    SELECT at + 16 FROM nth WHERE at + 16 <= length($1))
SELECT order_id, product_id, quantity
FROM orders_line WHERE order_id IN (SELECT substr($1, at, 16) FROM nth)
ORDER BY order_id, position;
-- name: sold_list @pg
SELECT order_id, product_id, quantity
FROM orders_line
WHERE order_id = ANY (ARRAY(
    SELECT CAST(encode(substr($1::bytea, nth.at, 16), 'hex') AS uuid)
    FROM generate_series(1, length($1::bytea), 16) AS nth (at)))
ORDER BY order_id, position;

-- A purchase that stands: paid, and neither cancelled nor refunded.
-- name: bought :one
-- in:  user_id id, product_id id
-- out: order_item_id id
SELECT l.order_item_id
FROM orders_order o JOIN orders_line l ON l.order_id = o.order_id
WHERE o.user_id = $1 AND l.product_id = $2
  AND o.status IN ('confirmed', 'processing', 'shipped', 'delivered', 'return_requested',
                   'return_approved')
  AND NOT EXISTS (SELECT 1 FROM orders_group g
                  WHERE g.order_id = l.order_id AND g.group_no = l.group_no
                  AND g.status IN ('cancelled', 'refunded'))
ORDER BY o.order_id DESC LIMIT 1;

-- The lines of a page of order_list, backwards: from its oldest order to its newest, as the key is.
-- name: line_page :many
-- in:  user_id id, newest id, oldest id
-- out: order_id id, order_item_id id, product_id id, variant_id id, seller_id id?, title text
-- out: variant_text text?, sku text, picture text?, quantity int, price_minor int
-- out: subtotal_minor int, tax_minor int, tax_bp int, status text?, discount_minor int
-- out: commission_bp int, commission_tax_bp int, group_no int
SELECT l.order_id, l.order_item_id, l.product_id, l.variant_id, l.seller_id, l.title,
       l.variant_text, l.sku, l.picture, l.quantity, l.price_minor, l.subtotal_minor, l.tax_minor,
       l.tax_bp, l.status, l.discount_minor, l.commission_bp, l.commission_tax_bp, l.group_no
FROM orders_order o JOIN orders_line l ON l.order_id = o.order_id
WHERE o.user_id = $1 AND o.order_id <= $2 AND o.order_id >= $3
ORDER BY o.order_id, l.position;

-- name: order_lock :one
-- in:  order_id id
-- out: user_id id?, email sealed, number text, status text, currency text, total_minor int, version int
-- out: groups_n int, withdrawn text?
-- key: orders_order.order_id
SELECT user_id, email, number, status, currency, total_minor, version, groups_n, withdrawn
FROM orders_order WHERE order_id = $1;
-- name: order_lock @pg
SELECT user_id, email, number, status, currency, total_minor, version, groups_n, withdrawn
FROM orders_order WHERE order_id = $1 FOR UPDATE;

-- name: order_withdraw :exec exact
-- in:  order_id id, reason text, actor_id id?, version int, updated_ms int, was int
UPDATE orders_order
SET withdrawn = $2, withdrawn_by = $3, version = $4, updated_ms = $5
WHERE order_id = $1 AND version = $6;

-- name: order_move :exec exact gathered
-- in:  order_id id, status text, payment_status text?, cancel_reason text?
-- in:  actual_delivery_ms int?, version int, updated_ms int, was int
-- key: orders_order.order_id
UPDATE orders_order
SET status = $2, payment_status = coalesce($3, payment_status),
    cancel_reason = coalesce($4, cancel_reason),
    actual_delivery_ms = coalesce($5, actual_delivery_ms), version = $6, updated_ms = $7
WHERE order_id = $1 AND version = $8;

-- name: order_payment :exec
-- in:  order_id id, payment_status text, updated_ms int
UPDATE orders_order SET payment_status = $2, version = version + 1, updated_ms = $3
WHERE order_id = $1;

-- name: history_list :many
-- in:  order_id id
-- out: from_status text, to_status text, actor_id id?, reason text?, at_ms int, group_no int?, tracking text?
-- out: refund_id id?
SELECT from_status, to_status, actor_id, reason, at_ms, group_no, tracking, refund_id
FROM orders_history WHERE order_id = $1 ORDER BY seq;

-- name: order_adopt :exec
-- in:  cart_hash text, user_id id, updated_ms int
UPDATE orders_order
SET user_id = $2, cart_hash = NULL, version = version + 1, updated_ms = $3
WHERE user_id IS NULL AND cart_hash = $1;

-- ---- for staff: what a list shows of an order ----

-- name: brief_get :one batch
-- in:  order_id id
-- out: order_id id, user_id id?, email sealed, number text, status text, payment_status text
-- out: currency text, total_minor int, created_ms int
SELECT order_id, user_id, email, number, status, payment_status, currency, total_minor, created_ms
FROM orders_order WHERE order_id = $1;

-- name: brief_all :many
-- in:  before id, limit int
-- out: like brief_get
SELECT order_id, user_id, email, number, status, payment_status, currency, total_minor, created_ms
FROM orders_order WHERE order_id < $1 ORDER BY order_id DESC LIMIT $2;

-- Of the newest `window` orders: no index by status, which each move of each order would pay for.
-- name: brief_status :many
-- in:  before id, status text, window int, limit int
-- out: like brief_get
SELECT order_id, user_id, email, number, status, payment_status, currency, total_minor, created_ms
FROM (SELECT order_id, user_id, email, number, status, payment_status, currency, total_minor,
             created_ms
      FROM orders_order WHERE order_id < $1 ORDER BY order_id DESC LIMIT $3) w
WHERE status = $2 ORDER BY order_id DESC LIMIT $4;

-- name: window_end :one
-- in:  before id, skip int
-- out: order_id id
SELECT order_id FROM orders_order WHERE order_id < $1 ORDER BY order_id DESC LIMIT 1 OFFSET $2;

-- A user's, and what was ordered as a guest under the same e-mail: `folded` is for orders that the
-- sweep of platform/vault has not come to.
-- name: brief_buyer :many
-- in:  before id, user_id id?, email_key keyed, limit int, folded text
-- out: like brief_get
SELECT * FROM (
SELECT * FROM (SELECT order_id, user_id, email, number, status, payment_status, currency,
                      total_minor, created_ms
               FROM orders_order WHERE user_id = $2 AND order_id < $1
               ORDER BY order_id DESC LIMIT $4) u
UNION ALL
SELECT * FROM (SELECT order_id, user_id, email, number, status, payment_status, currency,
                      total_minor, created_ms
               FROM orders_order WHERE user_id IS NULL AND (email_key = $3 OR (email_key IS NULL AND lower(email) = $5))
                 AND order_id < $1
               ORDER BY order_id DESC LIMIT $4) g
) both_of ORDER BY order_id DESC LIMIT $4;

-- Of the newest `window` orders since an id, by day (since 1970, UTC).
-- name: day_sums :many
-- in:  since id, window int
-- out: day int, status text, currency text, orders int, total_minor int
SELECT day, status, currency, count(*) AS orders, CAST(sum(total_minor) AS bigint) AS total_minor
FROM (SELECT created_ms / 86400000 AS day, status, currency, total_minor
      FROM orders_order WHERE order_id >= $1 ORDER BY order_id DESC LIMIT $2) r
GROUP BY day, status, currency ORDER BY day, status, currency;

-- name: check_slice :one
-- in:  after id, orders int
-- out: order_id id
SELECT order_id FROM orders_order WHERE order_id > $1 ORDER BY order_id LIMIT 1 OFFSET $2;

-- name: check_orders :one
-- in:  after id, until id
-- out: wrong int
SELECT count(*) AS wrong FROM orders_order o
WHERE o.order_id > $1 AND o.order_id <= $2
  AND (o.total_minor <> o.subtotal_minor + o.tax_minor + o.shipping_fee_minor - o.discount_minor
       OR o.subtotal_minor <> (SELECT coalesce(sum(l.subtotal_minor), -1)
                               FROM orders_line l WHERE l.order_id = o.order_id)
       OR o.status <> coalesce((SELECT h.to_status FROM orders_history h
                                WHERE h.order_id = o.order_id AND h.group_no IS NULL
                                ORDER BY h.seq DESC LIMIT 1), '')
       OR EXISTS (SELECT 1 FROM orders_line l WHERE l.order_id = o.order_id
                  AND (l.group_no < 0 OR l.group_no >= o.groups_n)));

-- Of orders of several groups: the rows, their parts of the fee, and the status that they make.
-- name: check_groups :one
-- in:  after id, until id
-- out: wrong int
SELECT count(*) AS wrong FROM orders_order o
WHERE o.order_id > $1 AND o.order_id <= $2 AND o.groups_n > 1
  AND (o.groups_n <> (SELECT count(*) FROM orders_group g WHERE g.order_id = o.order_id)
       OR o.groups_n <> (SELECT count(DISTINCT l.group_no) FROM orders_line l
                         WHERE l.order_id = o.order_id)
       OR o.shipping_fee_minor <> (SELECT coalesce(sum(g.shipping_fee_minor), -1)
                                   FROM orders_group g WHERE g.order_id = o.order_id)
       OR EXISTS (SELECT 1 FROM orders_line l JOIN orders_group g
                  ON g.order_id = l.order_id AND g.group_no = l.group_no
                  WHERE l.order_id = o.order_id
                  AND coalesce(l.seller_id, l.order_id) <> coalesce(g.seller_id, g.order_id))
       OR o.status <> coalesce(
           (SELECT g.status FROM orders_group g
            WHERE g.order_id = o.order_id AND g.status <> 'cancelled'
            ORDER BY CASE g.status WHEN 'pending' THEN 0 WHEN 'confirmed' THEN 1
                     WHEN 'processing' THEN 2 WHEN 'shipped' THEN 3 WHEN 'delivered' THEN 4
                     WHEN 'return_requested' THEN 5 WHEN 'return_approved' THEN 6 ELSE 7 END
            LIMIT 1), 'cancelled'));

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_orders :many
-- in:  user_id id, email_key keyed
-- out: order_id id, number text, status text, payment_status text, email sealed, address sealed
-- out: currency text, subtotal_minor int, tax_minor int, shipping_fee_minor int, discount_minor int
-- out: total_minor int, created_ms int
SELECT order_id, number, status, payment_status, email, address, currency, subtotal_minor,
       tax_minor, shipping_fee_minor, discount_minor, total_minor, created_ms
FROM orders_order WHERE user_id = $1 OR (user_id IS NULL AND email_key = $2) ORDER BY order_id;

-- name: person_parcels :many
-- in:  user_id id, email_key keyed
-- out: like group_list
SELECT g.order_id, g.group_no, g.seller_id, g.address, g.delivery_speed, g.status,
       g.shipping_fee_minor, g.shipping_off_minor, g.estimated_from_ms, g.estimated_delivery_ms,
       g.actual_delivery_ms, g.refund_id, g.version
FROM orders_order o JOIN orders_group g ON g.order_id = o.order_id
WHERE o.user_id = $1 OR (o.user_id IS NULL AND o.email_key = $2) ORDER BY g.order_id, g.group_no;

-- name: person_lines :many
-- in:  user_id id, email_key keyed
-- out: order_id id, title text, variant_text text?, sku text, quantity int, price_minor int
-- out: subtotal_minor int, tax_minor int, discount_minor int
SELECT l.order_id, l.title, l.variant_text, l.sku, l.quantity, l.price_minor, l.subtotal_minor,
       l.tax_minor, l.discount_minor
FROM orders_order o JOIN orders_line l ON l.order_id = o.order_id
WHERE o.user_id = $1 OR (o.user_id IS NULL AND o.email_key = $2) ORDER BY l.order_id, l.position;

-- Orders whose parcels, payments or returns are still under way.
-- name: person_blocks :one
-- in:  user_id id, email_key keyed
-- out: n int
SELECT count(*) AS n FROM orders_order
WHERE (user_id = $1 OR (user_id IS NULL AND email_key = $2))
  AND status NOT IN ('delivered', 'cancelled', 'refunded');

-- Before erase_orders, which takes away what guests' orders are found by.
-- name: erase_parcels :exec
-- in:  user_id id, email_key keyed
UPDATE orders_group SET address = NULL WHERE order_id IN
    (SELECT order_id FROM orders_order
     WHERE user_id = $1 OR (user_id IS NULL AND email_key = $2));

-- name: erased :one
-- in:  user_id id, email_key keyed
-- out: n int
SELECT CASE WHEN EXISTS (SELECT 1 FROM orders_order
    WHERE (user_id = $1 OR (user_id IS NULL AND email_key = $2)) AND email <> '')
    THEN 0 ELSE 1 END;

-- name: erase_orders :exec
-- in:  user_id id, email_key keyed
UPDATE orders_order SET email = '', email_key = NULL, address = '{"name":"Erased","line1":"Erased","city":"Erased","country":"ZZ"}', cart_hash = NULL
WHERE user_id = $1 OR (user_id IS NULL AND email_key = $2);
