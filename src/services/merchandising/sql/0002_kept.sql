-- What was not searched for lately goes by itself.
CREATE INDEX merchandising_query_last ON merchandising_query (last_ms);
