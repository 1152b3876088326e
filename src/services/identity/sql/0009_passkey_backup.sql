-- Whether a passkey may be copied to other devices of its owner, as its authenticator said when it was
-- made: 1 never, 2 it may, 0 not known (made before this was kept). It does not change.
ALTER TABLE identity_passkey ADD COLUMN backup bigint NOT NULL DEFAULT 0;
