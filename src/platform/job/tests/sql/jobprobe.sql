-- Queries of the scheduler's tests: a row for each batch that was committed.

-- name: tick_add :exec
-- in: job text, at_ms int
INSERT INTO jobprobe_tick (job, at_ms) VALUES ($1, $2);

-- name: ticks :many
-- out: job text, at_ms int
SELECT job, at_ms FROM jobprobe_tick ORDER BY n;
