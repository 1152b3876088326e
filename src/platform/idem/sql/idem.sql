-- Queries of platform/idem.

-- Two PostgreSQL lanes may insert the same key: the later waits for the earlier and changes nothing.
-- name: claim_add :exec
-- in:  principal text, method text, route text, claim_key text, fingerprint text, subject_id id?
-- in:  created_ms int
-- key: idem_claim.claim_key
INSERT INTO idem_claim (principal, method, route, claim_key, fingerprint, subject_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- Of a key that is taken to be new.
-- name: claim_begin :exec gathered
-- in:  like claim_add
-- key: idem_claim.claim_key
INSERT INTO idem_claim (principal, method, route, claim_key, fingerprint, subject_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: claim_get :one
-- in:  principal text, method text, route text, claim_key text
-- out: fingerprint text, subject_id id?, status int?, body sealed?
-- key: idem_claim.claim_key
SELECT fingerprint, subject_id, status, body FROM idem_claim
WHERE principal = $1 AND method = $2 AND route = $3 AND claim_key = $4;

-- name: claim_has :one batch
-- in:  principal text, method text, route text, claim_key text
-- out: has bool
-- key: idem_claim.claim_key
SELECT true AS has FROM idem_claim
WHERE principal = $1 AND method = $2 AND route = $3 AND claim_key = $4;

-- name: claim_finish :exec exact gathered
-- in:  principal text, method text, route text, claim_key text, status int, body sealed
-- key: idem_claim.claim_key
UPDATE idem_claim SET status = $5, body = $6
WHERE principal = $1 AND method = $2 AND route = $3 AND claim_key = $4 AND status IS NULL;

-- name: claim_drop :exec later
-- in:  principal text, method text, route text, claim_key text
-- key: idem_claim.claim_key
DELETE FROM idem_claim
WHERE principal = $1 AND method = $2 AND route = $3 AND claim_key = $4 AND status IS NULL;

-- name: claim_prune :exec
-- in:  before_ms int, most int
DELETE FROM idem_claim WHERE (principal, method, route, claim_key) IN (
    SELECT principal, method, route, claim_key FROM idem_claim
    WHERE status IS NOT NULL AND created_ms < $1 AND principal <> 'approval'
    ORDER BY created_ms LIMIT $2);
