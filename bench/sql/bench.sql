-- Statements of the measuring programs: rivals that read the shop's own tables.

-- The plain full-text statement: what the search adapter must be better than.
-- name: fts_top :many
-- in:  expression text, limit int
-- out: doc int
SELECT rowid AS doc FROM search_fts WHERE search_fts MATCH $1 ORDER BY rank LIMIT $2;

-- name: fts_brands :many
-- in:  expression text
-- out: brand text, products int
SELECT d.brand, count(*) AS products FROM search_fts f JOIN search_doc d ON d.doc = f.rowid
WHERE search_fts MATCH $1 GROUP BY d.brand ORDER BY 2 DESC LIMIT 50;

-- name: fts_categories :many
-- in:  expression text
-- out: category_path text, products int
SELECT d.category_path, count(*) AS products FROM search_fts f JOIN search_doc d ON d.doc = f.rowid
WHERE search_fts MATCH $1 GROUP BY d.category_path ORDER BY 2 DESC LIMIT 50;

-- name: fts_prices :many
-- in:  expression text
-- out: bucket int, products int
SELECT d.price_minor / 10000 AS bucket, count(*) AS products
FROM search_fts f JOIN search_doc d ON d.doc = f.rowid
WHERE search_fts MATCH $1 GROUP BY 1 ORDER BY 1 LIMIT 50;

-- name: fts_ratings :many
-- in:  expression text
-- out: stars int, products int
SELECT d.rating_x100 / 100 AS stars, count(*) AS products
FROM search_fts f JOIN search_doc d ON d.doc = f.rowid
WHERE search_fts MATCH $1 GROUP BY 1 ORDER BY 1;

-- Which product a row of a foreign file became.
-- name: sources :each
-- out: product_id id, source text
SELECT product_id, source FROM catalog_product WHERE source IS NOT NULL;

-- name: sources_of_docs :each
-- out: doc int, product_id id
SELECT doc, product_id FROM search_doc WHERE NOT removed;

-- Of which queries are made that nobody judged.
-- name: titles :each
-- out: product_id id, title text, path text, name text
SELECT p.product_id, p.title, c.path, c.name
FROM catalog_product p JOIN catalog_category c ON c.category_id = p.category_id
WHERE p.source IS NOT NULL ORDER BY p.source;
