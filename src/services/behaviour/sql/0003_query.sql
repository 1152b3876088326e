-- What was searched for on the shop's pages and what came of it, by query and day. No column tells
-- who. A day is kept for 60 days.
CREATE TABLE behaviour_query (
    query text NOT NULL,
    day bigint NOT NULL,
    asked bigint NOT NULL,
    clicked bigint NOT NULL,
    placed bigint NOT NULL,                -- clicks of which it is known where they were
    positions bigint NOT NULL,             -- the sum of these
    carts bigint NOT NULL,
    orders bigint NOT NULL,                -- a product of an order is one
    PRIMARY KEY (query, day)
) WITHOUT ROWID;
CREATE INDEX behaviour_query_day ON behaviour_query (day);

-- Orders with a product that a query led to: for a day, until they are counted above.
CREATE TABLE behaviour_led (
    order_id uuid NOT NULL,
    product_id uuid NOT NULL,
    query text NOT NULL,
    day bigint NOT NULL,
    noted_ms bigint NOT NULL,
    PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;
CREATE INDEX behaviour_led_query ON behaviour_led (query);
CREATE INDEX behaviour_led_noted ON behaviour_led (noted_ms);
