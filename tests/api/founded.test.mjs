/* SPDX-License-Identifier: Apache-2.0
 * A shop that is really run demands a second factor of staff and sellers, unasked: what they can do
 * before they have one, and after; the first administrator; and where the demo is let off. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { admin, newEmail, newUser, PASSWORD, signIn, newProved } from './fixtures.mjs';
import { enrol, found, proved } from './founded.mjs';
import { open, Server } from './server.mjs';

let server, email, api;
before(async () => {
  ({ server, email } = await found());
  api = new Client(server);
});
after(() => server.close());

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const login = (who, more = {}) => api.post('/auth/login', { email: who, password: PASSWORD, ...more });
const goods = { title: 'A thing', price: 1 };
/* Who may is told what is missing: 400; the edge refuses the others before. */
const sells = (client) => client.post('/products', goods);

test('the first administrator has to set a second factor up, and then works', async () => {
  const boss = await signIn(server, email, PASSWORD);
  assert.equal(claims(boss.token).aud, 'store');
  expect(await boss.get('/users/me'), 200);
  assert.equal(expect(await boss.get('/auth/mfa'), 200).demanded, true);
  for (const path of ['/admin/sagas', '/admin/warehouses', '/admin/ledger'])
    expect(await boss.get(path), 403, 'second_factor_required');
  expect(await sells(boss), 403, 'second_factor_required');
  expect(await boss.post('/users/me/keys', { name: 'early', scopes: ['audit'] }), 422);
  const page = await exchange(server.origin, 'GET', '/admin/orders?page=2', { Cookie: `souk_at=${boss.token}` });
  assert.equal(page.status, 303);
  assert.equal(page.headers.location, `/account/security?next=${encodeURIComponent('/admin/orders?page=2')}`);

  const { codes } = await enrol(boss, PASSWORD);
  expect(await boss.get('/admin/sagas'), 200);
  expect(await login(email), 401, 'second_factor_required');
  const again = expect(await login(email, { code: codes[0] }), 200);
  assert.deepEqual(claims(again.accessToken).aud, ['store', 'seller', 'admin']);
  expect(await login(email, { code: codes[0] }), 401, 'code_wrong');

  /* who becomes a seller has to have one from then on */
  const { user } = await newProved(server), shop = await signIn(server, user.email, PASSWORD);
  expect(await boss.put(`/admin/users/${user.userId}/roles`, { roles: ['seller'], reason: 'sells lamps' }), 200);
  expect(await shop.get('/users/me'), 401); /* the sessions of before are over */
  const seller = await signIn(server, user.email, PASSWORD);
  assert.equal(claims(seller.token).aud, 'store');
  expect(await sells(seller), 403, 'second_factor_required');
  expect(await seller.post('/users/me/keys', { name: 'early', scopes: ['seller'] }), 422);
  const own = await enrol(seller, PASSWORD);
  assert.equal((await sells(seller)).status, 400);

  /* a key is as good as its owner's factor, and its access tokens as well */
  const made = expect(await seller.post('/users/me/keys', { name: 'import', scopes: ['seller', 'account.read'] }), 201);
  const got = await exchange(server.origin, 'POST', '/oauth/token', { 'Content-Type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ grant_type: 'client_credentials', client_id: made.keyId, client_secret: made.secret }).toString());
  const keys = [made.secret, JSON.parse(got.text).access_token].map((token) => new Client(server, { token }));
  for (const key of keys) assert.equal((await sells(key)).status, 400);
  const session = expect(await login(user.email, { code: own.codes[0] }), 200);
  assert.equal(claims(session.accessToken).acr, 'aal2');
  expect(await seller.post('/auth/mfa/disable', { password: PASSWORD, code: own.codes[1] }), 204);
  for (const key of keys) {
    expect(await sells(key), 403, 'second_factor_required');
    expect(await key.get('/users/me'), 200);
  }
  const next = expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  assert.equal(claims(next.accessToken).aud, 'store');
  await enrol(new Client(server, { token: next.accessToken }), PASSWORD);
  for (const key of keys) assert.equal((await sells(key)).status, 400);
});

test('a customer is asked for nothing', async () => {
  const user = await newUser(server);
  assert.equal(expect(await user.get('/auth/mfa'), 200).demanded, false);
  expect(await user.post('/users/me/keys', { name: 'mine', scopes: ['account.read'] }), 201);
  expect(await sells(user), 403, 'forbidden');
});

test('souk admin takes an account whose e-mail is proved, and no other', async () => {
  const shop = new Server({ env: { SOUK_SECOND_FACTOR: 'auto' }, log: 'founded-admin' });
  try {
    await shop.start();
    const { user } = await newUser(shop), { user: good } = await proved(shop);
    await shop.stop();
    for (const [words, why] of [[[newEmail()], /no account has the e-mail/], [[user.email], /is not confirmed/],
      [[], /usage: souk admin EMAIL/], [[good.email, 'more'], /usage/]])
      assert.throws(() => shop.command('admin', ...words), why);
    for (let i = 0; i < 2; i++)
      assert.match(shop.command('admin', good.email), /is an administrator; second factor: demanded/);
    assert.match(shop.command('audit', 'verify'), /, 0 findings/);
  } finally {
    await shop.close();
  }
});

test('the demo is let off, aloud, until it is on https or told otherwise', async () => {
  const demo = new Server({ env: { SOUK_SECOND_FACTOR: 'auto' }, log: 'founded-demo' });
  const says = (env) => { /* what the same data say under other settings */
    const { env: kept } = demo;
    demo.env = { ...kept, ...env };
    try {
      return demo.command('demo', '--if-empty');
    } finally {
      demo.env = kept;
    }
  };
  try {
    assert.doesNotMatch(demo.command('config'), /second_factor +offered/);
    const nobody = /Factor +a second one is demanded of nobody/;
    assert.match(demo.command('demo', '--products=60', '--seed=7'), nobody);
    assert.match(says({}), nobody);
    for (const env of [{ SOUK_ORIGIN: 'https://shop.example' }, { SOUK_SECOND_FACTOR: 'sellers' }, { SOUK_SECOND_FACTOR: 'staff' }])
      assert.match(says(env), /Factor +demanded of staff/);
    assert.match(says({ SOUK_ORIGIN: 'https://shop.example', SOUK_SECOND_FACTOR: 'offered' }), /demanded of nobody/);
    await demo.start();
    expect(await (await admin(demo)).get('/admin/sagas'), 200);
    assert.match(demo.tail, /nobody has to have a second factor/);
  } finally {
    await demo.close();
  }
});

test('a word that is not known is no "nobody"', async () => {
  await assert.rejects(open({ demo: 0, env: { SOUK_SECOND_FACTOR: 'seller' }, log: 'founded-word' }),
    /auto, sellers, staff or offered/);
});
