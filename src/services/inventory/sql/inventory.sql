-- Every query of the service. Rows that change are locked in primary-key order.

-- name: warehouse_add :exec
-- in:  warehouse_id id, code text, name text, country text, priority int, latitude num, longitude num, cost int, created_ms int
INSERT INTO inventory_warehouse
    (warehouse_id, code, name, country, priority, latitude, longitude, cost, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: warehouse_list :many
-- out: warehouse_id id, code text, name text, country text, priority int, latitude num, longitude num, cost int
SELECT warehouse_id, code, name, country, priority, latitude, longitude, cost
FROM inventory_warehouse
ORDER BY priority, code;

-- name: warehouse_known :one
-- in:  warehouse_id id
-- out: code text
SELECT code FROM inventory_warehouse WHERE warehouse_id = $1;

-- name: level_list :many
-- in:  product_id id, variant_id id
-- out: warehouse_id id, on_hand int, reserved int, low_at int, version int
SELECT l.warehouse_id, l.on_hand, l.reserved, l.low_at, l.version
FROM inventory_level l JOIN inventory_warehouse w ON w.warehouse_id = l.warehouse_id
WHERE l.product_id = $1 AND l.variant_id = $2
ORDER BY w.priority, w.code;

-- The levels of a line, and whether the order holds something already (of whatever it wants): one
-- statement for both, as each order runs it. The key's order, or PostgreSQL may scan.
-- name: level_lock :many
-- in:  product_id id, variant_id id, order_id id
-- out: warehouse_id id, on_hand int, reserved int, low_at int
-- out: country text, priority int, latitude num, longitude num, cost int, held int
SELECT l.warehouse_id, l.on_hand, l.reserved, l.low_at,
       w.country, w.priority, w.latitude, w.longitude, w.cost,
       coalesce((SELECT r.quantity FROM inventory_reservation r WHERE r.order_id = $3
                 ORDER BY r.product_id, r.variant_id, r.warehouse_id LIMIT 1), 0) AS held
FROM inventory_level l JOIN inventory_warehouse w ON w.warehouse_id = l.warehouse_id
WHERE l.product_id = $1 AND l.variant_id = $2
ORDER BY l.warehouse_id;
-- name: level_lock @pg
SELECT l.warehouse_id, l.on_hand, l.reserved, l.low_at,
       w.country, w.priority, w.latitude, w.longitude, w.cost,
       coalesce((SELECT r.quantity FROM inventory_reservation r WHERE r.order_id = $3
                 ORDER BY r.product_id, r.variant_id, r.warehouse_id LIMIT 1), 0) AS held
FROM inventory_level l JOIN inventory_warehouse w ON w.warehouse_id = l.warehouse_id
WHERE l.product_id = $1 AND l.variant_id = $2
ORDER BY l.warehouse_id
FOR UPDATE OF l;

-- Of an order that is new.
-- name: level_lock_new :many
-- in:  product_id id, variant_id id
-- out: like level_lock
-- key: inventory_level.variant_id
SELECT l.warehouse_id, l.on_hand, l.reserved, l.low_at,
       w.country, w.priority, w.latitude, w.longitude, w.cost, 0 AS held
FROM inventory_level l JOIN inventory_warehouse w ON w.warehouse_id = l.warehouse_id
WHERE l.product_id = $1 AND l.variant_id = $2
ORDER BY l.warehouse_id;
-- name: level_lock_new @pg
SELECT l.warehouse_id, l.on_hand, l.reserved, l.low_at,
       w.country, w.priority, w.latitude, w.longitude, w.cost, CAST(0 AS bigint) AS held
FROM inventory_level l JOIN inventory_warehouse w ON w.warehouse_id = l.warehouse_id
WHERE l.product_id = $1 AND l.variant_id = $2
ORDER BY l.warehouse_id
FOR UPDATE OF l;

-- name: level_sum :one batch
-- in:  product_id id, variant_id id
-- out: available int
SELECT CAST(coalesce(sum(on_hand - reserved), 0) AS bigint) AS available
FROM inventory_level WHERE product_id = $1 AND variant_id = $2;

-- name: level_add :exec batch
-- in:  product_id id, variant_id id, warehouse_id id, now_ms int
INSERT INTO inventory_level
    (product_id, variant_id, warehouse_id, on_hand, reserved, low_at, version, updated_ms)
VALUES ($1, $2, $3, 0, 0, 5, 1, $4)
ON CONFLICT (product_id, variant_id, warehouse_id) DO NOTHING;

-- name: level_get :one
-- in:  product_id id, variant_id id, warehouse_id id
-- out: on_hand int, reserved int, low_at int, version int
SELECT on_hand, reserved, low_at, version FROM inventory_level
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3;
-- name: level_get @pg
SELECT on_hand, reserved, low_at, version FROM inventory_level
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3 FOR UPDATE;

-- name: level_find :one batch
-- in:  product_id id, variant_id id, warehouse_id id
-- out: on_hand int, reserved int
SELECT on_hand, reserved FROM inventory_level
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3;
-- name: level_find @pg
SELECT on_hand, reserved FROM inventory_level
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3 FOR UPDATE;

-- Of a level that is locked, or was not there a moment ago; one that came meanwhile fails the unit.
-- name: level_count :exec batch exact
-- in:  product_id id, variant_id id, warehouse_id id, on_hand int, was int, now_ms int
INSERT INTO inventory_level
    (product_id, variant_id, warehouse_id, on_hand, reserved, low_at, version, updated_ms)
VALUES ($1, $2, $3, $4, 0, 5, 1, $6)
ON CONFLICT (product_id, variant_id, warehouse_id) DO UPDATE
SET on_hand = excluded.on_hand, version = inventory_level.version + 1,
    updated_ms = excluded.updated_ms
WHERE inventory_level.reserved <= excluded.on_hand AND inventory_level.on_hand = $5;

-- name: level_set :exec
-- in:  product_id id, variant_id id, warehouse_id id, on_hand int, now_ms int
UPDATE inventory_level SET on_hand = $4, version = version + 1, updated_ms = $5
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3;

-- name: level_mark :exec
-- in:  product_id id, variant_id id, warehouse_id id, low_at int, now_ms int
UPDATE inventory_level SET low_at = $4, version = version + 1, updated_ms = $5
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3;

-- name: level_reserve :exec batch exact gathered
-- in:  product_id id, variant_id id, warehouse_id id, quantity int, now_ms int
-- key: inventory_level.variant_id
UPDATE inventory_level
SET reserved = reserved + $4, version = version + 1, updated_ms = $5
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3 AND on_hand - reserved >= $4;

-- name: level_release :exec batch exact later
-- in:  like level_reserve
-- key: inventory_level.variant_id
UPDATE inventory_level
SET reserved = reserved - $4, version = version + 1, updated_ms = $5
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3 AND reserved >= $4;

-- name: level_sell :exec batch exact gathered
-- in:  like level_reserve
-- key: inventory_level.variant_id
UPDATE inventory_level
SET on_hand = on_hand - $4, reserved = reserved - $4, version = version + 1, updated_ms = $5
WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $3 AND reserved >= $4;

-- name: reservation_any :one
-- in:  order_id id
-- out: quantity int
-- key: inventory_reservation.order_id
SELECT quantity FROM inventory_reservation WHERE order_id = $1
ORDER BY product_id, variant_id, warehouse_id LIMIT 1; -- the key's order, or PostgreSQL may scan

-- name: reservation_lock :many
-- in:  order_id id
-- out: product_id id, variant_id id
-- key: inventory_reservation.order_id
SELECT product_id, variant_id FROM inventory_reservation WHERE order_id = $1
ORDER BY product_id, variant_id, warehouse_id;
-- name: reservation_lock @pg
SELECT product_id, variant_id FROM inventory_reservation WHERE order_id = $1
ORDER BY product_id, variant_id, warehouse_id FOR UPDATE;

-- name: reservation_add :exec batch gathered
-- in:  order_id id, product_id id, variant_id id, warehouse_id id, quantity int, expires_ms int, created_ms int
-- key: inventory_reservation.order_id
INSERT INTO inventory_reservation
    (order_id, product_id, variant_id, warehouse_id, quantity, expires_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: reservation_first :exec
-- in:  like reservation_add
INSERT INTO inventory_reservation
    (order_id, product_id, variant_id, warehouse_id, quantity, expires_ms, created_ms)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE (SELECT quantity FROM inventory_reservation WHERE order_id = $1
       ORDER BY product_id, variant_id, warehouse_id LIMIT 1) IS NULL;
-- name: reservation_first @pg
INSERT INTO inventory_reservation
    (order_id, product_id, variant_id, warehouse_id, quantity, expires_ms, created_ms)
SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::bigint, $6::bigint, $7::bigint
WHERE (SELECT quantity FROM inventory_reservation WHERE order_id = $1
       ORDER BY product_id, variant_id, warehouse_id LIMIT 1) IS NULL;

-- Live or sold is asked without naming the condition of the expiry's index: PostgreSQL would read all
-- of it beside the few rows of the order.
-- name: reservation_renew :exec
-- in:  order_id id, expires_ms int
UPDATE inventory_reservation
SET expires_ms = CASE WHEN expires_ms < $2 THEN $2 ELSE expires_ms END
WHERE order_id = $1 AND coalesce(expires_ms, 0) > 0;

-- name: reservation_sell :many
-- in:  order_id id
-- out: product_id id, variant_id id, warehouse_id id, quantity int
-- key: inventory_reservation.order_id
UPDATE inventory_reservation SET expires_ms = NULL
WHERE order_id = $1 AND coalesce(expires_ms, 0) > 0
RETURNING product_id, variant_id, warehouse_id, quantity;

-- One that is taken to live, with so much.
-- name: reservation_sold :exec batch exact gathered
-- in:  order_id id, product_id id, variant_id id, warehouse_id id, quantity int
-- key: inventory_reservation.order_id
UPDATE inventory_reservation SET expires_ms = NULL
WHERE order_id = $1 AND product_id = $2 AND variant_id = $3 AND warehouse_id = $4 AND quantity = $5
  AND coalesce(expires_ms, 0) > 0;

-- Until when (less than the greatest), as a buyer may renew what a sweep has found.
-- name: reservation_release :many
-- in:  order_id id, until_ms int
-- out: like reservation_sell
DELETE FROM inventory_reservation
WHERE order_id = $1 AND coalesce(expires_ms, 9223372036854775807) <= $2
RETURNING product_id, variant_id, warehouse_id, quantity;

-- name: reservation_restock :many
-- in:  order_id id
-- out: like reservation_sell
DELETE FROM inventory_reservation WHERE order_id = $1 AND expires_ms IS NULL
RETURNING product_id, variant_id, warehouse_id, quantity;

-- name: reservation_expired :many
-- in:  now_ms int, limit int
-- out: order_id id
SELECT DISTINCT order_id FROM inventory_reservation
WHERE expires_ms IS NOT NULL AND expires_ms <= $1
ORDER BY order_id LIMIT $2;

-- name: movement_add :exec batch gathered
-- in:  product_id id, variant_id id, movement_id id, warehouse_id id, kind text, change int, before_qty int, after_qty int, reason text?, reference text?, actor_id id?, created_ms int
INSERT INTO inventory_movement
    (product_id, variant_id, movement_id, warehouse_id, kind, change, before_qty, after_qty,
     reason, reference, actor_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- Of a level that was changed a statement ago: what is on hand now is what was left.
-- name: movement_made :exec batch exact gathered
-- in:  product_id id, variant_id id, movement_id id, warehouse_id id, kind text, change int, reference text, created_ms int
-- key: inventory_level.variant_id
INSERT INTO inventory_movement
    (product_id, variant_id, movement_id, warehouse_id, kind, change, before_qty, after_qty,
     reference, created_ms)
SELECT product_id, variant_id, $3, warehouse_id, $5, $6, on_hand - $6, on_hand, $7, $8
FROM inventory_level WHERE product_id = $1 AND variant_id = $2 AND warehouse_id = $4;

-- name: movement_list :many
-- in:  product_id id, variant_id id, before id, limit int
-- out: movement_id id, warehouse_id id, kind text, change int, before_qty int, after_qty int, reason text?, reference text?, actor_id id?, created_ms int
SELECT movement_id, warehouse_id, kind, change, before_qty, after_qty, reason, reference, actor_id,
       created_ms
FROM inventory_movement
WHERE product_id = $1 AND variant_id = $2 AND movement_id < $3
ORDER BY movement_id DESC LIMIT $4;

-- name: transfer_add :exec
-- in:  transfer_id id, product_id id, variant_id id, from_id id, to_id id, quantity int, reason text?, reference text?, actor_id id?, created_ms int
INSERT INTO inventory_transfer
    (transfer_id, product_id, variant_id, from_id, to_id, quantity, received, lost, open, reason,
     reference, actor_id, created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, true, $7, $8, $9, $10, $10);

-- name: transfer_known :one
-- in:  transfer_id id
-- out: quantity int
SELECT quantity FROM inventory_transfer WHERE transfer_id = $1;

-- name: transfer_receive :one
-- in:  transfer_id id, quantity int, close bool, now_ms int
-- out: transfer_id id, product_id id, variant_id id, from_id id, to_id id, quantity int, received int, lost int, open bool, reason text?, reference text?, actor_id id?, created_ms int
UPDATE inventory_transfer
SET received = received + $2,
    lost = CASE WHEN $3 THEN quantity - received - $2 ELSE 0 END,
    open = NOT $3 AND received + $2 < quantity,
    updated_ms = $4
WHERE transfer_id = $1 AND open AND received + $2 <= quantity
RETURNING transfer_id, product_id, variant_id, from_id, to_id, quantity, received, lost, open,
          reason, reference, actor_id, created_ms;

-- name: transfer_list :many
-- in:  before id, only_open bool, limit int
-- out: transfer_id id, product_id id, variant_id id, from_id id, to_id id, quantity int, received int, lost int, open bool, reason text?, reference text?, actor_id id?, created_ms int
SELECT transfer_id, product_id, variant_id, from_id, to_id, quantity, received, lost, open,
       reason, reference, actor_id, created_ms
FROM inventory_transfer
WHERE transfer_id < $1 AND (open OR NOT $2)
ORDER BY transfer_id DESC LIMIT $3;

-- name: transfer_coming :many
-- in:  product_id id, variant_id id
-- out: to_id id, coming int
SELECT to_id, CAST(sum(quantity - received) AS bigint) AS coming
FROM inventory_transfer WHERE product_id = $1 AND variant_id = $2 AND open
GROUP BY to_id ORDER BY to_id;

-- Ids begin with their time, so the range of ids is the window.
-- name: demand :one batch
-- in:  product_id id, variant_id id, since id
-- out: sold int, coming int
SELECT CAST(coalesce((SELECT -sum(change) FROM inventory_movement
                      WHERE product_id = $1 AND variant_id = $2 AND movement_id >= $3
                        AND (kind = 'sale' OR (kind = 'return' AND reason = 'order cancelled'
                                               AND actor_id IS NULL))), 0) AS bigint) AS sold,
       CAST(coalesce((SELECT sum(quantity - received) FROM inventory_transfer
                      WHERE product_id = $1 AND variant_id = $2 AND open), 0) AS bigint) AS coming;

-- name: low_list :many
-- in:  product_id id, variant_id id, limit int
-- out: product_id id, variant_id id, on_hand int, reserved int, low_at int
SELECT product_id, variant_id, CAST(sum(on_hand) AS bigint) AS on_hand,
       CAST(sum(reserved) AS bigint) AS reserved, max(low_at) AS low_at
FROM inventory_level WHERE (product_id, variant_id) > ($1, $2)
GROUP BY product_id, variant_id
HAVING sum(on_hand - reserved) <= max(low_at)
ORDER BY product_id, variant_id LIMIT $3;

-- Of the first levels by key: a count that costs no more in a large shop.
-- name: low_count :one
-- in:  levels int
-- out: low int, looked_at int
SELECT (SELECT count(*) FROM (
            SELECT 1 FROM (SELECT product_id, variant_id, on_hand, reserved, low_at
                           FROM inventory_level
                           ORDER BY product_id, variant_id, warehouse_id LIMIT $1) l
            GROUP BY product_id, variant_id
            HAVING sum(on_hand - reserved) <= max(low_at)) v) AS low,
       (SELECT count(*) FROM (SELECT 1 FROM inventory_level LIMIT $1) a) AS looked_at;

-- The product that ends a slice of so many levels.
-- name: check_slice :one
-- in:  after id, levels int
-- out: product_id id
SELECT product_id FROM inventory_level WHERE product_id > $1
ORDER BY product_id LIMIT 1 OFFSET $2;

-- Levels of a slice of products whose figures are not what reservations and movements add up to.
-- Reservations are placed by order, so each slice reads them all.
-- name: check_levels :many
-- in:  after id, until id
-- out: product_id id, variant_id id, warehouse_id id, on_hand int, moved int, reserved int, live int, sold int, gone int
SELECT l.product_id, l.variant_id, l.warehouse_id, l.on_hand,
       CAST(coalesce(m.moved, 0) AS bigint) AS moved, l.reserved,
       CAST(coalesce(r.live, 0) AS bigint) AS live, CAST(coalesce(r.sold, 0) AS bigint) AS sold,
       CAST(coalesce(m.gone, 0) AS bigint) AS gone
FROM inventory_level l
LEFT JOIN (SELECT product_id, variant_id, warehouse_id,
                  sum(CASE WHEN expires_ms IS NULL THEN 0 ELSE quantity END) AS live,
                  sum(CASE WHEN expires_ms IS NULL THEN quantity ELSE 0 END) AS sold
           FROM inventory_reservation WHERE product_id > $1 AND product_id <= $2
           GROUP BY product_id, variant_id, warehouse_id) r
    ON r.product_id = l.product_id AND r.variant_id = l.variant_id
    AND r.warehouse_id = l.warehouse_id
LEFT JOIN (SELECT product_id, variant_id, warehouse_id, sum(change) AS moved,
                  -sum(CASE WHEN kind = 'sale' OR (kind = 'return' AND reason = 'order cancelled'
                                                   AND actor_id IS NULL)
                            THEN change ELSE 0 END) AS gone
           FROM inventory_movement WHERE product_id > $1 AND product_id <= $2
           GROUP BY product_id, variant_id, warehouse_id) m
    ON m.product_id = l.product_id AND m.variant_id = l.variant_id
    AND m.warehouse_id = l.warehouse_id
WHERE l.product_id > $1 AND l.product_id <= $2
  AND (l.reserved <> coalesce(r.live, 0) OR l.on_hand <> coalesce(m.moved, 0)
       OR coalesce(r.sold, 0) <> coalesce(m.gone, 0))
LIMIT 100;
