-- Every query of the service.

-- `folded` is the e-mail's key as rows have it that the sweep of platform/vault has not come to.
-- name: user_add :exec
-- in:  user_id id, email sealed, email_key keyed, name sealed, phone sealed?, password_hash text, roles int, now_ms int, folded text
INSERT INTO identity_user
    (user_id, email, email_key, name, phone, password_hash, roles, verified, created_ms, updated_ms)
SELECT $1, $2, $3, $4, $5, $6, $7, false, $8, $8
WHERE NOT EXISTS (SELECT 1 FROM identity_user WHERE email_key = $9)
ON CONFLICT DO NOTHING;
-- name: user_add @pg
INSERT INTO identity_user
    (user_id, email, email_key, name, phone, password_hash, roles, verified, created_ms, updated_ms)
SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint, false, $8::bigint,
       $8::bigint
WHERE NOT EXISTS (SELECT 1 FROM identity_user WHERE email_key = $9)
ON CONFLICT DO NOTHING;

-- name: user_get :one
-- in:  user_id id
-- out: email sealed, name sealed, phone sealed?, roles int, verified bool, created_ms int
SELECT email, name, phone, roles, verified, created_ms FROM identity_user WHERE user_id = $1;

-- name: user_find :one
-- in:  email_key keyed, folded text
-- out: user_id id, email sealed, name sealed, phone sealed?, roles int, verified bool, created_ms int, password_hash text
SELECT user_id, email, name, phone, roles, verified, created_ms, password_hash
FROM identity_user WHERE email_key IN ($1, $2);

-- name: user_lock :one
-- in:  user_id id
-- out: name sealed, phone sealed?
SELECT name, phone FROM identity_user WHERE user_id = $1;
-- name: user_lock @pg
SELECT name, phone FROM identity_user WHERE user_id = $1 FOR UPDATE;

-- After user_lock, so that both tables are of one moment.
-- name: user_now :one
-- in:  user_id id
-- out: email sealed, name sealed, phone sealed?, roles int, verified bool, created_ms int, password_hash text, factor bool
SELECT email, name, phone, roles, verified, created_ms, password_hash,
       EXISTS (SELECT 1 FROM identity_factor f WHERE f.user_id = $1 AND f.on_ms IS NOT NULL)
FROM identity_user WHERE user_id = $1;

-- name: user_change :exec
-- in:  user_id id, name sealed, phone sealed?, now_ms int
UPDATE identity_user SET name = $2, phone = $3, updated_ms = $4 WHERE user_id = $1;

-- name: user_roles :exec
-- in:  user_id id, roles int, now_ms int
UPDATE identity_user SET roles = $2, updated_ms = $3 WHERE user_id = $1;

-- name: user_password :one
-- in:  user_id id
-- out: password_hash text
SELECT password_hash FROM identity_user WHERE user_id = $1;

-- name: user_password_set :exec
-- in:  user_id id, password_hash text, now_ms int
UPDATE identity_user SET password_hash = $2, updated_ms = $3 WHERE user_id = $1;

-- name: user_verify :exec
-- in:  user_id id, now_ms int
UPDATE identity_user SET verified = true, updated_ms = $2 WHERE user_id = $1;

-- name: user_email :exec
-- in:  user_id id, email sealed, email_key keyed, now_ms int, folded text
UPDATE identity_user SET email = $2, email_key = $3, verified = true, updated_ms = $4
WHERE user_id = $1 AND NOT EXISTS
    (SELECT 1 FROM identity_user WHERE email_key IN ($3, $5) AND user_id <> $1);

