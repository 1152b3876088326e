/* SPDX-License-Identifier: Apache-2.0
 * Every route of the table, asked by nobody, by the wrong role, for another surface and for what is
 * another's. The table is the server's own: a route that is added is asked too, and one with an id of
 * a kind that nobody owns here fails until somebody says whose it is. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { addPasskey } from './authenticator.mjs';
import { Client, exchange, expect } from './client.mjs';
import { line, newKey, newUser, onSale, place } from './fixtures.mjs';
import { Server } from './server.mjs';
import { bodySchema, fill, least, routesOf } from './table.mjs';

const ROLES = { customer: 1, seller: 2, support: 4, moderator: 8, catalog: 16, finance: 32, admin: 64 };
const ALL = 'store seller admin'.split(' ');
/* Who may pass, by scope, and the surface that a token must name. */
const SCOPES = {
  user: { roles: Object.keys(ROLES), surface: 'store' },
  seller: { roles: ['seller', 'admin'], surface: 'seller' },
  stock: { roles: ['catalog', 'admin'], surface: 'admin' },
  catalog: { roles: ['catalog', 'admin'], surface: 'admin' },
  support: { roles: ['support', 'finance', 'admin'], surface: 'admin' },
  moderation: { roles: ['moderator', 'catalog', 'admin'], surface: 'admin' },
  staff: { roles: ['support', 'moderator', 'catalog', 'finance', 'admin'], surface: 'admin' },
  admin: { roles: ['admin'], surface: 'admin' },
  'orders.cancel': { roles: ['support', 'admin'], surface: 'admin' },
  'orders.move': { roles: ['admin'], surface: 'admin' },
  refunds: { roles: ['finance', 'admin'], surface: 'admin' },
  payouts: { roles: ['finance', 'admin'], surface: 'admin' },
  approvals: { roles: ['finance', 'admin'], surface: 'admin' },
  fraud: { roles: ['admin'], surface: 'admin' },
  books: { roles: ['finance', 'admin'], surface: 'admin' },
  coupons: { roles: ['admin'], surface: 'admin' },
  work: { roles: ['admin'], surface: 'admin' },
  users: { roles: ['support', 'admin'], surface: 'admin' },
  sessions: { roles: ['support', 'admin'], surface: 'admin' },
  roles: { roles: ['admin'], surface: 'admin' },
  act_as: { roles: ['support', 'admin'], surface: 'admin' },
  audit: { roles: ['admin'], surface: 'admin' },
  keys: { roles: ['admin'], surface: 'admin' },
  flags: { roles: ['admin'], surface: 'admin' },
};

let server, routes, doc, somebody;
before(async () => {
  server = new Server();
  try {
    server.command('demo', '--products=60', '--seed=7');
    routes = routesOf(server);
    await server.start();
    doc = JSON.parse((await exchange(server.origin, 'GET', '/api/v1/openapi.json')).text);
    somebody = await newUser(server);
  } catch (e) {
    server.abandon();
    throw e;
  }
});
after(() => server.close());

const ask = (route, { token, ids, body, headers = {} } = {}) => {
  const all = { Accept: route.api ? 'application/json' : 'text/html', ...headers };
  if (token && route.api) all.Authorization = `Bearer ${token}`;
  if (token && !route.api) Object.assign(all, { Cookie: `souk_at=${token}`, Origin: server.origin });
  if (route.method !== 'GET' && route.api) all['Idempotency-Key'] = newKey();
  if (body !== undefined) all['Content-Type'] = route.api ? 'application/json' : 'application/x-www-form-urlencoded';
  return exchange(server.origin, route.method, fill(route.path, ids), all, body);
};
const codeOf = (reply) => {
  try { return JSON.parse(reply.text).code; } catch { return undefined; }
};
/* A token of ours with other claims. */
const as = (roles, aud = ALL) => server.signed(somebody.token,
  { roles: roles.reduce((sum, role) => sum | ROLES[role], 0), aud });
