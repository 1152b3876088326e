-- What was seen of orders, what was thought of them, and what became of them. Addresses, devices,
-- cards and guests' e-mails are digests under the shop's key: the rows alone name nobody.

CREATE TABLE fraud_order (
    order_id uuid NOT NULL PRIMARY KEY,
    buyer uuid NOT NULL,                   -- the user, or the digest of a guest's e-mail
    address uuid,                          -- digest; NULL: unknown or inside
    device uuid,                           -- digest; NULL: unknown
    card uuid,                             -- digest of the provider's name of it; NULL: none
    ip_country text,                       -- ISO 3166-1 alpha-2; NULL: unknown
    billing_country text,
    currency text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    decision text NOT NULL,                -- allow review deny
    reasons text NOT NULL,                 -- with commas
    score double precision NOT NULL,
    model bigint NOT NULL,                 -- version of the score; 0: built in
    features text,                         -- numbers with blanks, as they were; NULL: not scored
    outcome text NOT NULL,                 -- open paid declined cancelled denied judged charged_back
    bad boolean NOT NULL,                  -- the outcome says fraud
    created_ms bigint NOT NULL,
    outcome_ms bigint                      -- NULL: open
) WITHOUT ROWID;
CREATE INDEX fraud_order_buyer ON fraud_order (buyer, created_ms);
CREATE INDEX fraud_order_address ON fraud_order (address, created_ms) WHERE address IS NOT NULL;
CREATE INDEX fraud_order_device ON fraud_order (device, created_ms) WHERE device IS NOT NULL;
CREATE INDEX fraud_order_card ON fraud_order (card, created_ms) WHERE card IS NOT NULL;
CREATE INDEX fraud_order_bad_buyer ON fraud_order (buyer) WHERE bad;
CREATE INDEX fraud_order_bad_device ON fraud_order (device) WHERE bad;
CREATE INDEX fraud_order_bad_card ON fraud_order (card) WHERE bad;

-- The queue, and who decided what.
CREATE TABLE fraud_review (
    order_id uuid NOT NULL PRIMARY KEY,
    state text NOT NULL,                   -- open allowed denied lapsed
    reason text,                           -- of who decided
    actor_id uuid,
    created_ms bigint NOT NULL,
    decided_ms bigint,                     -- NULL: open
    CHECK ((state = 'open') = (decided_ms IS NULL))
) WITHOUT ROWID;
CREATE INDEX fraud_review_state ON fraud_review (state, order_id);

-- What was learned; the newest counts, the others explain old scores.
CREATE TABLE fraud_model (
    version bigint NOT NULL PRIMARY KEY,
    bias double precision NOT NULL,
    weights text NOT NULL,                 -- numbers with blanks, in the order of the features
    n bigint NOT NULL,
    bad bigint NOT NULL,
    auc double precision NOT NULL,         -- on what was held out
    trained_ms bigint NOT NULL
) WITHOUT ROWID;
