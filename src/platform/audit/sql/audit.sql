-- Queries of platform/audit.

-- name: waiting_add :exec exact later
-- in:  entry_id id, now_ms int, actor_id id?, behind_id id?, credential_id id?, act text, kind text
-- in:  object text, before_text text, after_text text, detail_hash text
INSERT INTO audit_waiting (entry_id, at_ms, actor_id, behind_id, credential_id, act, kind, object,
    before_text, after_text, detail_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: detail_add :exec exact later
-- in:  entry_id id, now_ms int, salt text, peer sealed, reason text
INSERT INTO audit_detail (entry_id, at_ms, salt, peer, reason) VALUES ($1, $2, $3, $4, $5);

-- name: waiting_list :many
-- in:  limit int
-- out: entry_id id, at_ms int, actor_id id?, behind_id id?, credential_id id?, act text, kind text
-- out: object text, before_text text, after_text text, detail_hash text
SELECT entry_id, at_ms, actor_id, behind_id, credential_id, act, kind, object, before_text,
    after_text, detail_hash
FROM audit_waiting ORDER BY entry_id LIMIT $1;

-- name: waiting_remove :exec exact
-- in:  entry_id id
DELETE FROM audit_waiting WHERE entry_id = $1;

-- name: entry_head :one
-- out: seq int, hash text
SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1;

-- name: entry_at :one
-- in:  seq int
-- out: hash text
SELECT hash FROM audit_entry WHERE seq = $1;

-- name: entry_add :exec exact
-- in:  seq int, entry_id id, at_ms int, actor_id id?, behind_id id?, credential_id id?, act text
-- in:  kind text, object text, before_text text, after_text text, detail_hash text, prev_hash text
-- in:  hash text
INSERT INTO audit_entry (seq, entry_id, at_ms, actor_id, behind_id, credential_id, act, kind,
    object, before_text, after_text, detail_hash, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: entry_walk :each
-- out: seq int, entry_id id, at_ms int, actor_id id?, behind_id id?, credential_id id?, act text
-- out: kind text, object text, before_text text, after_text text, detail_hash text, prev_hash text
-- out: hash text, salt text?, peer sealed?, reason text?
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind,
    e.object, e.before_text, e.after_text, e.detail_hash, e.prev_hash, e.hash, d.salt, d.peer,
    d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id ORDER BY e.seq;

-- name: entry_list :many
-- in:  before int, act text?, limit int
-- out: seq int, entry_id id, at_ms int, actor_id id?, behind_id id?, credential_id id?, act text
-- out: kind text
-- out: object text, before_text text, after_text text, peer sealed?, reason text?
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND ($2 IS NULL OR e.act = $2) ORDER BY e.seq DESC LIMIT $3;
-- name: entry_list @pg
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND ($2::text IS NULL OR e.act = $2) ORDER BY e.seq DESC LIMIT $3;

-- Who is asked for has done it, or stood behind it.
-- name: entry_list_actor :many
-- in:  before int, actor_id id, act text?, limit int
-- out: like entry_list
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND (e.actor_id = $2 OR e.behind_id = $2) AND ($3 IS NULL OR e.act = $3)
ORDER BY e.seq DESC LIMIT $4;
-- name: entry_list_actor @pg
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND (e.actor_id = $2 OR e.behind_id = $2) AND ($3::text IS NULL OR e.act = $3)
ORDER BY e.seq DESC LIMIT $4;

-- name: entry_list_object :many
-- in:  before int, object text, act text?, limit int
-- out: like entry_list
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND e.object = $2 AND ($3 IS NULL OR e.act = $3) ORDER BY e.seq DESC LIMIT $4;
-- name: entry_list_object @pg
SELECT e.seq, e.entry_id, e.at_ms, e.actor_id, e.behind_id, e.credential_id, e.act, e.kind, e.object,
    e.before_text, e.after_text, d.peer, d.reason
FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id
WHERE e.seq < $1 AND e.object = $2 AND ($3::text IS NULL OR e.act = $3)
ORDER BY e.seq DESC LIMIT $4;

-- name: detail_forget :exec
-- in:  user_id id, object text
DELETE FROM audit_detail WHERE entry_id IN
    (SELECT entry_id FROM audit_entry WHERE actor_id = $1 OR object = $2);

-- name: detail_forget_waiting :exec
-- in:  user_id id, object text
DELETE FROM audit_detail WHERE entry_id IN
    (SELECT entry_id FROM audit_waiting WHERE actor_id = $1 OR object = $2);

-- name: detail_prune :exec
-- in:  before_ms int, limit int
DELETE FROM audit_detail WHERE entry_id IN
    (SELECT entry_id FROM audit_detail WHERE at_ms < $1 ORDER BY at_ms LIMIT $2);
