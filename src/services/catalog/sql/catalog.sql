-- Every query of the service.

-- ---- categories ----

-- name: category_list :many
-- out: category_id id, parent_id id?, name text, slug text, path text, label text, picture text?
-- out: level int, position int, product_count int
SELECT category_id, parent_id, name, slug, path, label, picture, level, position, product_count
FROM catalog_category ORDER BY level, position, name, category_id LIMIT 10000;

-- name: category_get :one
-- in:  category_id id?, path text?
-- out: category_id id, parent_id id?, name text, slug text, path text, label text, picture text?
-- out: level int, position int, product_count int
SELECT category_id, parent_id, name, slug, path, label, picture, level, position, product_count
FROM catalog_category WHERE category_id = $1 OR path = $2;

-- name: category_count :one
-- out: n int
SELECT count(*) AS n FROM catalog_category;

-- name: category_add :exec
-- in:  category_id id, parent_id id?, name text, slug text, path text, label text, picture text?
-- in:  level int, position int, now_ms int
INSERT INTO catalog_category
    (category_id, parent_id, name, slug, path, label, picture, level, position, product_count,
     created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10);

-- name: category_set :exec
-- in:  category_id id, name text, label text, picture text?, position int, now_ms int
UPDATE catalog_category
SET name = $2, label = $3, picture = $4, position = $5, updated_ms = $6
WHERE category_id = $1;

-- name: category_relabel :exec
-- in:  path text, old_label text, label text, now_ms int
UPDATE catalog_category
SET label = $3 || substr(label, length($2) + 1), updated_ms = $4
WHERE substr(path, 1, length($1) + 1) = $1 || '/';
-- name: category_relabel @pg
UPDATE catalog_category
SET label = $3::text || substr(label, length($2::text) + 1), updated_ms = $4
WHERE substr(path, 1, length($1::text) + 1) = $1::text || '/';

-- name: count_published :many
-- out: category_id id, parent_id id?, product_count int, own int
SELECT c.category_id, c.parent_id, c.product_count,
       (SELECT count(*) FROM catalog_product p
        WHERE p.category_id = c.category_id AND p.status = 'published') AS own
FROM catalog_category c ORDER BY c.level, c.category_id LIMIT 10000;

-- name: count_set :exec batch
-- in:  category_id id, product_count int
UPDATE catalog_category SET product_count = $2 WHERE category_id = $1;

-- name: count_move :exec
-- in:  category_id id, change int
UPDATE catalog_category SET product_count = product_count + $2
WHERE category_id IN (
    WITH RECURSIVE up (category_id, parent_id) AS (
        SELECT c.category_id, c.parent_id FROM catalog_category c WHERE c.category_id = $1
        UNION ALL
        SELECT c.category_id, c.parent_id FROM catalog_category c
        JOIN up ON c.category_id = up.parent_id)
    SELECT category_id FROM up);

-- ---- products: writing ----

-- name: known_by_id :one batch
-- in:  category_id id, product_id id
-- out: product_id id?, old_category_id id?, status text?, digest int?, created_ms int?
-- out: rating_sum int?, rating_count int?
SELECT p.product_id, p.category_id AS old_category_id, p.status, p.digest, p.created_ms,
       p.rating_sum, p.rating_count
FROM catalog_category c LEFT JOIN catalog_product p ON p.product_id = $2
WHERE c.category_id = $1;

-- name: known_by_source :one batch
-- in:  category_id id, source text
-- out: product_id id?, old_category_id id?, status text?, digest int?, created_ms int?
-- out: rating_sum int?, rating_count int?
SELECT p.product_id, p.category_id AS old_category_id, p.status, p.digest, p.created_ms,
       p.rating_sum, p.rating_count
FROM catalog_category c LEFT JOIN catalog_product p ON p.source = $2
WHERE c.category_id = $1;

-- name: product_lock :one batch
-- in:  product_id id
-- out: version int
SELECT version FROM catalog_product WHERE product_id = $1;
-- name: product_lock @pg
SELECT version FROM catalog_product WHERE product_id = $1 FOR UPDATE;

