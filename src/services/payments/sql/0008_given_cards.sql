-- For whom a gift card is, and why it was given: staff say so, and see it in the list.
ALTER TABLE payments_gift_card ADD COLUMN recipient text; -- as staff wrote it; personal data
ALTER TABLE payments_gift_card ADD COLUMN reason text;    -- in staff's words
-- @personal payments_gift_card (card_id id): recipient sealed?
