-- Every query of the service. None changes or removes a posting or an entry.

-- name: posting_add :exec
-- in:  reference id, posting_id id, kind text, currency text, entries text, memo text?
-- in:  created_ms int
INSERT INTO ledger_posting (reference, posting_id, kind, currency, entries, memo, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (reference, posting_id) DO NOTHING;

-- Of one that is taken to be new.
-- name: posting_begin :exec gathered
-- in:  like posting_add
-- key: ledger_posting.reference
INSERT INTO ledger_posting (reference, posting_id, kind, currency, entries, memo, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: posting_get :one
-- in:  reference id, posting_id id
-- out: kind text, currency text, entries text
SELECT kind, currency, entries FROM ledger_posting WHERE reference = $1 AND posting_id = $2;

-- name: posting_of :many
-- in:  reference id
-- out: posting_id id, kind text, currency text, entries text, memo text?, created_ms int
SELECT posting_id, kind, currency, entries, memo, created_ms FROM ledger_posting
WHERE reference = $1 ORDER BY posting_id;

-- name: entry_add :exec batch gathered
-- in:  account int, owner id, currency text, posting_id id, reference id, minor int
INSERT INTO ledger_entry (account, owner, currency, posting_id, reference, minor)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: statement :many
-- in:  account int, owner id, currency text, before id, limit int
-- out: posting_id id, reference id, kind text, memo text?, minor int, created_ms int
SELECT e.posting_id, e.reference, p.kind, p.memo, e.minor, p.created_ms
FROM ledger_entry e
JOIN ledger_posting p ON p.reference = e.reference AND p.posting_id = e.posting_id
WHERE e.account = $1 AND e.owner = $2 AND e.currency = $3 AND e.posting_id < $4
ORDER BY e.posting_id DESC LIMIT $5;

-- name: guard_lock :exec
-- in:  account int, owner id, currency text
INSERT INTO ledger_guard (account, owner, currency, version) VALUES ($1, $2, $3, 1)
ON CONFLICT (account, owner, currency) DO UPDATE SET version = ledger_guard.version + 1;

-- name: balance :one batch
-- in:  account int, owner id, currency text
-- out: minor int, held int
SELECT
    (SELECT CAST(coalesce(sum(minor), 0) AS bigint) FROM ledger_entry
     WHERE account = $1 AND owner = $2 AND currency = $3) AS minor,
    (SELECT CAST(coalesce(sum(minor), 0) AS bigint) FROM ledger_hold
     WHERE from_account = $1 AND from_owner = $2 AND currency = $3 AND state = 'live') AS held;

-- name: trial :many
-- out: account int, currency text, debit int, credit int
SELECT account, currency,
       CAST(coalesce(sum(CASE WHEN minor > 0 THEN minor END), 0) AS bigint) AS debit,
       CAST(coalesce(sum(CASE WHEN minor < 0 THEN -minor END), 0) AS bigint) AS credit
FROM ledger_entry GROUP BY account, currency ORDER BY currency, account;

-- name: hold_add :exec
-- in:  hold_id id, reference id, from_account int, from_owner id, to_account int, to_owner id
-- in:  currency text, minor int, expires_ms int, created_ms int
INSERT INTO ledger_hold
    (hold_id, reference, from_account, from_owner, to_account, to_owner, currency, minor,
     posted_minor, state, expires_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'live', $9, $10)
ON CONFLICT (hold_id) DO NOTHING;

-- name: hold_get :one
-- in:  hold_id id
-- out: state text, minor int, posted_minor int
SELECT state, minor, posted_minor FROM ledger_hold WHERE hold_id = $1;

-- name: hold_post :one
-- in:  hold_id id, posted_minor int, now_ms int
-- out: reference id, from_account int, from_owner id, to_account int, to_owner id, currency text
UPDATE ledger_hold SET state = 'posted', posted_minor = $2, ended_ms = $3
WHERE hold_id = $1 AND state = 'live'
RETURNING reference, from_account, from_owner, to_account, to_owner, currency;

-- name: hold_end :exec batch
-- in:  hold_id id, state text, now_ms int
UPDATE ledger_hold SET state = $2, ended_ms = $3 WHERE hold_id = $1 AND state = 'live';

-- name: hold_due :many
-- in:  now_ms int, limit int
-- out: hold_id id
SELECT hold_id FROM (
    SELECT hold_id FROM ledger_hold WHERE state = 'live' AND expires_ms <= $1
    ORDER BY expires_ms LIMIT $2) due
ORDER BY hold_id; -- rows are locked in the key's order

-- ---- the invariants ----

-- name: check_posting :each
-- out: reference id, posting_id id, currency text, entries text
SELECT reference, posting_id, currency, entries FROM ledger_posting;

-- name: check_entry :each
-- out: account int, owner id, currency text, posting_id id, reference id, minor int
SELECT account, owner, currency, posting_id, reference, minor FROM ledger_entry;

-- name: check_hold :many
-- out: hold_id id
SELECT h.hold_id FROM ledger_hold h
LEFT JOIN ledger_posting p ON p.reference = h.reference AND p.posting_id = h.hold_id
WHERE (h.state = 'posted') <> (p.posting_id IS NOT NULL) OR (h.state = 'posted') <> (h.posted_minor > 0)
LIMIT 100;

-- name: check_limited :many
-- in:  wallet int, gift_card int
-- out: account int, owner id, currency text
SELECT a.account, a.owner, a.currency
FROM (SELECT account, owner, currency, sum(minor) AS taken FROM ledger_entry
      WHERE account IN ($1, $2) GROUP BY account, owner, currency
      UNION ALL
      SELECT from_account, from_owner, currency, sum(minor) FROM ledger_hold
      WHERE state = 'live' AND from_account IN ($1, $2)
      GROUP BY from_account, from_owner, currency) a
GROUP BY a.account, a.owner, a.currency HAVING sum(a.taken) > 0 LIMIT 100;
