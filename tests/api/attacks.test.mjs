/* SPDX-License-Identifier: Apache-2.0
 * Attacks on pages and API as browsers and programs carry them out: each walks the table of routes or
 * openapi.json, so that what is added is attacked too. Must never pass over a route in silence. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Client, exchange as ask_, expect } from './client.mjs';
import { ADDRESS, guest, line, newEmail, newKey, newUser, onSale, orderBody, PASSWORD, place, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { listening } from './ports.mjs';
import { DEMO_PASSWORD, Server } from './server.mjs';
import { bodySchema, fill, least, resolve, routesOf, typeOf } from './table.mjs';

const ALL_ROLES = 127;
let server, routes, doc, user, boss, article;
before(async () => {
  server = new Server({ env: { SOUK_PROXIES: '127.0.0.1' } }); /* we are one: what it says of TLS is believed */
  try {
    server.command('demo', '--products=60', '--seed=7');
    routes = routesOf(server);
    await server.start();
    doc = JSON.parse((await exchange(server.origin, 'GET', '/api/v1/openapi.json')).text);
    user = await newUser(server);
    const admin = expect(await new Client(server).post('/auth/login',
      { email: 'admin@demo.souk', password: DEMO_PASSWORD }), 200);
    boss = server.signed(admin.accessToken, { roles: ALL_ROLES, aud: ['store', 'seller', 'admin'] });
    article = await onSale(server);
  } catch (e) {
    server.abandon();
    throw e;
  }
});
after(() => server.close());

/* With a length, also where Node would send none. */
const exchange = (origin, method, path, headers, body) => ask_(origin, method, path,
  body === undefined ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) }, body);
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const pages = (method) => routes.filter((r) => !r.api && r.method === method);
/* One is meant for other sites: it reads no cookie and changes nothing (logins.test.mjs). */
const FOR_OTHERS = 'POST /signin/back/{issuer}';
const unsafe = () => routes.filter((r) => r.method !== 'GET' && `${r.method} ${r.path}` !== FOR_OTHERS);
const cookiesOf = (reply) => Object.fromEntries((reply.headers['set-cookie'] ?? [])
  .map((c) => c.match(/^([^=]+)=([^;]*)/).slice(1)));
const jar = (cookies) => Object.entries(cookies).map(([k, v]) => `${k}=${v}`).join('; ');

/* ---- requests that other sites make with our visitor's cookies ---- */

const FOREIGN = [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'null' },
  { Origin: 'https://evil.example' }, { Origin: 'http://127.0.0.1.evil.example' }, { Origin: 'evil.example' },
  { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' },
  { Referer: 'https://evil.example/a' }, { Referer: 'https://127.0.0.1.evil.example/' }];
test('CSRF: every form and every route that changes something, from every kind of other site: 403', async () => {
  assert.ok(unsafe().length > 100);
  for (const r of unsafe())
    for (const from of FOREIGN) {
      const headers = { Cookie: `souk_at=${boss}; souk_cart=${'c'.repeat(32)}`, ...from,
        ...(r.api ? { 'Content-Type': 'application/json', 'Idempotency-Key': newKey() } : FORM) };
      const reply = await exchange(server.origin, r.method, fill(r.path), headers, r.api ? '{}' : '');
      assert.equal(reply.status, 403, `${r.name} from ${JSON.stringify(from)}: ${reply.status}`);
    }
});

