-- PostgreSQL reads a table's CHECKs from their text again in every statement; a domain's are kept.
-- They forbid the same: see the inventory's migration of this name.
-- @pg
CREATE DOMAIN payments_amount AS bigint CHECK (VALUE >= 0);
ALTER TABLE payments_payment
    DROP CONSTRAINT payments_payment_amount_minor_check,
    DROP CONSTRAINT payments_payment_captured_minor_check,
    DROP CONSTRAINT payments_payment_refunded_minor_check,
    ALTER COLUMN amount_minor TYPE payments_amount,
    ALTER COLUMN captured_minor TYPE payments_amount,
    ALTER COLUMN refunded_minor TYPE payments_amount;
