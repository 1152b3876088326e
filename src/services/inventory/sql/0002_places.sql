-- Where warehouses are and what sending from them costs, for the choice among them; and goods on
-- their way from one to another.

ALTER TABLE inventory_warehouse ADD COLUMN latitude double precision NOT NULL DEFAULT 0;
ALTER TABLE inventory_warehouse ADD COLUMN longitude double precision NOT NULL DEFAULT 0; -- both 0: the middle of the country
ALTER TABLE inventory_warehouse ADD COLUMN cost bigint NOT NULL DEFAULT 0; -- of a parcel, in the kilometres it is worth

-- Sent by one warehouse, not all received by the other. What left and what came are movements.
CREATE TABLE inventory_transfer (
    transfer_id uuid NOT NULL PRIMARY KEY,
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    received bigint NOT NULL CHECK (received >= 0),
    lost bigint NOT NULL CHECK (lost >= 0),   -- given up when it was closed
    open boolean NOT NULL,                    -- something may still come
    reason text,
    reference text,
    actor_id uuid,                            -- who sent it
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    CHECK (received + lost <= quantity),
    CHECK (from_id <> to_id)
) WITHOUT ROWID;
CREATE INDEX inventory_transfer_open ON inventory_transfer (product_id, variant_id)
    WHERE open;
