-- What people ask of their data, and what they agreed to.
-- @personal privacy_export (export_id id): archive sealed?
-- @personal privacy_erasure (user_id id): email sealed?
-- @personal privacy_consent (consent_id id): peer sealed

-- Archives that were asked for. Rows go when they have expired.
CREATE TABLE privacy_export (
    export_id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    archive text,                          -- base64; NULL: not made yet
    bytes_n bigint NOT NULL,               -- of the archive
    asked_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX privacy_export_user ON privacy_export (user_id, export_id);
CREATE INDEX privacy_export_expiry ON privacy_export (expires_ms);

-- Accounts that are to be erased, or were: the row stays, without the e-mail.
CREATE TABLE privacy_erasure (
    user_id uuid NOT NULL PRIMARY KEY,
    email text,                            -- folded, as long as it is needed; NULL: not proved, or done
    asked_ms bigint NOT NULL,
    due_ms bigint NOT NULL,                -- until then it can be called off
    step bigint NOT NULL,                  -- services that are through, in their order
    done_ms bigint                         -- NULL: not wholly
) WITHOUT ROWID;
CREATE INDEX privacy_erasure_due ON privacy_erasure (due_ms) WHERE done_ms IS NULL;

-- What users agreed to and what they took back: only ever added to. The newest of a purpose counts.
CREATE TABLE privacy_consent (
    consent_id uuid NOT NULL PRIMARY KEY,  -- version 7: sorted by time
    user_id uuid NOT NULL,
    purpose text NOT NULL,                 -- analytics personalisation marketing
    granted boolean NOT NULL,
    version bigint NOT NULL,               -- of the text that was shown
    peer text NOT NULL,                    -- address it came from
    at_ms bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX privacy_consent_user ON privacy_consent (user_id, consent_id);
