/* SPDX-License-Identifier: Apache-2.0
 * Ranking by behaviour as it is seen from outside: beacons, orders, what they do to the order of
 * results, and why; what is bought together; an order of one's own. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { exchange, expect } from './client.mjs';
import { admin, guest, line, newEmail, newKey, newUser, onSale, PASSWORD, place, until } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { open } from './server.mjs';

const WEIGHED_MS = 25_000, SEARCHED_MS = 60_000; /* flushed every 5 s, weighed every 30 */
let server, api, staff, one, other;
before(async () => {
  server = await open({ demo: 120 });
  await until('the index answers', () => /search index (made|loaded)/.test(server.tail), 20_000);
  api = guest(server);
  staff = await admin(server);
  one = await onSale(server);
  other = await onSale(server, { skip: 1 });
});
after(() => server.close());

const q = (s) => `q=${encodeURIComponent(s)}`;
const figures = async (id) => expect(await staff.get(`/admin/search/products/${id}/behaviour`), 200);
const beacon = (events, headers) => api.post('/behaviour/events', { events }, { headers });
const event = (kind, productId, position) => ({ kind, productId, ...(position ? { position } : {}) });

test('a beacon counts what a page saw, once an hour for an address, and only what there is', async () => {
  const seen = [event('shown', one.productId, 1), event('shown', other.productId, 2),
    event('clicked', other.productId, 2), event('viewed', other.productId),
    event('viewed', newKey())];
  for (let i = 0; i < 3; i++) expect(await beacon(seen), 204);
  await until('the counts', async () => (await figures(other.productId)).views === 1, WEIGHED_MS);
  const now = await figures(other.productId);
  assert.deepEqual([now.shown, now.clicked, now.views, now.orders], [1, 1, 1, 0]);
  assert.ok(now.expectedClicks > 0 && now.expectedClicks < 1);
  assert.deepEqual((await figures(newKey())).shown, 0);
  expect(await api.get(`/admin/search/products/${one.productId}/behaviour`), 401);
});

test('who does not want to be counted is not', async () => {
  const third = await onSale(server, { skip: 2 });
  for (const name of ['DNT', 'Sec-GPC'])
    expect(await beacon([event('viewed', third.productId)], { [name]: '1' }), 204);
  expect(await beacon([event('clicked', one.productId, 1)]), 204);
  await until('the click after them', async () => (await figures(one.productId)).clicked === 1, WEIGHED_MS);
  assert.equal((await figures(third.productId)).views, 0);
});

test('a beacon is refused when it is no beacon', async () => {
  expect(await beacon([]), 422);
  expect(await beacon([event('bought', one.productId)]), 422);
  expect(await beacon([{ ...event('shown', one.productId), position: 0 }]), 422);
  expect(await beacon([event('shown', one.productId)]), 204); /* nowhere: not counted */
  expect(await beacon(Array.from({ length: 101 }, () => event('viewed', one.productId))), 422);
  expect(await api.post('/behaviour/events', { events: [event('viewed', one.productId)], more: 'x'.repeat(20_000) }), 413);
});

test('why a product stands where it does is told to staff alone', async () => {
  const path = (more) => `/search?${q(one.product.title)}&explain=1${more ?? ''}`;
  expect(await api.get(path()), 403, 'forbidden');
  expect(await (await newUser(server)).get(path()), 403, 'forbidden');
  expect(await api.get(`/products/search?${q('desk')}&explain=1`), 403, 'forbidden');
  const found = expect(await staff.get(path()), 200);
  assert.equal(found.explain.length, found.results.length);
  for (const [i, why] of found.explain.entries()) {
    assert.equal(why.productId, found.results[i].productId);
    const product = why.factors.reduce((a, f) => a * f.factor, why.text * why.lowered);
    assert.ok(Math.abs(product - why.score) <= 1e-4 * why.score, JSON.stringify(why));
    for (const name of ['velocity', 'clicks', 'conversion', 'stock', 'rating', 'popularity'])
      assert.ok(why.factors.some((f) => f.name === name && f.weight > 0), name);
    assert.ok(why.reasons.some((r) => r.what.startsWith('term ') && r.what.endsWith(': rarity')));
  }
  const plain = expect(await staff.get(`/products/search?${q(one.product.title)}&explain=1`), 200);
  assert.ok(plain.explain.length > 0 && plain.explain[0].product_id);
  /* what staff saw is kept for nobody */
  expect(await api.get(path()), 403, 'forbidden');
  const anybody = await api.get(`/search?${q(one.product.title)}`);
  assert.equal(anybody.json.explain, undefined);
  assert.match((await staff.get(path())).headers['cache-control'], /no-store/);
});

