-- What promotions took off, kept as it was.
ALTER TABLE orders_line ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0
    CHECK (discount_minor >= 0);       -- of the line, in the order's discount; the tax is on the rest
ALTER TABLE orders_order ADD COLUMN promotions text; -- JSON: which and why; NULL: none
