-- A claim is finished once, and an index that knows of it costs PostgreSQL a new entry in every index
-- then. This one is in the order of their making and changes no more; few in it are not finished.
DROP INDEX idem_claim_finished;
CREATE INDEX idem_claim_created ON idem_claim (created_ms);
-- The reply is larger than what is there before it: room for it in the same page.
-- @pg
ALTER TABLE idem_claim SET (fillfactor = 20);
