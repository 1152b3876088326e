-- Payments of orders: one row an attempt. No card data, ever: a token, a brand, four digits.
CREATE TABLE payments_payment (
    payment_id uuid NOT NULL PRIMARY KEY,  -- version 7; also the provider's idempotency key
    order_id uuid NOT NULL,
    user_id uuid,                          -- NULL: a guest's
    provider text NOT NULL,                -- "sandbox"
    provider_ref text,                     -- what the provider calls it
    method_type text NOT NULL,             -- "credit_card"
    token text NOT NULL,                   -- the provider's name of the card
    brand text,
    last4 text,
    status text NOT NULL,                  -- see payments_status_names
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0), -- what is asked for
    currency text NOT NULL,                -- ISO 4217
    captured_minor bigint NOT NULL CHECK (captured_minor >= 0),
    refunded_minor bigint NOT NULL CHECK (refunded_minor >= 0),
    decline_code text,
    decline_text text,                     -- safe to show
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    CHECK (captured_minor <= amount_minor),
    CHECK (refunded_minor <= captured_minor)
) WITHOUT ROWID;
CREATE INDEX payments_payment_order ON payments_payment (order_id);
-- What the sweeper asks about: few rows, a payment leaves when its answer is known.
CREATE INDEX payments_payment_open ON payments_payment (created_ms)
    WHERE status IN ('started', 'unknown');
