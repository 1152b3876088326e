-- The search index over the database's own text search. Derived: it can always be made again from
-- the catalogue.

-- One row. Every writer takes it first, so that units which change the index commit in the order of
-- their `changed`: a reader that has seen one has seen all before it.
CREATE TABLE search_state (
    one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    changed bigint NOT NULL,               -- of the last change
    last_doc bigint NOT NULL,              -- document numbers are dense: 1 to last_doc
    alive bigint NOT NULL                  -- documents that are not removed
) WITHOUT ROWID;
INSERT INTO search_state (one, changed, last_doc, alive) VALUES (1, 0, 0, 0);

-- What filters, facets and sorts look at; each process keeps a copy in memory. A removed product
-- keeps its row, so that the others learn of it, and its number, for when it comes back.
-- @sqlite
CREATE TABLE search_doc (
    doc INTEGER NOT NULL PRIMARY KEY,      -- the rowid of search_fts
    product_id uuid NOT NULL UNIQUE,
    changed bigint NOT NULL,               -- search_state.changed at the last change
    removed boolean NOT NULL,
    texts_hash bigint NOT NULL,            -- of all that search_fts holds
    title text NOT NULL,
    brand text NOT NULL,
    category_path text NOT NULL,
    attributes text NOT NULL,              -- name US label US value RS, and so on
    price_minor bigint NOT NULL,
    rating_x100 bigint NOT NULL,
    rating_count bigint NOT NULL,
    released_ms bigint NOT NULL,
    popularity bigint NOT NULL,
    prime boolean NOT NULL,
    in_stock boolean NOT NULL
);
CREATE VIRTUAL TABLE search_fts USING fts5 (title, brand, attributes, description, codes,
    tokenize = 'porter unicode61 remove_diacritics 2');
-- @pg
CREATE TABLE search_doc (
    doc bigint NOT NULL PRIMARY KEY,
    product_id uuid NOT NULL UNIQUE,
    changed bigint NOT NULL,
    removed boolean NOT NULL,
    texts_hash bigint NOT NULL,
    title text NOT NULL,
    brand text NOT NULL,
    category_path text NOT NULL,
    attributes text NOT NULL,
    price_minor bigint NOT NULL,
    rating_x100 bigint NOT NULL,
    rating_count bigint NOT NULL,
    released_ms bigint NOT NULL,
    popularity bigint NOT NULL,
    prime boolean NOT NULL,
    in_stock boolean NOT NULL
);
CREATE TABLE search_fts (
    doc bigint NOT NULL PRIMARY KEY,
    words tsvector NOT NULL
);
CREATE INDEX search_fts_words ON search_fts USING gin (words);
-- @both
CREATE INDEX search_doc_changed ON search_doc (changed);
