-- What of an order travels together: the lines of one seller to one address, at one speed. An order
-- of one group has no row here: what a row would say is the order's own.
CREATE TABLE orders_group (
    order_id uuid NOT NULL,
    group_no bigint NOT NULL,              -- from 0, in the order of their first lines
    seller_id uuid,                        -- NULL: the shop itself
    address text,                          -- JSON, as the order's; NULL: the order's
    delivery_speed text NOT NULL,
    status text NOT NULL,                  -- its own; the order's is derived from its groups
    shipping_fee_minor bigint NOT NULL CHECK (shipping_fee_minor >= 0), -- its part of the order's
    shipping_off_minor bigint NOT NULL     -- its part of what is off that
        CHECK (shipping_off_minor >= 0 AND shipping_off_minor <= shipping_fee_minor),
    estimated_from_ms bigint NOT NULL,
    estimated_delivery_ms bigint NOT NULL,
    actual_delivery_ms bigint,             -- NULL: not delivered yet
    refund_id uuid,                        -- the refund that gives all its money back; NULL: none
    version bigint NOT NULL,
    PRIMARY KEY (order_id, group_no)
) WITHOUT ROWID;
-- Orders from before are of one group, whoever sold what is in them.
ALTER TABLE orders_order ADD COLUMN groups_n bigint NOT NULL DEFAULT 1 CHECK (groups_n > 0);
ALTER TABLE orders_line ADD COLUMN group_no bigint NOT NULL DEFAULT 0;
ALTER TABLE orders_history ADD COLUMN group_no bigint; -- whose move it is; NULL: the whole order's