const guarded = () => routes.filter((r) => r.scope !== 'public');

test('the table is whole, and every scope is known', () => {
  assert.ok(guarded().length > 100, `${guarded().length} guarded routes`);
  for (const r of guarded()) assert.ok(SCOPES[r.scope], `${r.name}: who is "${r.scope}"?`);
});

test('without a token: 401, and pages lead to the door', async () => {
  for (const r of guarded()) {
    const reply = await ask(r);
    if (!r.api && r.method === 'GET') {
      assert.equal(reply.status, 303, r.name);
      assert.match(reply.headers.location, /^\/signin\?next=/, r.name);
    } else {
      assert.equal(reply.status, 401, `${r.name}: ${reply.text.slice(0, 200)}`);
    }
  }
});

test('with a token that is spoilt, has run out or is for another surface: 401', async () => {
  const now = Math.floor(Date.now() / 1000);
  const tokens = {
    spoilt: `${somebody.token.slice(0, -8)}AAAAAAAA`,
    'run out': server.signed(somebody.token, { roles: 127, aud: ALL, iat: now - 2000, exp: now - 1000 }),
    'another surface': as(Object.keys(ROLES), ['elsewhere']),
  };
  for (const [name, token] of Object.entries(tokens))
    for (const r of guarded()) {
      const reply = await ask(r, { token });
      assert.ok(reply.status === 401 || (!r.api && reply.status === 303), `${name}, ${r.name}: ${reply.status}`);
    }
});

test('with a wrong role: 403; with a right one it is not about roles any more', async () => {
  for (const role of Object.keys(ROLES)) {
    const token = as([role]);
    for (const r of guarded()) {
      const may = SCOPES[r.scope].roles.includes(role);
      if (may && r.method !== 'GET') continue; /* it would do something */
      const reply = await ask(r, { token });
      if (may) assert.ok(reply.status !== 401 && reply.status < 500, `${role}, ${r.name}: ${reply.status}`);
      else assert.equal(reply.status, 403, `${role}, ${r.name}: ${reply.text.slice(0, 200)}`);
      if (!may && r.api) assert.equal(codeOf(reply), 'forbidden', `${role}, ${r.name}`);
    }
  }
});

test('with the right role on a session of the store alone: 403', async () => {
  const token = as(Object.keys(ROLES), 'store');
  for (const r of guarded().filter(({ scope }) => SCOPES[scope].surface !== 'store')) {
    const reply = await ask(r, { token });
    if (!r.api && r.method === 'GET') assert.match(reply.headers.location, /^\/account\/security/, r.name);
    else assert.equal(reply.status, 403, r.name);
    if (r.api) assert.equal(codeOf(reply), 'second_factor_required', r.name);
  }
});

/* ---- another owner's ---- */

/* What belongs to nobody, or to everybody. */
const COMMON = ['productId', 'variantId', 'file', 'name', 'slug', 'path', 'hash', 'provider', 'code', 'kind', 'issuer'];
/* Routes about somebody's thing that are open to others by design. */
const OPEN = ['GET /api/v1/reviews/{reviewId}', 'POST /reviews/{reviewId}/helpful',
  'POST /api/v1/reviews/{reviewId}/helpful', 'DELETE /api/v1/reviews/{reviewId}/helpful'];

/* Bodies that must be better than the least, and pages that say it in words, where they lead back to. */
const ADDRESS = { name: 'C D', line1: '2 Main', city: 'Bonn', postalCode: '53111', country: 'DE' };
const BODIES = { 'POST /cart/items/{itemId}': 'quantity=2',
  'POST /orders/{orderId}/challenge': 'answer=approve',
  'POST /account/payment-methods/{methodId}/challenge': 'answer=approve',
  'POST /account/addresses/{addressId}': new URLSearchParams(ADDRESS).toString(),
  'PUT /api/v1/users/me/addresses/{addressId}': JSON.stringify(ADDRESS) };
