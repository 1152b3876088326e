-- What is too old goes by itself: orders by age.
CREATE INDEX fraud_order_created ON fraud_order (created_ms);
