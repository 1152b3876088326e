-- PostgreSQL reads a table's CHECKs from their text again in every statement; a domain's are kept.
-- They forbid the same: see the inventory's migration of this name.
-- @pg
CREATE DOMAIN orders_quantity AS bigint CHECK (VALUE > 0);
CREATE DOMAIN orders_amount AS bigint CHECK (VALUE >= 0);
ALTER TABLE orders_order
    DROP CONSTRAINT orders_order_subtotal_minor_check,
    DROP CONSTRAINT orders_order_tax_minor_check,
    DROP CONSTRAINT orders_order_shipping_fee_minor_check,
    DROP CONSTRAINT orders_order_discount_minor_check,
    DROP CONSTRAINT orders_order_total_minor_check,
    DROP CONSTRAINT orders_order_groups_n_check,
    ALTER COLUMN subtotal_minor TYPE orders_amount,
    ALTER COLUMN tax_minor TYPE orders_amount,
    ALTER COLUMN shipping_fee_minor TYPE orders_amount,
    ALTER COLUMN discount_minor TYPE orders_amount,
    ALTER COLUMN total_minor TYPE orders_amount,
    ALTER COLUMN groups_n TYPE orders_quantity;
ALTER TABLE orders_line
    DROP CONSTRAINT orders_line_quantity_check,
    DROP CONSTRAINT orders_line_price_minor_check,
    DROP CONSTRAINT orders_line_subtotal_minor_check,
    DROP CONSTRAINT orders_line_tax_minor_check,
    DROP CONSTRAINT orders_line_discount_minor_check,
    DROP CONSTRAINT orders_line_commission_bp_check,
    DROP CONSTRAINT orders_line_commission_tax_bp_check,
    ALTER COLUMN quantity TYPE orders_quantity,
    ALTER COLUMN price_minor TYPE orders_amount,
    ALTER COLUMN subtotal_minor TYPE orders_amount,
    ALTER COLUMN tax_minor TYPE orders_amount,
    ALTER COLUMN discount_minor TYPE orders_amount,
    ALTER COLUMN commission_bp TYPE orders_amount,
    ALTER COLUMN commission_tax_bp TYPE orders_amount;
-- Every order is confirmed soon after it is placed: room in its page spares the indexes.
ALTER TABLE orders_order SET (fillfactor = 80);
