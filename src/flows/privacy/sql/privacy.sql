-- Every query of the flow.

-- name: export_add :exec
-- in:  export_id id, user_id id, asked_ms int, expires_ms int
INSERT INTO privacy_export (export_id, user_id, archive, bytes_n, asked_ms, expires_ms)
VALUES ($1, $2, NULL, 0, $3, $4);

-- name: export_list :many
-- in:  user_id id, now_ms int, limit int
-- out: export_id id, ready bool, bytes_n int, asked_ms int, expires_ms int
SELECT export_id, archive IS NOT NULL, bytes_n, asked_ms, expires_ms FROM privacy_export
WHERE user_id = $1 AND expires_ms > $2 ORDER BY export_id DESC LIMIT $3;

-- name: export_get :one
-- in:  export_id id, user_id id, now_ms int
-- out: archive sealed?
SELECT archive FROM privacy_export WHERE export_id = $1 AND user_id = $2 AND expires_ms > $3;

-- name: export_next :one
-- out: export_id id, user_id id
SELECT export_id, user_id FROM privacy_export WHERE archive IS NULL ORDER BY export_id LIMIT 1;

-- name: export_done :exec
-- in:  export_id id, archive sealed?, bytes_n int
UPDATE privacy_export SET archive = $2, bytes_n = $3 WHERE export_id = $1;

-- name: export_prune :exec
-- in:  now_ms int, limit int
DELETE FROM privacy_export WHERE export_id IN
    (SELECT export_id FROM privacy_export WHERE expires_ms <= $1 LIMIT $2);

-- name: export_erase :exec
-- in:  user_id id
DELETE FROM privacy_export WHERE user_id = $1;

-- name: erasure_ask :exec
-- in:  user_id id, email sealed?, asked_ms int, due_ms int
INSERT INTO privacy_erasure (user_id, email, asked_ms, due_ms, step) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT DO NOTHING;

-- name: erasure_get :one
-- in:  user_id id
-- out: asked_ms int, due_ms int, step int, done_ms int?
SELECT asked_ms, due_ms, step, done_ms FROM privacy_erasure WHERE user_id = $1;

-- name: erasure_drop :exec
-- in:  user_id id, now_ms int
DELETE FROM privacy_erasure WHERE user_id = $1 AND due_ms > $2 AND step = 0;

-- name: erasure_next :one
-- in:  now_ms int
-- out: user_id id, email sealed?, step int
SELECT user_id, email, step FROM privacy_erasure
WHERE done_ms IS NULL AND due_ms <= $1 ORDER BY due_ms LIMIT 1;
-- name: erasure_next @pg
SELECT user_id, email, step FROM privacy_erasure
WHERE done_ms IS NULL AND due_ms <= $1 ORDER BY due_ms LIMIT 1 FOR UPDATE;

-- The same from a unit of another database: nothing is locked.
-- name: erasure_apart :one
-- in:  now_ms int
-- out: user_id id, email sealed?, step int
SELECT user_id, email, step FROM privacy_erasure
WHERE done_ms IS NULL AND due_ms <= $1 ORDER BY due_ms LIMIT 1;

-- name: erasure_step :exec
-- in:  user_id id, step int
UPDATE privacy_erasure SET step = $2 WHERE user_id = $1;

-- name: erasure_later :exec
-- in:  user_id id, due_ms int
UPDATE privacy_erasure SET due_ms = $2 WHERE user_id = $1;

-- name: erasure_done :exec
-- in:  user_id id, now_ms int
UPDATE privacy_erasure SET done_ms = $2, email = NULL WHERE user_id = $1;

-- name: erasure_export :many
-- in:  user_id id
-- out: asked_ms int, due_ms int
SELECT asked_ms, due_ms FROM privacy_erasure WHERE user_id = $1;

-- name: consent_add :exec
-- in:  consent_id id, user_id id, purpose text, granted bool, version int, peer sealed, at_ms int
INSERT INTO privacy_consent (consent_id, user_id, purpose, granted, version, peer, at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: consent_list :many
-- in:  user_id id
-- out: consent_id id, purpose text, granted bool, version int, peer sealed, at_ms int
SELECT consent_id, purpose, granted, version, peer, at_ms FROM privacy_consent
WHERE user_id = $1 ORDER BY consent_id;

-- name: consent_erase :exec
-- in:  user_id id
DELETE FROM privacy_consent WHERE user_id = $1;
