-- People who can sign in, their sessions and their addresses. Everything of a user is found by
-- user_id; a session also by the hash of its refresh token.

CREATE TABLE identity_user (
    user_id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL,                   -- as typed; personal data
    email_key text NOT NULL UNIQUE,        -- folded: one account per address
    name text NOT NULL,                    -- personal data
    phone text,                            -- personal data
    password_hash text NOT NULL,           -- Argon2id, encoded
    roles bigint NOT NULL,                 -- bits of enum role
    verified boolean NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
) WITHOUT ROWID;

-- Refresh tokens, one row each; those that came out of one login are a family. A used one stays
-- until it expires, so that a second use is noticed; then the family's rows are removed.
CREATE TABLE identity_session (
    session_id uuid NOT NULL PRIMARY KEY,
    family uuid NOT NULL,                  -- session_id of the login
    user_id uuid NOT NULL,
    refresh_hash text NOT NULL UNIQUE,     -- SHA-256, hexadecimal
    device text,                           -- what the browser called itself
    created_ms bigint NOT NULL,
    used_ms bigint,                        -- NULL: not yet
    expires_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX identity_session_family ON identity_session (family);
CREATE INDEX identity_session_expiry ON identity_session (expires_ms);

-- Where parcels go. A user who has any has one default.
CREATE TABLE identity_address (
    user_id uuid NOT NULL,
    address_id uuid NOT NULL,
    name text NOT NULL,
    line1 text NOT NULL,
    line2 text,
    city text NOT NULL,
    region text,
    postal_code text,
    country text NOT NULL,                 -- ISO 3166-1 alpha-2
    phone text,
    is_default boolean NOT NULL,
    created_ms bigint NOT NULL,
    PRIMARY KEY (user_id, address_id)
) WITHOUT ROWID;
