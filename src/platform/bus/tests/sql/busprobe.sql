-- Queries of the bus's tests: the effects of consumers.

-- name: effect_add :exec
-- in: consumer text, event_id id, aggregate_id id, payload text
INSERT INTO busprobe_effect (consumer, event_id, aggregate_id, payload) VALUES ($1, $2, $3, $4);

-- name: orphan_add :exec
-- in: event_id id
INSERT INTO busprobe_orphan (event_id) VALUES ($1);

-- name: effects :many
-- out: consumer text, event_id id, aggregate_id id, payload text
SELECT consumer, event_id, aggregate_id, payload FROM busprobe_effect ORDER BY n;
