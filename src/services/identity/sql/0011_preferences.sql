-- What somebody set for themselves; who has set nothing has no row.
CREATE TABLE identity_preference (
    user_id uuid NOT NULL PRIMARY KEY,
    appearance text NOT NULL,              -- of pages: "system", "light" or "dark"
    delivery_speed text,                   -- as pricing calls it; NULL: none was chosen
    changed_ms bigint NOT NULL
) WITHOUT ROWID;