const factor = async (article, name) => {
  const found = expect(await staff.get(`/search?${q(article.product.title)}&explain=1&limit=50`), 200);
  const why = found.explain.find((w) => w.productId === article.productId);
  return why?.factors.find((f) => f.name === name)?.factor ?? 0;
};

test('what sells rises, what is bought together is told, and a cancelled order is neither', async () => {
  const buyer = await newUser(server);
  assert.equal(await factor(one, 'velocity'), 1);
  const order = expect(await place(buyer, [line(one), line(other)]), 201);
  await until('the order is counted', async () => (await figures(one.productId)).orders === 1, WEIGHED_MS);
  expect(await place(buyer, [line(one)]), 201);
  await until('two orders', async () => (await figures(one.productId)).orders === 2, WEIGHED_MS);
  await until('it sells', async () => await factor(one, 'velocity') > 1.05, SEARCHED_MS).catch(async (e) => {
    assert.fail(JSON.stringify([await figures(one.productId), await factor(one, 'velocity')]));
  });
  const related = expect(await api.get(`/products/${one.productId}/related`), 200);
  assert.deepEqual(related.boughtTogether.map((p) => p.productId), [other.productId]);
  const page = await exchange(server.origin, 'GET', `/p/${one.productId}`);
  assert.match(page.text, /Bought together/);
  expect(await buyer.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' }, { key: newKey() }), 200);
  await until('it is not', async () => (await figures(other.productId)).orders === 0, WEIGHED_MS);
  await until('together no more', async () => expect(
    await api.get(`/products/${one.productId}/related`), 200).boughtTogether.length === 0);
});

/* What a browser without scripts sends: who it says it is, and where it comes from. */
const browse = async (path, { from, ...headers } = {}) => {
  const reply = await exchange(server.origin, 'GET', path, { Accept: 'text/html',
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ...(from && { Referer: `${server.origin}${from}` }), ...headers });
  assert.equal(reply.status, 200, path);
  return reply;
};
const cardsOf = (html) => [...html.matchAll(/<h3><a href="(\/p\/[^"]+)"/g)].map((m) => m[1]);
const led = async (query) => expect(await staff.get('/admin/search/conversion'), 200).queries
  .find((x) => x.query === query);

test('what a search leads to is counted without scripts: clicks, carts, orders, and no more once cancelled', async () => {
  const from = '/search?q=Wireless++LIGHT', query = 'wireless light';
  const { text } = await browse(from);
  const cards = cardsOf(text);
  assert.ok(cards.length > 5, `${cards.length} results`);
  await browse(from); /* the cache's answer, and within the hour */
  let chosen;
  for (const href of cards.slice(2)) {
    const { variants } = expect(await api.get(`/products/${href.slice(3, 39)}`), 200);
    const variant = variants.find((v) => v.stock > 3);
    if (variant) { chosen = { href, productId: href.slice(3, 39), variantId: variant.variantId }; break; }
  }
  const at = cards.indexOf(chosen.href) + 1;
  await browse(chosen.href); /* from nowhere: kept by the cache for those who come after */
  await browse(chosen.href, { from });
  await browse(chosen.href, { from });
  /* none of these count */
  const other_ = cards.find((href) => href !== chosen.href);
  await browse(other_, { from, DNT: '1' });
  await browse(other_, { from, 'Sec-GPC': '1' });
  await browse(other_, { from, 'Sec-Purpose': 'prefetch;prerender' });
  await browse(other_, { from, 'User-Agent': 'Mozilla/5.0 (compatible; FindBot/2.1; +http://bot.example)' });
  await browse(other_, { from, 'User-Agent': 'curl/8.5.0' });
  await browse(other_, { Referer: `http://elsewhere.example${from}` });
  await browse(other_, { Referer: `${server.origin}/c/home?q=wireless` });
  await browse(other_, { Referer: 'http://' });
  await browse(from.replace('Wireless', 'wired'), { 'User-Agent': 'curl/8.5.0' });
  const clicked = await until('the click', () => led(query).then((x) => x?.clicks && x), WEIGHED_MS);
  assert.deepEqual([clicked.searches, clicked.clicks, clicked.averagePosition, clicked.carts, clicked.orders],
    [1, 1, at, 0, 0]);
  assert.equal(await led('wired light'), undefined);

  const buyer = await newUser(server);
  const item = { productId: chosen.productId, variantId: chosen.variantId, quantity: 1 };
  expect(await buyer.post('/cart/items', item), 201);
  const order = expect(await place(buyer, [item]), 201);
  expect(await place(buyer, [line(one)]), 201); /* no search led there */
  const sold = await until('the order', () => led(query).then((x) => x.orders && x), WEIGHED_MS);
  assert.deepEqual([sold.carts, sold.orders, sold.clicksPerSearch, sold.conversion], [1, 1, 1, 1]);
  expect(await buyer.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' }, { key: newKey() }), 200);
  await until('it is cancelled', async () => (await led(query)).orders === 0, WEIGHED_MS);
});

test('what searches lead to is for staff', async () => {
  const path = '/admin/search/conversion';
  expect(await api.get(path), 401);
  expect(await (await newUser(server)).get(path), 403);
  expect(await staff.get(`${path}?days=61`), 422);
  expect(await staff.get(`${path}?limit=101`), 422);
  const short = expect(await staff.get(`${path}?days=1&limit=1`), 200);
  assert.equal(short.days, 1);
  assert.ok(short.queries.length <= 1);
});

test('an order of one\'s own is for who wants it, and for nobody else', async () => {
  const buyer = await newUser(server);
  const path = '/users/me/personal-ranking';
  expect(await api.get(path), 401);
  assert.deepEqual(expect(await buyer.get(path), 200), { personal: false });
  /* something on the first page that can be bought, below rivals of other brands */
  let words, liked;
  const list = async (client) => expect(await client.get(`/search?${q(words)}&limit=24`), 200).results;
  for (words of ['light', 'wireless', 'cotton', 'steel', 'black', 'organic', 'pro', 'max']) {
    const all = await list(buyer);
    liked = all.slice(6).find((r) => r.inStock && r.brand &&
      !all.slice(0, 6).some((o) => o.brand === r.brand));
    if (liked) break;
  }
  assert.ok(liked);
  const { variants } = expect(await api.get(`/products/${liked.productId}`), 200);
  const variant = variants.find((v) => v.stock > 3);
  for (let i = 0; i < 3; i++)
    expect(await place(buyer, [{ productId: liked.productId, variantId: variant.variantId, quantity: 1 }]), 201);
  const at = (all) => all.findIndex((r) => r.productId === liked.productId);
  const was = at(await list(api));
  assert.equal(at(await list(buyer)), was, 'nobody asked for it');
  assert.deepEqual(expect(await buyer.put(path, { personal: true }), 200), { personal: true });
  assert.deepEqual(expect(await buyer.get(path), 200), { personal: true });
  const own = await list(buyer);
  assert.ok(at(own) < at(await list(api)) && at(own) >= was - 5, `${at(own)} of ${was}`);
  assert.deepEqual(own.map((r) => r.productId).sort(), (await list(api)).map((r) => r.productId).sort());
  assert.deepEqual(expect(await buyer.put(path, { personal: false }), 200), { personal: false });
  assert.equal(at(await list(buyer)), at(await list(api)));
});

test('pages have the order of who wants it, and are kept for nobody else', async () => {
  const v = new Visitor(server);
  await v.go('/account/ranking');
  assert.match(v.path, /^\/signin/);
  await v.go('/register');
  await v.submit('/register', { name: 'Olga Own', email: newEmail(), password: PASSWORD });
  const control = async () => {
    const Cookie = [...v.jar].map(([k, x]) => `${k}=${x}`).join('; ');
    const reply = await exchange(server.origin, 'GET', '/search?q=light', { Accept: 'text/html', Cookie });
    assert.equal(reply.status, 200);
    return reply;
  };
  await v.go('/account');
  v.has(/href="\/account\/ranking"/);
  await v.go('/account/ranking');
  v.has(/It is off/);
  assert.ok(!v.jar.has('souk_own'));
  await v.submit('/account/ranking');
  v.has(/It is on/);
  assert.ok(v.jar.has('souk_own'));
  const own = await control();
  assert.match(own.headers['cache-control'], /no-store/);
  assert.equal(own.headers.etag, undefined);
  await v.submit('/account/ranking');
  v.has(/It is off/);
  assert.ok(!v.jar.has('souk_own'));
});

test('a sponsored product stands where it paid to be, says so, and pays by the click', async () => {
  const path = '/admin/search/campaigns';
  const words = 'light';
  const list = async () => expect(await api.get(`/search?${q(words)}&limit=24`), 200).results;
  const before_ = await list();
  const far = before_.slice(7).filter((r) => r.inStock);
  assert.ok(far.length >= 1, `${before_.length} results`);
  const chosen = far.at(-1);
  expect(await api.get(path), 401);
  expect(await staff.post(path, { productId: chosen.productId, name: 'x', bid: '0', budget: '5' }), 422);
  expect(await staff.post(path, { productId: chosen.productId, name: 'x', bid: '0.5', budget: 'much' }), 422);
  const made = expect(await staff.post(path, { productId: chosen.productId, name: 'Spring', bid: '0.40',
    budget: '1000' }), 201);
  expect(await staff.post(path, { productId: chosen.productId, name: 'More', bid: '1', budget: '5' }), 409, 'already_there');
  const now = await until('it is first', async () => {
    const all = await list();
    return all[0].productId === chosen.productId && all;
  });
  assert.deepEqual(now.map((r) => r.sponsored), now.map((r, i) => i === 0));
  assert.deepEqual(now.map((r) => r.productId).sort(), before_.map((r) => r.productId).sort());
  const page = await exchange(server.origin, 'GET', `/search?${q(words)}`);
  assert.match(page.text, /rel="sponsored"/);
  assert.match(page.text, /Sponsored</);
  const plain = expect(await api.get(`/products/search?${q(words)}&limit=24`), 200);
  assert.notEqual(plain.results[0].product_id, chosen.productId, 'nothing unlabelled is sold');
  for (let i = 0; i < 4; i++)
    expect(await beacon([event('ad_shown', chosen.productId), event('ad_clicked', chosen.productId)]), 204);
  const mine = async () => expect(await staff.get(path), 200).campaigns
    .find((c) => c.campaignId === made.campaignId);
  const paid = await until('it is charged', async () => {
    const c = await mine();
    return c.clicks > 0 && c;
  }, WEIGHED_MS);
  assert.deepEqual([paid.shown, paid.clicks, paid.spent], [1, 1, 0.4]);
  expect(await staff.put(`${path}/${made.campaignId}/paused`, { paused: true }), 204);
  await until('it is where it belongs', async () => (await list())[0].productId === before_[0].productId);
  expect(await staff.delete(`${path}/${made.campaignId}`), 204);
  expect(await staff.delete(`${path}/${made.campaignId}`), 404);
  expect(await staff.put(`${path}/${made.campaignId}/paused`, { paused: false }), 404);
});

test('there are at most 500 campaigns', async () => {
  const path = '/admin/search/campaigns';
  const add = () => staff.post(path, { productId: newKey(), name: 'x', bid: '1', budget: '1', paused: true });
  for (let i = 0; i < 500; i += 25)
    for (const reply of await Promise.all(Array.from({ length: 25 }, add))) expect(reply, 201);
  expect(await add(), 409, 'too_many');
  assert.equal(expect(await staff.get(path), 200).campaigns.length, 500);
});