-- name: sku_owner :one batch
-- in:  sku text
-- out: product_id id
SELECT product_id FROM catalog_variant WHERE sku = $1;

-- name: product_add :exec batch
-- in:  product_id id, category_id id, seller_id id?, seller_name text?, source text?, status text
-- in:  title text, brand text, slug text, picture text?, images text?, released_ms int
-- in:  rating_sum int, rating_count int, prime bool, digest int, now_ms int, description text
-- in:  attributes text?
INSERT INTO catalog_product
    (product_id, category_id, seller_id, seller_name, source, status, title, brand, slug, picture,
     images, released_ms, rating_sum, rating_count, prime, digest, version, created_ms, updated_ms,
     description, attributes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1, $17, $17, $18,
        $19);

-- Ratings that are not put stay.
-- name: product_set :exec batch
-- in:  product_id id, category_id id, seller_id id?, seller_name text?, source text?, status text
-- in:  title text, brand text, slug text, picture text?, images text?, released_ms int
-- in:  rating_sum int, rating_count int, prime bool, digest int, now_ms int, description text
-- in:  attributes text?
UPDATE catalog_product
SET category_id = $2, seller_id = $3, seller_name = $4, source = coalesce($5, source), status = $6,
    title = $7, brand = $8, slug = $9, picture = $10, images = $11, released_ms = $12,
    rating_sum = CASE $14 WHEN 0 THEN rating_sum ELSE $13 END,
    rating_count = CASE $14 WHEN 0 THEN rating_count ELSE $14 END, prime = $15, digest = $16, version = version + 1,
    updated_ms = $17, description = $18, attributes = $19
WHERE product_id = $1;
-- name: product_set @pg
UPDATE catalog_product
SET category_id = $2, seller_id = $3, seller_name = $4, source = coalesce($5, source), status = $6,
    title = $7, brand = $8, slug = $9, picture = $10, images = $11, released_ms = $12,
    rating_sum = CASE $14::bigint WHEN 0 THEN rating_sum ELSE $13::bigint END,
    rating_count = CASE $14::bigint WHEN 0 THEN rating_count ELSE $14::bigint END, prime = $15, digest = $16, version = version + 1,
    updated_ms = $17, description = $18, attributes = $19
WHERE product_id = $1;

-- The ids are given as their bytes, one after another: one statement for many products.
-- name: variant_skus :many
-- in:  product_ids blob
-- out: product_id id, variant_id id, sku text
WITH RECURSIVE nth (at) AS (
    SELECT 1 WHERE length($1) > 0
    UNION ALL
    SELECT at + 16 FROM nth WHERE at + 16 <= length($1))
SELECT product_id, variant_id, sku
FROM catalog_variant WHERE product_id IN (SELECT substr($1, at, 16) FROM nth)
ORDER BY product_id, position, variant_id;
-- name: variant_skus @pg
SELECT product_id, variant_id, sku
FROM catalog_variant
WHERE product_id = ANY (ARRAY(
    SELECT CAST(encode(substr($1::bytea, nth.at, 16), 'hex') AS uuid)
    FROM generate_series(1, length($1::bytea), 16) AS nth (at)))
ORDER BY product_id, position, variant_id;

