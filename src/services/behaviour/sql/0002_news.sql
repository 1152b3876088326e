-- Orders that were confirmed or undone since the last count: one row each, that no other waits for.
CREATE TABLE behaviour_news (
    order_id uuid NOT NULL,
    undone boolean NOT NULL,
    day bigint NOT NULL,
    PRIMARY KEY (order_id, undone)
) WITHOUT ROWID;
