-- Every query of the service.

-- name: key_add :exec exact
-- in:  key_id id, user_id id, name text, prefix text, secret_hash text, scopes text
-- in:  per_minute int, now_ms int, expires_ms int?
INSERT INTO credentials_key
    (key_id, user_id, name, prefix, secret_hash, scopes, per_minute, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: key_find :one
-- in:  secret_hash text
-- out: key_id id, user_id id, name text, prefix text, scopes text, per_minute int, created_ms int
-- out: expires_ms int?, used_ms int?, revoked_ms int?
SELECT key_id, user_id, name, prefix, scopes, per_minute, created_ms, expires_ms, used_ms,
    revoked_ms
FROM credentials_key WHERE secret_hash = $1;

-- name: key_get :one
-- in:  key_id id
-- out: like key_find
SELECT key_id, user_id, name, prefix, scopes, per_minute, created_ms, expires_ms, used_ms,
    revoked_ms
FROM credentials_key WHERE key_id = $1;

-- name: key_list :many
-- in:  user_id id, limit int
-- out: like key_find
SELECT key_id, user_id, name, prefix, scopes, per_minute, created_ms, expires_ms, used_ms,
    revoked_ms
FROM credentials_key WHERE user_id = $1 ORDER BY key_id DESC LIMIT $2;

-- name: key_list_all :many
-- in:  before id, limit int
-- out: like key_find
SELECT key_id, user_id, name, prefix, scopes, per_minute, created_ms, expires_ms, used_ms,
    revoked_ms
FROM credentials_key WHERE key_id < $1 ORDER BY key_id DESC LIMIT $2;

-- name: key_count :one
-- in:  user_id id
-- out: n int
SELECT count(*) AS n FROM credentials_key WHERE user_id = $1 AND revoked_ms IS NULL;

-- name: key_revoke :exec
-- in:  key_id id, now_ms int
UPDATE credentials_key SET revoked_ms = $2 WHERE key_id = $1 AND revoked_ms IS NULL;

-- name: key_good :many
-- in:  user_id id, limit int
-- out: key_id id
SELECT key_id FROM credentials_key WHERE user_id = $1 AND revoked_ms IS NULL LIMIT $2;

-- name: key_used :exec
-- in:  key_id id, now_ms int, before_ms int
UPDATE credentials_key SET used_ms = $2
WHERE key_id = $1 AND (used_ms IS NULL OR used_ms <= $3);

-- name: key_revoked :many
-- in:  after_ms int, limit int
-- out: key_id id, revoked_ms int
SELECT key_id, revoked_ms FROM credentials_key WHERE revoked_ms > $1
ORDER BY revoked_ms DESC LIMIT $2;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_keys :many
-- in:  user_id id
-- out: name text, prefix text, scopes text, created_ms int, used_ms int?
SELECT name, prefix, scopes, created_ms, used_ms FROM credentials_key WHERE user_id = $1;

-- name: erase_keys :exec
-- in:  user_id id
DELETE FROM credentials_key WHERE user_id = $1;
