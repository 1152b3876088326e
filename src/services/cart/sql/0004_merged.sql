-- The cart that the order's own went into at sign-in, while that was another order's; NULL: it has
-- its own, or was taken out.
ALTER TABLE cart_order ADD COLUMN cart_id uuid;
CREATE INDEX cart_order_cart ON cart_order (cart_id) WHERE cart_id IS NOT NULL;
