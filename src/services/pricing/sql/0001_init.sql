-- Prices. Everything of a product is placed by product_id.

-- What a variant costs now. Orders keep the price they were made at; there is no history here.
CREATE TABLE pricing_price (
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    currency text NOT NULL,                -- ISO 4217; rows of another than the shop's are no prices
    price_minor bigint NOT NULL CHECK (price_minor > 0),
    list_minor bigint NOT NULL,            -- struck through; equal to the price without a reduction
    version bigint NOT NULL,
    updated_ms bigint NOT NULL,
    CHECK (list_minor >= price_minor),
    PRIMARY KEY (product_id, variant_id)
) WITHOUT ROWID;
