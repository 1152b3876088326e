-- Queries of platform/bus.

-- name: event_add :exec gathered
-- in:  event_id id, type text, aggregate_id id, payload sealed, occurred_ms int
-- key: bus_event.event_id
INSERT INTO bus_event (event_id, type, aggregate_id, payload, occurred_ms)
VALUES ($1, $2, $3, $4, $5);

-- name: event_last :one
-- out: event_id id
SELECT event_id FROM bus_event ORDER BY event_id DESC LIMIT 1;

-- The oldest events that nothing holds up: no failed event of the same aggregate waits before them.
-- name: event_due :many
-- in:  now_ms int, most int
-- out: event_id id, type text, aggregate_id id, payload sealed, occurred_ms int, attempts int
-- out: marked bool
SELECT e.event_id, e.type, e.aggregate_id, e.payload, e.occurred_ms, coalesce(r.attempts, 0),
       EXISTS (SELECT 1 FROM bus_done d WHERE d.event_id = e.event_id)
FROM bus_event e LEFT JOIN bus_retry r ON r.event_id = e.event_id
WHERE NOT EXISTS (
    SELECT 1 FROM bus_retry w
    WHERE w.aggregate_id = e.aggregate_id AND w.event_id <= e.event_id AND w.due_ms > $1)
ORDER BY e.event_id LIMIT $2;

-- name: event_lock :one
-- in:  event_id id
-- out: event_id id
-- key: bus_event.event_id
SELECT event_id FROM bus_event WHERE event_id = $1;
-- name: event_lock @pg
SELECT event_id FROM bus_event WHERE event_id = $1 FOR UPDATE;

-- name: event_has :one
-- in:  event_id id
-- out: event_id id
-- key: bus_event.event_id
SELECT event_id FROM bus_event WHERE event_id = $1;

-- name: event_drop :exec batch
-- in:  event_id id
-- key: bus_event.event_id
DELETE FROM bus_event WHERE event_id = $1;

-- Marks a consumer of an event that is still there. PostgreSQL holds the event's row, so that two
-- dispatchers (one that was thought dead) cannot both handle it.
-- name: done_add :exec
-- in:  event_id id, consumer text
INSERT INTO bus_done (event_id, consumer)
SELECT event_id, $2 FROM bus_event WHERE event_id = $1
ON CONFLICT DO NOTHING;
-- name: done_add @pg
INSERT INTO bus_done (event_id, consumer)
SELECT event_id, $2::text FROM bus_event WHERE event_id = $1 FOR UPDATE
ON CONFLICT DO NOTHING;

-- name: done_of :many
-- in:  event_id id
-- out: consumer text
SELECT consumer FROM bus_done WHERE event_id = $1 ORDER BY consumer;

-- name: done_drop :exec batch
-- in:  event_id id
DELETE FROM bus_done WHERE event_id = $1;

-- Not for an event that another dispatcher has finished meanwhile.
-- name: retry_put :exec batch
-- in:  event_id id, aggregate_id id, attempts int, due_ms int, consumer text, problem text
INSERT INTO bus_retry (event_id, aggregate_id, attempts, due_ms, consumer, problem)
SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM bus_event WHERE event_id = $1)
ON CONFLICT (event_id) DO UPDATE SET attempts = excluded.attempts, due_ms = excluded.due_ms,
    consumer = excluded.consumer, problem = excluded.problem;

-- name: retry_has :one
-- in:  event_id id
-- out: event_id id
SELECT event_id FROM bus_retry WHERE event_id = $1;

-- name: retry_drop :exec batch
-- in:  event_id id
DELETE FROM bus_retry WHERE event_id = $1;

-- Of events that another dispatcher finished just before its failure here was booked.
-- name: retry_prune :exec
-- in:  before_ms int, most int
DELETE FROM bus_retry WHERE event_id IN
    (SELECT r.event_id FROM bus_retry r WHERE r.due_ms < $1
     AND NOT EXISTS (SELECT 1 FROM bus_event e WHERE e.event_id = r.event_id) LIMIT $2);

