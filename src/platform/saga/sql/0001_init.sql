-- Sagas on their way: one row from the first unit to the last, none afterwards.
CREATE TABLE saga_live (
    saga_id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,                    -- whose steps: "checkout"
    label text NOT NULL,                   -- what people call it: the order's number
    step text NOT NULL,                    -- next to do; while undoing: next to undo
    undoing boolean NOT NULL,
    parked boolean NOT NULL,               -- waits for somebody to wake it, or for lease_ms
    reason text,                           -- why it is undone: a problem's slug
    state text NOT NULL,                   -- the flow's own, JSON
    error text,                            -- what the last attempt ended with
    conflict bigint NOT NULL,              -- lane of its units
    attempts bigint NOT NULL,              -- how often it was taken up; who has an older count lost it
    lease_ms bigint NOT NULL,              -- nobody else works on it until then: the next try
    created_ms bigint NOT NULL
) WITHOUT ROWID;
