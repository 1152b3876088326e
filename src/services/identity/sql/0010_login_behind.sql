-- Who of the staff is behind a session in which they act as the user; NULL: nobody. With their own
-- sessions these end too.
ALTER TABLE identity_login ADD COLUMN behind_id uuid;
CREATE INDEX identity_login_behind ON identity_login (behind_id) WHERE behind_id IS NOT NULL;
