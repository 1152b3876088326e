-- Reviews are placed by product_id, and lie together.

-- What a user thinks of a product.
CREATE TABLE reviews_review (
    product_id uuid NOT NULL,
    review_id uuid NOT NULL UNIQUE,        -- version 7: sorted by time
    user_id uuid NOT NULL,
    order_item_id uuid,                    -- the purchase that was found; NULL: none, or imported
    rating bigint NOT NULL CHECK (rating >= 1 AND rating <= 5),
    title text NOT NULL,                   -- may be empty
    comment text NOT NULL,                 -- plain text
    author text NOT NULL,                  -- the name that is shown: "Ada L."
    images text,                           -- paths of pictures, one a line; NULL: none
    status text NOT NULL,                  -- published pending rejected
    doubt text,                            -- why staff should look; NULL: no rule had a doubt
    verified boolean NOT NULL,             -- bought here
    helpful bigint NOT NULL CHECK (helpful >= 0), -- votes, those of an import included
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (product_id, review_id)
) WITHOUT ROWID;
-- One review of a user and product; and the reviews of a user.
CREATE UNIQUE INDEX reviews_review_user ON reviews_review (user_id, product_id);
CREATE INDEX reviews_review_helpful ON reviews_review (product_id, helpful, review_id)
    WHERE status = 'published';
-- What staff look at, the oldest first.
CREATE INDEX reviews_review_queue ON reviews_review (status, review_id)
    WHERE status <> 'published';
CREATE INDEX reviews_review_item ON reviews_review (order_item_id)
    WHERE order_item_id IS NOT NULL;

-- Who found a review helpful.
CREATE TABLE reviews_helpful (
    review_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_ms bigint NOT NULL,
    PRIMARY KEY (review_id, user_id)
) WITHOUT ROWID;

-- Stars of a product: kept in the unit that changes a review, so it is exact at every commit.
CREATE TABLE reviews_total (
    product_id uuid NOT NULL PRIMARY KEY,
    n1 bigint NOT NULL CHECK (n1 >= 0),    -- one star: published reviews, and plain1
    n2 bigint NOT NULL CHECK (n2 >= 0),
    n3 bigint NOT NULL CHECK (n3 >= 0),
    n4 bigint NOT NULL CHECK (n4 >= 0),
    n5 bigint NOT NULL CHECK (n5 >= 0),
    plain1 bigint NOT NULL,                -- ratings without a text, taken over from elsewhere
    plain2 bigint NOT NULL,
    plain3 bigint NOT NULL,
    plain4 bigint NOT NULL,
    plain5 bigint NOT NULL
) WITHOUT ROWID;
