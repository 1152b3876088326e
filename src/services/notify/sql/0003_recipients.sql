-- Messages to a person are found by a keyed hash of the address, folded; and go after a time.
ALTER TABLE notify_sent ADD COLUMN recipient_key text;
CREATE INDEX notify_sent_recipient ON notify_sent (recipient_key) WHERE recipient_key IS NOT NULL;
CREATE INDEX notify_sent_age ON notify_sent (sent_ms);
-- @personal notify_sent (event_id id, kind text): recipient_key keyed? of recipient
