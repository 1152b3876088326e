-- Queries of platform/job.

-- Changes a row when the lease is ours already, or nobody's any more, and the last run is no later
-- than run_before_ms.
-- name: lease_take :exec
-- in:  name text, owner text, until_ms int, now_ms int, run_before_ms int
INSERT INTO job_lease (name, owner, until_ms, last_run_ms) VALUES ($1, $2, $3, 0)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
WHERE (job_lease.owner = excluded.owner OR job_lease.until_ms <= $4)
    AND job_lease.last_run_ms <= $5;

-- name: lease_get :one
-- in:  name text
-- out: owner text, until_ms int, last_run_ms int
SELECT owner, until_ms, last_run_ms FROM job_lease WHERE name = $1;

-- name: run_note :exec
-- in:  name text, last_run_ms int
UPDATE job_lease SET last_run_ms = $2 WHERE name = $1;

-- name: lease_drop_all :exec
-- in:  owner text
UPDATE job_lease SET until_ms = 0 WHERE owner = $1;
