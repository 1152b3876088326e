-- Whose methods and cards were erased here. With a database of their own payments are erased in a
-- unit of their own; the account's erasure reads here that it may go on (flows/privacy).
CREATE TABLE payments_erased (
    user_id uuid NOT NULL PRIMARY KEY,     -- nobody's by then
    erased_ms bigint NOT NULL
) WITHOUT ROWID;
