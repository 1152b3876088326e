-- Which process runs which job, and when it last did.
CREATE TABLE job_lease (
    name text NOT NULL PRIMARY KEY,        -- "inventory.expire"
    owner text NOT NULL,                   -- a process; "local" on SQLite, where there is only one
    until_ms bigint NOT NULL,              -- the owner alone may run it before; 0: given back
    last_run_ms bigint NOT NULL            -- start of the last run that came to its end
) WITHOUT ROWID;
