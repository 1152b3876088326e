-- Idempotency keys: what a client has asked for once and may ask for again.

-- A claim is inserted in the unit that has the effect. It is found by all four columns of its key,
-- never by the client's key alone: two clients may choose the same.
CREATE TABLE idem_claim (
    principal text NOT NULL,               -- "user:<id>", "cart:<hash>", "addr:<address>"
    method text NOT NULL,
    route text NOT NULL,                   -- the pattern
    claim_key text NOT NULL,               -- the client's Idempotency-Key
    fingerprint text NOT NULL,             -- SHA-256 of the canonical body, hexadecimal
    subject_id uuid,                       -- what it is about (an order)
    created_ms bigint NOT NULL,
    status bigint,                         -- of the reply; NULL: not finished
    body text,                             -- of the reply; set with status
    PRIMARY KEY (principal, method, route, claim_key),
    CHECK ((status IS NULL) = (body IS NULL))
) WITHOUT ROWID;

-- For pruning, oldest first. Grows at its end, and holds finished claims alone: an unfinished one is
-- a saga's and must be found when the saga ends, however late.
CREATE INDEX idem_claim_finished ON idem_claim (created_ms) WHERE status IS NOT NULL;
