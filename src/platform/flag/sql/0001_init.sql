-- What staff have set of feature flags; one that has no row is as the program has it.
CREATE TABLE flag_setting (
    name text NOT NULL PRIMARY KEY,
    percent bigint NOT NULL,               -- of users and visitors, 0 to 100
    updated_ms bigint NOT NULL
) WITHOUT ROWID;
