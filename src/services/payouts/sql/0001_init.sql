-- Where sellers get their money, and what was sent there. In the database of the books: a payout and
-- its posting are one unit.

-- Bank accounts, each kept as it was: a payout names the one that it went to.
CREATE TABLE payouts_account (
    account_id uuid NOT NULL PRIMARY KEY,
    seller_id uuid NOT NULL,               -- their user's id
    holder text NOT NULL,                  -- personal data
    number text NOT NULL,                  -- IBAN, or the number within `routing`; personal data
    routing text,                          -- of a bank in the US (ABA); NULL: the number is an IBAN
    hint text NOT NULL,                    -- the last four characters
    added_ms bigint NOT NULL,
    replaced_ms bigint                     -- NULL: it is in use
) WITHOUT ROWID;
CREATE UNIQUE INDEX payouts_account_used ON payouts_account (seller_id) WHERE replaced_ms IS NULL;
CREATE INDEX payouts_account_seller ON payouts_account (seller_id);
-- @personal payouts_account (account_id id): holder sealed, number sealed

-- The state leaves 'pending' once.
CREATE TABLE payouts_payout (
    payout_id uuid NOT NULL PRIMARY KEY,   -- version 7; of its posting, too
    seller_id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    reason text NOT NULL,                  -- why it was made, in staff's words
    made_by uuid NOT NULL,
    approval_id uuid,                      -- NULL: it was made by one person
    made_ms bigint NOT NULL,
    state text NOT NULL,                   -- pending paid failed
    note text,                             -- the bank's reference, or why it failed; personal data
    ended_by uuid,
    ended_ms bigint,
    CHECK ((state = 'pending') = (ended_ms IS NULL))
) WITHOUT ROWID;
CREATE INDEX payouts_payout_seller ON payouts_payout (seller_id, payout_id);
-- @personal payouts_payout (payout_id id): note sealed?

-- Whose accounts were erased here (flows/privacy asks).
CREATE TABLE payouts_erased (
    user_id uuid NOT NULL PRIMARY KEY,     -- nobody's by then
    erased_ms bigint NOT NULL
) WITHOUT ROWID;
