-- Captures, releases and refunds one by one; methods, gift cards, webhooks, reconciliation.

-- Whether the order of the payment is placed. What was there before was placed.
ALTER TABLE payments_payment ADD COLUMN kept boolean NOT NULL DEFAULT true;
-- Money of no order: few rows, a payment of a placed order is never in it.
CREATE INDEX payments_payment_orphan ON payments_payment (created_ms)
    WHERE kept = false AND status IN ('challenge', 'authorized', 'captured');

-- What was asked of a payment after it was authorised; each is asked with its own key.
CREATE TABLE payments_deed (
    deed_id uuid NOT NULL PRIMARY KEY,     -- version 7; also the provider's idempotency key
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,                    -- capture release refund
    status text NOT NULL,                  -- started done refused
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0), -- of a release: 0
    currency text NOT NULL,                -- ISO 4217
    reason text NOT NULL,                  -- ours: "cancelled"
    provider_ref text,                     -- of the refund
    refusal text,                          -- the provider's code
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX payments_deed_payment ON payments_deed (payment_id);
CREATE INDEX payments_deed_open ON payments_deed (created_ms) WHERE status = 'started';

-- Methods that users have saved at the provider. No card data: a token, a brand, four digits.
CREATE TABLE payments_method (
    method_id uuid NOT NULL PRIMARY KEY,   -- version 7; also the provider's idempotency key
    user_id uuid NOT NULL,
    provider text NOT NULL,
    given text NOT NULL,                   -- the token that the browser sent
    token text,                            -- to pay with, once it is ready
    customer text,                         -- the user, as the provider knows them
    setup_ref text,
    brand text,
    last4 text,
    exp_month bigint NOT NULL,
    exp_year bigint NOT NULL,
    status text NOT NULL,                  -- started challenge ready declined removed
    decline_code text,
    decline_text text,
    is_default boolean NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX payments_method_user ON payments_method (user_id);

-- Gift cards. What is left on one is the ledger's to know.
CREATE TABLE payments_gift_card (
    card_id uuid NOT NULL PRIMARY KEY,     -- version 7; also the ledger's account
    code_hash bytea NOT NULL UNIQUE,       -- SHA-256 of the code, which is shown once
    hint text NOT NULL,                    -- its last four characters
    amount_minor bigint NOT NULL CHECK (amount_minor > 0), -- when it was issued
    currency text NOT NULL,
    issued_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,            -- 0: never
    stopped boolean NOT NULL
) WITHOUT ROWID;

-- What providers have told by themselves, once each.
CREATE TABLE payments_webhook (
    provider text NOT NULL,
    event_id text NOT NULL,                -- the provider's
    name text NOT NULL,                    -- the provider's: "payment_intent.succeeded"
    body text NOT NULL,                    -- as it came, at most 64 KiB
    payment_id uuid,                       -- NULL: of nothing of ours
    provider_ref text,
    refund_id uuid,                        -- the deed
    refund_failed boolean NOT NULL,
    received_ms bigint NOT NULL,
    attempts bigint NOT NULL,
    next_ms bigint NOT NULL,
    processed_ms bigint,                   -- NULL: still to be worked on
    PRIMARY KEY (provider, event_id)
) WITHOUT ROWID;
CREATE INDEX payments_webhook_due ON payments_webhook (next_ms) WHERE processed_ms IS NULL;
CREATE INDEX payments_webhook_old ON payments_webhook (processed_ms)
    WHERE processed_ms IS NOT NULL;

-- Where the provider's list and our payments say different things.
CREATE TABLE payments_difference (
    difference_id uuid NOT NULL PRIMARY KEY, -- made of provider, payment and kind
    provider text NOT NULL,
    payment_id uuid,                       -- NULL: we do not have it
    provider_ref text,
    kind text NOT NULL,                    -- see payments_difference_names
    ours text,
    theirs text,
    made_ms bigint NOT NULL,               -- when the payment was made
    found_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,               -- by the last reconciliation that saw it
    resolved_ms bigint                     -- NULL: it is still so
) WITHOUT ROWID;
CREATE INDEX payments_difference_open ON payments_difference (difference_id)
    WHERE resolved_ms IS NULL;
CREATE INDEX payments_difference_made ON payments_difference (provider, made_ms)
    WHERE resolved_ms IS NULL;
