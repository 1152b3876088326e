-- Every query of the service.

-- name: sent_add :exec
-- in:  event_id id, kind text, recipient sealed, subject sealed, sent_ms int
INSERT INTO notify_sent (event_id, kind, recipient, subject, sent_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_id, kind) DO NOTHING;

-- name: sent_list :many
-- in:  limit int
-- out: event_id id, kind text, recipient sealed, subject sealed, sent_ms int
SELECT event_id, kind, recipient, subject, sent_ms FROM notify_sent
ORDER BY event_id DESC, kind LIMIT $1;
