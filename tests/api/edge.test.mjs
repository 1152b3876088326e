/* SPDX-License-Identifier: Apache-2.0
 * What the edge does for every route: methods, caching, encodings, headers, limits. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Client, exchange, expect } from './client.mjs';
import { line, onSale, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open();
  api = new Client(server);
});
after(() => server.close());

const page = (path, headers) => exchange(server.origin, 'GET', path, headers);

test('nothing is there: a problem for programs, a page for people', async () => {
  expect(await api.get('/nothing'), 404, 'not_found');
  const html = await page('/nothing', { Accept: 'text/html' });
  assert.equal(html.status, 404);
  assert.match(html.headers['content-type'], /^text\/html/);
  assert.match(html.text, new RegExp(html.headers['x-request-id']));
  const other = await page('/nothing');
  assert.equal(other.headers['content-type'], 'application/problem+json');
});

test('a method that a path does not take: 405 with Allow', async () => {
  const reply = await api.send('DELETE', '/cart');
  expect(reply, 405);
  assert.equal(reply.headers.allow, 'GET');
  assert.match((await api.send('PATCH', '/products')).headers.allow, /GET/);
  assert.equal((await exchange(server.origin, 'DELETE', '/cart')).status, 405);
  for (const method of ['TRACE', 'BREW'])
    assert.ok([405, 501].includes((await exchange(server.origin, method, '/')).status), method);
});

test('HEAD is GET without the body', async () => {
  for (const path of ['/', '/api/v1/products?limit=2', '/api/v1/cart', '/livez', '/signin']) {
    const get = await exchange(server.origin, 'GET', path);
    const head = await exchange(server.origin, 'HEAD', path);
    assert.equal(head.status, get.status, path);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers['content-type'], get.headers['content-type'], path);
    assert.equal(head.headers['content-length'], get.headers['content-length'], path);
  }
});

test('public answers have an ETag, which saves the body', async () => {
  for (const path of ['/', '/api/v1/products', '/api/v1/categories', '/api/v1/openapi.json']) {
    const first = await page(path);
    assert.ok(first.headers.etag, path);
    assert.match(first.headers['cache-control'], /max-age|no-cache/);
    assert.match(first.headers.vary, /Accept-Encoding/);
    const again = await page(path, { 'If-None-Match': first.headers.etag });
    assert.equal(again.status, 304, path);
    assert.equal(again.bytes.length, 0);
    assert.equal((await page(path, { 'If-None-Match': `"x", W/${first.headers.etag}` })).status, 304);
    assert.equal((await page(path, { 'If-None-Match': '"other"' })).status, 200);
  }
});

/* gateway_reply.c: what readers may keep follows what the server keeps. */
test('nobody is told to keep a price longer than the server does', async () => {
  const { productId } = JSON.parse((await page('/api/v1/products?limit=1')).text).products[0];
  for (const path of ['/api/v1/products', '/api/v1/search?q=a', `/api/v1/products/${productId}`]) {
    const rules = Object.fromEntries((await page(path)).headers['cache-control'].split(', ')
      .map((rule) => rule.split('=')));
    assert.ok('public' in rules, path);
    assert.equal(rules['max-age'], '0', path);
    assert.equal(rules['s-maxage'], undefined, path);
    assert.equal(rules['stale-while-revalidate'], '1', path);
  }
  assert.equal((await page('/')).headers['cache-control'], 'private, no-cache');
  const [css] = (await page('/')).text.match(/\/assets\/[^"]+\.css/);
  assert.match((await page(css)).headers['cache-control'], /max-age=31536000, immutable/);
});

test('the page of the design pieces is for development alone', async () => {
  assert.equal((await page('/dev/pieces')).status, 404);
});

test('personal answers are kept by nobody', async () => {
  for (const path of ['/api/v1/cart', '/cart', '/signin'])
    assert.equal((await page(path)).headers['cache-control'], 'private, no-store', path);
});

test('brotli and gzip unpack to the plain answer', async () => {
  for (const path of ['/', '/api/v1/products', '/signin']) {
    const plain = await page(path, { 'Accept-Encoding': 'identity' });
    assert.equal(plain.headers['content-encoding'], undefined);
    const gzip = await page(path, { 'Accept-Encoding': 'gzip' });
    assert.equal(gzip.headers['content-encoding'], 'gzip', path);
    assert.equal(gunzipSync(gzip.bytes).toString(), plain.text);
    const best = await page(path, { 'Accept-Encoding': 'gzip, deflate, br' });
    if (best.headers['content-encoding'] === 'br')
      assert.equal(brotliDecompressSync(best.bytes).toString(), plain.text);
    assert.ok(best.bytes.length < plain.bytes.length);
    const none = await page(path, { 'Accept-Encoding': 'gzip;q=0, br;q=0' });
    assert.equal(none.headers['content-encoding'], undefined);
  }
});

/* gateway_reply.c: who asks first gets a hasty form, who asks next a good one that is kept. */
test('a page that is asked for again is pressed once more, and says the same', async () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  const { products } = JSON.parse((await page('/api/v1/products?limit=40')).text);
  let smaller = 0;
  for (const coding of ['br', 'gzip'])
    for (const { productId } of products.splice(0, 20)) {
      const path = `/p/${productId}`;
      const ask = () => page(path, { Accept: 'text/html', 'Accept-Encoding': coding });
      const replies = [await ask(), await ask(), await ask()];
      const plain = await page(path, { Accept: 'text/html' });
      for (const reply of replies) {
        assert.equal(reply.headers['content-encoding'], coding, path);
        assert.equal(reply.headers.etag, plain.headers.etag, path);
        assert.equal(unpack[coding](reply.bytes).toString(), plain.text, path);
      }
      const [first, second, third] = replies.map((reply) => reply.bytes.length);
      assert.ok(second <= first, path);
      smaller += second < first && third === second; /* else it was made anew in between */
    }
  assert.ok(smaller > 20, `${smaller} of 40 were pressed once more`);
});

test('styles and scripts are named by their content and kept for ever', async () => {
  const home = await page('/');
  const assets = [...home.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((m) => m[1]);
  assert.ok(assets.length >= 3);
  for (const path of assets) {
    const reply = await page(path);
    assert.equal(reply.status, 200, path);
    assert.match(reply.headers['cache-control'], /immutable/);
  }
  assert.equal((await page(assets[0].replace(/[0-9a-f]{16}/, '0'.repeat(16)))).status, 404);
  assert.equal((await page('/favicon.ico')).status, 200);
});

test('CORS: programs of other sites may read the API, never with cookies', async () => {
  const preflight = await exchange(server.origin, 'OPTIONS', '/api/v1/orders',
    { Origin: 'https://other.example', 'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization, idempotency-key' });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
  assert.match(preflight.headers['access-control-allow-methods'], /POST/);
  assert.match(preflight.headers['access-control-allow-headers'], /Idempotency-Key/);
  assert.equal(preflight.headers['access-control-allow-credentials'], undefined);
  const read = await exchange(server.origin, 'GET', '/api/v1/categories');
  for (const name of ['ETag', 'Idempotent-Replayed', 'Location', 'Retry-After'])
    assert.ok(read.headers['access-control-expose-headers'].split(', ').includes(name), name);
  const reply = await api.get('/products', { headers: { Origin: 'https://other.example' } });
  assert.equal(reply.headers['access-control-allow-origin'], '*');
  assert.equal((await page('/')).headers['access-control-allow-origin'], undefined);
});

test('a form of another site changes nothing with our cookies', async () => {
  const article = await onSale(server);
  const cart = await api.post('/cart/items', line(article));
  const Cookie = cart.headers['set-cookie'].map((c) => c.split(';')[0]).join('; ');
  const form = `productId=${article.productId}&variantId=${article.variantId}&quantity=1`;
  const send = (headers) => exchange(server.origin, 'POST', '/cart/items',
    { Cookie, 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, form);
  for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://other.example' }, { Origin: 'null' }])
    assert.equal((await send(headers)).status, 403, JSON.stringify(headers));
  assert.equal((await send({ Origin: server.origin, 'Sec-Fetch-Site': 'same-origin' })).status, 303);
  const viaApi = await api.post('/cart/items', line(article),
    { headers: { Cookie, Origin: 'https://other.example' } });
  expect(viaApi, 403, 'cross_site');
});

test('the id of a request comes back, a strange one does not', async () => {
  const own = await api.get('/cart', { headers: { 'X-Request-Id': 'abc-123-def-456' } });
  assert.equal(own.headers['x-request-id'], 'abc-123-def-456');
  const made = await api.get('/cart');
  assert.match(made.headers['x-request-id'], /^[\w-]{8,}$/);
  for (const bad of ['x'.repeat(500), '<script>', 'a b']) {
    const reply = await api.get('/cart', { headers: { 'X-Request-Id': bad } });
    assert.notEqual(reply.headers['x-request-id'], bad);
  }
});

test('pages carry a policy, everything forbids sniffing', async () => {
  for (const path of ['/', '/cart', '/signin', '/nothing']) {
    const { headers } = await page(path, { Accept: 'text/html' });
    const csp = headers['content-security-policy'];
    assert.match(csp, /default-src 'none'/, path);
    assert.doesNotMatch(csp, /unsafe/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.ok(headers['referrer-policy']);
  }
  assert.equal((await api.get('/cart')).headers['x-content-type-options'], 'nosniff');
});

test('what one visitor says of the host is not kept for the next', async () => {
  const path = '/?host-test=1';
  await page(path, { Host: 'evil.example' });
  const mine = await page(path);
  assert.ok(!mine.text.includes('evil.example'), 'the address of another host was served from the cache');
});

test('a name that is signed in is not kept for the next', async () => {
  const { newUser } = await import('./fixtures.mjs');
  const user = await newUser(server, { name: 'Xantippe Unusual' });
  const mine = await page('/', { Cookie: `souk_at=${user.token}` });
  assert.match(mine.text, /Xantippe/);
  assert.equal(mine.headers['cache-control'], 'private, no-store');
  assert.doesNotMatch((await page('/')).text, /Xantippe/);
});

test('who is sent away while a page is made leaves nobody waiting for it', async () => {
  const path = '/search?q=nobody-asked-before';
  const sent = await page(path, { Cookie: 'souk_at=spoilt; souk_rt=spoilt-as-well' });
  assert.deepEqual([sent.status, sent.headers.location], [303, `/session?next=${encodeURIComponent(path)}`]);
  assert.equal((await page(path)).status, 200);
});

test('what is kept for everybody is made for nobody, whoever asked first', async () => {
  const staff = await signIn(server, 'admin@demo.souk');
  const path = '/api/v1/search?q=a&explain=1'; /* for staff alone, and by a token */
  for (const headers of [{ Cookie: `souk_at=${staff.token}` }, {}])
    assert.equal((await page(path, headers)).status, 403);
  const kept = '/search?q=somebody-asked-first', count = /data-cart-count>(\d*)</;
  assert.equal((await page(kept, { Cookie: 'souk_n=7' })).text.match(count)[1], '7');
  assert.equal((await page(kept)).text.match(count)[1], '', 'the cart of who asked first');
});

test('health', async () => {
  for (const path of ['/livez', '/readyz'])
    assert.deepEqual(JSON.parse((await page(path)).text), { status: 'ok' });
});

test('limits: a header on every answer, 429 with Retry-After when it is too much', async () => {
  const limited = await open({ demo: 0, env: { SOUK_LIMITS: 'on', SOUK_PROXIES: '127.0.0.1' } });
  try {
    const client = new Client(limited);
    const made = await client.get('/search?q=never-asked'); /* what is kept is for nothing, what has to be made is not */
    assert.match(made.headers['ratelimit-policy'], /^"default"/);
    const first = await client.get('/cart');
    assert.match(first.headers['ratelimit-policy'], /^"default";q=\d+;w=\d+$/);
    assert.match(first.headers.ratelimit, /^"default";r=\d+;t=\d+$/);
    const login = () => client.post('/auth/logout', { refreshToken: 'x' });
    const quota = Number((await login()).headers['ratelimit-policy'].match(/q=(\d+)/)[1]);
    assert.ok(quota <= 1000);
    let refused;
    for (let i = 0; i < quota * 2 && !refused; i += 50)
      refused = (await Promise.all(Array.from({ length: 50 }, login))).find((r) => r.status === 429);
    expect(refused, 429, 'rate_limited');
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.match(refused.headers.ratelimit, /r=0/);
    /* whoever has one address of IPv6 has 2^64 */
    const host = (i) => client.post('/auth/logout', { refreshToken: 'x' },
      { headers: { 'X-Forwarded-For': `2001:db8::a:b:c:${i.toString(16)}` } });
    let last;
    for (let i = 0; i < quota * 2 && last?.status !== 429; i += 50)
      last = (await Promise.all(Array.from({ length: 50 }, (_, k) => host(i + k + 1)))).find((r) => r.status === 429);
    expect(last, 429, 'rate_limited');
    expect(await client.post('/auth/logout', { refreshToken: 'x' }, { headers: { 'X-Forwarded-For': '2001:db8:0:1::1' } }), 204);
    expect(await client.get('/cart'), 200);
  } finally {
    await limited.close();
  }
});
