-- What the shop took of a seller's line, kept as it was. The defaults are what all orders before were
-- booked with.
ALTER TABLE orders_line ADD COLUMN commission_bp bigint NOT NULL DEFAULT 1500
    CHECK (commission_bp >= 0);        -- basis points of the subtotal; the shop's own goods: 0
ALTER TABLE orders_line ADD COLUMN commission_tax_bp bigint NOT NULL DEFAULT 0
    CHECK (commission_tax_bp >= 0);    -- of the commission
