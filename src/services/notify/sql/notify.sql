-- Every query of the service.

-- name: sent_add :exec gathered
-- in:  event_id id, kind text, recipient sealed, subject sealed, sent_ms int
-- in:  recipient_key keyed
INSERT INTO notify_sent (event_id, kind, recipient, subject, sent_ms, recipient_key)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING;

-- name: sent_list :many
-- in:  limit int
-- out: event_id id, kind text, recipient sealed, subject sealed, sent_ms int
SELECT event_id, kind, recipient, subject, sent_ms FROM notify_sent
ORDER BY event_id DESC, kind LIMIT $1;

-- name: sent_prune :exec
-- in:  before_ms int, limit int
DELETE FROM notify_sent WHERE sent_ms <= $1 AND (event_id, kind) IN
    (SELECT event_id, kind FROM notify_sent WHERE sent_ms <= $1 LIMIT $2);

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_sent :many
-- in:  recipient_key keyed
-- out: event_id id, kind text, recipient sealed, subject sealed, sent_ms int
SELECT event_id, kind, recipient, subject, sent_ms FROM notify_sent WHERE recipient_key = $1
ORDER BY event_id;

-- name: erase_sent :exec
-- in:  recipient_key keyed
DELETE FROM notify_sent WHERE recipient_key = $1;
