-- Passkeys (WebAuthn): public keys of authenticators, several a user.
CREATE TABLE identity_passkey (
    passkey_id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    credential text NOT NULL,              -- its id as the authenticator has it, base64url
    algorithm bigint NOT NULL,             -- number in COSE
    public_key text NOT NULL,              -- base64url
    name text NOT NULL,                    -- as its owner calls it
    count bigint NOT NULL,                 -- of signatures, as the authenticator said last; 0: it does not count
    created_ms bigint NOT NULL,
    used_ms bigint,                        -- NULL: never
    suspect_ms bigint                      -- when its count went backwards: there may be a copy
) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_passkey_credential ON identity_passkey (credential);
CREATE INDEX identity_passkey_user ON identity_passkey (user_id);

-- Challenges that were answered: each is good once. Those that were not are kept nowhere.
CREATE TABLE identity_answered (
    challenge_hash text NOT NULL PRIMARY KEY,
    expires_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX identity_answered_expiry ON identity_answered (expires_ms);
