-- Keys that personal columns are sealed with, each sealed itself by the master key, which is not in
-- the database. Never removed: what was sealed with one may be in a backup.
CREATE TABLE vault_key (
    key_id bigint NOT NULL PRIMARY KEY,    -- 0: of keyed hashes; the greatest one seals
    wrapped text NOT NULL,                 -- AES-256-GCM under the master key, bound to key_id
    master text NOT NULL,                  -- which master key: the start of a digest of it
    created_ms bigint NOT NULL
) WITHOUT ROWID;

-- How far the rows of a table have been sealed anew.
CREATE TABLE vault_sweep (
    table_name text NOT NULL PRIMARY KEY,
    key_id bigint NOT NULL,                -- the key it is about
    after_id uuid NOT NULL,                -- rows up to this one are done
    rows_n bigint NOT NULL,                -- rows that were looked at
    sealed_n bigint NOT NULL,              -- of them, those that were written
    done_ms bigint                         -- NULL: under way
) WITHOUT ROWID;
