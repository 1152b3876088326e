/* SPDX-License-Identifier: Apache-2.0
 * Keys of third parties and client credentials, roles, and staff who act as somebody: what each may,
 * what it may not, and when it ends. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { admin, line, newKey, newProved, newUser, onSale, orderBody, PASSWORD, signIn, until } from './fixtures.mjs';
import { ENGINE, open } from './server.mjs';

let server, staff;
before(async () => {
  server = await open({ env: { SOUK_LIMITS: 'on' } });
  staff = await admin(server);
});
after(() => server.close());

const make = async (owner, scopes, more = {}) =>
  expect(await owner.post('/users/me/keys', { name: 'A program', scopes, ...more }), 201);
const withKey = (secret) => new Client(server, { token: secret });
const form = (fields) => new URLSearchParams(fields).toString();
const token = (fields, headers = {}) => exchange(server.origin, 'POST', '/oauth/token',
  { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, form(fields))
  .then((reply) => ({ ...reply, json: JSON.parse(reply.text) }));
const page = (client, method, path, body, cookies = '') => exchange(server.origin, method, path,
  { Accept: 'text/html', Cookie: `souk_at=${client.token ?? client}${cookies}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) }, body);

/* ---- keys ---- */

test('a key does what it was given and nothing else', async () => {
  const owner = await newUser(server);
  const { secret, keyId, prefix } = await make(owner, ['account.read']);
  assert.ok(secret.startsWith(prefix) && secret.startsWith('souk_'));
  const reader = withKey(secret);
  assert.equal(expect(await reader.get('/users/me'), 200).userId, owner.user.userId);
  expect(await reader.patch('/users/me', { name: 'By a key' }), 403, 'insufficient_scope');
  expect(await reader.get('/admin/ledger'), 403, 'insufficient_scope');
  /* on what is everybody's it is nobody, where it was not given its owner's account */
  const article = await onSale(server);
  expect(await owner.post('/cart/items', line(article)), 201);
  const stock = withKey((await make(staff, ['stock'])).secret);
  assert.equal((expect(await stock.get('/cart'), 200).items ?? []).length, 0);
  assert.equal(expect(await reader.get('/cart'), 200).items.length, 1);
  expect(await stock.get('/users/me'), 403, 'insufficient_scope');
  expect(await stock.get('/admin/warehouses'), 200);
  /* nor does it open pages, make keys, change a password, or buy */
  const writer = withKey((await make(owner, ['account.read', 'account.write'])).secret);
  expect(await writer.patch('/users/me', { name: 'By a key' }), 200);
  for (const [path, body] of [['/users/me/keys', { name: 'x', scopes: ['account.read'] }],
    ['/users/me/password', { currentPassword: PASSWORD, newPassword: 'another long secret' }]])
    expect(await writer.post(path, body), 403, 'in_person_only');
  expect(await writer.post('/orders', orderBody([line(article)]), { key: newKey() }), 403, 'in_person_only');
  const opened = await exchange(server.origin, 'GET', '/account', { Accept: 'text/html', Authorization: `Bearer ${secret}` });
  assert.equal(opened.status, 403);
  const list = expect(await owner.get('/users/me/keys'), 200).keys;
  assert.ok(list.every((key) => key.secret === undefined));
  assert.ok(list.find((key) => key.keyId === keyId).lastUsedAt);
});

test('nobody gives a key what they do not have; and a key loses what its owner loses', async () => {
  const owner = await newProved(server);
  for (const scopes of [['stock'], ['roles'], ['nonsense'], []])
    assert.equal((await owner.post('/users/me/keys', { name: 'Too much', scopes })).status, 422, String(scopes));
  expect(await staff.post('/users/me/keys', { name: 'Not for keys', scopes: ['roles'] }), 422);
  const path = `/admin/users/${owner.user.userId}/roles`;
  expect(await staff.put(path, { roles: ['catalog'], reason: 'new in the warehouse' }), 200);
  const worker = await signIn(server, owner.user.email, PASSWORD);
  const made = await make(worker, ['stock']), key = withKey(made.secret);
  const { json: got } = await token({ grant_type: 'client_credentials', client_id: made.keyId, client_secret: made.secret });
  const bearer = withKey(got.access_token);
  for (const client of [key, bearer]) expect(await client.get('/admin/warehouses'), 200);
  expect(await staff.put(path, { roles: [], reason: 'left' }), 200);
  for (const client of [key, bearer]) expect(await client.get('/admin/warehouses'), 403);
  expect(await worker.get('/users/me'), 401); /* their sessions have ended */
});

