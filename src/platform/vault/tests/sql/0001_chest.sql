-- A table that the vault's tests play with.
CREATE TABLE chest_row (
    id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL,
    note text,
    email_key text
) WITHOUT ROWID;
-- Several rows begin with the same id.
CREATE TABLE chest_part (
    id uuid NOT NULL,
    part bigint NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (id, part)
) WITHOUT ROWID;
-- @personal chest_row (id id): email sealed, note sealed?, email_key keyed? of email
-- @personal chest_part (id id, part int): note sealed
