-- What one of the staff has asked for and another has to approve: above a limit, money does not move
-- by one person's word.
CREATE TABLE approvals_request (
    approval_id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,                    -- "refund"
    object_id uuid NOT NULL,               -- of a refund: the order
    amount text NOT NULL,                  -- decimal, as it was asked for
    currency text NOT NULL,
    reason text NOT NULL,
    requester_id uuid NOT NULL,
    request_key text NOT NULL,             -- a repeat of the request finds this row
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    state text NOT NULL,                   -- pending, approved, rejected, done
    decider_id uuid,                       -- never the requester
    decided_ms bigint,
    decision text,                         -- why, in the decider's words
    UNIQUE (requester_id, request_key)
) WITHOUT ROWID;
