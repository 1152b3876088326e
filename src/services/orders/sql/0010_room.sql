-- An order has two moves at least, the first right after it was placed: half a page is room for one of
-- each row in it, and no index is written.
-- @pg
ALTER TABLE orders_order SET (fillfactor = 50);
