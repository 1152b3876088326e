-- Second factors: authenticator apps (RFC 6238), one a user.
CREATE TABLE identity_factor (
    user_id uuid NOT NULL PRIMARY KEY,
    secret text NOT NULL,                  -- sealed under our key (platform/token: token_seal)
    on_ms bigint,                          -- since when; NULL: not confirmed yet
    last_step bigint NOT NULL,             -- of the last code that was taken: each is good once
    created_ms bigint NOT NULL
) WITHOUT ROWID;

-- Codes for the day on which the telephone is gone; each is good once and removed.
CREATE TABLE identity_recovery (
    user_id uuid NOT NULL,
    code_hash text NOT NULL,               -- HMAC under our key
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;
