-- Who gave a gift card: what one person gives within a day counts together.
ALTER TABLE payments_gift_card ADD COLUMN issued_by uuid; -- NULL: from before, or nobody's
CREATE INDEX payments_gift_card_issuer ON payments_gift_card (issued_by, issued_ms)
    WHERE issued_by IS NOT NULL;
