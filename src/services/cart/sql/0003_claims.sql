-- The order that is being made of the cart, and until when it alone may be; NULL: none. In the cart's
-- own row: two orders of one cart meet there.
ALTER TABLE cart_cart ADD COLUMN order_id uuid;
ALTER TABLE cart_cart ADD COLUMN order_until_ms bigint;

-- Orders that were made of carts, so that a step of theirs that runs again knows; kept for a month.
CREATE TABLE cart_order (
    order_id uuid NOT NULL PRIMARY KEY,
    made_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX cart_order_made ON cart_order (made_ms);