test('CSRF: a form that says nothing of where it is comes without our cookies: each is SameSite=Lax', async () => {
  const { email } = (await newUser(server)).user, seen = new Set();
  for (const secure of [false, true]) {
    const said = { Host: new URL(server.origin).host, ...(secure ? { 'X-Forwarded-Proto': 'https' } : {}) };
    const ask = async (method, path, fields, cookies = {}) => {
      const reply = await exchange(server.origin, method, path, { ...said, ...FORM, Cookie: jar(cookies) },
        fields && new URLSearchParams(fields).toString());
      for (const cookie of reply.headers['set-cookie'] ?? []) {
        assert.match(cookie, /; SameSite=Lax(;|$)/, `${method} ${path}`);
        seen.add(cookie.split('=')[0]);
      }
      return { reply, cookies: { ...cookies, ...cookiesOf(reply) } };
    };
    await ask('POST', '/cart/items', line(article));
    const { reply, cookies } = await ask('POST', '/signin', { email, password: PASSWORD });
    assert.equal(reply.status, 303);
    const kept = Object.fromEntries(Object.entries(cookies).filter(([name]) => !name.endsWith('souk_at')));
    assert.equal((await ask('GET', '/session?next=/account', undefined, kept)).reply.headers.location, '/account');
    await ask('POST', '/signout', {}, cookies);
  }
  for (const name of ['souk_at', 'souk_rt', 'souk_cart'])
    for (const prefix of ['', '__Host-']) assert.ok(seen.has(prefix + name), prefix + name);
});

test('CSRF: what a plain form can send to the API is no JSON', async () => {
  for (const r of unsafe().filter(({ api }) => api))
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])
      if (bodySchema(doc, r)) {
        const reply = await exchange(server.origin, r.method, fill(r.path), { 'Content-Type': type,
          Authorization: `Bearer ${boss}`, 'Idempotency-Key': newKey() }, '{"a":1}');
        assert.ok([404, 415].includes(reply.status), `${r.name} as ${type}: ${reply.status}`);
      }
});

test('the method is the one of the request line, whatever a header says', async () => {
  const added = expect(await user.post('/users/me/addresses', ADDRESS), 201);
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
    await user.get(`/users/me/addresses?_method=DELETE`, { headers: { [name]: 'DELETE' }, check: false });
  assert.ok(expect(await user.get('/users/me/addresses'), 200).addresses
    .some((a) => a.addressId === added.addressId));
});

/* ---- frames ---- */

test('clickjacking: no answer of any page may be put into a frame, refusals too', async () => {
  const ask = (path, cookie) => exchange(server.origin, 'GET', path,
    { Accept: 'text/html', ...(cookie ? { Cookie: `souk_at=${cookie}` } : {}) });
  let seen = 0;
  for (const r of pages('GET').filter(({ path }) => !/^\/(media|assets|livez|readyz|\.well-known|favicon)/.test(path)))
    for (const cookie of [undefined, boss]) {
      const { headers, status } = await ask(fill(r.path, { productId: article.productId }), cookie);
      const csp = headers['content-security-policy'] ?? '';
      assert.match(csp, /frame-ancestors 'none'/, `${r.name} ${status}`);
      assert.match(csp, /default-src 'none'/, `${r.name} ${status}`);
      assert.doesNotMatch(csp, /unsafe|\*/, r.name);
      assert.equal(headers['x-frame-options'], 'DENY', r.name);
      assert.equal(headers['x-content-type-options'], 'nosniff', r.name);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', r.name);
      assert.ok(headers['referrer-policy'], r.name);
      seen++;
    }
  assert.ok(seen > 80, `${seen} pages`);
});

test('clickjacking: answers of the API are for no frame either', async () => {
  for (const path of ['/products', '/cart', '/users/me', '/nothing', '/openapi.json']) {
    const { headers } = await exchange(server.origin, 'GET', `/api/v1${path}`);
    assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'", path);
  }
});

test('over TLS browsers are told to stay there', async () => {
  for (const path of ['/', '/signin', '/nothing', '/api/v1/products']) {
    const { headers } = await exchange(server.origin, 'GET', path, { 'X-Forwarded-Proto': 'https' });
    assert.match(headers['strict-transport-security'] ?? '', /^max-age=\d{8,}; includeSubDomains$/, path);
    assert.equal((await exchange(server.origin, 'GET', path)).headers['strict-transport-security'], undefined);
  }
});

/* ---- redirects ---- */

const AWAY = ['https://evil.example/', '//evil.example', '/\\evil.example', '\\\\evil.example', '/%09/evil.example',
  '/\t/evil.example', 'javascript:alert(1)', 'http:evil.example', '///evil.example', '/%0d%0aSet-Cookie:a=b',
  '/\r\nSet-Cookie: a=b', 'evil.example', '/@evil.example\n', '%2f%2fevil.example', '/.//evil.example/../..//evil.example',
  'https:evil.example', '/%5cevil.example'];
