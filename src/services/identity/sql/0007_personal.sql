-- What is personal of people who can sign in: sealed (platform/vault). The e-mail's key is a keyed
-- hash, which is looked up.
-- @personal identity_user (user_id id): email sealed, name sealed, phone sealed?, email_key keyed
-- @personal identity_login (family id): device sealed, peer sealed
-- @personal identity_address (address_id id): name sealed, line1 sealed, line2 sealed?, city sealed
-- @personal identity_address (address_id id): region sealed?, postal_code sealed?, phone sealed?
-- @personal identity_code (code_id id): email sealed
-- @personal identity_way (way_id id): email sealed

-- Nothing reads it since logins have rows of their own.
UPDATE identity_session SET device = NULL WHERE device IS NOT NULL;
