-- PostgreSQL reads a table's CHECKs from their text again in every statement; a domain's are kept.
-- They forbid the same: see the inventory's migration of this name.
-- @pg
CREATE DOMAIN ledger_amount AS bigint CHECK (VALUE <> 0);
ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_fixed;
ALTER TABLE ledger_entry
    DROP CONSTRAINT ledger_entry_minor_check,
    ALTER COLUMN minor TYPE ledger_amount;
ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_fixed;
