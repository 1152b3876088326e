-- Taken back while it was pending: why, and by whom. Its saga undoes it, unless it is confirmed first.
ALTER TABLE orders_order ADD COLUMN withdrawn text;
ALTER TABLE orders_order ADD COLUMN withdrawn_by uuid;
