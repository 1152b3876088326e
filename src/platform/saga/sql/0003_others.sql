-- Until then a run from which the saga was taken by force may still act in other databases.
ALTER TABLE saga_live ADD COLUMN others_ms bigint NOT NULL DEFAULT 0;