const NAMES = ['next', 'return', 'returnTo', 'return_to', 'redirect', 'redirect_uri', 'url', 'to', 'continue', 'goto', 'back'];
const stays = (reply, what) => {
  const { location } = reply.headers;
  if (location) assert.equal(new URL(location, server.origin).origin, server.origin, `${what}: ${location}`);
  assert.ok(!reply.headers['set-cookie']?.some((c) => c.startsWith('a=b')), what);
  for (const [, href] of reply.text.matchAll(/(?:href|action|content)="([^"]*)"/g))
    if (href.includes('evil.example'))
      assert.equal(new URL(href.replace(/&amp;/g, '&'), server.origin).origin, server.origin, `${what}: a link to ${href}`);
};
test('open redirect: no page leads away, by whatever name it is asked to', async () => {
  let moved = 0;
  for (const r of pages('GET'))
    for (const away of AWAY) {
      const query = NAMES.map((name) => `${name}=${encodeURIComponent(away)}`).join('&');
      for (const Cookie of ['', `souk_at=${boss}`, `souk_rt=${'x'.repeat(40)}`]) {
        const reply = await exchange(server.origin, 'GET', `${fill(r.path)}?${query}`, { Accept: 'text/html', Cookie });
        stays(reply, `${r.name} ${away}`);
        if (reply.headers.location) moved++;
      }
    }
  assert.ok(moved > 100, `${moved} redirects`);
});

test('open redirect: signing in, registering and proving oneself end in this shop', async () => {
  const email = newEmail();
  expect(await guest(server).post('/auth/register', { email, password: PASSWORD, name: 'Vera' }), 201);
  let ended = 0;
  for (const away of AWAY) {
    const next = encodeURIComponent(away);
    const send = async (path, fields, Cookie = '') => {
      const reply = await exchange(server.origin, 'POST', path, { ...FORM, Origin: server.origin, Cookie },
        new URLSearchParams(fields).toString());
      stays(reply, `POST ${path} ${away}`);
      if (reply.status === 303) ended++;
    };
    await send(`/signin?next=${next}`, { email, password: PASSWORD });
    await send('/signin', { email, password: PASSWORD, next: away });
    await send('/register', { email: newEmail(), password: PASSWORD, name: 'Vera', next: away });
    await send('/account/confirm', { password: PASSWORD, next: away }, `souk_at=${user.token}`);
  }
  assert.ok(ended >= AWAY.length * 3, `${ended} ended`);
});

test('open redirect: not even staff can send a query to another site', async () => {
  const staff = new Client(server, { token: boss });
  for (const target of AWAY.filter((away) => new URL(away, server.origin).origin !== server.origin))
    expect(await staff.post('/admin/search/rules', { query: 'lamp', kind: 'redirect', target }), 422);
});

/* ---- what somebody else has put there before ---- */

test('session fixation: signing in gives other tokens, and what was planted opens nothing', async () => {
  const planted = { souk_at: 'x'.repeat(40), souk_rt: 'planted-refresh-token-planted-refr', souk_cart: 'p'.repeat(32) };
  const reply = await exchange(server.origin, 'POST', '/signin', { ...FORM, Origin: server.origin, Cookie: jar(planted) },
    new URLSearchParams({ email: user.user.email, password: PASSWORD }).toString());
  assert.equal(reply.status, 303, reply.text.slice(0, 300));
  const given = cookiesOf(reply);
  for (const name of ['souk_at', 'souk_rt']) {
    assert.ok(given[name], name);
    assert.notEqual(given[name], planted[name], name);
  }
  expect(await guest(server).post('/auth/refresh', { refreshToken: planted.souk_rt }), 401);
  const again = cookiesOf(await exchange(server.origin, 'POST', '/signin', { ...FORM, Origin: server.origin,
    Cookie: jar(given) }, new URLSearchParams({ email: user.user.email, password: PASSWORD }).toString()));
  assert.notEqual(again.souk_rt, given.souk_rt, 'the second login has the session of the first');
});

