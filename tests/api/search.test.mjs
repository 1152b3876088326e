/* SPDX-License-Identifier: Apache-2.0
 * Searching as a client of the API sees it: news within a second, spellings, pages that stay, an
 * index that is made anew, several processes on one database. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange, expect } from './client.mjs';
import { admin, guest, newKey, onSale, setStock, until } from './fixtures.mjs';
import { ENGINE, Server, open } from './server.mjs';

const SEEN_MS = 1000; /* from the reply to the change until a search shows it */
let server, api, staff, one;
before(async () => {
  server = await open({ demo: 120 });
  await loaded(server);
  api = guest(server);
  staff = await admin(server);
  one = await onSale(server);
});
after(() => server.close());

const loaded = (of) => until('the index answers',
  () => /search index (made|loaded)/.test(of.tail), 20_000);
const search = async (query, client = api) => expect(await client.get(`/search?${query}`), 200);
const text = (s) => `q=${encodeURIComponent(s)}`;
const has = (list, id) => list.results.some((r) => r.productId === id);

test('a new price is found within a second', async () => {
  const path = `/admin/products/${one.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  const wanted = prices.map((p) => ({ variantId: p.variantId, price: 321.09, listPrice: 400 }));
  expect(await staff.put(path, { prices: wanted }), 200);
  await until('the price', async () =>
    has(await search(`${text(one.product.title)}&filters=price:321-322`), one.productId), SEEN_MS);
});

test('each of many changes is found within a second, whatever was kept of the answer before', async () => {
  const path = `/admin/products/${one.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  const query = `${text(one.product.title)}&filters=price:300-400`;
  const shown = async () => (await search(query)).results.find((r) => r.productId === one.productId)?.price;
  for (let i = 0; i < 12; i++) {
    await shown();
    const price = 330.05 + i;
    expect(await staff.put(path, { prices: prices.map((p) => ({ variantId: p.variantId, price, listPrice: 400 })) }), 200);
    await until(`price ${i}`, async () => await shown() === price, SEEN_MS);
  }
});

test('the last piece that goes is not in stock within a second, and back again', async () => {
  const query = `${text(one.product.title)}&filters=stock:true`;
  const there = async () => has(await search(query), one.productId);
  assert.ok(await there());
  for (const variant of one.product.variants)
    await setStock(staff, { productId: one.productId, variantId: variant.variantId }, 0);
  await until('out of stock', async () => !(await there()), SEEN_MS);
  await setStock(staff, one, 50);
  await until('in stock', there, SEEN_MS);
});

test('a new product is found by its title and its SKU within a second', async () => {
  const sku = `ZQ-${newKey().slice(0, 8)}`;
  const { categories } = expect(await api.get('/categories'), 200);
  const made = expect(await staff.post('/products', { title: 'Quibblewort lantern 12 V',
    description: 'Burns <b>bright</b>.', category: categories[0].path, brand: 'Quibble', price: 12.5,
    variants: [{ sku, price: 12.5, stock: 3, attributes: {} }], specifications: { Colour: 'Moss' },
    images: [] }), 201);
  const status = `/admin/products/${made.productId}/status`;
  await staff.put(status, { status: 'published' });
  for (const words of ['quibblewort', 'quibblewort lanterns', sku, 'quibblewrt'])
    await until(words, async () => has(await search(text(words)), made.productId), SEEN_MS);
});

test('what was misspelt is answered as it was meant', async () => {
  const word = one.product.title.split(' ').find((w) => /^[A-Za-z]{6,}$/.test(w));
  assert.ok(word, one.product.title);
  const typo = word.slice(0, 3) + word.slice(4);
  const found = await search(text(typo));
  assert.equal(found.replaced, true, JSON.stringify({ typo, found: found.totalResults }));
  assert.equal(found.corrected, word.toLowerCase());
  assert.ok(found.totalResults > 0);
});

test('completions: words, categories, brands and products with their pictures', async () => {
  const title = one.product.title.split(' ').find((w) => /^[A-Za-z]{6,}$/.test(w));
  const found = expect(await api.get(`/search/autocomplete?${text(title.slice(0, 4))}`), 200);
  assert.ok(found.suggestions.includes(title.toLowerCase()), JSON.stringify(found.suggestions));
  assert.ok(found.products.length > 0 && found.products.every((p) => p.thumbnail.startsWith('/media/')));
  const brand = expect(await api.get(`/search/autocomplete?${text(one.product.brand.slice(0, 4))}`), 200);
  assert.ok(brand.brands.some((b) => b.name === one.product.brand), JSON.stringify(brand.brands));
  const { categories } = expect(await api.get('/categories'), 200);
  const full = categories.find((c) => c.productCount > 0) ?? categories[0];
  const named = expect(await api.get(`/search/autocomplete?${text(full.name.slice(0, 3))}`), 200);
  assert.ok(named.categories.some((c) => c.name === full.name), JSON.stringify(named.categories));
  expect(await api.get('/search/autocomplete?q=%20'), 200);
});

test('what is like a product is of its category and never the product itself', async () => {
  const related = expect(await api.get(`/products/${one.productId}/related`), 200);
  assert.ok(related.similar.length > 0);
  assert.ok(!related.similar.some((p) => p.productId === one.productId));
  assert.deepEqual([related.boughtTogether, related.alsoBought], [[], []]);
  expect(await api.get('/products/01890000-0000-7000-8000-000000000000/related'), 404, 'not_found');
  const page = await exchange(server.origin, 'GET', `/p/${one.productId}`);
  const shelf = page.text.slice(page.text.indexOf('More like this'));
  const shown = [...shelf.matchAll(/href="\/p\/([0-9a-f-]{36})/g)].map(([, id]) => id);
  assert.deepEqual(shown, related.similar.slice(0, shown.length).map((p) => p.productId));
  assert.ok(shown.length > 0);
});

/* The pages are asked for all the time, so that there is always one that is kept. */
test('the shelf of a page shows a new price, and what cannot be bought goes, within a second', async () => {
  const { similar } = expect(await api.get(`/products/${one.productId}/related`), 200);
  const [near, far] = similar;
  const card = async ({ productId }) => {
    const { text: html } = await exchange(server.origin, 'GET', `/p/${one.productId}`);
    const shelf = html.slice(html.indexOf('More like this')).split('<li class="card">');
    return shelf.find((part) => part.includes(`href="/p/${productId}`));
  };
  const path = `/admin/products/${near.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  for (let cents = 1; cents <= 6; cents++) {
    assert.ok(await card(near));
    expect(await staff.put(path, { prices: prices.map((p) =>
      ({ variantId: p.variantId, price: Math.round(p.price * 100 + cents) / 100 })) }), 200);
    const least = Math.min(...prices.map((p) => Math.round(p.price * 100))) + cents;
    const wanted = `$${(least / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`;
    await until(wanted, async () => (await card(near))?.includes(`>${wanted}<`), SEEN_MS);
  }
  const { variants } = expect(await api.get(`/products/${near.productId}`), 200);
  for (const { variantId } of variants)
    await setStock(staff, { productId: near.productId, variantId }, 0);
  await until('what is sold out', async () => !(await card(near)), SEEN_MS);
  assert.ok(await card(far));
  expect(await staff.put(`/admin/products/${far.productId}/status`, { status: 'withdrawn' }), 200);
  await until('what is withdrawn', async () => !(await card(far)), SEEN_MS);
});

test('pages by token show every product once, whatever changes meanwhile', async () => {
  const seen = new Set();
  const path = `/admin/products/${one.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  let token = '', pages = 0;
  do {
    const page = expect(await api.get(`/search?q=&limit=17&sort=newest${token && `&pageToken=${token}`}`), 200);
    for (const r of page.results) {
      assert.ok(!seen.has(r.productId), 'shown twice');
      seen.add(r.productId);
    }
    token = page.nextPageToken ? encodeURIComponent(page.nextPageToken) : '';
    const wanted = prices.map((p) => ({ variantId: p.variantId, price: 100 + pages, listPrice: 400 }));
    expect(await staff.put(path, { prices: wanted }), 200);
    assert.ok(++pages < 20);
  } while (token);
  assert.ok(seen.size >= 120, `${seen.size}`);
});

const admin_ = '/admin/search';

test('a synonym holds for the next search, one way or both, until it is removed', async () => {
  const word = one.product.title.split(' ').find((w) => /^[A-Za-z]{6,}$/.test(w)).toLowerCase();
  assert.equal((await search(text('zwiebelturm'))).totalResults, 0);
  const made = expect(await staff.post(`${admin_}/synonyms`,
    { term: 'Zwiebelturm', replacement: word, oneWay: true }), 201);
  expect(await staff.post(`${admin_}/synonyms`, { term: 'zwiebelturm', replacement: word }), 409, 'already_there');
  expect(await staff.post(`${admin_}/synonyms`, { term: 'x', replacement: 'X' }), 422);
  await until('the synonym', async () => has(await search(text('zwiebelturm')), one.productId), SEEN_MS);
  const { synonyms } = expect(await staff.get(`${admin_}/synonyms`), 200);
  assert.ok(synonyms.some((s) => s.synonymId === made.synonymId && s.oneWay));
  expect(await staff.delete(`${admin_}/synonyms/${made.synonymId}`), 204);
  expect(await staff.delete(`${admin_}/synonyms/${made.synonymId}`), 404);
  await until('it is gone', async () => (await search(text('zwiebelturm'))).totalResults === 0, SEEN_MS);
  expect(await api.get(`${admin_}/synonyms`), 401);
});

test('a pin comes first, what is buried comes last, a redirect leads away', async () => {
  const other = await onSale(server, { skip: 3 });
  const query = 'wireless headphones';
  const rule = async (body) => expect(await staff.post(`${admin_}/rules`, { query, ...body }), 201);
  const all = await search(text(query));
  const buried = all.results.find((r) => r.productId !== other.productId).productId;
  const last = async () => {
    let page, token = '';
    do {
      page = await search(`${text(query)}&limit=100${token}`);
      token = page.nextPageToken ? `&pageToken=${encodeURIComponent(page.nextPageToken)}` : '';
    } while (token);
    return page.results.at(-1)?.productId;
  };
  const rules = [await rule({ kind: 'pin', productId: other.productId, position: 1 }),
    await rule({ kind: 'bury', productId: buried })];
  await until('the rules', async () => {
    const now = await search(text('Wireless  Headphones'));
    return now.results[0].productId === other.productId && (now.results.length < 2 || now.results[1].productId !== buried);
  }, SEEN_MS);
  assert.ok(all.totalResults < 2 || await last() === buried || all.totalResults > 200);
  assert.equal((await search(text(query))).totalResults, all.totalResults);
  expect(await staff.post(`${admin_}/rules`, { query, kind: 'bury', productId: buried }), 409, 'already_there');
  expect(await staff.post(`${admin_}/rules`, { query, kind: 'redirect', target: 'https://a.example' }), 422);
  rules.push(await rule({ kind: 'redirect', target: '/c/electronics' }));
  await until('the redirect', async () => (await search(text(query))).redirect === '/c/electronics', SEEN_MS);
  const page = await exchange(server.origin, 'GET', '/search?q=Wireless+headphones');
  assert.deepEqual([page.status, page.headers.location], [303, '/c/electronics']);
  const kept = expect(await staff.get(`${admin_}/rules`), 200).rules;
  assert.equal(kept.length, 3);
  for (const { ruleId } of rules) expect(await staff.delete(`${admin_}/rules/${ruleId}`), 204);
  expect(await staff.delete(`${admin_}/rules/${rules[0].ruleId}`), 404);
});

test('one query has at most 50 rules', async () => {
  const rule = () => staff.post(`${admin_}/rules`, { query: 'much', kind: 'bury', productId: newKey() });
  for (let i = 0; i < 50; i++) expect(await rule(), 201);
  expect(await rule(), 409, 'too_many');
});

test('staff see what is asked for and what is not found; completions know it too', async () => {
  await search(text('quick brown zzyzx'));
  for (const limit of [3, 4, 5]) await search(`${text('wireless headphones')}&limit=${limit}`);
  const asked = async (list) =>
    expect(await staff.get(`${admin_}/queries?list=${list}&limit=100`), 200).queries;
  await until('the counts', async () => (await asked('none')).some((q) => q.query === 'zwiebelturm')
    && (await asked('top')).some((q) => q.query === 'wireless headphones' && q.searches >= 3 && q.found > 0));
  const typed = expect(await api.get('/search/autocomplete?q=Wirel'), 200);
  assert.equal(typed.suggestions[0], 'wireless headphones');
});

test('two processes on one PostgreSQL see each other\'s news', { skip: ENGINE !== 'pg' }, async () => {
  const env = { SOUK_DB: server.database.direct,
    SOUK_MASTER_KEY: readFileSync(join(server.folder, 'master-key'), 'utf8').trim() };
  const second = new Server({ env, log: 'search-second' });
  try {
    await second.start();
    await loaded(second);
    const other = await onSale(server, { skip: 1 });
    const path = `/admin/products/${other.productId}/prices`;
    const { prices } = expect(await staff.get(path), 200);
    const wanted = prices.map((p) => ({ variantId: p.variantId, price: 654.32, listPrice: 800 }));
    expect(await staff.put(path, { prices: wanted }), 200);
    const anybody = guest(second);
    await until('the price at the other process', async () => has(await search(
      `${text(other.product.title)}&filters=price:654-655`, anybody), other.productId), SEEN_MS);
    await second.stop();
  } finally {
    second.abandon();
  }
});

test('a damaged, cut or foreign index is made anew, and searches are answered meanwhile', async () => {
  const folder = join(server.folder, 'index');
  const title = text(one.product.title);
  const before_ = (await search(title)).totalResults;
  const damages = {
    segment: (files) => truncateSync(join(folder, files.find((f) => f.endsWith('.segment'))), 100),
    manifest: () => writeFileSync(join(folder, 'manifest'), 'nonsense'),
    of: () => writeFileSync(join(folder, 'of'), 'souk search index 1 of somebody else\n'),
  };
  for (const [what, damage] of Object.entries(damages)) {
    await server.stop();
    damage(readdirSync(folder));
    await server.start();
    api = guest(server);
    assert.equal((await search(title)).totalResults > 0, true, what);
    await until(`${what}: made anew`, () => /search index made/.test(server.tail), 20_000);
    assert.match(server.tail, /search index is made anew/);
    await until(`${what}: as before`,
      async () => (await search(title)).totalResults === before_, SEEN_MS); // answers are kept 0.5 s
  }
  staff = await admin(server);
});

test('after kill -9 what was written since the snapshot is found', async () => {
  const path = `/admin/products/${one.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  const wanted = prices.map((p) => ({ variantId: p.variantId, price: 777.01, listPrice: 800 }));
  expect(await staff.put(path, { prices: wanted }), 200);
  await until('the price', async () =>
    has(await search(`${text(one.product.title)}&filters=price:777-778`), one.productId), SEEN_MS);
  await server.kill9();
  await server.start();
  await until('loaded', () => /search index loaded/.test(server.tail), 20_000);
  api = guest(server);
  staff = await admin(server);
  assert.ok(has(await search(`${text(one.product.title)}&filters=price:777-778`), one.productId));
});
