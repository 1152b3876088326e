-- Sponsored products. Campaigns are few: a reference table.

CREATE TABLE campaigns_campaign (
    campaign_id uuid NOT NULL PRIMARY KEY,
    product_id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    bid_minor bigint NOT NULL,             -- for a click
    budget_minor bigint NOT NULL,          -- a day
    from_ms bigint NOT NULL,               -- 0: open
    until_ms bigint NOT NULL,
    paused boolean NOT NULL,
    created_ms bigint NOT NULL
) WITHOUT ROWID;

-- What each spent on a day (days since 1970). Kept when the campaign goes.
CREATE TABLE campaigns_day (
    campaign_id uuid NOT NULL,
    day bigint NOT NULL,
    shown bigint NOT NULL,
    clicks bigint NOT NULL,
    spent_minor bigint NOT NULL,
    PRIMARY KEY (campaign_id, day)
) WITHOUT ROWID;

-- Who charges takes it first, so that no two spend the same rest of a budget.
CREATE TABLE campaigns_state (
    one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    charged bigint NOT NULL
) WITHOUT ROWID;
INSERT INTO campaigns_state (one, charged) VALUES (1, 0);
