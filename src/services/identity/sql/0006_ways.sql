-- Logins of other issuers (OpenID Connect) that are ways into an account, several a user.
CREATE TABLE identity_way (
    way_id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    issuer text NOT NULL,                  -- as its tokens say: "https://accounts.google.com"
    subject text NOT NULL,                 -- who it is there
    email text NOT NULL,                   -- as the issuer says, to be shown; personal data
    created_ms bigint NOT NULL,
    used_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_way_subject ON identity_way (issuer, subject);
CREATE INDEX identity_way_user ON identity_way (user_id);
