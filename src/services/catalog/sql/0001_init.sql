-- The catalogue. Products and variants are placed by product_id; categories are a small reference
-- table. Texts that have a shape of their own are JSON, read whole: the search index searches them.

-- The tree. path, label and level are derived from the parents.
CREATE TABLE catalog_category (
    category_id uuid NOT NULL PRIMARY KEY,
    parent_id uuid,                        -- NULL: a department
    name text NOT NULL,
    slug text NOT NULL,                    -- lower-case letters, digits, '-'
    path text NOT NULL UNIQUE,             -- slugs from the root: "electronics/laptops"
    label text NOT NULL,                   -- names from the root: "Electronics > Laptops"
    picture text,                          -- kind of drawn picture: "laptop"
    level bigint NOT NULL CHECK (level >= 0), -- 0: a department
    position bigint NOT NULL,              -- among its siblings
    product_count bigint NOT NULL,         -- published products in the subtree
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
) WITHOUT ROWID;

-- A product as buyers see it. Not WITHOUT ROWID: its rows are larger than what a page of an index
-- holds well. What lists do not read stands last.
CREATE TABLE catalog_product (
    product_id uuid NOT NULL PRIMARY KEY,
    category_id uuid NOT NULL,
    seller_id uuid,                        -- NULL: the shop itself
    seller_name text,                      -- as it was told with the product
    source text,                           -- "icecat:2101957": repeats of an import find it
    status text NOT NULL,                  -- draft submitted published rejected withdrawn
    title text NOT NULL,
    brand text NOT NULL,
    slug text NOT NULL,
    picture text,                          -- kind of drawn picture; NULL: the category's
    images text,                           -- JSON: ["/media/b/..."]; NULL: none
    released_ms bigint NOT NULL,
    rating_sum bigint NOT NULL CHECK (rating_sum >= 0), -- stars given
    rating_count bigint NOT NULL CHECK (rating_count >= 0),
    prime boolean NOT NULL,
    digest bigint NOT NULL,                -- of all that was put but the status: to skip repeats
    version bigint NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    description text NOT NULL,
    attributes text                        -- JSON: [[name, label, kind, value, unit]]; NULL: none
);
CREATE UNIQUE INDEX catalog_product_source ON catalog_product (source) WHERE source IS NOT NULL;
CREATE INDEX catalog_product_published ON catalog_product (category_id)
    WHERE status = 'published';

-- What is bought: a product in one of its sizes, colours, ...
CREATE TABLE catalog_variant (
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    sku text NOT NULL UNIQUE,              -- of the whole shop
    ean text,                              -- GTIN with its check digit
    options text,                          -- JSON: [["Colour", "Navy"]]; NULL: none
    image text,                            -- URL path; NULL: drawn
    colour text,                           -- of the drawn picture
    weight_g bigint NOT NULL CHECK (weight_g >= 0),
    position bigint NOT NULL,              -- 0.. among its siblings
    PRIMARY KEY (product_id, variant_id)
) WITHOUT ROWID;
CREATE INDEX catalog_variant_ean ON catalog_variant (ean) WHERE ean IS NOT NULL;