-- name: code_add :exec
-- in:  code_id id, user_id id, kind text, email sealed, now_ms int, expires_ms int
INSERT INTO identity_code (code_id, user_id, kind, email, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: code_count :one
-- in:  user_id id, kind text, after_ms int, limit int
-- out: n int
SELECT count(*) AS n FROM
    (SELECT 1 AS one FROM identity_code WHERE user_id = $1 AND kind = $2 AND created_ms > $3
     LIMIT $4) AS recent;

-- name: code_get :one
-- in:  code_id id, kind text, now_ms int
-- out: user_id id, email sealed
SELECT user_id, email FROM identity_code WHERE code_id = $1 AND kind = $2 AND expires_ms > $3;

-- name: code_take :exec
-- in:  code_id id, kind text, now_ms int
DELETE FROM identity_code WHERE code_id = $1 AND kind = $2 AND expires_ms > $3;

-- name: code_drop :exec
-- in:  user_id id, kind text
DELETE FROM identity_code WHERE user_id = $1 AND kind = $2;

-- name: code_prune :exec
-- in:  now_ms int, limit int
DELETE FROM identity_code WHERE code_id IN
    (SELECT code_id FROM identity_code WHERE expires_ms <= $1 LIMIT $2);

-- name: factor_get :one
-- in:  user_id id
-- out: secret text, on_ms int?, last_step int, created_ms int, codes int
SELECT secret, on_ms, last_step, created_ms,
    (SELECT count(*) FROM identity_recovery r WHERE r.user_id = f.user_id) AS codes
FROM identity_factor f WHERE f.user_id = $1;

-- name: factor_put :exec
-- in:  user_id id, secret text, now_ms int
INSERT INTO identity_factor (user_id, secret, on_ms, last_step, created_ms)
VALUES ($1, $2, NULL, 0, $3)
ON CONFLICT (user_id) DO UPDATE
SET secret = excluded.secret, last_step = 0, created_ms = excluded.created_ms
WHERE identity_factor.on_ms IS NULL;

-- Not another's secret, begun meanwhile in another window.
-- name: factor_enable :exec
-- in:  user_id id, secret text, now_ms int
UPDATE identity_factor SET on_ms = $3 WHERE user_id = $1 AND on_ms IS NULL AND secret = $2;

-- name: factor_step :exec
-- in:  user_id id, step int
UPDATE identity_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2;

-- name: factor_remove :exec
-- in:  user_id id
DELETE FROM identity_factor WHERE user_id = $1;

-- name: factor_known :one
-- in:  user_id id
-- out: factor bool, passkey bool
SELECT EXISTS (SELECT 1 FROM identity_factor f WHERE f.user_id = $1 AND f.on_ms IS NOT NULL),
       EXISTS (SELECT 1 FROM identity_passkey p WHERE p.user_id = $1);

-- name: recovery_add :exec
-- in:  user_id id, code_hash text
INSERT INTO identity_recovery (user_id, code_hash) VALUES ($1, $2);

-- name: recovery_take :exec
-- in:  user_id id, code_hash text
DELETE FROM identity_recovery WHERE user_id = $1 AND code_hash = $2;

-- name: recovery_clear :exec
-- in:  user_id id
DELETE FROM identity_recovery WHERE user_id = $1;

-- name: passkey_add :exec
-- in:  passkey_id id, user_id id, credential text, algorithm int, public_key text, name text, count int, now_ms int, backup int
INSERT INTO identity_passkey
    (passkey_id, user_id, credential, algorithm, public_key, name, count, created_ms, backup)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (credential) DO NOTHING;

-- name: passkey_find :one
-- in:  credential text
-- out: passkey_id id, user_id id, algorithm int, public_key text, count int, backup int
SELECT passkey_id, user_id, algorithm, public_key, count, backup
FROM identity_passkey WHERE credential = $1;

-- name: passkey_list :many
-- in:  user_id id, limit int
-- out: passkey_id id, credential text, name text, created_ms int, used_ms int?, suspect_ms int?
SELECT passkey_id, credential, name, created_ms, used_ms, suspect_ms
FROM identity_passkey WHERE user_id = $1 ORDER BY passkey_id LIMIT $2;

-- name: passkey_use :exec
-- in:  passkey_id id, count int, now_ms int
UPDATE identity_passkey SET count = $2, used_ms = $3
WHERE passkey_id = $1 AND (count < $2 OR (count = 0 AND $2 = 0));

-- name: passkey_suspect :exec
-- in:  passkey_id id, now_ms int
UPDATE identity_passkey SET suspect_ms = $2 WHERE passkey_id = $1;

-- name: passkey_remove :exec
-- in:  user_id id, passkey_id id
DELETE FROM identity_passkey WHERE user_id = $1 AND passkey_id = $2;

-- name: answered_add :exec
-- in:  challenge_hash text, expires_ms int
INSERT INTO identity_answered (challenge_hash, expires_ms) VALUES ($1, $2)
ON CONFLICT DO NOTHING;

-- name: answered_prune :exec
-- in:  now_ms int, limit int
DELETE FROM identity_answered WHERE challenge_hash IN
    (SELECT challenge_hash FROM identity_answered WHERE expires_ms <= $1 LIMIT $2);

-- name: way_find :one
-- in:  issuer text, subject text
-- out: way_id id, user_id id
SELECT way_id, user_id FROM identity_way WHERE issuer = $1 AND subject = $2;

-- name: way_add :exec
-- in:  way_id id, user_id id, issuer text, subject text, email sealed, now_ms int
INSERT INTO identity_way (way_id, user_id, issuer, subject, email, created_ms, used_ms)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (issuer, subject) DO NOTHING;

-- name: way_use :exec
-- in:  way_id id, now_ms int
UPDATE identity_way SET used_ms = $2 WHERE way_id = $1;

-- name: way_list :many
-- in:  user_id id, limit int
-- out: way_id id, issuer text, email sealed, created_ms int, used_ms int
SELECT way_id, issuer, email, created_ms, used_ms
FROM identity_way WHERE user_id = $1 ORDER BY way_id LIMIT $2;

-- name: way_remove :exec
-- in:  user_id id, way_id id
DELETE FROM identity_way WHERE user_id = $1 AND way_id = $2;

-- name: way_clear :exec
-- in:  user_id id
DELETE FROM identity_way WHERE user_id = $1;

-- name: passkey_clear :exec
-- in:  user_id id
DELETE FROM identity_passkey WHERE user_id = $1;

-- name: session_add :exec
-- in:  session_id id, family id, user_id id, refresh_hash text, now_ms int, expires_ms int
INSERT INTO identity_session (session_id, family, user_id, refresh_hash, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: session_find :one
-- in:  refresh_hash text
-- out: session_id id, family id, user_id id, used_ms int?, expires_ms int
SELECT session_id, family, user_id, used_ms, expires_ms
FROM identity_session WHERE refresh_hash = $1;
-- name: session_find @pg
SELECT session_id, family, user_id, used_ms, expires_ms
FROM identity_session WHERE refresh_hash = $1 FOR UPDATE;

-- name: session_use :exec
-- in:  session_id id, now_ms int
UPDATE identity_session SET used_ms = $2 WHERE session_id = $1;

-- name: session_end_family :exec
-- in:  family id
DELETE FROM identity_session WHERE family = $1;

-- name: session_prune :exec
-- in:  now_ms int, limit int
DELETE FROM identity_session WHERE session_id IN
    (SELECT session_id FROM identity_session WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2);

-- name: login_add :exec
-- in:  family id, user_id id, device sealed, peer sealed, country text, factor bool, now_ms int, expires_ms int, behind_id id?
INSERT INTO identity_login (family, user_id, device, peer, country, factor, proved_ms, created_ms,
    seen_ms, expires_ms, behind_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $9);

-- name: login_get :one
-- in:  family id
-- out: user_id id, factor bool, proved_ms int, created_ms int, ended_ms int?
SELECT user_id, factor, proved_ms, created_ms, ended_ms FROM identity_login WHERE family = $1;

-- name: login_seen :exec
-- in:  family id, peer sealed, country text, now_ms int, expires_ms int
UPDATE identity_login SET peer = $2, country = $3, seen_ms = $4, expires_ms = $5
WHERE family = $1;

-- name: login_prove :exec
-- in:  family id, factor bool, now_ms int
UPDATE identity_login SET factor = $2, proved_ms = $3 WHERE family = $1 AND ended_ms IS NULL;

-- Whose last factor is gone has sessions without one.
-- name: login_unfactor :exec
-- in:  user_id id
UPDATE identity_login SET factor = false
WHERE user_id = $1 AND factor AND ended_ms IS NULL
    AND NOT EXISTS (SELECT 1 FROM identity_passkey p WHERE p.user_id = $1)
    AND NOT EXISTS (SELECT 1 FROM identity_factor f WHERE f.user_id = $1 AND f.on_ms IS NOT NULL);

-- name: login_peers :many
-- in:  user_id id, limit int
-- out: family id, peer sealed
SELECT family, peer FROM identity_login WHERE user_id = $1 ORDER BY seen_ms DESC LIMIT $2;

-- name: login_list :many
-- in:  user_id id, now_ms int, limit int
-- out: family id, device sealed, peer sealed, country text, factor bool, created_ms int, seen_ms int
SELECT family, device, peer, country, factor, created_ms, seen_ms FROM identity_login
WHERE user_id = $1 AND ended_ms IS NULL AND expires_ms > $2
ORDER BY seen_ms DESC, family DESC LIMIT $3;

-- Those beyond the number that somebody may have, but for the one that has just begun. Those in which
-- staff act as them end by themselves.
-- name: login_beyond :many
-- in:  user_id id, now_ms int, begun id, others int, limit int
-- out: family id
SELECT family FROM identity_login
WHERE user_id = $1 AND ended_ms IS NULL AND expires_ms > $2 AND family <> $3 AND behind_id IS NULL
ORDER BY seen_ms DESC, family DESC LIMIT $5 OFFSET $4;

-- name: login_behind :many
-- in:  behind_id id, now_ms int, limit int
-- out: family id
SELECT family FROM identity_login
WHERE behind_id = $1 AND ended_ms IS NULL AND expires_ms > $2 LIMIT $3;

-- name: login_end :exec
-- in:  family id, now_ms int
UPDATE identity_login SET ended_ms = $2 WHERE family = $1 AND ended_ms IS NULL;

-- name: login_ended :many
-- in:  after_ms int, after id, limit int
-- out: family id, ended_ms int
SELECT family, ended_ms FROM identity_login WHERE (ended_ms, family) > ($1, $2)
ORDER BY ended_ms, family LIMIT $3;

-- name: login_prune :exec
-- in:  now_ms int, ended_before_ms int, limit int
DELETE FROM identity_login WHERE family IN
    (SELECT family FROM identity_login WHERE expires_ms <= $1 OR ended_ms <= $2 LIMIT $3);

-- name: device_add :exec
-- in:  user_id id, device text, country text, now_ms int
INSERT INTO identity_device (user_id, device, country, first_ms, last_ms)
VALUES ($1, $2, $3, $4, $4)
ON CONFLICT DO NOTHING;

-- name: device_seen :exec
-- in:  user_id id, device text, country text, now_ms int
UPDATE identity_device SET last_ms = $4 WHERE user_id = $1 AND device = $2 AND country = $3;

-- name: device_count :one
-- in:  user_id id
-- out: n int
SELECT count(*) FROM identity_device WHERE user_id = $1;

-- name: device_prune :exec
-- in:  before_ms int, limit int
DELETE FROM identity_device WHERE last_ms <= $1 AND (user_id, device, country) IN
    (SELECT user_id, device, country FROM identity_device WHERE last_ms <= $1 LIMIT $2);

-- name: address_list :many
-- in:  user_id id
-- out: address_id id, name sealed, line1 sealed, line2 sealed?, city sealed, region sealed?, postal_code sealed?, country text, phone sealed?, is_default bool
SELECT address_id, name, line1, line2, city, region, postal_code, country, phone, is_default
FROM identity_address WHERE user_id = $1
ORDER BY is_default DESC, address_id;

-- name: address_get :one
-- in:  user_id id, address_id id
-- out: address_id id, name sealed, line1 sealed, line2 sealed?, city sealed, region sealed?, postal_code sealed?, country text, phone sealed?, is_default bool
SELECT address_id, name, line1, line2, city, region, postal_code, country, phone, is_default
FROM identity_address WHERE user_id = $1 AND address_id = $2;

-- name: address_put :exec
-- in:  user_id id, address_id id, name sealed, line1 sealed, line2 sealed?, city sealed, region sealed?, postal_code sealed?, country text, phone sealed?, is_default bool, now_ms int
INSERT INTO identity_address
    (user_id, address_id, name, line1, line2, city, region, postal_code, country, phone,
     is_default, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (user_id, address_id) DO UPDATE
SET name = excluded.name, line1 = excluded.line1, line2 = excluded.line2, city = excluded.city,
    region = excluded.region, postal_code = excluded.postal_code, country = excluded.country,
    phone = excluded.phone, is_default = excluded.is_default;

-- name: address_default :exec
-- in:  user_id id, address_id id
UPDATE identity_address SET is_default = (address_id = $2)
WHERE user_id = $1 AND is_default <> (address_id = $2);

-- name: address_remove :exec
-- in:  user_id id, address_id id
DELETE FROM identity_address WHERE user_id = $1 AND address_id = $2;

-- name: preference_get :one
-- in:  user_id id
-- out: appearance text, delivery_speed text?
SELECT appearance, delivery_speed FROM identity_preference WHERE user_id = $1;

-- name: preference_put :exec
-- in:  user_id id, appearance text, delivery_speed text?, now_ms int
INSERT INTO identity_preference (user_id, appearance, delivery_speed, changed_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) DO UPDATE
SET appearance = excluded.appearance, delivery_speed = excluded.delivery_speed,
    changed_ms = excluded.changed_ms;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_profile :many
-- in:  user_id id
-- out: email sealed, name sealed, phone sealed?, verified bool, created_ms int
SELECT email, name, phone, verified, created_ms FROM identity_user WHERE user_id = $1;

-- name: person_logins :many
-- in:  user_id id
-- out: family id, device sealed, peer sealed, country text, created_ms int, seen_ms int
SELECT family, device, peer, country, created_ms, seen_ms FROM identity_login WHERE user_id = $1;

-- name: person_devices :many
-- in:  user_id id
-- out: device text, country text, first_ms int, last_ms int
SELECT device, country, first_ms, last_ms FROM identity_device WHERE user_id = $1;

-- name: person_passkeys :many
-- in:  user_id id
-- out: name text, created_ms int, used_ms int?
SELECT name, created_ms, used_ms FROM identity_passkey WHERE user_id = $1;

-- Tokens of the sessions are refused from now on, as of others that were ended.
-- name: erase_logins :exec
-- in:  user_id id, now_ms int
UPDATE identity_login SET device = '', peer = '', country = '', ended_ms = coalesce(ended_ms, $2)
WHERE user_id = $1;

-- name: erase_sessions :exec
-- in:  user_id id
DELETE FROM identity_session WHERE user_id = $1;

-- name: erase_devices :exec
-- in:  user_id id
DELETE FROM identity_device WHERE user_id = $1;

-- name: erase_addresses :exec
-- in:  user_id id
DELETE FROM identity_address WHERE user_id = $1;

-- name: erase_codes :exec
-- in:  user_id id
DELETE FROM identity_code WHERE user_id = $1;

-- name: person_ways :many
-- in:  user_id id
-- out: way_id id, issuer text, subject text, email sealed, created_ms int, used_ms int
SELECT way_id, issuer, subject, email, created_ms, used_ms FROM identity_way WHERE user_id = $1;

-- name: person_preferences :many
-- in:  user_id id
-- out: appearance text, delivery_speed text?, changed_ms int
SELECT appearance, delivery_speed, changed_ms FROM identity_preference WHERE user_id = $1;

-- name: erase_preferences :exec
-- in:  user_id id
DELETE FROM identity_preference WHERE user_id = $1;

-- name: erase_passkeys :exec
-- in:  user_id id
DELETE FROM identity_passkey WHERE user_id = $1;

-- The row stays, as nobody's: orders and reviews hold its id.
-- name: erase_user :exec
-- in:  user_id id, now_ms int
UPDATE identity_user SET email = '', email_key = 'erased ' || hex($1), name = 'Erased',
    phone = NULL, password_hash = '', roles = 0, verified = false, updated_ms = $2
WHERE user_id = $1 AND password_hash <> '';
-- name: erase_user @pg
UPDATE identity_user SET email = '', email_key = 'erased ' || CAST($1 AS text), name = 'Erased',
    phone = NULL, password_hash = '', roles = 0, verified = false, updated_ms = $2
WHERE user_id = $1::uuid AND password_hash <> '';
-- name: staff_list :many
-- in:  below int, limit int
-- out: user_id id
SELECT user_id FROM identity_user WHERE roles > 3 AND roles > $1 ORDER BY user_id LIMIT $2;

-- name: admin_lock :many
-- in:  role int, limit int
-- out: user_id id
SELECT user_id FROM identity_user WHERE roles > 3 AND (roles & $1) <> 0 ORDER BY user_id LIMIT $2;
-- name: admin_lock @pg
SELECT user_id FROM identity_user WHERE roles > 3 AND (roles & $1) <> 0 ORDER BY user_id LIMIT $2
FOR UPDATE;
