-- Queries of platform/flag.

-- name: setting_list :many
-- out: name text, percent int, updated_ms int
SELECT name, percent, updated_ms FROM flag_setting ORDER BY name;

-- name: setting_put :exec exact
-- in:  name text, percent int, now_ms int
INSERT INTO flag_setting (name, percent, updated_ms) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET percent = excluded.percent, updated_ms = excluded.updated_ms;
