-- What behaviour says of a product: bytes from the lowest on are velocity, clicks, conversion, each
-- 128 + 127 x the logarithm to base 4; 0 is nothing known. Put by whoever counts behaviour.

ALTER TABLE search_doc ADD COLUMN signals bigint NOT NULL DEFAULT 0;