-- name: dead_add :exec batch
-- in:  event_id id, attempts int, consumer text, problem text, died_ms int
INSERT INTO bus_dead (event_id, type, aggregate_id, payload, occurred_ms, attempts, consumer,
    problem, died_ms)
SELECT event_id, type, aggregate_id, payload, occurred_ms, CAST($2 AS bigint), CAST($3 AS text),
    CAST($4 AS text), CAST($5 AS bigint)
FROM bus_event WHERE event_id = $1
ON CONFLICT DO NOTHING;

-- name: dead_some :many
-- in:  most int
-- out: event_id id
SELECT event_id FROM bus_dead ORDER BY event_id LIMIT $1;

-- name: dead_list :many
-- in:  before id, limit int
-- out: event_id id, type text, aggregate_id id, occurred_ms int, attempts int, consumer text
-- out: problem text, died_ms int
SELECT event_id, type, aggregate_id, occurred_ms, attempts, consumer, problem, died_ms
FROM bus_dead WHERE event_id < $1 ORDER BY event_id DESC LIMIT $2;

-- name: dead_revive :exec batch
-- in:  event_id id
INSERT INTO bus_event (event_id, type, aggregate_id, payload, occurred_ms)
SELECT event_id, type, aggregate_id, payload, occurred_ms FROM bus_dead WHERE event_id = $1
ON CONFLICT DO NOTHING;
-- Holds the row: dead_forget, at the same time, takes the marks of what it has removed alone.
-- name: dead_revive @pg
INSERT INTO bus_event (event_id, type, aggregate_id, payload, occurred_ms)
SELECT event_id, type, aggregate_id, payload, occurred_ms FROM bus_dead WHERE event_id = $1
FOR UPDATE
ON CONFLICT DO NOTHING;

-- name: dead_forget :many
-- in:  before_ms int, most int
-- out: event_id id
DELETE FROM bus_dead WHERE event_id IN
    (SELECT event_id FROM bus_dead WHERE died_ms < $1 ORDER BY died_ms, event_id LIMIT $2)
RETURNING event_id;

-- name: dead_texts :many
-- in:  after id, limit int
-- out: event_id id, aggregate_id id, payload sealed
SELECT event_id, aggregate_id, payload FROM bus_dead WHERE event_id > $1
ORDER BY event_id LIMIT $2;
-- name: dead_texts @pg
SELECT event_id, aggregate_id, payload FROM bus_dead WHERE event_id > $1
ORDER BY event_id LIMIT $2 FOR UPDATE;

-- name: dead_text_put :exec batch
-- in:  event_id id, payload sealed
UPDATE bus_dead SET payload = $2 WHERE event_id = $1;

-- name: dead_drop :exec batch
-- in:  event_id id
DELETE FROM bus_dead WHERE event_id = $1;

-- name: relayed_add :exec batch
-- in:  event_id id, relayed_ms int
INSERT INTO bus_relayed (event_id, relayed_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- Still there where it came from: its mark is as good as new.
-- name: relayed_again :exec batch
-- in:  event_id id, relayed_ms int
UPDATE bus_relayed SET relayed_ms = $2 WHERE event_id = $1;

-- name: relayed_prune :exec
-- in:  before_ms int, most int
DELETE FROM bus_relayed WHERE event_id IN
    (SELECT event_id FROM bus_relayed WHERE relayed_ms < $1 ORDER BY relayed_ms LIMIT $2);

-- Changes a row when the lease is ours already, or nobody's any more.
-- name: lease_take :exec
-- in:  name text, owner text, until_ms int, now_ms int
INSERT INTO bus_lease (name, owner, until_ms) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
WHERE bus_lease.owner = excluded.owner OR bus_lease.until_ms <= $4;

-- name: lease_drop :exec
-- in:  name text, owner text
DELETE FROM bus_lease WHERE name = $1 AND owner = $2;

-- name: figures :one
-- out: waiting int, dead int, oldest_ms int?
SELECT (SELECT count(*) FROM bus_event), (SELECT count(*) FROM bus_dead),
    (SELECT occurred_ms FROM bus_event ORDER BY event_id LIMIT 1);