test('a revoked key and one that has run out are refused at once, and their tokens with them', async () => {
  const owner = await newUser(server), made = await make(owner, ['account.read']);
  const { json: got } = await token({ grant_type: 'client_credentials', client_id: made.keyId, client_secret: made.secret });
  expect(await withKey(got.access_token).get('/users/me'), 200);
  expect(await withKey(made.secret).get('/users/me'), 200);
  expect(await owner.delete(`/users/me/keys/${made.keyId}`), 204);
  expect(await withKey(made.secret).get('/users/me'), 401, 'key_invalid');
  expect(await withKey(got.access_token).get('/users/me'), 401);
  assert.equal((await token({ grant_type: 'client_credentials', client_id: made.keyId, client_secret: made.secret })).status, 401);
  const brief = await make(owner, ['account.read'], { expiresAt: new Date(Date.now() + 1500).toISOString() });
  expect(await withKey(brief.secret).get('/users/me'), 200);
  await until('it has run out', async () => (await withKey(brief.secret).get('/users/me')).status === 401);
  expect(await withKey(`${made.secret.slice(0, -1)}x`).get('/users/me'), 401, 'key_invalid');
});

test('a key has a rate of its own', async () => {
  const owner = await newUser(server);
  const slow = withKey((await make(owner, ['account.read'], { perMinute: 3 })).secret);
  for (let i = 0; i < 3; i++) expect(await slow.get('/users/me'), 200);
  const refused = await slow.get('/users/me');
  expect(refused, 429, 'rate_limited');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  expect(await owner.get('/users/me'), 200);
});

test('only a hash is kept, and no log has a key', async () => {
  const owner = await newUser(server), { secret, keyId } = await make(owner, ['account.read']);
  expect(await withKey(secret).get('/users/me'), 200);
  const sql = `SELECT secret_hash || ' ' || prefix FROM credentials_key WHERE name = 'A program'`;
  const kept = execFileSync(...(ENGINE === 'pg'
    ? ['psql', ['-X', '-q', '-A', '-t', '-d', server.database.direct, '-c', sql]]
    : ['sqlite3', [server.database.direct.slice('sqlite:'.length), sql]]), { encoding: 'utf8' });
  assert.match(kept, /^[0-9a-f]{64} souk_/m);
  assert.ok(!kept.includes(secret.slice(12)));
  await token({ grant_type: 'client_credentials', client_id: keyId, client_secret: secret });
  expect(await withKey(`${secret}!`).get('/users/me'), 401);
  const log = readFileSync(server.logPath, 'utf8');
  assert.ok(!log.includes(secret.slice(12)), 'the log has a key');
});