test('cart fixation: who planted a cart does not see what its visitor does after signing in', async () => {
  const thief = guest(server);
  thief.cart = expect(await thief.post('/cart/items', line(article)), 201).cartToken;
  const victim = new Client(server, { cart: thief.cart });
  victim.session = expect(await victim.post('/auth/login', { email: user.user.email, password: PASSWORD }), 200);
  victim.token = victim.session.accessToken;
  victim.cart = undefined;
  expect(await victim.post('/cart/items', line(await onSale(server, { skip: 2 }))), 201);
  const seen = expect(await thief.get('/cart'), 200);
  assert.equal(seen.items.length, 0, 'the planted token still opens the cart');
});

test('the host that a request names is in no mail and in no link', async () => {
  for (const name of ['X-Forwarded-Host', 'X-Original-Host', 'X-Host', 'Forwarded', 'Host']) {
    const other = await newUser(server);
    const value = name === 'Forwarded' ? 'host=evil.example' : 'evil.example';
    expect(await guest(server).post('/auth/password-reset', { email: other.user.email },
      { headers: { [name]: value } }), 202);
    const told = await until('a mail', () => letters(server, other.user.email, /password/i)[0]);
    assert.doesNotMatch(told.text, /evil\.example/, name);
    if (name === 'Host') continue;
    const page = await exchange(server.origin, 'GET', `/?${randomUUID()}`, { [name]: value });
    assert.doesNotMatch(page.text, /evil\.example/, name);
  }
});

test('cache deception: a private page under the name of a picture is not there, and never public', async () => {
  for (const path of ['/account/x.css', '/account/security/a.js', '/orders/x.png', '/cart/a.css', '/account;.css',
    '/account%2fx.css', '/account/.css', '/api/v1/users/me/x.js', '/api/v1/cart/x.css']) {
    const { status, headers } = await exchange(server.origin, 'GET', path, { Cookie: `souk_at=${user.token}` });
    assert.ok([401, 404].includes(status), `${path}: ${status}`);
    assert.doesNotMatch(headers['cache-control'] ?? '', /public/, path);
  }
});

/* ---- fields that nobody asked for ---- */

const EXTRA = { role: 'admin', roles: ['admin'], isAdmin: true, admin: true, scope: 'admin', price: 1, priceMinor: 1,
  unitPrice: 0, total: 0, discount: 100, balance: 100000, ownerId: null, userId: null, sellerId: null, user_id: null,
  emailVerified: true, passwordHash: 'x', createdAt: '2020-01-01T00:00:00Z', status: 'paid', verifiedPurchase: true,
  helpfulCount: 100, commission: 0, mfaEnabled: false, id: null, constructor: {}, $where: '1' };
