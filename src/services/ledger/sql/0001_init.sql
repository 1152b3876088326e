-- The books. Accounts are named by (account, owner, currency): account is the number of a kind in the
-- chart of ledger_domain.c, owner is all zero for the shop's own. Amounts are minor units, debits
-- positive, credits negative.

-- The journal: what was booked, whole. Keyed by the reference first: orders are sorted by time, so
-- sales append, and all postings of an order lie beside each other without an index.
CREATE TABLE ledger_posting (
    reference uuid NOT NULL,               -- the order
    posting_id uuid NOT NULL,              -- version 7; the order's own id for its sale
    kind text NOT NULL,                    -- "sale", "refund", ...
    currency text NOT NULL,                -- ISO 4217
    entries text NOT NULL,                 -- JSON: the rows of ledger_entry
    memo text,
    created_ms bigint NOT NULL,
    PRIMARY KEY (reference, posting_id)
) WITHOUT ROWID;

-- The accounts: one row for each entry, at the end of its account. Statements and balances are
-- ranges of the key; an account of the shop appends in one place.
CREATE TABLE ledger_entry (
    account bigint NOT NULL,
    owner uuid NOT NULL,
    currency text NOT NULL,
    posting_id uuid NOT NULL,
    reference uuid NOT NULL,               -- with posting_id: the row of the journal
    minor bigint NOT NULL CHECK (minor <> 0),
    PRIMARY KEY (account, owner, currency, posting_id)
) WITHOUT ROWID;

-- A limited account's lock: whoever takes from it raises the version first, so takers queue.
CREATE TABLE ledger_guard (
    account bigint NOT NULL,
    owner uuid NOT NULL,
    currency text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (account, owner, currency)
) WITHOUT ROWID;

-- Pending transfers. The state leaves 'live' once.
CREATE TABLE ledger_hold (
    hold_id uuid NOT NULL PRIMARY KEY,     -- also the id of its posting
    reference uuid NOT NULL,
    from_account bigint NOT NULL,          -- will be debited
    from_owner uuid NOT NULL,
    to_account bigint NOT NULL,            -- will be credited
    to_owner uuid NOT NULL,
    currency text NOT NULL,
    minor bigint NOT NULL CHECK (minor > 0),
    posted_minor bigint NOT NULL CHECK (posted_minor >= 0),
    state text NOT NULL,                   -- live posted voided expired
    expires_ms bigint NOT NULL,
    created_ms bigint NOT NULL,
    ended_ms bigint,                       -- NULL: live
    CHECK (posted_minor <= minor),
    CHECK ((state = 'posted') = (posted_minor > 0)),
    CHECK ((state = 'live') = (ended_ms IS NULL))
) WITHOUT ROWID;
CREATE INDEX ledger_hold_from ON ledger_hold (from_account, from_owner, currency)
    WHERE state = 'live';
CREATE INDEX ledger_hold_expiry ON ledger_hold (expires_ms) WHERE state = 'live';

-- What is written stays, also for whoever has the database at hand.
-- @sqlite
CREATE TRIGGER ledger_posting_kept BEFORE DELETE ON ledger_posting FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'postings are immutable');
END;
CREATE TRIGGER ledger_posting_fixed BEFORE UPDATE ON ledger_posting FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'postings are immutable');
END;
CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'entries are immutable');
END;
CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON ledger_entry FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'entries are immutable');
END;
-- @pg
CREATE FUNCTION ledger_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_posting_fixed BEFORE DELETE OR TRUNCATE OR UPDATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();
CREATE TRIGGER ledger_entry_fixed BEFORE DELETE OR TRUNCATE OR UPDATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();
-- @both
