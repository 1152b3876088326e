-- Queries of platform/vault.

-- name: key_list :many
-- out: key_id int, wrapped text, master text, created_ms int
SELECT key_id, wrapped, master, created_ms FROM vault_key ORDER BY key_id;

-- name: key_get :one
-- in:  key_id int
-- out: wrapped text
SELECT wrapped FROM vault_key WHERE key_id = $1;

-- name: key_last :one
-- out: key_id int
SELECT key_id FROM vault_key ORDER BY key_id DESC LIMIT 1;

-- name: key_add :exec
-- in:  key_id int, wrapped text, master text, created_ms int
INSERT INTO vault_key (key_id, wrapped, master, created_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING;

-- name: key_rewrap :exec exact
-- in:  key_id int, wrapped text, master text
UPDATE vault_key SET wrapped = $2, master = $3 WHERE key_id = $1;

-- name: sweep_get :one
-- in:  table_name text
-- out: key_id int, after_id id, rows_n int, sealed_n int, done_ms int?
SELECT key_id, after_id, rows_n, sealed_n, done_ms FROM vault_sweep WHERE table_name = $1;

-- name: sweep_put :exec
-- in:  table_name text, key_id int, after_id id, rows_n int, sealed_n int, done_ms int?
INSERT INTO vault_sweep (table_name, key_id, after_id, rows_n, sealed_n, done_ms)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (table_name) DO UPDATE SET key_id = excluded.key_id, after_id = excluded.after_id,
    rows_n = excluded.rows_n, sealed_n = excluded.sealed_n, done_ms = excluded.done_ms;

-- name: sweep_list :many
-- out: table_name text, key_id int, rows_n int, sealed_n int, done_ms int?
SELECT table_name, key_id, rows_n, sealed_n, done_ms FROM vault_sweep ORDER BY table_name;
