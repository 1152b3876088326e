-- What is personal of orders: sealed (platform/vault). Orders of guests are found by a keyed hash of
-- the e-mail, folded.
ALTER TABLE orders_order ADD COLUMN email_key text;
DROP INDEX orders_order_guest_email;
CREATE INDEX orders_order_guest_key ON orders_order (email_key, order_id) WHERE user_id IS NULL;
-- @personal orders_order (order_id id): email sealed, address sealed, email_key keyed? of email
-- @personal orders_group (order_id id, group_no int): address sealed?
