-- Queries of the database tests: every kind, every type, both engines.

-- name: add :exec batch
-- in: id id, n int, note text?
INSERT INTO probe_row (id, n, note) VALUES ($1, $2, $3);

-- name: put :exec
-- in: id id, n int
INSERT INTO probe_row (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = excluded.n;

-- name: get :one batch
-- in: id id
-- out: n int, note text?
-- key: probe_row.id
SELECT n, note FROM probe_row WHERE id = $1;

-- name: count :one
-- out: n int
SELECT count(*) FROM probe_row;

-- name: sum :one
-- out: total int?
SELECT CAST(sum(n) AS bigint) FROM probe_row;

-- name: list :many
-- in: from_n int
-- out: id id, n int, note text?
SELECT id, n, note FROM probe_row WHERE n >= $1 ORDER BY n, id;

-- name: scan :each
-- in: from_n int
-- out: id id, n int, note text?
SELECT id, n, note FROM probe_row WHERE n >= $1 ORDER BY n, id;

-- name: by_note :many
-- in: note text?
-- out: n int
SELECT n FROM probe_row WHERE ($1 IS NULL AND note IS NULL) OR note = $1 ORDER BY n;

-- name: take :one batch
-- in: id id, qty int
-- out: n int
UPDATE probe_row SET n = n - $2 WHERE id = $1 AND n >= $2 RETURNING n;

-- name: add_later :exec batch later
-- in: id id, n int
INSERT INTO probe_row (id, n) VALUES ($1, $2);

-- name: add_gathered :exec batch gathered
-- in: id id, n int
-- key: probe_row.id
INSERT INTO probe_row (id, n) VALUES ($1, $2);

-- name: merge_gathered :exec batch gathered
-- in: id id, n int
-- key: probe_row.id
INSERT INTO probe_row (id, n) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET n = probe_row.n + excluded.n;

-- name: take_exact :exec exact
-- in: id id, qty int
UPDATE probe_row SET n = n - $2 WHERE id = $1 AND n >= $2;

-- name: take_later :exec batch exact later
-- in: id id, qty int
UPDATE probe_row SET n = n - $2 WHERE id = $1 AND n >= $2;

-- name: take_gathered :exec batch exact gathered
-- in: id id, qty int
-- key: probe_row.id
UPDATE probe_row SET n = n - $2 WHERE id = $1 AND n >= $2;

-- name: copy_gathered :exec exact gathered
-- in: id id, copy_id id
-- key: probe_row.id
INSERT INTO probe_nulls (id, a_int, an_id) SELECT $2, n, id FROM probe_row WHERE id = $1;

-- name: copy_notes_gathered :exec exact gathered
-- in: note text, copy_id id
-- key: probe_row.note
INSERT INTO probe_nulls (id, a_int, an_id) SELECT $2, n, id FROM probe_row WHERE note = $1;

-- name: drop_gathered :exec exact gathered
-- in: id id, n int
-- key: probe_row.id
DELETE FROM probe_row WHERE id = $1 AND n = $2;

-- name: rename_gathered :exec exact gathered
-- in: id id, note text?
-- key: probe_row.id
UPDATE probe_row SET note = coalesce($2, note) WHERE id = $1;

-- name: noted_gathered :exec exact gathered
-- in: note text, n int
-- key: probe_row.note
UPDATE probe_row SET n = $2 WHERE note = $1;

-- name: scans :one
-- out: scans int, changed int
SELECT 0, 0;
-- name: scans @pg
SELECT seq_scan, n_tup_upd FROM pg_stat_user_tables WHERE relid = 'probe_row'::regclass;

-- name: bump :exec
-- in: id id
UPDATE probe_row SET n = n + 1 WHERE id = $1;

-- name: bump_all :exec
UPDATE probe_row SET n = n + 1;

-- name: lock :one
-- in: id id
-- out: n int
SELECT n FROM probe_row WHERE id = $1;
-- name: lock @pg
SELECT n FROM probe_row WHERE id = $1 FOR UPDATE;

-- name: drop_all :each
-- out: n int
DELETE FROM probe_row RETURNING n;

-- name: types_add :exec
-- in: id id, a_int int, a_text text, a_bool bool, a_blob blob, a_num num, an_id id
INSERT INTO probe_types (id, a_int, a_text, a_bool, a_blob, a_num, an_id)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: types_get :one
-- in: id id
-- out: a_int int, a_text text, a_bool bool, a_blob blob, a_num num, an_id id
SELECT a_int, a_text, a_bool, a_blob, a_num, an_id FROM probe_types WHERE id = $1;

-- name: nulls_add :exec
-- in: id id, a_int int?, a_text text?, a_blob blob?, a_num num?, an_id id?
INSERT INTO probe_nulls (id, a_int, a_text, a_blob, a_num, an_id)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: nulls_gather :exec batch gathered
-- in: id id, a_int int?, a_text text?, a_blob blob?, a_num num?, an_id id?
INSERT INTO probe_nulls (id, a_int, a_text, a_blob, a_num, an_id)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: types_gather :exec batch gathered
-- in: id id, a_int int, a_text text, a_bool bool, a_blob blob, a_num num, an_id id
INSERT INTO probe_types (id, a_int, a_text, a_bool, a_blob, a_num, an_id)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: nulls_get :one
-- in: id id
-- out: a_int int?, a_text text?, a_blob blob?, a_num num?, an_id id?
SELECT a_int, a_text, a_blob, a_num, an_id FROM probe_nulls WHERE id = $1;

-- name: nulls_strict :one
-- in: id id
-- out: a_int int
SELECT a_int FROM probe_nulls WHERE id = $1;

-- name: wrong_type :one
-- in: id id
-- out: a_int int
SELECT a_text FROM probe_types WHERE id = $1;

-- name: widths :one
-- out: a int, b int, c num
SELECT 7, 8, 0.5;
-- name: widths @pg
SELECT CAST(7 AS smallint), CAST(8 AS integer), CAST(0.5 AS real);

-- name: child_add :exec
-- in: id id, parent id
INSERT INTO probe_child (id, parent) VALUES ($1, $2);

-- name: checked_add :exec
-- in: id id, n int
INSERT INTO probe_checked (id, n) VALUES ($1, $2);

-- name: slow :one
-- in: n int
-- out: total int
WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1)
SELECT CAST(sum(i) AS bigint) FROM c;

