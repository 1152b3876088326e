-- Every query of the service. Promotions in another currency than the shop's are not seen. Rows
-- that change are locked in the order of promotion_id.

-- name: promotion_add :exec
-- in:  promotion_id id, kind text, code text?, name text, currency text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, now_ms int
INSERT INTO promotions_promotion
    (promotion_id, kind, code, name, currency, percent_bp, amount_minor, minimum_minor, most_minor,
     buy_units, get_units, product_id, variant_id, products, categories, brands, sellers,
     first_order, customers, exclusive, family, priority, with_deals, starts_ms, ends_ms, uses_max,
     per_customer, budget_minor, used, spent_minor, version, created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, 0, 0, 1, $29, $29);

-- name: promotion_change :exec
-- in:  promotion_id id, kind text, code text?, name text, currency text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, now_ms int
UPDATE promotions_promotion
SET code = $3, name = $4, percent_bp = $6, amount_minor = $7, minimum_minor = $8, most_minor = $9,
    buy_units = $10, get_units = $11, product_id = $12, variant_id = $13, products = $14,
    categories = $15, brands = $16, sellers = $17, first_order = $18, customers = $19,
    exclusive = $20, family = $21, priority = $22, with_deals = $23, starts_ms = $24, ends_ms = $25,
    uses_max = $26, per_customer = $27, budget_minor = $28, version = version + 1, updated_ms = $29
WHERE promotion_id = $1 AND kind = $2 AND currency = $5 AND ended_ms IS NULL
  AND (uses_max > 0) = ($26 > 0) AND (uses_max = 0 OR used <= $26)
  AND (budget_minor > 0) = ($28 > 0) AND (budget_minor = 0 OR spent_minor <= $28)
  AND (per_customer > 0) = ($27 > 0);

-- name: promotion_end :exec
-- in:  promotion_id id, currency text, now_ms int
UPDATE promotions_promotion SET ended_ms = $3, version = version + 1, updated_ms = $3
WHERE promotion_id = $1 AND currency = $2 AND ended_ms IS NULL;

-- name: promotion_get :one
-- in:  promotion_id id, currency text
-- out: promotion_id id, kind text, code text?, name text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, used int, spent_minor int, ended_ms int?, version int, created_ms int, updated_ms int
SELECT promotion_id, kind, code, name, percent_bp, amount_minor, minimum_minor, most_minor,
       buy_units, get_units, product_id, variant_id, products, categories, brands, sellers,
       first_order, customers, exclusive, family, priority, with_deals, starts_ms, ends_ms, uses_max,
       per_customer, budget_minor, used, spent_minor, ended_ms, version, created_ms, updated_ms
FROM promotions_promotion WHERE promotion_id = $1 AND currency = $2;

-- name: promotion_code :one batch
-- in:  code text, currency text
-- out: promotion_id id, kind text, code text?, name text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, used int, spent_minor int, ended_ms int?, version int, created_ms int, updated_ms int
SELECT promotion_id, kind, code, name, percent_bp, amount_minor, minimum_minor, most_minor,
       buy_units, get_units, product_id, variant_id, products, categories, brands, sellers,
       first_order, customers, exclusive, family, priority, with_deals, starts_ms, ends_ms, uses_max,
       per_customer, budget_minor, used, spent_minor, ended_ms, version, created_ms, updated_ms
FROM promotions_promotion WHERE code = $1 AND currency = $2;

-- name: promotion_list :many
-- in:  before id, currency text, limit int
-- out: promotion_id id, kind text, code text?, name text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, used int, spent_minor int, ended_ms int?, version int, created_ms int, updated_ms int
SELECT promotion_id, kind, code, name, percent_bp, amount_minor, minimum_minor, most_minor,
       buy_units, get_units, product_id, variant_id, products, categories, brands, sellers,
       first_order, customers, exclusive, family, priority, with_deals, starts_ms, ends_ms, uses_max,
       per_customer, budget_minor, used, spent_minor, ended_ms, version, created_ms, updated_ms
FROM promotions_promotion WHERE promotion_id < $1 AND currency = $2
ORDER BY promotion_id DESC LIMIT $3;

-- name: promotion_automatic :many
-- in:  currency text, now_ms int, limit int
-- out: promotion_id id, kind text, code text?, name text, percent_bp int, amount_minor int, minimum_minor int, most_minor int, buy_units int, get_units int, product_id id?, variant_id id?, products text?, categories text?, brands text?, sellers text?, first_order bool, customers text?, exclusive bool, family text?, priority int, with_deals bool, starts_ms int, ends_ms int?, uses_max int, per_customer int, budget_minor int, used int, spent_minor int, ended_ms int?, version int, created_ms int, updated_ms int
SELECT promotion_id, kind, code, name, percent_bp, amount_minor, minimum_minor, most_minor,
       buy_units, get_units, product_id, variant_id, products, categories, brands, sellers,
       first_order, customers, exclusive, family, priority, with_deals, starts_ms, ends_ms, uses_max,
       per_customer, budget_minor, used, spent_minor, ended_ms, version, created_ms, updated_ms
FROM promotions_promotion
WHERE code IS NULL AND ended_ms IS NULL AND (ends_ms IS NULL OR ends_ms > $2) AND currency = $1
ORDER BY promotion_id DESC LIMIT $3;

-- name: promotion_count :exec batch
-- in:  promotion_id id, units int, minor int, now_ms int
UPDATE promotions_promotion
SET used = used + CASE WHEN uses_max > 0 OR budget_minor > 0 THEN $2 ELSE 0 END,
    spent_minor = spent_minor + CASE WHEN uses_max > 0 OR budget_minor > 0 THEN $3 ELSE 0 END
