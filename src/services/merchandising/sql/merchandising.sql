-- Every query of the service.

-- name: version_get :one
-- out: version int
SELECT version FROM merchandising_state WHERE one = 1;

-- name: version_next :exec
-- in:  one int
UPDATE merchandising_state SET version = version + 1 WHERE one = $1;

-- name: synonym_add :exec
-- in:  synonym_id id, term text, replacement text, one_way bool, created_ms int
INSERT INTO merchandising_synonym (synonym_id, term, replacement, one_way, created_ms)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: synonym_remove :exec
-- in:  synonym_id id
DELETE FROM merchandising_synonym WHERE synonym_id = $1;

-- name: synonym_all :many
-- out: synonym_id id, term text, replacement text, one_way bool, created_ms int
SELECT synonym_id, term, replacement, one_way, created_ms FROM merchandising_synonym
ORDER BY term, replacement;

-- name: synonym_count :one
-- out: n int
SELECT count(*) FROM merchandising_synonym;

-- name: rule_add :exec
-- in:  query text, rule_id id, kind int, product_id id?, position int, target text?, created_ms int
INSERT INTO merchandising_rule (query, rule_id, kind, product_id, position, target, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING;

-- name: rule_remove :exec
-- in:  rule_id id
DELETE FROM merchandising_rule WHERE rule_id = $1;

-- name: rule_all :many
-- in:  limit int
-- out: query text, rule_id id, kind int, product_id id?, position int, target text?, created_ms int
SELECT query, rule_id, kind, product_id, position, target, created_ms FROM merchandising_rule
ORDER BY query, kind, position, rule_id LIMIT $1;

-- name: rule_of :many
-- in:  query text
-- out: query text, rule_id id, kind int, product_id id?, position int, target text?, created_ms int
SELECT query, rule_id, kind, product_id, position, target, created_ms FROM merchandising_rule
WHERE query = $1 ORDER BY kind, position, rule_id;

-- name: query_add :exec batch
-- in:  query text, searches int, found int, last_ms int
INSERT INTO merchandising_query (query, searches, found, last_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (query) DO UPDATE SET searches = merchandising_query.searches + excluded.searches,
    found = excluded.found, last_ms = excluded.last_ms;

-- name: query_top :many
-- in:  limit int
-- out: query text, searches int, found int, last_ms int
SELECT query, searches, found, last_ms FROM merchandising_query
ORDER BY searches DESC, query LIMIT $1;

-- name: query_none :many
-- in:  limit int
-- out: query text, searches int, found int, last_ms int
SELECT query, searches, found, last_ms FROM merchandising_query
WHERE found = 0 ORDER BY searches DESC, query LIMIT $1;

-- name: query_begun :many
-- in:  first text, past text, limit int
-- out: query text, searches int, found int, last_ms int
SELECT query, searches, found, last_ms FROM merchandising_query
WHERE query >= $1 AND query < $2 AND found > 0 ORDER BY searches DESC, query LIMIT $3;

-- name: query_prune :exec
-- in:  before_ms int, limit int
DELETE FROM merchandising_query WHERE last_ms <= $1 AND query IN
    (SELECT query FROM merchandising_query WHERE last_ms <= $1 ORDER BY last_ms LIMIT $2);
