-- What shoppers do, counted by product and day (days since 1970). No column tells who. A day is
-- kept for 60 days.

CREATE TABLE behaviour_shown (
    product_id uuid NOT NULL,
    day bigint NOT NULL,
    place bigint NOT NULL,                 -- a range of positions, from 0 (behaviour_domain.c)
    shown bigint NOT NULL,
    clicked bigint NOT NULL,
    PRIMARY KEY (product_id, day, place)
) WITHOUT ROWID;
CREATE INDEX behaviour_shown_day ON behaviour_shown (day);

CREATE TABLE behaviour_day (
    product_id uuid NOT NULL,
    day bigint NOT NULL,
    views bigint NOT NULL,
    carts bigint NOT NULL,
    orders bigint NOT NULL,                -- with the product, that are not cancelled
    units bigint NOT NULL,
    PRIMARY KEY (product_id, day)
) WITHOUT ROWID;
CREATE INDEX behaviour_day_day ON behaviour_day (day);

-- Of the whole shop.
CREATE TABLE behaviour_place (
    day bigint NOT NULL,
    place bigint NOT NULL,
    shown_milli bigint NOT NULL,           -- each time by how good the product was taken to be
    clicked bigint NOT NULL,
    PRIMARY KEY (day, place)
) WITHOUT ROWID;
CREATE TABLE behaviour_total (
    day bigint NOT NULL PRIMARY KEY,
    views bigint NOT NULL,
    carts bigint NOT NULL,
    orders bigint NOT NULL,                -- a product of an order is one
    units bigint NOT NULL
) WITHOUT ROWID;

-- What it says of a product, and when it is weighed next.
CREATE TABLE behaviour_signal (
    product_id uuid NOT NULL PRIMARY KEY,
    due_ms bigint NOT NULL,
    velocity bigint NOT NULL,              -- thousandths, as those that follow
    clicks bigint NOT NULL,
    conversion bigint NOT NULL,
    selling_milli bigint NOT NULL          -- units a day, in thousandths
) WITHOUT ROWID;
CREATE INDEX behaviour_signal_due ON behaviour_signal (due_ms);
CREATE TABLE behaviour_state (
    one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    selling_milli bigint NOT NULL,         -- the sum of all
    selling bigint NOT NULL                -- how many sell at all
) WITHOUT ROWID;
INSERT INTO behaviour_state (one, selling_milli, selling) VALUES (1, 0, 0);

-- Orders that were counted, so that each is counted once.
CREATE TABLE behaviour_order (
    order_id uuid NOT NULL PRIMARY KEY,
    day bigint NOT NULL,
    undone boolean NOT NULL
) WITHOUT ROWID;
CREATE INDEX behaviour_order_day ON behaviour_order (day);

-- In so many orders both were; a pair is there both ways.
CREATE TABLE behaviour_pair (
    product_id uuid NOT NULL,
    other_id uuid NOT NULL,
    orders bigint NOT NULL,
    PRIMARY KEY (product_id, other_id)
) WITHOUT ROWID;
-- And in so many each was, ever.
CREATE TABLE behaviour_basket (
    product_id uuid NOT NULL PRIMARY KEY,
    orders bigint NOT NULL
) WITHOUT ROWID;

-- Who wants lists in an order of their own.
CREATE TABLE behaviour_choice (
    user_id uuid NOT NULL PRIMARY KEY,
    personal boolean NOT NULL,
    changed_ms bigint NOT NULL
) WITHOUT ROWID;
