-- SQLite builds a table for each IN of a list that it asks a row about: with each payment that was
-- added or set, for these two indexes.
DROP INDEX payments_payment_open;
CREATE INDEX payments_payment_open ON payments_payment (created_ms)
    WHERE status = 'started' OR status = 'unknown';
DROP INDEX payments_payment_orphan;
CREATE INDEX payments_payment_orphan ON payments_payment (created_ms)
    WHERE kept = false AND (status = 'challenge' OR status = 'authorized' OR status = 'captured');