WHERE promotion_id = $1 AND ended_ms IS NULL AND starts_ms <= $4
  AND (ends_ms IS NULL OR ends_ms > $4)
  AND (uses_max = 0 OR used + $2 <= uses_max)
  AND (budget_minor = 0 OR spent_minor + $3 <= budget_minor);

-- name: promotion_uncount :exec batch
-- in:  promotion_id id, units int, minor int
UPDATE promotions_promotion SET used = used - $2, spent_minor = spent_minor - $3
WHERE promotion_id = $1 AND (uses_max > 0 OR budget_minor > 0);

-- name: customer_count :exec batch
-- in:  promotion_id id, customer_id id, units int
INSERT INTO promotions_customer (promotion_id, customer_id, used)
SELECT $1, $2, $3 FROM promotions_promotion
WHERE promotion_id = $1 AND (per_customer = 0 OR $3 <= per_customer)
ON CONFLICT (promotion_id, customer_id) DO UPDATE
SET used = promotions_customer.used + excluded.used
WHERE EXISTS (SELECT 1 FROM promotions_promotion o
              WHERE o.promotion_id = excluded.promotion_id
                AND (o.per_customer = 0
                     OR promotions_customer.used + excluded.used <= o.per_customer));
-- name: customer_count @pg
INSERT INTO promotions_customer (promotion_id, customer_id, used)
SELECT promotion_id, $2::uuid, $3::bigint FROM promotions_promotion
WHERE promotion_id = $1 AND (per_customer = 0 OR $3 <= per_customer)
ON CONFLICT (promotion_id, customer_id) DO UPDATE
SET used = promotions_customer.used + excluded.used
WHERE EXISTS (SELECT 1 FROM promotions_promotion o
              WHERE o.promotion_id = excluded.promotion_id
                AND (o.per_customer = 0
                     OR promotions_customer.used + excluded.used <= o.per_customer));

-- name: customer_uncount :exec batch
-- in:  promotion_id id, customer_id id, units int
UPDATE promotions_customer SET used = used - $3
WHERE promotion_id = $1 AND customer_id = $2 AND used >= $3;

-- name: customer_used :one batch
-- in:  promotion_id id, customer_id id
-- out: used int
SELECT used FROM promotions_customer WHERE promotion_id = $1 AND customer_id = $2;

-- name: use_any :one
-- in:  order_id id
-- out: units int
SELECT units FROM promotions_use WHERE order_id = $1
ORDER BY promotion_id LIMIT 1; -- the key's order, or PostgreSQL may scan

-- name: use_add :exec batch
-- in:  order_id id, promotion_id id, customer_id id, units int, minor int, expires_ms int, now_ms int
INSERT INTO promotions_use
    (order_id, promotion_id, customer_id, units, minor, state, expires_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, 'held', $6, $7);

-- name: use_confirm :exec
-- in:  order_id id
UPDATE promotions_use SET state = 'confirmed' WHERE order_id = $1 AND state = 'held';

-- name: use_revive :many
-- in:  order_id id
-- out: promotion_id id, customer_id id, units int, minor int
UPDATE promotions_use SET state = 'confirmed' WHERE order_id = $1 AND state = 'expired'
RETURNING promotion_id, customer_id, units, minor;

-- name: use_expire :many
-- in:  order_id id, now_ms int
-- out: promotion_id id, customer_id id, units int, minor int
UPDATE promotions_use SET state = 'expired'
WHERE order_id = $1 AND state = 'held' AND expires_ms <= $2
RETURNING promotion_id, customer_id, units, minor;

-- name: use_remove :many
-- in:  order_id id
-- out: promotion_id id, customer_id id, units int, minor int, state text
DELETE FROM promotions_use WHERE order_id = $1
RETURNING promotion_id, customer_id, units, minor, state;

-- name: use_expired :many
-- in:  now_ms int, limit int
-- out: order_id id
SELECT DISTINCT order_id FROM promotions_use
WHERE state <> 'confirmed' AND state = 'held' AND expires_ms <= $1
ORDER BY order_id LIMIT $2;

-- name: use_forget :exec
-- in:  before_ms int
DELETE FROM promotions_use
WHERE state <> 'confirmed' AND state = 'expired' AND expires_ms <= $1;

-- name: check_promotions :one
-- out: wrong int
SELECT count(*) AS wrong FROM promotions_promotion p
WHERE (p.uses_max > 0 OR p.budget_minor > 0)
  AND (p.used <> (SELECT coalesce(sum(u.units), 0) FROM promotions_use u
                  WHERE u.promotion_id = p.promotion_id AND u.state <> 'expired')
    OR p.spent_minor <> (SELECT coalesce(sum(u.minor), 0) FROM promotions_use u
                         WHERE u.promotion_id = p.promotion_id AND u.state <> 'expired'));

-- name: check_customers :one
-- out: wrong int
SELECT count(*) AS wrong
FROM (SELECT u.promotion_id, u.customer_id, sum(u.units) AS units
      FROM promotions_use u JOIN promotions_promotion p ON p.promotion_id = u.promotion_id
      WHERE p.per_customer > 0 AND u.state <> 'expired'
      GROUP BY u.promotion_id, u.customer_id) s
FULL JOIN (SELECT c.promotion_id, c.customer_id, c.used
           FROM promotions_customer c JOIN promotions_promotion p ON p.promotion_id = c.promotion_id
           WHERE p.per_customer > 0) k
  ON k.promotion_id = s.promotion_id AND k.customer_id = s.customer_id
WHERE coalesce(s.units, 0) <> coalesce(k.used, 0);