test('client credentials as RFC 6749 has them', async () => {
  const made = await make(staff, ['stock', 'account.read']);
  const who = { client_id: made.keyId, client_secret: made.secret };
  const grant = { grant_type: 'client_credentials' };
  const all = await token({ ...grant, ...who });
  assert.equal(all.status, 200);
  assert.match(all.headers['cache-control'], /no-store/);
  assert.equal(all.json.token_type, 'Bearer');
  assert.equal(all.json.expires_in, 600);
  assert.equal(all.json.scope, 'stock account.read');
  const basic = await token({ ...grant, scope: 'account.read' },
    { Authorization: `Basic ${Buffer.from(`${made.keyId}:${made.secret}`).toString('base64')}` });
  assert.equal(basic.json.scope, 'account.read');
  const narrow = withKey(basic.json.access_token);
  expect(await narrow.get('/users/me'), 200);
  expect(await narrow.get('/admin/warehouses'), 403, 'insufficient_scope');
  expect(await withKey(all.json.access_token).get('/admin/warehouses'), 200);
  for (const [fields, status, error] of [
    [{ ...who }, 400, 'invalid_request'], [{ ...grant }, 401, 'invalid_client'],
    [{ grant_type: 'password', ...who }, 400, 'unsupported_grant_type'],
    [{ ...grant, ...who, client_secret: 'souk_no' }, 401, 'invalid_client'],
    [{ ...grant, ...who, client_id: newKey() }, 401, 'invalid_client'],
    [{ ...grant, ...who, scope: 'admin' }, 400, 'invalid_scope'],
    [{ ...grant, ...who, scope: 'account.read nonsense' }, 400, 'invalid_scope']]) {
    const reply = await token(fields);
    assert.equal(reply.status, status, JSON.stringify(fields));
    assert.deepEqual(reply.json, { error });
    if (status === 401) assert.match(reply.headers['www-authenticate'], /^Basic/);
  }
  assert.equal((await token({ ...grant, ...who }, { Authorization: 'Basic !!' })).json.error, 'invalid_client');
  assert.equal((await token({ ...grant, ...who },
    { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` })).json.error, 'invalid_request');
});

test('keys as pages: made, shown this once, revoked by the owner and by staff', async () => {
  const owner = await newUser(server);
  assert.equal((await page(owner, 'POST', '/account/keys', form({ name: '', days: '30' }))).status, 422);
  assert.equal((await page(owner, 'POST', '/account/keys', form({ name: 'x', scopes: 'stock' }))).status, 422);
  const made = await page(owner, 'POST', '/account/keys', form({ name: 'My <script>', days: '30', scopes: 'account.read' }));
  assert.equal(made.status, 200);
  const [secret] = made.text.match(/souk_[\w-]{43}/);
  expect(await withKey(secret).get('/users/me'), 200);
  const list = await page(owner, 'GET', '/account/keys');
  assert.ok(!list.text.includes(secret) && list.text.includes('My &lt;script&gt;'));
  const [revoke] = list.text.match(/\/account\/keys\/[\w-]+\/revoke/);
  assert.equal((await page(owner, 'POST', revoke, '')).status, 303);
  expect(await withKey(secret).get('/users/me'), 401);
  assert.match((await page(owner, 'GET', '/account/keys?said=revoked')).text, /The key is revoked/);
  const other = await make(owner, ['account.read']);
  assert.match((await page(staff, 'GET', '/admin/keys')).text, new RegExp(other.prefix));
  assert.equal((await page(owner, 'GET', '/admin/keys')).status, 403);
  assert.equal((await page(staff, 'POST', `/admin/keys/${other.keyId}/revoke`, '')).status, 303);
  expect(await withKey(other.secret).get('/users/me'), 401);
  assert.equal((await page(staff, 'POST', `/admin/keys/${newKey()}/revoke`, '')).status, 404);
  for (let i = 0; i < 20; i++) await make(owner, ['account.read']);
  expect(await owner.post('/users/me/keys', { name: 'x', scopes: ['account.read'] }), 422, 'keys_full');
  assert.equal((await page(owner, 'POST', '/account/keys', form({ name: 'x', scopes: 'account.read' }))).status, 422);
});

/* ---- roles ---- */

test('roles are given and taken with a reason; the last administrator stays', async () => {
  const user = await newProved(server), path = `/admin/users/${user.user.userId}`;
  assert.match((await page(staff, 'GET', `/admin/users?q=${encodeURIComponent(user.user.email)}`)).text, new RegExp(path));
  assert.match((await page(staff, 'GET', `/admin/users?q=${user.user.userId}`)).text, new RegExp(path));
  assert.match((await page(staff, 'GET', '/admin/users?q=nobody@example.com')).text, /Nobody has this/);
  assert.match((await page(staff, 'GET', '/admin/users')).text, /admin@demo\.souk/);
  assert.match((await page(staff, 'GET', path)).text, /Give: Support/);
  assert.match((await page(staff, 'POST', `${path}/roles`, form({ roles: 'support', reason: ' ' }))).headers.location, /said=reason/);
  assert.match((await page(staff, 'POST', `${path}/roles`, form({ roles: 'support', reason: 'new' }))).headers.location, /said=roles/);
  const support = await signIn(server, user.user.email, PASSWORD);
  assert.equal((await page(support, 'GET', path)).status, 200);
  assert.doesNotMatch((await page(support, 'GET', path)).text, /Give: /);
  assert.equal((await page(support, 'POST', `${path}/roles`, form({ roles: 'admin', reason: 'me too' }))).status, 403);
  expect(await support.put(`${path}/roles`, { roles: ['admin'], reason: 'me too' }), 403, 'forbidden');
  expect(await staff.put(`${path}/roles`, { roles: ['king'], reason: 'x' }), 422);
  expect(await staff.put(`/admin/users/${newKey()}/roles`, { roles: [], reason: 'x' }), 404);
  expect(await staff.put(`/admin/users/${staff.user.userId}/roles`, { roles: [], reason: 'tired' }), 409, 'last_admin');
  assert.match((await page(staff, 'POST', `/admin/users/${staff.user.userId}/roles`, form({ reason: 'tired' }))).headers.location, /said=last/);
  assert.match((await page(staff, 'GET', `/admin/users/${staff.user.userId}?said=last`)).text, /has to stay one/);
  assert.match((await page(staff, 'POST', `${path}/sessions`, form({ reason: 'lost telephone' }))).headers.location, /said=sessions/);
  expect(await support.get('/users/me'), 401);
  await until('it stands in the trail', async () =>
    /support.*lost telephone|lost telephone/s.test((await page(staff, 'GET', `/admin/audit?object=${user.user.userId}`)).text));
  const stale = server.signed(staff.token, { auth_time: Math.floor(Date.now() / 1000) - 1000 });
  expect(await new Client(server, { token: stale }).put(`${path}/roles`, { roles: [], reason: 'x' }), 403, 'step_up_required');
});

test('nobody gets a role by an e-mail that they have not proved', async () => {
  const { user } = await newUser(server), path = `/admin/users/${user.userId}`;
  expect(await staff.put(`${path}/roles`, { roles: ['support'], reason: 'new here' }), 409, 'email_not_verified');
  const { location } = (await page(staff, 'POST', `${path}/roles`, form({ roles: 'support', reason: 'new here' }))).headers;
  assert.match(location, /said=unproved/);
  assert.match((await page(staff, 'GET', location)).text, /prove their e-mail first/);
  expect(await staff.put(`${path}/roles`, { roles: [], reason: 'nothing to give' }), 200);
  assert.deepEqual((await signIn(server, user.email, PASSWORD)).user.roles, ['customer']);
});

test('of two administrators who take one another away, one stays', async () => {
  const two = [await newProved(server), await newProved(server)];
  const roles = (by, of, list) => by.put(`/admin/users/${of.user.userId}/roles`, { roles: list, reason: 'race' });
  for (const user of two) expect(await roles(staff, user, ['admin']), 200);
  const clients = await Promise.all(two.map((user) => signIn(server, user.user.email, PASSWORD)));
  expect(await roles(clients[0], staff, ['support']), 200);
  const both = await Promise.all([roles(clients[0], two[1], []), roles(clients[1], two[0], [])]);
  assert.equal(both.filter((reply) => reply.status === 200).length, 1, both.map((reply) => reply.text).join());
  const left = await Promise.all(two.map((user) => signIn(server, user.user.email, PASSWORD)));
  const one = left.find((client) => client.user.roles.includes('admin'));
  expect(await roles(one, staff, ['admin']), 200);
  staff = await admin(server);
});

/* ---- acting as somebody ---- */

test('staff act as somebody with a banner and a trail, and not in what is the owner\'s alone', async () => {
  const user = await newUser(server, { name: 'Helpless Person' }), path = `/admin/users/${user.user.userId}`;
  const article = await onSale(server);
  expect(await staff.post(`${path}/act-as`, { reason: '' }), 422);
  expect(await staff.post(`/admin/users/${staff.user.userId}/act-as`, { reason: 'x' }), 403, 'act_as_refused');
  assert.match((await page(staff, 'POST', `/admin/users/${staff.user.userId}/act-as`, form({ reason: 'x' }))).headers.location, /said=staff/);
  expect(await user.post(`${path}/act-as`, { reason: 'x' }), 403, 'forbidden');
  const begun = await page(staff, 'POST', `${path}/act-as`, form({ reason: 'cannot find the cart' }));
  assert.equal(begun.headers.location, '/account');
  const borrowed = begun.headers['set-cookie'].map((c) => c.match(/^souk_at=([^;]+); .*Max-Age=(\d+)/)).find(Boolean);
  assert.ok(Number(borrowed[2]) <= 15 * 60);
  const acting = new Client(server, { token: borrowed[1] });
  assert.equal(expect(await acting.get('/users/me'), 200).userId, user.user.userId);
  for (const at of ['/', '/account', `/p/${article.productId}`, '/cart'])
    assert.match((await page(acting, 'GET', at, undefined, '; souk_act=1')).text, /You act as Helpless Person/, at);
  assert.doesNotMatch((await page(user, 'GET', '/account')).text, /You act as/);
  expect(await acting.post('/cart/items', line(article)), 201);
  for (const [method, at, body] of [['post', '/users/me/password', { currentPassword: PASSWORD, newPassword: 'another long secret' }],
    ['post', '/users/me/email', { email: 'x@example.com', password: PASSWORD }], ['post', '/auth/mfa/setup', { password: PASSWORD }],
    ['post', '/auth/mfa/step-up', { password: PASSWORD }], ['post', '/users/me/keys', { name: 'x', scopes: ['account.read'] }],
    ['post', '/payment-methods', { token: 'pm_card_visa' }], ['delete', '/users/me/sessions'],
    ['put', '/users/me/consents', { purpose: 'personalisation', granted: true }], ['put', '/users/me/personal-ranking', { personal: true }],
    ['patch', '/users/me/preferences', { appearance: 'dark' }],
    ['delete', '/users/me/erasure']])
    expect(await acting.send(method.toUpperCase(), at, { json: body, key: newKey() }), 403, 'in_person_only');
  expect(await acting.post('/orders', orderBody([line(article)]), { key: newKey() }), 403, 'in_person_only');
  const refused = await page(acting, 'POST', '/account/security/password', form({ password: PASSWORD }), '; souk_act=1');
  assert.equal(refused.status, 403);
  expect(await acting.get('/admin/ledger'), 403, 'forbidden');
  assert.equal((await page(acting, 'POST', '/account/preferences', form({ appearance: 'dark' }), '; souk_act=1')).status, 403);
  assert.ok(![(await page(acting, 'GET', '/account/preferences', undefined, '; souk_act=1')).headers['set-cookie']].flat().some((c) => /souk_look/.test(c)), 'the look is theirs who looks');
  assert.deepEqual(expect(await user.get('/users/me/preferences'), 200), { appearance: 'system', deliverySpeed: 'standard' });
  /* the owner sees it among the sessions, and the trail has both ids */
  assert.ok(expect(await user.get('/users/me/sessions'), 200).sessions.some((s) => /support/.test(s.device)));
  await until('it stands in the trail', async () => {
    const { text } = await page(staff, 'GET', `/admin/audit?actor=${user.user.userId}`);
    return /cart\/items/.test(text) && text.includes(`by staff ${staff.user.userId.slice(-8)}`);
  });
  assert.match((await page(staff, 'GET', `/admin/audit?object=${user.user.userId}&act=identity.acted_as`)).text, /cannot find the cart/);
  const ended = await page(acting, 'POST', '/act-as/end', '', '; souk_act=1');
  assert.equal(ended.headers.location, path);
  assert.ok(ended.headers['set-cookie'].some((c) => /^souk_at=;/.test(c)));
  expect(await acting.get('/users/me'), 401);
  const again = expect(await staff.post(`${path}/act-as`, { reason: 'once more' }), 201);
  const second = new Client(server, { token: again.accessToken });
  expect(await second.get('/users/me'), 200);
  expect(await second.post('/auth/act-as/end'), 204);
  expect(await second.get('/users/me'), 401);
  expect(await user.get('/users/me'), 200);
});

test('who loses their role, or changes their password, is out of the accounts in which they act', async () => {
  const user = await newUser(server), hired = await newProved(server);
  const roles = (list) => staff.put(`/admin/users/${hired.user.userId}/roles`, { roles: list, reason: 'hired and fired' });
  const act = async () => {
    const helper = await signIn(server, hired.user.email, PASSWORD);
    const { accessToken } = expect(await helper.post(`/admin/users/${user.user.userId}/act-as`, { reason: 'x' }), 201);
    const acting = new Client(server, { token: accessToken });
    assert.equal(expect(await acting.get('/users/me'), 200).userId, user.user.userId);
    return { helper, acting };
  };
  expect(await roles(['support']), 200);
  const first = await act();
  expect(await first.helper.post('/users/me/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` }), 204);
  expect(await first.acting.get('/users/me'), 401);
  expect(await first.helper.post('/users/me/password', { currentPassword: `${PASSWORD} 2`, newPassword: PASSWORD }), 204);
  const second = await act();
  expect(await roles([]), 200);
  expect(await second.acting.get('/users/me'), 401);
  expect(await second.helper.post(`/admin/users/${user.user.userId}/act-as`, { reason: 'x' }), 401);
  expect(await user.get('/users/me'), 200);
});
