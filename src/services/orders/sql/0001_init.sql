-- Orders as they were when they were placed, and every move of their state since.

-- One row an order. Amounts are minor units of `currency`; nothing refers to what it was made from.
CREATE TABLE orders_order (
    order_id uuid NOT NULL PRIMARY KEY,    -- version 7: sorted by time
    user_id uuid,                          -- NULL: a guest's
    cart_hash text,                        -- of guests: SHA-256 of the cart token that may see it
    email text NOT NULL,
    number text NOT NULL UNIQUE,           -- 112-1234567-1234567
    status text NOT NULL,                  -- see orders_status_names
    payment_status text NOT NULL,          -- pending authorized captured declined voided refunded unknown
    cancel_reason text,                    -- "payment_declined", "buyer", ...
    currency text NOT NULL,                -- ISO 4217
    subtotal_minor bigint NOT NULL CHECK (subtotal_minor >= 0),
    tax_minor bigint NOT NULL CHECK (tax_minor >= 0),
    shipping_fee_minor bigint NOT NULL CHECK (shipping_fee_minor >= 0),
    discount_minor bigint NOT NULL CHECK (discount_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    address text NOT NULL,                 -- JSON: where it went, whatever the buyer's address is now
    delivery_speed text NOT NULL,          -- as on the wire: "standard"
    estimated_from_ms bigint NOT NULL,     -- a date: the first day of the estimate
    estimated_delivery_ms bigint NOT NULL, -- a date: the last
    actual_delivery_ms bigint,             -- NULL: not delivered yet
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    version bigint NOT NULL,
    CHECK (total_minor = subtotal_minor + tax_minor + shipping_fee_minor - discount_minor)
) WITHOUT ROWID;
-- An order is in one of the two: a user's list, or the orders that a cart token may see.
CREATE INDEX orders_order_user ON orders_order (user_id, order_id) WHERE user_id IS NOT NULL;
CREATE INDEX orders_order_guest ON orders_order (cart_hash) WHERE user_id IS NULL;

-- What was bought, at the price paid. Amounts are in the order's currency.
CREATE TABLE orders_line (
    order_id uuid NOT NULL,
    position bigint NOT NULL,              -- from 0, as the buyer saw them
    order_item_id uuid NOT NULL,
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    seller_id uuid,
    title text NOT NULL,
    variant_text text,                     -- "Colour: Black, Storage: 128 GB"
    sku text NOT NULL,
    picture text,                          -- path of the picture
    quantity bigint NOT NULL CHECK (quantity > 0),
    price_minor bigint NOT NULL CHECK (price_minor >= 0), -- of one
    subtotal_minor bigint NOT NULL CHECK (subtotal_minor >= 0),
    tax_minor bigint NOT NULL CHECK (tax_minor >= 0),
    tax_bp bigint NOT NULL,                -- the rate, in basis points
    status text,                           -- its own once it is handled apart; NULL: the order's
    PRIMARY KEY (order_id, position)
) WITHOUT ROWID;

-- Every move of the state. The first row is the placement: from and to are the same.
CREATE TABLE orders_history (
    order_id uuid NOT NULL,
    seq bigint NOT NULL,                   -- the order's version after the move: it grows, with gaps
    from_status text NOT NULL,
    to_status text NOT NULL,
    actor_id uuid,                         -- NULL: the system, or a guest
    reason text,
    at_ms bigint NOT NULL,
    PRIMARY KEY (order_id, seq)
) WITHOUT ROWID;
