-- What was asked for by mail and is not answered yet. The code in the mail is the row's id with a
-- proof under our key (platform/token: token_code): nothing here lets anybody in. A row is good once:
-- whoever removes it may go on.
CREATE TABLE identity_code (
    code_id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,                 -- all zero: nobody has that e-mail; the row is for show
    kind text NOT NULL,                    -- verify, email, reset
    email text NOT NULL,                   -- that is to be proved; personal data
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX identity_code_user ON identity_code (user_id, kind, created_ms);
CREATE INDEX identity_code_expiry ON identity_code (expires_ms);
