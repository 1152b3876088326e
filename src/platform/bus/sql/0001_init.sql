-- The outbox: events on their way from the unit that caused them to their consumers.

-- What still has to be handled by someone. Written on every emit, so it has no index but its key,
-- which grows at its end.
CREATE TABLE bus_event (
    event_id uuid NOT NULL PRIMARY KEY,    -- version 7: in order of emission within a process
    type text NOT NULL,                    -- "order.confirmed"
    aggregate_id uuid NOT NULL,            -- order is kept per aggregate
    payload text NOT NULL,                 -- JSON
    occurred_ms bigint NOT NULL
) WITHOUT ROWID;

-- Consumers that are through with an event which has several: written with their effect, removed
-- with the event. A dead event keeps them, so that a replay repeats nothing.
CREATE TABLE bus_done (
    event_id uuid NOT NULL,
    consumer text NOT NULL,                -- "notify.order_mail"
    PRIMARY KEY (event_id, consumer)
) WITHOUT ROWID;

-- Events of bus_event that have failed and wait for another try: few or none.
CREATE TABLE bus_retry (
    event_id uuid NOT NULL PRIMARY KEY,
    aggregate_id uuid NOT NULL,
    attempts bigint NOT NULL,
    due_ms bigint NOT NULL,
    consumer text NOT NULL,                -- who failed last
    problem text NOT NULL                  -- its slug
) WITHOUT ROWID;
CREATE INDEX bus_retry_aggregate ON bus_retry (aggregate_id, event_id);

-- Dead letters: events given up after too many attempts, until an operator replays them.
CREATE TABLE bus_dead (
    event_id uuid NOT NULL PRIMARY KEY,
    type text NOT NULL,
    aggregate_id uuid NOT NULL,
    payload text NOT NULL,
    occurred_ms bigint NOT NULL,
    attempts bigint NOT NULL,
    consumer text NOT NULL,                -- who failed last
    problem text NOT NULL,                 -- its slug
    died_ms bigint NOT NULL
) WITHOUT ROWID;

-- Which process dispatches, where several share a database (PostgreSQL).
CREATE TABLE bus_lease (
    name text NOT NULL PRIMARY KEY,        -- "dispatch"
    owner text NOT NULL,
    until_ms bigint NOT NULL
) WITHOUT ROWID;
