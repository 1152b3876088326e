-- Keys of third parties. What a key is, is told once; here is its hash.
CREATE TABLE credentials_key (
    key_id uuid NOT NULL PRIMARY KEY,      -- client_id of client credentials
    user_id uuid NOT NULL,                 -- whom it speaks for
    name text NOT NULL,                    -- what its owner calls it
    prefix text NOT NULL,                  -- its beginning, to tell it by
    secret_hash text NOT NULL UNIQUE,      -- SHA-256, hexadecimal: of 256 random bits, nothing to try
    scopes text NOT NULL,                  -- names of permissions, with blanks between
    per_minute bigint NOT NULL,
    created_ms bigint NOT NULL,
    expires_ms bigint,                     -- NULL: never
    used_ms bigint,                        -- to a minute; NULL: not yet
    revoked_ms bigint                      -- NULL: it is good
) WITHOUT ROWID;
CREATE INDEX credentials_key_user ON credentials_key (user_id, key_id);
CREATE INDEX credentials_key_revoked ON credentials_key (revoked_ms);