/* Every object in a value, by where its schema is. */
const objectsOf = (schema, value, found = []) => {
  const plain = resolve(doc, schema);
  if (Array.isArray(value)) for (const one of value) objectsOf(plain.items, one, found);
  else if (value && typeof value === 'object') {
    found.push([plain, value]);
    for (const [key, inner] of Object.entries(value)) if (plain.properties?.[key]) objectsOf(plain.properties[key], inner, found);
  }
  return found;
};
test('mass assignment: a field that is not described is refused, at every place of every operation', async () => {
  let tried = 0;
  for (const r of unsafe().filter((one) => one.api && bodySchema(doc, one))) {
    const schema = bodySchema(doc, r);
    if (resolve(doc, schema).type !== 'object' || r.path.includes('/webhooks/')) continue;
    for (const [name, extra] of Object.entries(EXTRA)) {
      const places = objectsOf(schema, least(doc, schema)).length;
      for (let at = 0; at < places; at++) {
        const body = least(doc, schema);
        const [plain, object] = objectsOf(schema, body)[at];
        const camel = name.replace(/_([a-z])/g, (_, c) => c.toUpperCase());
        if (camel in (plain.properties ?? {}) || plain.additionalProperties) continue;
        object[name] = extra ?? randomUUID();
        const reply = await exchange(server.origin, r.method, fill(r.path), { Authorization: `Bearer ${boss}`,
          'Content-Type': 'application/json', 'Idempotency-Key': newKey() }, JSON.stringify(body));
        assert.ok([400, 404, 422].includes(reply.status), `${r.name} with ${name}: ${reply.status} ${reply.text.slice(0, 200)}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 1000, `${tried} tried`);
});

test('mass assignment by forms: roles, owner and e-mail are not what a form can set', async () => {
  const one = await newUser(server);
  const before_ = expect(await one.get('/users/me'), 200);
  for (const [name, value] of [['roles', 'admin'], ['role', 'admin'], ['email', 'x@evil.example'], ['userId', user.user.userId],
    ['emailVerified', 'true']]) {
    const reply = await exchange(server.origin, 'POST', '/account', { ...FORM, Origin: server.origin, Cookie: `souk_at=${one.token}` },
      new URLSearchParams({ name: 'Mallory', [name]: value }).toString());
    assert.ok([200, 303, 400, 422].includes(reply.status), `${name}: ${reply.status}`);
    const now = expect(await one.get('/users/me'), 200);
    assert.deepEqual({ ...now, name: before_.name }, before_, name);
  }
});

/* ---- ids of others that are not in the path ---- */

test('IDOR in bodies: addresses, methods and carts of others do not serve', async () => {
  const owner = await newUser(server), thief = await newUser(server);
  const { addressId } = expect(await owner.post('/users/me/addresses', ADDRESS), 201);
  const { methodId } = expect(await owner.post('/payment-methods', { token: 'pm_card_visa' }, { key: newKey() }), 201);
  const cart = guest(server);
  const token = expect(await cart.post('/cart/items', line(article)), 201).cartToken;
  const basis = orderBody([line(article)]);
  const { shippingAddress, ...noAddress } = basis;
  const { paymentMethod, ...noMethod } = basis;
  assert.ok(shippingAddress && paymentMethod);
  const tries = [
    { ...noAddress, shippingAddress: { addressId } }, { ...noAddress, shippingAddressId: addressId },
    { ...noAddress, items: [{ ...line(article), shippingAddressId: addressId }] },
    { ...noAddress, items: [{ ...line(article), shippingAddress: { addressId } }] },
    { ...noMethod, paymentMethodId: methodId }, { ...basis, customerId: owner.user.userId },
  ];
  for (const body of tries) {
    const reply = await thief.post('/orders', body, { key: newKey() });
    assert.ok([400, 403, 404, 422].includes(reply.status), `${JSON.stringify(body)}: ${reply.status} ${reply.text}`);
    assert.doesNotMatch(reply.text, /62701|4242/);
  }
  const { items, ...fromCart } = basis;
  assert.ok(items);
  const foreign = await thief.post('/orders', { ...fromCart, cartId: randomUUID() }, { key: newKey() });
  assert.ok([400, 404, 409, 422].includes(foreign.status), `${foreign.status} ${foreign.text}`);
  assert.equal(expect(await new Client(server, { cart: token }).get('/cart'), 200).items.length, 1);
  assert.equal((await thief.get(`/users/${owner.user.userId}/orders`)).status, 404);
});

/* The ids that requests may name, wherever they stand: one that is new must be thought about. */
const KNOWN_IDS = ['productId', 'variantId', 'warehouseId', 'fromId', 'toId', 'parentId', 'addressId', 'shippingAddressId',
  'customerId', 'cartId'];
test('IDOR in bodies: every id that a body may name is one of those that are tried', () => {
  const seen = new Set();
  const walk = (schema, name) => {
    const plain = resolve(doc, schema);
    if (plain.format === 'uuid') seen.add(name);
    for (const [key, inner] of Object.entries(plain.properties ?? {})) walk(inner, key);
    if (plain.items) walk(plain.items, name);
  };
  for (const r of unsafe().filter(({ api }) => api)) if (bodySchema(doc, r)) walk(bodySchema(doc, r), '');
  assert.ok(seen.size > 5);
  for (const name of seen) assert.ok(KNOWN_IDS.includes(name), `whose is ${name}? (a test of its own, and then KNOWN_IDS)`);
});

/* ---- addresses that the server would call ---- */

/* What takes a URL; none is fetched. A field that is added must be put here by hand, with its test. */
const URLS = [];
test('SSRF: no field of a request is a URL, by format or by name', () => {
  const found = [];
  const walk = (schema, at) => {
    const plain = resolve(doc, schema);
    const name = at.split(/[. ]/).at(-1);
    if (/^(uri|url|iri|hostname|ipv4|ipv6)/.test(plain.format ?? '') || /url|uri|webhook|callback|endpoint|href|host$/i.test(name)) found.push(at);
    for (const [key, inner] of Object.entries(plain.properties ?? {})) walk(inner, `${at}.${key}`);
    if (plain.items) walk(plain.items, `${at}[]`);
  };
  for (const r of routes.filter(({ api }) => api)) {
    const operation = doc.paths[r.path][r.method.toLowerCase()];
    for (const p of operation.parameters) walk(p.schema, `${r.name} ${p.in}.${p.name}`);
    if (bodySchema(doc, r)) walk(bodySchema(doc, r), `${r.name} `);
  }
  assert.deepEqual(found, URLS);
});

const withText = (schema, text) => {
  const plain = resolve(doc, schema), type = typeOf(plain);
  if (type === 'string' && !plain.enum && !plain.format) return text;
  if (type === 'object') return Object.fromEntries(Object.entries(plain.properties ?? {})
    .map(([key, inner]) => [key, withText(inner, text)]));
  if (type === 'array') return [withText(plain.items, text)];
  return least(doc, plain);
};
test('SSRF: addresses of a listener in every text of every request, and nobody calls', async () => {
  const calls = [];
  const listener = await listening(createServer((req, res) => { calls.push(req.url); res.end('secret of the inside'); }));
  try {
    const { port } = listener.address();
    const hosts = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://2130706433:${port}/`, `//127.0.0.1:${port}/x`];
    const all = { Authorization: `Bearer ${boss}` };
    for (const r of routes)
      for (const host of hosts.slice(0, r.method === 'GET' ? 1 : hosts.length)) {
        const headers = { ...all, Referer: host, 'X-Forwarded-Host': `127.0.0.1:${port}`, 'X-Original-URL': host,
          'Idempotency-Key': newKey() };
        if (r.method === 'GET') {
          const query = ['q', 'url', 'next', 'image', 'src', 'picture'].map((n) => `${n}=${encodeURIComponent(host)}`).join('&');
          await exchange(server.origin, 'GET', `${fill(r.path)}?${query}`, headers);
        } else {
          const schema = r.api && bodySchema(doc, r);
          const body = schema ? JSON.stringify(withText(schema, host)) : `url=${encodeURIComponent(host)}`;
          const reply = await exchange(server.origin, r.method, fill(r.path), { ...headers,
            ...(r.api ? { 'Content-Type': 'application/json' } : { ...FORM, Origin: server.origin }) }, schema || !r.api ? body : undefined);
          assert.ok(reply.status < 500, `${r.name}: ${reply.status} ${reply.text}`);
          assert.doesNotMatch(reply.text, /secret of the inside/, r.name);
        }
      }
    await new Promise((done) => setTimeout(done, 1500));
    assert.deepEqual(calls, []);
  } finally {
    listener.close();
  }
});

test('another\'s order is in no answer of a stranger, however it is asked for', async () => {
  const owner = await newUser(server);
  const { orderId } = expect(await place(owner, [line(article)]), 201);
  for (const headers of [{}, { Authorization: `Bearer ${user.token}` }])
    for (const path of [`/orders/${orderId}`, `/orders/${orderId.toUpperCase()}`, `/orders/${orderId}?userId=${owner.user.userId}`,
      `/users/${owner.user.userId}/orders`, `/users/${owner.user.userId.toUpperCase()}/orders`]) {
      const reply = await exchange(server.origin, 'GET', `/api/v1${path}`, { ...headers, 'X-User-Id': owner.user.userId });
      assert.ok([400, 401, 404].includes(reply.status), `${path}: ${reply.status}`);
      assert.doesNotMatch(reply.text, /62701/, path);
    }
});
