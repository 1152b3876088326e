-- Synonyms and rules are few: reference tables. Queries are placed by their text.

CREATE TABLE merchandising_state (
    one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL                -- of the synonyms: searches load them when it is another
) WITHOUT ROWID;
INSERT INTO merchandising_state (one, version) VALUES (1, 0);

CREATE TABLE merchandising_synonym (
    synonym_id uuid NOT NULL PRIMARY KEY,
    term text NOT NULL,                    -- in the one form of a query
    replacement text NOT NULL,
    one_way boolean NOT NULL,
    created_ms bigint NOT NULL,
    UNIQUE (term, replacement)
) WITHOUT ROWID;

CREATE TABLE merchandising_rule (
    query text NOT NULL,                   -- in its one form
    rule_id uuid NOT NULL UNIQUE,
    kind bigint NOT NULL,                  -- enum merchandising_kind
    product_id uuid,
    position bigint NOT NULL,
    target text,
    created_ms bigint NOT NULL,
    PRIMARY KEY (query, rule_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX merchandising_rule_once ON merchandising_rule (query, kind, product_id);

-- What people search for, without who.
CREATE TABLE merchandising_query (
    query text NOT NULL PRIMARY KEY,
    searches bigint NOT NULL,
    found bigint NOT NULL,                 -- by the last search
    last_ms bigint NOT NULL
) WITHOUT ROWID;
