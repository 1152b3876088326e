-- Coupon codes that were entered, one a line; NULL: none. In the cart's own row, so that a cart
-- without codes costs no statement more.
ALTER TABLE cart_cart ADD COLUMN codes text;
