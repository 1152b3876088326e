-- Cards are found by the end of their code, which is what people read out; the newest first.
CREATE INDEX payments_gift_card_hint ON payments_gift_card (hint, card_id);
