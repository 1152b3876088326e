-- Who works here is found without reading everybody: roles above customer (1) and seller (2).
CREATE INDEX identity_user_staff ON identity_user (user_id) WHERE roles > 3;
