-- Dead letters go when they have waited for too long.
CREATE INDEX bus_dead_died ON bus_dead (died_ms);
