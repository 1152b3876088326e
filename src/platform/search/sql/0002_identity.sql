-- Which database this is: an index kept in files beside another one must not be taken for its own.

CREATE TABLE search_identity (
    one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    identity uuid NOT NULL
) WITHOUT ROWID;
-- @sqlite
INSERT INTO search_identity (one, identity) VALUES (1, randomblob(16));
-- @pg
INSERT INTO search_identity (one, identity) VALUES (1, gen_random_uuid());
-- @both
