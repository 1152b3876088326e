-- PostgreSQL reads a table's CHECKs from their text again in every statement. One statement alone
-- writes status and body, both at once.
-- @pg
ALTER TABLE idem_claim DROP CONSTRAINT idem_claim_check;
