-- Every query of the service.

-- ---- reviews: writing ----

-- name: review_add :exec batch
-- in:  review_id id, product_id id, user_id id, order_item_id id?, rating int, title text
-- in:  comment text, author text, images text?, status text, doubt text?, verified bool
-- in:  helpful int, created_ms int, updated_ms int
INSERT INTO reviews_review
    (review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
     status, doubt, verified, helpful, created_ms, updated_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)
ON CONFLICT DO NOTHING;

-- name: review_lock :one
-- in:  review_id id
-- out: review_id id, product_id id, user_id id, order_item_id id?, rating int, title text
-- out: comment text, author text, images text?, status text, doubt text?, verified bool
-- out: helpful int, created_ms int, updated_ms int, version int
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE review_id = $1;
-- name: review_lock @pg
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE review_id = $1 FOR UPDATE;

-- name: review_set :exec
-- in:  product_id id, review_id id, rating int, title text, comment text, images text?
-- in:  status text, doubt text?, order_item_id id?, verified bool, updated_ms int
UPDATE reviews_review
SET rating = $3, title = $4, comment = $5, images = $6, status = $7, doubt = $8,
    order_item_id = $9, verified = $10, updated_ms = $11, version = version + 1
WHERE product_id = $1 AND review_id = $2;

-- name: review_drop :exec
-- in:  product_id id, review_id id
DELETE FROM reviews_review WHERE product_id = $1 AND review_id = $2;

-- name: review_unverify :exec batch
-- in:  order_item_id id, user_id id, updated_ms int
UPDATE reviews_review
SET verified = false, order_item_id = NULL, updated_ms = $3, version = version + 1
WHERE order_item_id = $1 AND user_id = $2;

-- name: review_helpful :exec
-- in:  product_id id, review_id id, by int
UPDATE reviews_review SET helpful = helpful + $3 WHERE product_id = $1 AND review_id = $2;

-- name: vote_add :exec
-- in:  review_id id, user_id id, created_ms int
INSERT INTO reviews_helpful (review_id, user_id, created_ms) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING;

-- name: vote_drop :exec
-- in:  review_id id, user_id id
DELETE FROM reviews_helpful WHERE review_id = $1 AND user_id = $2;

-- name: vote_drop_all :exec
-- in:  review_id id
DELETE FROM reviews_helpful WHERE review_id = $1;

-- ---- totals ----

-- name: total_open :exec
-- in:  product_id id
INSERT INTO reviews_total
    (product_id, n1, n2, n3, n4, n5, plain1, plain2, plain3, plain4, plain5)
