/* SPDX-License-Identifier: Apache-2.0
 * Passkeys: added, used instead of a password and as a second factor, refused in every way that
 * WebAuthn names, removed; by API and by forms. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { addPasskey, Authenticator, AT, UP, UV } from './authenticator.mjs';
import { newUser, PASSWORD, signIn, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open({ env: { SOUK_SECOND_FACTOR: 'staff' } });
  api = new Client(server);
});
after(() => server.close());

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const loginOptions = async () => expect(await api.post('/auth/passkeys/login/options'), 200);
const login = async (key, how = {}, options = undefined) =>
  api.post('/auth/passkeys/login', key.get(options ?? await loginOptions(), how));

test('a passkey is added and signs in without a password, as two factors', async () => {
  const user = await newUser(server);
  const options = expect(await user.post('/auth/passkeys/options'), 200);
  assert.equal(options.rp.id, 'localhost');
  assert.equal(options.attestation, 'none');
  assert.deepEqual(options.authenticatorSelection,
    { residentKey: 'required', requireResidentKey: true, userVerification: 'required' });
  assert.deepEqual(options.pubKeyCredParams.map((p) => p.alg), [-7, -8, -257]);
  const key = new Authenticator();
  const made = expect(await user.post('/auth/passkeys', { name: ' My phone ', ...key.create(options) }), 201);
  assert.equal(made.name, 'My phone');
  assert.equal(made.lastUsedAt, undefined);
  await until('a mail', () => letters(server, user.user.email, /new way into your account/)[0]);
  const session = expect(await login(key), 200);
  const { sub, acr } = claims(session.accessToken);
  assert.deepEqual([sub, acr], [user.user.userId, 'aal2']);
  const { passkeys } = expect(await new Client(server, { token: session.accessToken }).get('/auth/passkeys'), 200);
  assert.equal(passkeys.length, 1);
  assert.ok(passkeys[0].lastUsedAt);
  expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  const again = expect(await user.post('/auth/passkeys/options'), 200);
  assert.deepEqual(again.excludeCredentials, [{ type: 'public-key', id: key.credentialId }]);
});

test('what was not asked for, or not here, makes no passkey', async () => {
  const user = await newUser(server), other = await newUser(server);
  const ask = async (who = user) => expect(await who.post('/auth/passkeys/options'), 200);
  const cases = {
    'another origin': { origin: 'https://evil.example' },
    'the origin with more behind it': { origin: 'http://localhost:8080.evil.example' },
    'a frame of another origin': { crossOrigin: true },
    'another host': { rpId: 'evil.example' },
    'another act': { type: 'webauthn.get' },
    'a user who was not verified': { flags: UP | AT },
    'nobody there': { flags: UV | AT },
    'no key in it': { flags: UP | UV },
    'CBOR that ends too early': { cut: 5 },
    'no CBOR at all': { cut: 77 },
  };
  for (const [name, how] of Object.entries(cases)) {
    const reply = await user.post('/auth/passkeys', { name, ...new Authenticator().create(await ask(), how) });
    expect(reply, 401, 'passkey_wrong');
  }
  const theirs = await ask(other), asked = await ask(), key = new Authenticator();
  expect(await user.post('/auth/passkeys', { name: 'x', ...key.create(theirs) }), 401, 'passkey_wrong');
  expect(await user.post('/auth/passkeys', { name: 'x', ...key.create({ ...asked, ...await loginOptions() }) }), 401);
  const said = { name: 'x', ...key.create(asked) };
  expect(await user.post('/auth/passkeys', { ...said, clientData: '!' }), 401, 'passkey_wrong');
  expect(await user.post('/auth/passkeys', { ...said, clientData: 'AAAA' }), 401, 'passkey_wrong');
  expect(await user.post('/auth/passkeys', said), 201);
  expect(await user.post('/auth/passkeys', said), 401, 'passkey_wrong'); /* the challenge is used up */
  const twice = await other.post('/auth/passkeys', { name: 'mine now', ...key.create(await ask(other)) });
  expect(twice, 409, 'passkey_known');
  expect(await user.post('/auth/passkeys', { ...said, name: '' }), 422);
});

