-- What one person gives in gift cards is added up by one unit at a time, in whatever process:
-- whoever adds up raises the version first, so the others wait.
CREATE TABLE payments_issuer (
    issued_by uuid NOT NULL PRIMARY KEY,
    version bigint NOT NULL
) WITHOUT ROWID;
