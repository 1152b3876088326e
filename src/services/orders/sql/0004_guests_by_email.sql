-- Staff look for the orders of a guest by e-mail; those of users are found by the user.
CREATE INDEX orders_order_guest_email ON orders_order (lower(email), order_id)
    WHERE user_id IS NULL;
