-- Carts of users and guests.
CREATE TABLE cart_cart (
    cart_id uuid NOT NULL PRIMARY KEY,
    user_id uuid,                -- NULL: a guest's
    token_hash text,             -- SHA-256 of the guest's token, hex; NULL: a user's
    version bigint NOT NULL,
    expires_ms bigint,           -- guests only
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX cart_cart_user ON cart_cart (user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX cart_cart_token ON cart_cart (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX cart_cart_expiry ON cart_cart (expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE cart_item (
    cart_id uuid NOT NULL,
    cart_item_id uuid NOT NULL,  -- version 7: the order of addition
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    price_minor bigint NOT NULL, -- when it was added
    currency text NOT NULL,
    added_ms bigint NOT NULL,
    PRIMARY KEY (cart_id, cart_item_id),
    UNIQUE (cart_id, variant_id)
) WITHOUT ROWID;
