-- Messages that were sent: one row a message, written in the unit that sends it.
CREATE TABLE notify_sent (
    event_id uuid NOT NULL,                -- version 7: sorted by time
    kind text NOT NULL,                    -- welcome order_confirmed order_cancelled
    recipient text NOT NULL,               -- personal data
    subject text NOT NULL,
    sent_ms bigint NOT NULL,
    PRIMARY KEY (event_id, kind)
) WITHOUT ROWID;
