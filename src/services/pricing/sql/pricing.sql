-- Every query of the service. Prices in another currency than the shop's are not seen.

-- name: price_set :exec batch
-- in:  product_id id, variant_id id, currency text, price_minor int, list_minor int, now_ms int
INSERT INTO pricing_price
    (product_id, variant_id, currency, price_minor, list_minor, version, updated_ms)
VALUES ($1, $2, $3, $4, $5, 1, $6)
ON CONFLICT (product_id, variant_id) DO UPDATE
SET currency = excluded.currency, price_minor = excluded.price_minor,
    list_minor = excluded.list_minor, version = pricing_price.version + 1,
    updated_ms = excluded.updated_ms
WHERE pricing_price.currency <> excluded.currency
   OR pricing_price.price_minor <> excluded.price_minor
   OR pricing_price.list_minor <> excluded.list_minor;

-- name: price_get :one batch
-- in:  product_id id, variant_id id, currency text
-- out: price_minor int, list_minor int, version int
SELECT price_minor, list_minor, version FROM pricing_price
WHERE product_id = $1 AND variant_id = $2 AND currency = $3;

-- name: price_list :many
-- in:  product_id id, currency text
-- out: variant_id id, price_minor int, list_minor int, version int
SELECT variant_id, price_minor, list_minor, version FROM pricing_price
WHERE product_id = $1 AND currency = $2
ORDER BY variant_id;

-- name: price_from :one batch
-- in:  product_id id, currency text
-- out: variant_id id, price_minor int, list_minor int, version int
SELECT variant_id, price_minor, list_minor, version FROM pricing_price
WHERE product_id = $1 AND currency = $2
ORDER BY price_minor, variant_id LIMIT 1;