-- name: big :exec
-- in: id id, data blob
INSERT INTO probe_big (id, data) VALUES ($1, $2);

-- name: foreign_table :one
-- out: n int
SELECT count(*) FROM other_row;

-- name: foreign_write :exec
-- in: n int
INSERT INTO other_row (n) VALUES ($1);

-- name: foreign_join :many
-- out: n int
SELECT p.n FROM probe_row p WHERE p.n IN (SELECT n FROM other_row);

-- name: json_keys :many
-- in: doc text
-- out: key text
SELECT key FROM json_each($1) ORDER BY key;
-- name: json_keys @pg
SELECT key FROM json_each(CAST($1 AS json)) ORDER BY key;

-- name: cte :many
-- in: from_n int
-- out: n int
WITH probe AS (SELECT n FROM probe_row WHERE n >= $1) SELECT n FROM probe ORDER BY n;

-- name: bad_syntax :one
-- out: n int
SELECT n FROM probe_row WHERE;

-- name: bad_count :one
-- out: n int, note text
SELECT n FROM probe_row;

-- name: bad_type :one
-- out: n text
SELECT n FROM probe_row;

-- name: slow_write :exec
-- in: n int
UPDATE probe_row SET n = (WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1)
    SELECT CAST(sum(i) AS bigint) FROM c);

-- name: big_count :one
-- out: n int
SELECT count(*) FROM probe_big;

-- name: fts_add :exec
-- in: rowid int, note text
INSERT INTO probe_fts (rowid, note) VALUES ($1, $2);

-- name: fts_match :many
-- in: query text
-- out: rowid int
SELECT rowid FROM probe_fts WHERE probe_fts MATCH $1 ORDER BY rank;
