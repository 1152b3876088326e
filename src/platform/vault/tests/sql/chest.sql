-- Queries of the vault's tests: every kind; and `raw`, what is kept.

-- name: add :exec batch
-- in:  id id, email sealed, note sealed?, email_key keyed
INSERT INTO chest_row (id, email, note, email_key) VALUES ($1, $2, $3, $4);

-- name: get :one batch
-- in:  id id
-- out: email sealed, note sealed?
SELECT email, note FROM chest_row WHERE id = $1;

-- name: find :one
-- in:  email_key keyed
-- out: id id
SELECT id FROM chest_row WHERE email_key = $1;

-- name: list :many
-- out: id id, email sealed, note sealed?
SELECT id, email, note FROM chest_row ORDER BY id;

-- name: scan :each
-- out: id id, email sealed
SELECT id, email FROM chest_row ORDER BY id;

-- name: raw :many
-- out: raw text, raw_note text?, raw_key text?
SELECT email AS raw, note AS raw_note, email_key AS raw_key FROM chest_row ORDER BY id;

-- name: part_list :many
-- in:  id id
-- out: part int, note sealed
SELECT part, note FROM chest_part WHERE id = $1 ORDER BY part;

-- name: part_raw :many
-- out: raw text
SELECT note AS raw FROM chest_part ORDER BY id, part;
