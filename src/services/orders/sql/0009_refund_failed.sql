-- A bank may say days later that a refund came back. That is a row of the history, and no move.
ALTER TABLE orders_history ADD COLUMN refund_id uuid; -- the refund that failed; NULL: it is a move
CREATE INDEX orders_history_refund ON orders_history (at_ms) WHERE refund_id IS NOT NULL;
