-- Queries of platform/saga. The table holds what is on its way, so scans of it are short.

-- name: live_add :exec
-- in:  saga_id id, kind text, label text, step text, undoing bool, state sealed, conflict int, attempts int, lease_ms int, created_ms int
-- key: saga_live.saga_id
INSERT INTO saga_live
    (saga_id, kind, label, step, undoing, parked, state, conflict, attempts, lease_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, FALSE, $6, $7, $8, $9, $10);

-- Of a saga whose id was made for it.
-- name: live_begin :exec gathered
-- in:  like live_add
-- key: saga_live.saga_id
INSERT INTO saga_live
    (saga_id, kind, label, step, undoing, parked, state, conflict, attempts, lease_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, FALSE, $6, $7, $8, $9, $10);

-- Who works on a row counts its attempts; whoever took it over has counted on. A later saga may have
-- the same id (a refund that of its order, and of the refund before) and counts from 0 as well.
-- name: live_move :exec
-- in:  saga_id id, kind text, created_ms int, attempts int, step text, undoing bool, reason text?, error text?, lease_ms int
-- key: saga_live.saga_id
UPDATE saga_live SET step = $5, undoing = $6, parked = FALSE, reason = $7, error = $8, lease_ms = $9
WHERE saga_id = $1 AND kind = $2 AND created_ms = $3 AND attempts = $4;

-- name: live_state :exec
-- in:  saga_id id, state sealed, label text, parked bool
-- key: saga_live.saga_id
UPDATE saga_live SET state = $2, label = $3, parked = $4 WHERE saga_id = $1;

-- name: live_remove :exec
-- in:  saga_id id, kind text, created_ms int, attempts int
-- key: saga_live.saga_id
DELETE FROM saga_live WHERE saga_id = $1 AND kind = $2 AND created_ms = $3 AND attempts = $4;

-- The same where nobody is expected to have taken it over.
-- name: live_end :exec exact gathered
-- in:  like live_remove
-- key: saga_live.saga_id
DELETE FROM saga_live WHERE saga_id = $1 AND kind = $2 AND created_ms = $3 AND attempts = $4;

-- name: live_get :one
-- in:  saga_id id
-- out: kind text, label text, step text, undoing bool, parked bool, reason text?, state sealed, error text?, conflict int, attempts int, lease_ms int, others_ms int, created_ms int
-- key: saga_live.saga_id
SELECT kind, label, step, undoing, parked, reason, state, error, conflict, attempts, lease_ms,
       others_ms, created_ms
FROM saga_live WHERE saga_id = $1;

-- name: live_due :many
-- in:  now_ms int, limit int
-- out: saga_id id
SELECT saga_id FROM saga_live WHERE lease_ms <= $1 ORDER BY lease_ms LIMIT $2;

-- name: live_list :many
-- in:  attempts_min int, limit int
-- out: saga_id id, kind text, label text, step text, undoing bool, parked bool, reason text?, error text?, attempts int, lease_ms int, created_ms int
SELECT saga_id, kind, label, step, undoing, parked, reason, error, attempts, lease_ms, created_ms
FROM saga_live WHERE attempts >= $1 ORDER BY created_ms LIMIT $2;

-- name: live_labelled :one
-- in:  label text
-- out: saga_id id
SELECT saga_id FROM saga_live WHERE label = $1;

-- Somebody else's run is over, or has to wait: it is mine. broken_ms: how long a run that is not over
-- may have a lease at most; 0 when there can be none. A parked row is nobody's.
-- name: live_lease :exec
-- in:  saga_id id, lease_ms int, now_ms int, broken_ms int
UPDATE saga_live SET lease_ms = $2, parked = FALSE, attempts = attempts + 1,
    others_ms = CASE
        WHEN parked OR $4 <= others_ms OR lease_ms <= others_ms THEN others_ms
        WHEN lease_ms < $4 THEN lease_ms
        ELSE $4 END
WHERE saga_id = $1 AND lease_ms <= $3;