VALUES ($1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;

-- name: total_put :exec batch
-- in:  product_id id, n1 int, n2 int, n3 int, n4 int, n5 int
-- in:  plain1 int, plain2 int, plain3 int, plain4 int, plain5 int
INSERT INTO reviews_total
    (product_id, n1, n2, n3, n4, n5, plain1, plain2, plain3, plain4, plain5)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: total_get :one
-- in:  product_id id
-- out: product_id id, n1 int, n2 int, n3 int, n4 int, n5 int
-- out: plain1 int, plain2 int, plain3 int, plain4 int, plain5 int
SELECT product_id, n1, n2, n3, n4, n5, plain1, plain2, plain3, plain4, plain5
FROM reviews_total WHERE product_id = $1;

-- name: total_move :one
-- in:  product_id id, d1 int, d2 int, d3 int, d4 int, d5 int
-- out: like total_get
UPDATE reviews_total
SET n1 = n1 + $2, n2 = n2 + $3, n3 = n3 + $4, n4 = n4 + $5, n5 = n5 + $6
WHERE product_id = $1
RETURNING product_id, n1, n2, n3, n4, n5, plain1, plain2, plain3, plain4, plain5;

-- name: total_page :many
-- in:  after id, limit int
-- out: like total_get
SELECT product_id, n1, n2, n3, n4, n5, plain1, plain2, plain3, plain4, plain5
FROM reviews_total WHERE product_id > $1 ORDER BY product_id LIMIT $2;

-- ---- reviews: reading ----

-- name: review_get :one
-- in:  review_id id
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE review_id = $1;

-- name: review_find :one
-- in:  user_id id, product_id id
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE user_id = $1 AND product_id = $2;

-- name: review_mine :many
-- in:  user_id id, before id, limit int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE user_id = $1 AND review_id < $2
ORDER BY review_id DESC LIMIT $3;

-- name: review_queue :many
-- in:  status text, after id, limit int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review WHERE status <> 'published' AND status = $1 AND review_id > $2
ORDER BY review_id LIMIT $3;

-- Lists go on after (key, review_id), which a first page has beyond all.
-- name: list_helpful :many
-- in:  product_id id, low int, high int, key int, after id, limit int, skip int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review
WHERE product_id = $1 AND status = 'published' AND rating >= $2 AND rating <= $3
  AND (helpful, review_id) < ($4, $5)
ORDER BY helpful DESC, review_id DESC LIMIT $6 OFFSET $7;

-- name: list_newest :many
-- in:  product_id id, low int, high int, after id, limit int, skip int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review
WHERE product_id = $1 AND status = 'published' AND rating >= $2 AND rating <= $3
  AND review_id < $4
ORDER BY review_id DESC LIMIT $5 OFFSET $6;

-- name: list_high :many
-- in:  product_id id, low int, high int, key int, after id, limit int, skip int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review
WHERE product_id = $1 AND status = 'published' AND rating >= $2 AND rating <= $3
  AND (rating, review_id) < ($4, $5)
ORDER BY rating DESC, review_id DESC LIMIT $6 OFFSET $7;

-- name: list_low :many
-- in:  product_id id, low int, high int, key int, after id, limit int, skip int
-- out: like review_lock
SELECT review_id, product_id, user_id, order_item_id, rating, title, comment, author, images,
       status, doubt, verified, helpful, created_ms, updated_ms, version
FROM reviews_review
WHERE product_id = $1 AND status = 'published' AND rating >= $2 AND rating <= $3
  AND rating >= $4 AND (rating > $4 OR review_id < $5)
ORDER BY rating, review_id DESC LIMIT $6 OFFSET $7;

-- The total, with the first reviews beside it; without reviews a single row.
-- name: top :many
-- in:  product_id id, limit int
-- out: product_id id, n1 int, n2 int, n3 int, n4 int, n5 int
-- out: plain1 int, plain2 int, plain3 int, plain4 int, plain5 int
-- out: review_id id?, rating int?, title text?, comment text?, author text?, images text?
-- out: verified bool, helpful int?, created_ms int?
SELECT t.product_id, t.n1, t.n2, t.n3, t.n4, t.n5,
       t.plain1, t.plain2, t.plain3, t.plain4, t.plain5,
       r.review_id, r.rating, r.title, r.comment, r.author, r.images,
       coalesce(r.verified, false) AS verified, r.helpful, r.created_ms
FROM reviews_total t LEFT JOIN (
    SELECT product_id, review_id, rating, title, comment, author, images, verified, helpful,
           created_ms
    FROM reviews_review WHERE product_id = $1 AND status = 'published'
    ORDER BY helpful DESC, review_id DESC LIMIT $2) r ON r.product_id = t.product_id
WHERE t.product_id = $1
ORDER BY r.helpful DESC, r.review_id DESC;

-- ---- checking ----

-- Slices of products, so that no statement takes long.
-- name: check_slice :one
-- in:  after id, products int
-- out: product_id id
SELECT product_id FROM reviews_total WHERE product_id > $1
ORDER BY product_id LIMIT 1 OFFSET $2;

-- name: check_totals :one
-- in:  after id, until id
-- out: wrong int
SELECT count(*) AS wrong
FROM reviews_total t LEFT JOIN (
    SELECT product_id, sum(CASE rating WHEN 1 THEN 1 ELSE 0 END) AS n1,
           sum(CASE rating WHEN 2 THEN 1 ELSE 0 END) AS n2,
           sum(CASE rating WHEN 3 THEN 1 ELSE 0 END) AS n3,
           sum(CASE rating WHEN 4 THEN 1 ELSE 0 END) AS n4,
           sum(CASE rating WHEN 5 THEN 1 ELSE 0 END) AS n5
    FROM reviews_review
    WHERE status = 'published' AND product_id > $1 AND product_id <= $2
    GROUP BY product_id) r ON r.product_id = t.product_id
WHERE t.product_id > $1 AND t.product_id <= $2
  AND (t.n1 <> t.plain1 + coalesce(r.n1, 0) OR t.n2 <> t.plain2 + coalesce(r.n2, 0)
       OR t.n3 <> t.plain3 + coalesce(r.n3, 0) OR t.n4 <> t.plain4 + coalesce(r.n4, 0)
       OR t.n5 <> t.plain5 + coalesce(r.n5, 0));

-- name: check_strays :one
-- in:  after id, until id
-- out: wrong int
SELECT count(*) AS wrong FROM reviews_review r
WHERE r.status = 'published' AND r.product_id > $1 AND r.product_id <= $2
  AND NOT EXISTS (SELECT 1 FROM reviews_total t WHERE t.product_id = r.product_id);

-- Votes of an import have no rows, so a count may be above them.
-- name: check_votes :one
-- out: wrong int
SELECT count(*) AS wrong
FROM (SELECT review_id, count(*) AS votes FROM reviews_helpful GROUP BY review_id) v
LEFT JOIN reviews_review r ON r.review_id = v.review_id
WHERE r.review_id IS NULL OR r.helpful < v.votes;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_reviews :many
-- in:  user_id id
-- out: review_id id, product_id id, rating int, title text, comment text, author text, status text, created_ms int
SELECT review_id, product_id, rating, title, comment, author, status, created_ms
FROM reviews_review WHERE user_id = $1 ORDER BY review_id;

-- What was said stays, said by nobody.
-- name: erase_reviews :exec
-- in:  user_id id
UPDATE reviews_review SET author = 'Anonymous' WHERE user_id = $1;
