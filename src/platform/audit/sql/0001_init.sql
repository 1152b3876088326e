-- The audit trail: who did what to what, and when. Ids and words, no names: nothing here has to be
-- erased but audit_detail, which can be without breaking the chain.

-- What was done and is not chained yet. Each act is a row of its own, so that writers never wait for
-- each other; platform/audit's job takes them over in order, some once a second.
CREATE TABLE audit_waiting (
    entry_id uuid NOT NULL PRIMARY KEY,
    at_ms bigint NOT NULL,
    actor_id uuid,                         -- NULL: nobody who is known (a command, a job)
    behind_id uuid,                        -- the member of staff who acted as the actor
    credential_id uuid,                    -- the key that was used
    act text NOT NULL,                     -- "identity.roles_changed", "POST /admin/..."
    kind text NOT NULL,                    -- of the object: "user", "order"
    object text NOT NULL,                  -- its id, or its key
    before_text text NOT NULL,
    after_text text NOT NULL,
    detail_hash text NOT NULL              -- of audit_detail's row: it can go, not be changed
) WITHOUT ROWID;

CREATE TABLE audit_entry (
    seq bigint NOT NULL PRIMARY KEY,       -- 1.. without a gap
    entry_id uuid NOT NULL UNIQUE,
    at_ms bigint NOT NULL,
    actor_id uuid,
    behind_id uuid,
    credential_id uuid,
    act text NOT NULL,
    kind text NOT NULL,
    object text NOT NULL,
    before_text text NOT NULL,
    after_text text NOT NULL,
    detail_hash text NOT NULL,
    prev_hash text NOT NULL,               -- hash of the row before; 64 zeros of the first
    hash text NOT NULL                     -- SHA-256 of all of the above
) WITHOUT ROWID;
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, seq);
CREATE INDEX audit_entry_behind ON audit_entry (behind_id, seq);
CREATE INDEX audit_entry_object ON audit_entry (object, seq);
CREATE INDEX audit_entry_act ON audit_entry (act, seq);

-- What may be somebody's: where from, and why in words. Goes after a time, or with the person.
CREATE TABLE audit_detail (
    entry_id uuid NOT NULL PRIMARY KEY,
    at_ms bigint NOT NULL,
    salt text NOT NULL,                    -- without it detail_hash tells nothing
    peer text NOT NULL,
    reason text NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_detail_age ON audit_detail (at_ms);

-- What is written stays, also for whoever has the database at hand; an act leaves audit_waiting only
-- for the chain.
-- @sqlite
CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_entry_fixed BEFORE UPDATE ON audit_entry FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_waiting_kept BEFORE DELETE ON audit_waiting FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.entry_id = OLD.entry_id) BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_waiting_fixed BEFORE UPDATE ON audit_waiting FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_detail_fixed BEFORE UPDATE ON audit_detail FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
-- @pg
CREATE FUNCTION audit_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION audit_chained() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.entry_id = OLD.entry_id) THEN
        RAISE EXCEPTION '% is only added to', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER audit_entry_fixed BEFORE DELETE OR TRUNCATE OR UPDATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_immutable();
CREATE TRIGGER audit_waiting_fixed BEFORE TRUNCATE OR UPDATE ON audit_waiting
    FOR EACH STATEMENT EXECUTE FUNCTION audit_immutable();
CREATE TRIGGER audit_waiting_kept BEFORE DELETE ON audit_waiting
    FOR EACH ROW EXECUTE FUNCTION audit_chained();
CREATE TRIGGER audit_detail_fixed BEFORE UPDATE ON audit_detail
    FOR EACH STATEMENT EXECUTE FUNCTION audit_immutable();
-- @both