-- name: variant_add :exec batch
-- in:  product_id id, variant_id id, sku text, ean text?, options text?, image text?, colour text?
-- in:  weight_g int, position int
INSERT INTO catalog_variant
    (product_id, variant_id, sku, ean, options, image, colour, weight_g, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING;

-- name: variant_set :exec batch
-- in:  product_id id, variant_id id, sku text, ean text?, options text?, image text?, colour text?
-- in:  weight_g int, position int
UPDATE catalog_variant
SET sku = $3, ean = $4, options = $5, image = $6, colour = $7, weight_g = $8, position = $9
WHERE product_id = $1 AND variant_id = $2;

-- name: variant_drop :exec batch
-- in:  product_id id, variant_id id
DELETE FROM catalog_variant WHERE product_id = $1 AND variant_id = $2;

-- name: status_lock :one
-- in:  product_id id
-- out: category_id id, status text
SELECT category_id, status FROM catalog_product WHERE product_id = $1;
-- name: status_lock @pg
SELECT category_id, status FROM catalog_product WHERE product_id = $1 FOR UPDATE;

-- name: status_set :exec
-- in:  product_id id, status text, now_ms int
UPDATE catalog_product SET status = $2, version = version + 1, updated_ms = $3
WHERE product_id = $1;

-- name: rating_set :exec
-- in:  product_id id, rating_sum int, rating_count int
UPDATE catalog_product SET rating_sum = $2, rating_count = $3 WHERE product_id = $1;

-- ---- products: reading ----

-- name: product_get :one batch
-- in:  product_id id
-- out: product_id id, category_id id, seller_id id?, seller_name text?, source text?, status text
-- out: title text, brand text, slug text, picture text?, images text?, released_ms int
-- out: rating_sum int, rating_count int, prime bool, version int, created_ms int, updated_ms int
-- out: category_label text, category_path text
SELECT p.product_id, p.category_id, p.seller_id, p.seller_name, p.source, p.status, p.title,
       p.brand, p.slug, p.picture, p.images, p.released_ms, p.rating_sum, p.rating_count, p.prime,
       p.version, p.created_ms, p.updated_ms, c.label AS category_label, c.path AS category_path
FROM catalog_product p JOIN catalog_category c ON c.category_id = p.category_id
WHERE p.product_id = $1;

-- name: rating_get :one batch
-- in:  product_id id
-- out: rating_sum int, rating_count int
SELECT rating_sum, rating_count FROM catalog_product WHERE product_id = $1;

-- name: product_text :one batch
-- in:  product_id id
-- out: description text, attributes text?
SELECT description, attributes FROM catalog_product WHERE product_id = $1;

-- The ids are given as their bytes, one after another: one statement for a whole list.
-- name: variant_list :many
-- in:  product_ids blob
-- out: product_id id, variant_id id, sku text, ean text?, options text?, image text?, colour text?
-- out: weight_g int, position int
WITH RECURSIVE nth (at) AS (
    SELECT 1 WHERE length($1) > 0
    UNION ALL
    SELECT at + 16 FROM nth WHERE at + 16 <= length($1))
SELECT product_id, variant_id, sku, ean, options, image, colour, weight_g, position
FROM catalog_variant WHERE product_id IN (SELECT substr($1, at, 16) FROM nth)
ORDER BY product_id, position, variant_id;
-- name: variant_list @pg
SELECT product_id, variant_id, sku, ean, options, image, colour, weight_g, position
FROM catalog_variant
WHERE product_id = ANY (ARRAY(
    SELECT CAST(encode(substr($1::bytea, nth.at, 16), 'hex') AS uuid)
    FROM generate_series(1, length($1::bytea), 16) AS nth (at)))
ORDER BY product_id, position, variant_id;

-- name: variant_by_sku :one
-- in:  sku text
-- out: product_id id, variant_id id
SELECT product_id, variant_id FROM catalog_variant WHERE sku = $1;

-- name: variant_by_ean :one
-- in:  ean text
-- out: product_id id, variant_id id
SELECT product_id, variant_id FROM catalog_variant WHERE ean = $1
ORDER BY product_id, variant_id LIMIT 1;

-- name: product_page :many
-- in:  after id, limit int
-- out: product_id id
SELECT product_id FROM catalog_product
WHERE product_id > $1 AND status = 'published' ORDER BY product_id LIMIT $2;

-- name: product_count :one
-- out: n int
SELECT count(*) AS n FROM catalog_product WHERE status = 'published';

-- name: picture_of :one
-- in:  product_id id
-- out: picture text?
SELECT coalesce(p.picture, c.picture) AS picture
FROM catalog_product p JOIN catalog_category c ON c.category_id = p.category_id
WHERE p.product_id = $1;
