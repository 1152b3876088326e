-- The book of applied migrations. The table is made here and not by a migration, because it must
-- be there first.

-- name: migration_table :exec
CREATE TABLE IF NOT EXISTS souk_migration (
    owner      text   NOT NULL, -- the service
    version    bigint NOT NULL, -- 1.. without gaps
    name       text   NOT NULL, -- file name
    sha256     text   NOT NULL, -- of the whole text, hexadecimal
    applied_ms bigint NOT NULL,
    PRIMARY KEY (owner, version)
);

-- name: migration_list :many
-- out: owner text, version int, name text, sha256 text
SELECT owner, version, name, sha256 FROM souk_migration ORDER BY owner, version;

-- name: migration_add :exec
-- in: owner text, version int, name text, sha256 text, applied_ms int
INSERT INTO souk_migration (owner, version, name, sha256, applied_ms) VALUES ($1, $2, $3, $4, $5);
