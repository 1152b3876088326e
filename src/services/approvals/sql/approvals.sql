-- Every query of the service.

-- name: request_add :exec
-- in:  approval_id id, kind text, object_id id, amount text, currency text, reason text
-- in:  requester_id id, request_key text, now_ms int, expires_ms int
INSERT INTO approvals_request (approval_id, kind, object_id, amount, currency, reason,
    requester_id, request_key, created_ms, expires_ms, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending')
ON CONFLICT DO NOTHING;

-- name: request_by_key :one
-- in:  requester_id id, request_key text
-- out: approval_id id
SELECT approval_id FROM approvals_request WHERE requester_id = $1 AND request_key = $2;

-- name: request_get :one
-- in:  approval_id id
-- out: approval_id id, kind text, object_id id, amount text, currency text, reason text
-- out: requester_id id, created_ms int, expires_ms int, state text, decider_id id?
-- out: decided_ms int?, decision text?
SELECT approval_id, kind, object_id, amount, currency, reason, requester_id, created_ms,
    expires_ms, state, decider_id, decided_ms, decision
FROM approvals_request WHERE approval_id = $1;

-- name: request_list :many
-- in:  before id, limit int
-- out: like request_get
SELECT approval_id, kind, object_id, amount, currency, reason, requester_id, created_ms,
    expires_ms, state, decider_id, decided_ms, decision
FROM approvals_request WHERE approval_id < $1 ORDER BY approval_id DESC LIMIT $2;

-- The second of two who decide at once changes nothing; nor does the requester.
-- name: request_decide :exec
-- in:  approval_id id, decider_id id, state text, decision text, now_ms int
UPDATE approvals_request SET state = $3, decider_id = $2, decision = $4, decided_ms = $5
WHERE approval_id = $1 AND state = 'pending' AND expires_ms > $5 AND requester_id <> $2;

-- name: request_done :exec
-- in:  approval_id id
UPDATE approvals_request SET state = 'done' WHERE approval_id = $1 AND state = 'approved';
