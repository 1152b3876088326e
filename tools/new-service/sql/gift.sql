-- Every query of the service.

-- Counts one more, and so holds the owner's row until the unit ends.
-- name: owner_add :one
-- in:  owner_id id
-- out: items int
INSERT INTO gift_owner (owner_id, items) VALUES ($1, 1)
ON CONFLICT (owner_id) DO UPDATE SET items = gift_owner.items + 1
RETURNING items;

-- name: item_add :exec
-- in:  owner_id id, item_id id, name text, created_ms int
INSERT INTO gift_item (owner_id, item_id, name, created_ms) VALUES ($1, $2, $3, $4);

-- name: item_list :many
-- in:  owner_id id
-- out: item_id id, name text, created_ms int
SELECT item_id, name, created_ms FROM gift_item WHERE owner_id = $1 ORDER BY item_id;
