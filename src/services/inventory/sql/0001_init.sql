-- Stock. Everything of a product is placed by product_id; an order's reservations by order_id.

-- Places that hold goods.
CREATE TABLE inventory_warehouse (
    warehouse_id uuid NOT NULL PRIMARY KEY,
    code text NOT NULL UNIQUE,             -- short name of the operator's choice
    name text NOT NULL,
    country text NOT NULL,                 -- ISO 3166-1 alpha-2
    priority bigint NOT NULL,              -- lower is asked first
    created_ms bigint NOT NULL
) WITHOUT ROWID;

-- What is there and what is promised, per variant and warehouse.
CREATE TABLE inventory_level (
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    on_hand bigint NOT NULL CHECK (on_hand >= 0),
    reserved bigint NOT NULL CHECK (reserved >= 0),
    low_at bigint NOT NULL,                -- at or below: low stock
    version bigint NOT NULL,
    updated_ms bigint NOT NULL,
    CHECK (reserved <= on_hand),
    PRIMARY KEY (product_id, variant_id, warehouse_id)
) WITHOUT ROWID;

-- What an order holds: promised (live) until expires_ms, or sold. Releasing, expiring and restocking
-- remove the row, so each happens once.
CREATE TABLE inventory_reservation (
    order_id uuid NOT NULL,
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    expires_ms bigint,                     -- NULL: sold
    created_ms bigint NOT NULL,
    PRIMARY KEY (order_id, product_id, variant_id, warehouse_id)
) WITHOUT ROWID;
CREATE INDEX inventory_reservation_expiry ON inventory_reservation (expires_ms)
    WHERE expires_ms IS NOT NULL;

-- The audit: every change of on_hand.
CREATE TABLE inventory_movement (
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    movement_id uuid NOT NULL,             -- version 7: sorted by time
    warehouse_id uuid NOT NULL,
    kind text NOT NULL,                    -- receipt adjustment count damage return sale
    change bigint NOT NULL,
    before_qty bigint NOT NULL,
    after_qty bigint NOT NULL CHECK (after_qty >= 0),
    reason text,
    reference text,                        -- the order, the delivery note
    actor_id uuid,                         -- NULL: the system
    created_ms bigint NOT NULL,
    CHECK (after_qty = before_qty + change),
    PRIMARY KEY (product_id, variant_id, movement_id)
) WITHOUT ROWID;
