-- Logins: what the refresh tokens of one family have in common, for its owner to see and to end.
CREATE TABLE identity_login (
    family uuid NOT NULL PRIMARY KEY,      -- `sid` of its access tokens
    user_id uuid NOT NULL,
    device text NOT NULL,                  -- "Firefox on Linux"; empty: it did not say
    peer text NOT NULL,                    -- address it was last used from; personal data
    country text NOT NULL,                 -- of that address, ISO 3166-1; empty: unknown
    factor boolean NOT NULL,               -- a second factor was given
    proved_ms bigint NOT NULL,             -- password or code, the last time
    created_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    ended_ms bigint                        -- NULL: it is good
) WITHOUT ROWID;
CREATE INDEX identity_login_user ON identity_login (user_id);
CREATE INDEX identity_login_expiry ON identity_login (expires_ms);
CREATE INDEX identity_login_ended ON identity_login (ended_ms);
INSERT INTO identity_login
    (family, user_id, device, peer, country, factor, proved_ms, created_ms, seen_ms, expires_ms)
SELECT family, user_id, '', '', '', false, min(created_ms), min(created_ms), max(created_ms),
    max(expires_ms)
FROM identity_session GROUP BY family, user_id;

-- What each user has signed in with: a new one is told to them by mail.
CREATE TABLE identity_device (
    user_id uuid NOT NULL,
    device text NOT NULL,
    country text NOT NULL,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    PRIMARY KEY (user_id, device, country)
) WITHOUT ROWID;
CREATE INDEX identity_device_age ON identity_device (last_ms);