test('a login is refused for whatever is wrong with it', async () => {
  const user = await newUser(server), key = await addPasskey(user);
  const cases = {
    'another origin': { origin: 'http://127.0.0.1:8080' },
    'another host': { rpId: '127.0.0.1' },
    'a frame of another origin': { crossOrigin: true },
    'another act': { type: 'webauthn.create' },
    'a user who was not verified': { flags: UP },
    'nobody there': { flags: UV },
    'a spoilt signature': { spoil: true },
    'a handle of another user': { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' },
    'no handle of any user': { userHandle: null },
    'copied, though it cannot be': { flags: UP | UV | 16 },
    'another kind than was added': { flags: UP | UV | 8 },
    'a challenge of nobody': { challenge: Buffer.alloc(48).toString('base64url') },
  };
  for (const [name, how] of Object.entries(cases))
    expect(await login(key, how), 401, 'passkey_wrong', name);
  expect(await login(new Authenticator()), 401, 'passkey_wrong'); /* nobody's */
  const stranger = new Authenticator();
  stranger.id = key.id; /* another key under the same name */
  expect(await login(stranger), 401, 'passkey_wrong');
  const options = await loginOptions(), said = key.get(options);
  expect(await api.post('/auth/passkeys/login', said), 200);
  expect(await api.post('/auth/passkeys/login', said), 401, 'passkey_wrong'); /* replayed */
  expect(await login(key, {}, options), 401, 'passkey_wrong'); /* signed anew, for a used challenge */
  const spent = await loginOptions();
  expect(await login(key, { spoil: true }, spent), 401);
  expect(await login(key, {}, spent), 401, 'passkey_wrong'); /* a failure uses it up too */
  expect(await login(key), 200);
});

test('of many who bring one answer at once one is let in', async () => {
  const key = await addPasskey(await newUser(server));
  const said = key.get(await loginOptions());
  const replies = await Promise.all(Array.from({ length: 5 }, () => api.post('/auth/passkeys/login', said)));
  assert.deepEqual(replies.map((r) => r.status).sort(), [200, 401, 401, 401, 401]);
});

test('a count that goes backwards is refused and noted', async () => {
  const user = await newUser(server), key = await addPasskey(user);
  expect(await login(key, { count: 7 }), 200);
  for (const count of [7, 3, 0]) expect(await login(key, { count }), 401, 'passkey_wrong');
  const [shown] = expect(await user.get('/auth/passkeys'), 200).passkeys;
  assert.ok(shown.suspectAt, JSON.stringify(shown));
  expect(await login(key, { count: 8 }), 200);
  const silent = await addPasskey(user, 'one that does not count');
  for (let i = 0; i < 2; i++) expect(await login(silent, { count: 0 }), 200);
});

test('where a second factor is demanded, a passkey is one; it proves oneself once more', async () => {
  const staff = await signIn(server, 'admin@demo.souk');
  expect(await staff.get('/admin/sagas'), 403, 'second_factor_required');
  const key = await addPasskey(staff);
  const prove = async (client, k, how = {}) => client.post('/auth/passkeys/step-up',
    k.get(expect(await client.post('/auth/passkeys/step-up/options'), 200), how));
  staff.token = expect(await prove(staff, key), 200).accessToken;
  expect(await staff.get('/admin/sagas'), 200);
  const session = expect(await login(key), 200);
  assert.deepEqual(claims(session.accessToken).aud, ['store', 'seller', 'admin']);

  const user = await newUser(server), own = await addPasskey(user);
  expect(await prove(user, key), 401, 'passkey_wrong'); /* another's */
  expect(await prove(user, own, { flags: UP }), 401, 'passkey_wrong');
  expect(await prove(user, own, { challenge: (await loginOptions()).challenge }), 401, 'passkey_wrong');
  user.token = server.signed(user.token, { auth_time: claims(user.token).auth_time - 16 * 60 });
  expect(await user.post('/auth/passkeys/options'), 403, 'step_up_required');
  expect(await user.delete(`/auth/passkeys/${own.passkeyId}`), 403, 'step_up_required');
  user.token = expect(await prove(user, own), 200).accessToken;
  const options = expect(await user.post('/auth/passkeys/step-up/options'), 200);
  assert.deepEqual(options.allowCredentials, [{ type: 'public-key', id: own.credentialId }]);
  expect(await user.delete(`/auth/passkeys/${key.passkeyId}`), 404, 'not_found');
  expect(await user.delete(`/auth/passkeys/${own.passkeyId}`), 204);
  expect(await login(own), 401, 'passkey_wrong');
  assert.deepEqual(expect(await user.get('/auth/passkeys'), 200).passkeys, []);
  await until('a mail', () => letters(server, user.user.email, /A way into your account was removed/)[0]);

  expect(await staff.delete(`/auth/passkeys/${key.passkeyId}`), 204); /* the last factor of staff */
  const next = expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  assert.equal(claims(next.accessToken).aud, 'store');
});

test('a user has twenty at most', async () => {
  const user = await newUser(server);
  for (let i = 0; i < 20; i++) await addPasskey(user, `key ${i}`);
  const options = expect(await user.post('/auth/passkeys/options'), 200);
  expect(await user.post('/auth/passkeys', { name: 'x', ...new Authenticator().create(options) }), 422, 'passkeys_full');
});

/* ---- forms ---- */

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const post = (path, fields, cookie = '') => exchange(server.origin, 'POST', path,
  { ...FORM, Origin: server.origin, Cookie: cookie }, String(new URLSearchParams(fields)));
const cookieOf = (reply, name) => reply.headers['set-cookie']?.find((c) => c.startsWith(`${name}=`))?.split(';')[0];

test('the form signs in what this browser was asked for, and nothing else', async () => {
  const key = await addPasskey(await newUser(server));
  const asked = await api.post('/auth/passkeys/login/options'), tie = cookieOf(asked, 'souk_pk');
  assert.match(asked.headers['set-cookie'][0], /HttpOnly/);
  const said = { ...key.get(asked.json), next: '/orders' };
  const other = await post('/signin/passkey', said, cookieOf(await api.post('/auth/passkeys/login/options'), 'souk_pk'));
  assert.equal(other.headers.location, '/signin?said=passkey&next=%2Forders');
  assert.equal((await post('/signin/passkey', said)).headers.location, other.headers.location);
  assert.match((await exchange(server.origin, 'GET', '/signin?said=passkey')).text, /not good here/);
  const reply = await post('/signin/passkey', said, tie);
  assert.equal(reply.headers.location, '/orders');
  assert.ok(cookieOf(reply, 'souk_at') && cookieOf(reply, 'souk_rt'));
  assert.equal((await post('/signin/passkey', said, tie)).headers.location, other.headers.location);
  const foreign = await exchange(server.origin, 'POST', '/signin/passkey',
    { ...FORM, Origin: 'https://evil.example', Cookie: tie }, String(new URLSearchParams(said)));
  assert.equal(foreign.status, 403);
});

test('the pages list, add, remove and prove; without scripts they say so', async () => {
  const user = await newUser(server), cookie = `souk_at=${user.token}`;
  const page = async (path) => (await exchange(server.origin, 'GET', path, { Cookie: cookie })).text;
  const list = '/account/security/passkeys';
  assert.match(await page(list), /None yet/);
  assert.match(await page('/account/security'), /None\. With one you sign in/);
  assert.doesNotMatch(await page('/account/confirm?next=/orders'), /passkey/);
  const empty = await post(list, { name: 'Phone <1>' }, cookie);
  assert.equal(empty.status, 422);
  assert.match(empty.text, /needs a browser with scripts/);
  assert.match(empty.text, /value="Phone &lt;1&gt;"/);
  const key = new Authenticator();
  const options = expect(await user.post('/auth/passkeys/options'), 200);
  assert.equal((await post(list, { name: '', ...key.create(options) }, cookie)).status, 422);
  const made = await post(list, { name: 'Phone <1>', ...key.create(await (await user.post('/auth/passkeys/options')).json) }, cookie);
  assert.equal(made.headers.location, `${list}?said=added`);
  assert.match(await page(`${list}?said=added`), /The passkey was added[^]*Phone &lt;1&gt;[^]*not used yet/);
  assert.match(await page('/account/security'), /1 passkey\./);
  assert.match(await page('/account/confirm?next=/orders'), /href="\/account\/confirm\/passkey\?next=%2Forders"/);
  assert.match(await page('/account/confirm/passkey?next=/orders'), /value="\/orders"/);
  assert.match((await post('/account/confirm/passkey', {}, cookie)).text, /needs a browser with scripts/);
  const prove = async () => (await user.post('/auth/passkeys/step-up/options')).json;
  const wrong = await post('/account/confirm/passkey', key.get(await prove(), { spoil: true }), cookie);
  assert.equal(wrong.status, 401);
  assert.match(wrong.text, /not good here/);
  const good = await post('/account/confirm/passkey', { ...key.get(await prove()), next: '/orders' }, cookie);
  assert.equal(good.headers.location, '/orders');
  assert.equal(claims(cookieOf(good, 'souk_at').split('=')[1]).acr, 'aal2');
  const { passkeys: [{ passkeyId }] } = expect(await user.get('/auth/passkeys'), 200);
  assert.equal((await post(`${list}/${passkeyId}`, {}, cookie)).headers.location, `${list}?said=removed`);
  assert.match(await page(`${list}?said=removed`), /was removed/);
});

test('a password and nothing else is what the login of others takes still', async () => {
  const user = await newUser(server);
  await addPasskey(user);
  const session = expect(await api.post('/auth/login', { email: user.user.email, password: PASSWORD }), 200);
  assert.notEqual(claims(session.accessToken).acr, 'aal2');
});
