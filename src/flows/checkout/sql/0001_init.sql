-- Orders on their way: one row until the saga has arrived.
CREATE TABLE checkout_saga (
    order_id uuid NOT NULL PRIMARY KEY,
    user_id uuid,                    -- NULL: a guest
    payment_id uuid NOT NULL,        -- also the provider's idempotency key
    step text NOT NULL,              -- authorize challenge void cancel refund
    number text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    token text NOT NULL,             -- the provider's name of the card
    provider_ref text,               -- for void and refund
    cart_hash text,                  -- guest cart to empty
    from_cart boolean NOT NULL,      -- bought lines leave the cart
    reason text,                     -- why it is being undone
    claim_principal text,            -- the idempotency claim to finish
    claim_method text,
    claim_route text,
    claim_key text,
    attempts bigint NOT NULL,
    lease_ms bigint NOT NULL,        -- nobody else works on it until then
    created_ms bigint NOT NULL
) WITHOUT ROWID;
