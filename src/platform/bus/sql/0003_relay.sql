-- Events that another database's outbox has brought here: kept for a day, so that none comes twice.
CREATE TABLE bus_relayed (
    event_id uuid NOT NULL PRIMARY KEY,
    relayed_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX bus_relayed_time ON bus_relayed (relayed_ms);
