-- Coupons, automatic promotions and lightning deals, and who has used them. Promotions are few: a
-- reference table. What an order uses is placed by order_id.

-- What comes off, of what, for whom and how often. Amounts are minor units of `currency`.
CREATE TABLE promotions_promotion (
    promotion_id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,                    -- percentage amount buy_x_get_y threshold free_shipping deal
    code text UNIQUE,                      -- upper case; NULL: automatic
    name text NOT NULL,                    -- shown to buyers
    currency text NOT NULL,                -- rows of another than the shop's are not seen
    percent_bp bigint NOT NULL,
    amount_minor bigint NOT NULL,          -- off; of a deal the price of one
    minimum_minor bigint NOT NULL,
    most_minor bigint NOT NULL,            -- 0: no limit, here and below
    buy_units bigint NOT NULL,
    get_units bigint NOT NULL,
    product_id uuid,                       -- of a deal
    variant_id uuid,
    products text,                         -- scope: one a line; all four NULL: everything
    categories text,
    brands text,
    sellers text,
    first_order boolean NOT NULL,
    customers text,                        -- group of customers; NULL: everybody
    exclusive boolean NOT NULL,
    family text,                           -- of one family one applies
    priority bigint NOT NULL,              -- lower comes first
    with_deals boolean NOT NULL,
    starts_ms bigint NOT NULL,
    ends_ms bigint,                        -- NULL: never
    uses_max bigint NOT NULL CHECK (uses_max >= 0),
    per_customer bigint NOT NULL CHECK (per_customer >= 0),
    budget_minor bigint NOT NULL CHECK (budget_minor >= 0),
    used bigint NOT NULL CHECK (used >= 0),    -- counted where uses_max or budget_minor is set
    spent_minor bigint NOT NULL CHECK (spent_minor >= 0),
    ended_ms bigint,                       -- by hand; NULL: not
    version bigint NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    CHECK (uses_max = 0 OR used <= uses_max),
    CHECK (budget_minor = 0 OR spent_minor <= budget_minor)
) WITHOUT ROWID;
CREATE INDEX promotions_promotion_automatic ON promotions_promotion (promotion_id)
    WHERE code IS NULL AND ended_ms IS NULL;

-- What an order uses: held until expires_ms, or confirmed. Releasing removes the row; expiring marks
-- it, so that a late confirmation knows what to count again.
CREATE TABLE promotions_use (
    order_id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    customer_id uuid NOT NULL,             -- the user, or the first half of a SHA-256 of the e-mail
    units bigint NOT NULL CHECK (units > 0),
    minor bigint NOT NULL CHECK (minor >= 0),
    state text NOT NULL,                   -- held confirmed expired
    expires_ms bigint NOT NULL,
    created_ms bigint NOT NULL,
    PRIMARY KEY (order_id, promotion_id)
) WITHOUT ROWID;
CREATE INDEX promotions_use_expiry ON promotions_use (expires_ms) WHERE state <> 'confirmed';

-- How much one customer has of a promotion that limits it.
CREATE TABLE promotions_customer (
    promotion_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    used bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (promotion_id, customer_id)
) WITHOUT ROWID;