const SAID = { 'POST /cart/items/{itemId}': /^\/cart\?/ };

const bodyOf = (r) => {
  if (r.method === 'GET' || r.method === 'DELETE') return undefined;
  if (BODIES[r.name] || !r.api) return BODIES[r.name] ?? '';
  const schema = bodySchema(doc, r);
  return schema ? JSON.stringify(least(doc, schema)) : undefined;
};

test('what is another\'s is not there: 404 for every id of theirs', async () => {
  const owner = await newUser(server), article = await onSale(server);
  const { addressId } = expect(await owner.post('/users/me/addresses', { name: 'A B', line1: '1 Main',
    city: 'Berlin', postalCode: '10115', country: 'DE' }), 201);
  const { methodId } = expect(await owner.post('/payment-methods', { token: 'pm_card_visa' }, { key: newKey() }), 201);
  const { orderId } = (await place(owner, [line(article)])).json;
  const item = expect(await owner.post('/cart/items', line(article)), 201);
  const [{ sessionId }] = expect(await owner.get('/users/me/sessions'), 200).sessions;
  const reviewed = expect(await owner.post(`/products/${article.productId}/reviews`,
    { rating: 5, title: 'As it should be', comment: 'Nothing to complain about at all.' }, { key: newKey() }), 201);
  const { passkeyId } = await addPasskey(owner);
  const { exportId } = expect(await owner.post('/users/me/exports'), 202);
  const ids = { exportId, passkeyId, loginId: randomUUID() /* one that exists: logins.test.mjs */, addressId, methodId, orderId, sessionId, userId: owner.user.userId,
    itemId: item.cartItemId ?? item.items[0].cartItemId, reviewId: reviewed.reviewId };
  const { keyId } = expect(await owner.post('/users/me/keys', { name: 'Of the owner', scopes: ['account.read'] }), 201);
  ids.keyId = keyId;
  const stranger = await newUser(server);
  await stranger.post('/cart/items', line(article));
  let asked = 0;
  for (const r of routes.filter(({ scope, name }) => ['user', 'public'].includes(scope) && !OPEN.includes(name))) {
    const params = [...r.path.matchAll(/\{([^}*]+)\*?\}/g)].map((m) => m[1]).filter((p) => !COMMON.includes(p));
    if (params.length === 0) continue;
    for (const p of params) assert.ok(ids[p], `${r.name}: whose is {${p}}?`);
    for (const token of [stranger.token, ...(r.scope === 'public' ? [undefined] : [])]) {
      const reply = await ask(r, { token, ids, body: bodyOf(r),
        headers: r.api ? {} : { Origin: server.origin } });
      if (SAID[r.name]) assert.match(reply.headers.location ?? '', SAID[r.name], r.name);
      else assert.equal(reply.status, 404, `${r.name}: ${reply.text.slice(0, 300)}`);
      asked++;
    }
  }
  assert.ok(asked >= 20, `${asked} asked`);
  /* and all of it is there still */
  assert.equal(expect(await owner.get('/users/me/addresses'), 200).addresses[0].city, 'Berlin');
  assert.equal(expect(await owner.get('/payment-methods'), 200).paymentMethods.length, 1);
  assert.notEqual(expect(await owner.get(`/orders/${orderId}`), 200).status, 'cancelled');
  assert.equal(expect(await owner.get('/cart'), 200).items[0].quantity, 1);
  assert.ok(expect(await owner.get('/users/me/sessions'), 200).sessions.some((s) => s.sessionId === sessionId));
  assert.equal(expect(await owner.get('/users/me/reviews'), 200).reviews.length, 1);
  assert.equal(expect(await owner.get('/users/me/keys'), 200).keys[0].revokedAt, undefined);
  assert.equal(expect(await owner.get('/auth/passkeys'), 200).passkeys.length, 1);
});
