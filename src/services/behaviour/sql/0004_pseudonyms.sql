-- Who wants lists in an order of their own: by a keyed hash of the account's id (platform/vault),
-- so that what behaviour keeps names nobody. What was kept before is hashed by the vault's sweep.
CREATE TABLE behaviour_wish (
    wish_id uuid NOT NULL PRIMARY KEY,
    user_key text NOT NULL UNIQUE,
    personal boolean NOT NULL,
    changed_ms bigint NOT NULL
) WITHOUT ROWID;
-- @personal behaviour_wish (wish_id id): user_key keyed
-- @sqlite
INSERT INTO behaviour_wish (wish_id, user_key, personal, changed_ms)
SELECT randomblob(16), lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' ||
    substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' ||
    substr(hex(user_id), 21)), personal, changed_ms FROM behaviour_choice;
-- @pg
INSERT INTO behaviour_wish (wish_id, user_key, personal, changed_ms)
SELECT gen_random_uuid(), CAST(user_id AS text), personal, changed_ms FROM behaviour_choice;
-- @both
DROP TABLE behaviour_choice;
