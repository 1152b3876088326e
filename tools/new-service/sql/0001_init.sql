-- Gifts. Everything is placed by owner_id.

-- How many each owner has: the row that writers of one owner queue on.
CREATE TABLE gift_owner (
    owner_id uuid NOT NULL PRIMARY KEY,
    items bigint NOT NULL CHECK (items >= 0)
) WITHOUT ROWID;

CREATE TABLE gift_item (
    owner_id uuid NOT NULL,
    item_id uuid NOT NULL,                 -- version 7: sorted by time
    name text NOT NULL,
    created_ms bigint NOT NULL,
    PRIMARY KEY (owner_id, item_id)
) WITHOUT ROWID;
