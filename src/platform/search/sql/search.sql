-- Every query of the adapter over the database's own text search. Texts that reach search_fts are
-- words and blanks only (search_text.c); match expressions are made there too.

-- name: state_get :one
-- out: changed int, last_doc int, alive int
SELECT changed, last_doc, alive FROM search_state WHERE one = 1;

-- name: state_next :one
-- in:  one int
-- out: changed int, last_doc int
UPDATE search_state SET changed = changed + 1 WHERE one = $1 RETURNING changed, last_doc;

-- name: state_add :exec
-- in:  docs int, alive int
UPDATE search_state SET last_doc = last_doc + $1, alive = alive + $2 WHERE one = 1;

-- name: doc_find :one batch
-- in:  product_id id
-- out: doc int, texts_hash int, removed bool
SELECT doc, texts_hash, removed FROM search_doc WHERE product_id = $1;

-- name: doc_put :exec batch
-- in:  doc int, product_id id, changed int, texts_hash int, title text, brand text
-- in:  category_path text, attributes text, price_minor int, rating_x100 int, rating_count int
-- in:  released_ms int, popularity int, prime bool, in_stock bool
INSERT INTO search_doc (doc, product_id, changed, removed, texts_hash, title, brand, category_path,
    attributes, price_minor, rating_x100, rating_count, released_ms, popularity, prime, in_stock)
VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (doc) DO UPDATE SET changed = excluded.changed, removed = false,
    texts_hash = excluded.texts_hash, title = excluded.title, brand = excluded.brand,
    category_path = excluded.category_path, attributes = excluded.attributes,
    price_minor = excluded.price_minor, rating_x100 = excluded.rating_x100,
    rating_count = excluded.rating_count, released_ms = excluded.released_ms,
    popularity = excluded.popularity, prime = excluded.prime, in_stock = excluded.in_stock;

-- name: doc_signals :exec batch
-- in:  product_id id, changed int, signals int
UPDATE search_doc SET changed = $2, signals = $3
WHERE product_id = $1 AND NOT removed AND signals <> $3;

-- name: doc_remove :one batch
-- in:  product_id id, changed int
-- out: doc int
UPDATE search_doc SET changed = $2, removed = true, texts_hash = 0, title = '', attributes = ''
WHERE product_id = $1 AND NOT removed RETURNING doc;

-- name: doc_all :each
-- out: doc int, product_id id, changed int, removed bool, title text, brand text
-- out: category_path text, attributes text, price_minor int, rating_x100 int, rating_count int
-- out: released_ms int, popularity int, prime bool, in_stock bool
SELECT doc, product_id, changed, removed, title, brand, category_path, attributes, price_minor,
    rating_x100, rating_count, released_ms, popularity, prime, in_stock
FROM search_doc;

-- name: doc_changed :each
-- in:  after int
-- out: doc int, product_id id, changed int, removed bool, title text, brand text
-- out: category_path text, attributes text, price_minor int, rating_x100 int, rating_count int
-- out: released_ms int, popularity int, prime bool, in_stock bool
SELECT doc, product_id, changed, removed, title, brand, category_path, attributes, price_minor,
    rating_x100, rating_count, released_ms, popularity, prime, in_stock
FROM search_doc WHERE changed > $1;

-- name: identity_get :one
-- out: identity id
SELECT identity FROM search_identity WHERE one = 1;

-- The change log behind a place in it, in the order in which units committed.
-- name: doc_news :each
-- in:  changed int, doc int, limit int
-- out: doc int, product_id id, changed int, removed bool, texts_hash int, title text, brand text
-- out: category_path text, attributes text, price_minor int, rating_x100 int, rating_count int
-- out: released_ms int, popularity int, prime bool, in_stock bool, signals int
SELECT doc, product_id, changed, removed, texts_hash, title, brand, category_path, attributes,
    price_minor, rating_x100, rating_count, released_ms, popularity, prime, in_stock, signals
FROM search_doc WHERE (changed, doc) > ($1, $2) ORDER BY changed, doc LIMIT $3;

-- name: doc_page :each
-- in:  after int, limit int
-- out: doc int, product_id id, changed int, removed bool, texts_hash int, title text, brand text
-- out: category_path text, attributes text, price_minor int, rating_x100 int, rating_count int
-- out: released_ms int, popularity int, prime bool, in_stock bool, signals int
SELECT doc, product_id, changed, removed, texts_hash, title, brand, category_path, attributes,
    price_minor, rating_x100, rating_count, released_ms, popularity, prime, in_stock, signals
FROM search_doc WHERE doc > $1 AND NOT removed ORDER BY doc LIMIT $2;

-- name: doc_lessons :each
-- in:  after int
-- out: title text, category_path text, price_minor int
SELECT title, category_path, price_minor FROM search_doc WHERE doc > $1 AND NOT removed;

-- name: doc_prices :each
-- in:  after int
-- out: category_path text, price_minor int
SELECT category_path, price_minor FROM search_doc WHERE doc > $1 AND NOT removed;

-- name: doc_titles :each
-- in:  after int
-- out: title text
SELECT title FROM search_doc WHERE doc > $1 AND NOT removed;

-- name: fts_drop :exec batch
-- in:  doc int
DELETE FROM search_fts WHERE rowid = $1;
-- name: fts_drop @pg
DELETE FROM search_fts WHERE doc = $1;

-- name: fts_add :exec batch
-- in:  doc int, title text, brand text, attributes text, description text, codes text
INSERT INTO search_fts (rowid, title, brand, attributes, description, codes)
VALUES ($1, $2, $3, $4, $5, $6);
-- name: fts_add @pg
INSERT INTO search_fts (doc, words)
VALUES ($1, setweight(to_tsvector('english', $2), 'A') || setweight(to_tsvector('english', $3), 'C')
    || setweight(to_tsvector('english', $4), 'D') || setweight(to_tsvector('english', $5), 'D')
    || setweight(to_tsvector('english', $6), 'B'));

-- What matches, with its rank. `brand` holds the name of the category as well.
-- name: match_ranked :each
-- in:  expression text
-- out: doc int, score num
SELECT rowid, -bm25(search_fts, 10.0, 5.0, 1.5, 3.0, 4.0) FROM search_fts WHERE search_fts MATCH $1;
-- name: match_ranked @pg
SELECT f.doc, ts_rank_cd('{0.12, 0.5, 0.8, 1.0}', f.words, e.expression, 1)::float8
FROM to_tsquery('english', $1) AS e (expression), search_fts f WHERE f.words @@ e.expression;

-- name: match :each
-- in:  expression text
-- out: doc int
SELECT rowid FROM search_fts WHERE search_fts MATCH $1;
-- name: match @pg
SELECT doc FROM search_fts WHERE words @@ to_tsquery('english', $1);

-- name: match_any :one
-- in:  expression text
-- out: doc int
SELECT rowid FROM search_fts WHERE search_fts MATCH $1 LIMIT 1;
-- name: match_any @pg
SELECT doc FROM search_fts WHERE words @@ to_tsquery('english', $1) LIMIT 1;
