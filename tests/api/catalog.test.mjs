/* SPDX-License-Identifier: Apache-2.0
 * Products, lists and search as a client of the API sees them. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { guest, onSale } from './fixtures.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open({ demo: 120 });
  api = guest(server);
});
after(() => server.close());

const has = (value, names) => {
  for (const name of names) assert.ok(name in value, `${name} is missing: ${JSON.stringify(value)}`);
};
const ids = (list) => list.map((p) => p.productId ?? p.product_id);

test('a list of products has the promised shape', async () => {
  const list = expect(await api.get('/products?limit=5'), 200);
  has(list, ['products', 'pagination', 'filters']);
  has(list.pagination, ['page', 'limit', 'total', 'pages']);
  has(list.filters, ['brands', 'priceRanges', 'ratings']);
  assert.equal(list.products.length, 5);
  assert.deepEqual([list.pagination.page, list.pagination.limit], [1, 5]);
  assert.equal(list.pagination.total, 120);
  for (const card of list.products) {
    has(card, ['productId', 'title', 'brand', 'price', 'rating', 'reviewCount', 'thumbnail',
      'primeEligible', 'inStock']);
    assert.match(card.productId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(typeof card.price, 'number');
  }
});

test('a product has the promised shape', async () => {
  const { product } = await onSale(server);
  has(product, ['productId', 'title', 'description', 'brand', 'category', 'price', 'listPrice',
    'discount', 'variants', 'images', 'specifications', 'seller', 'shipping', 'rating',
    'reviewCount', 'currency']);
  assert.match(product.category, / > /);
  has(product.seller, ['sellerId', 'name', 'rating']);
  assert.equal(product.seller.sellerId, '00000000-0000-8000-8000-736f756b0001', 'the shop itself');
  has(product.shipping, ['standardDelivery', 'freeShipping']);
  for (const variant of product.variants) {
    has(variant, ['variantId', 'attributes', 'price', 'sku', 'stock']);
    assert.ok(variant.stock >= 0);
  }
  assert.ok(product.images.length > 0);
  assert.ok(Object.keys(product.specifications).length > 0);
});

test('a price is written with exactly the decimals of its currency', async () => {
  const reply = await api.get('/products?limit=20');
  const prices = [...reply.text.matchAll(/"price":([^,}]+)/g)].map((m) => m[1]);
  assert.ok(prices.length > 0);
  for (const price of prices) assert.match(price, /^\d+\.\d\d$/);
});

test('pictures of products are there', async () => {
  const { exchange } = await import('./client.mjs');
  const { product } = await onSale(server);
  for (const path of product.images) {
    const reply = await exchange(server.origin, 'GET', path);
    assert.equal(reply.status, 200, path);
    assert.match(reply.headers['content-type'], /^image\//);
  }
  const none = await exchange(server.origin, 'GET', `/media/p/${product.productId}/9.svg`);
  assert.equal(none.status, 404);
  assert.equal((await exchange(server.origin, 'GET', '/media/b/none.png')).status, 404);
});

test('pages by number and by token show each product once', async () => {
  const byPage = [], byToken = [];
  for (let page = 1; page <= 3; page++)
    byPage.push(...ids(expect(await api.get(`/products?sort=price_asc&limit=40&page=${page}`), 200).products));
  let token = '';
  do {
    const more = token ? `&pageToken=${encodeURIComponent(token)}` : '';
    const list = expect(await api.get(`/products?sort=price_asc&limit=40${more}`), 200);
    byToken.push(...ids(list.products));
    token = list.nextPageToken;
  } while (token && byToken.length < 1000);
  assert.equal(new Set(byPage).size, 120);
  assert.deepEqual(byToken, byPage);
});

test('a page behind the last is empty', async () => {
  const list = expect(await api.get('/products?limit=100&page=40'), 200);
  assert.deepEqual(list.products, []);
  assert.equal(list.nextPageToken, undefined);
});

const sorts = [
  ['price_asc', (a, b) => a.price <= b.price],
  ['price_desc', (a, b) => a.price >= b.price],
  ['rating', (a, b) => a.rating >= b.rating],
];
for (const [sort, ordered] of sorts)
  test(`sorted by ${sort}`, async () => {
    const { products } = expect(await api.get(`/products?limit=100&sort=${sort}`), 200);
    for (let i = 1; i < products.length; i++)
      assert.ok(ordered(products[i - 1], products[i]),
        `${i}: ${products[i - 1].price} ${products[i - 1].rating}, ${products[i].price} ${products[i].rating}`);
  });
for (const sort of ['newest', 'popularity', 'relevance'])
  test(`sort ${sort} is known`, async () => {
    expect(await api.get(`/products?sort=${sort}`), 200);
  });

const refused = [
  ['page 0', '/products?page=0', 422], ['page 51', '/products?page=51', 422],
  ['limit 0', '/products?limit=0', 422], ['limit 101', '/products?limit=101', 422],
  ['page in words', '/products?page=two', 400], ['unknown sort', '/products?sort=taste', 422],
  ['unknown parameter', '/products?colour=red', 400], ['a made-up token', '/products?pageToken=nonsense', 400],
  ['unknown category', '/products?category=no/such', 404],
  ['a query that is too long', `/search?q=${'x'.repeat(300)}`, 422],
  ['no query to complete', '/search/autocomplete', 400],
];
for (const [name, path, status] of refused)
  test(`refused: ${name}`, async () => {
    expect(await api.get(path), status);
  });

test('an unknown product is a problem', async () => {
  expect(await api.get('/products/01890000-0000-7000-8000-000000000000'), 404, 'not_found');
  expect(await api.get('/products/not-an-id'), 404);
});

test('categories and their products', async () => {
  const { categories } = expect(await api.get('/categories'), 200);
  const full = categories.filter((c) => c.level === 0 && c.productCount > 0);
  assert.ok(full.length > 0);
  const one = full[0];
  const list = expect(await api.get(`/products?category=${one.path}&limit=100`), 200);
  assert.equal(list.pagination.total, one.productCount);
});

test('search finds by title, filters and counts its facets', async () => {
  const { product } = await onSale(server);
  const word = product.title.split(' ').find((w) => /^[A-Za-z]{4,}$/.test(w)) ?? product.brand;
  const found = expect(await api.get(`/search?q=${encodeURIComponent(product.title)}`), 200);
  has(found, ['query', 'results', 'facets', 'suggestions', 'totalResults', 'page']);
  assert.equal(found.query, product.title);
  assert.ok(ids(found.results).includes(product.productId), word);
  has(found.results[0], ['productId', 'title', 'price', 'rating', 'thumbnail', 'sponsored']);
});

test('filters of brand and price narrow the list to what the facet promised', async () => {
  const all = expect(await api.get('/products?limit=100'), 200);
  const brand = all.filters.brands[0];
  const narrowed = expect(
    await api.get(`/products?limit=100&filters=${encodeURIComponent(`brand:${brand.name}`)}`), 200);
  assert.equal(narrowed.pagination.total, brand.count);
  for (const card of narrowed.products) assert.equal(card.brand, brand.name);
  const range = all.filters.priceRanges.find((r) => r.count > 0);
  const priced = expect(await api.get(`/search?filters=price:${range.range}`), 200);
  assert.equal(priced.totalResults, range.count);
  const [from, to] = range.range.split('-');
  for (const card of priced.results)
    assert.ok(card.price >= Number(from) && (!to || card.price <= Number(to)), String(card.price));
  const both = expect(await api.get(
    `/search?filters=${encodeURIComponent(`brand:${brand.name},price:0-100000`)}`), 200);
  assert.equal(both.totalResults, brand.count);
});

test('GET /products/search answers in snake_case', async () => {
  const first = expect(await api.get('/products/search?sort=price_asc&limit=7'), 200);
  has(first, ['results', 'total_results', 'page', 'next_page_token']);
  has(first.results[0], ['product_id', 'title', 'price', 'rating', 'prime_eligible', 'image_url']);
  const second = expect(await api.get(
    `/products/search?sort=price_asc&limit=7&page_token=${encodeURIComponent(first.next_page_token)}`), 200);
  assert.equal(new Set([...ids(first.results), ...ids(second.results)]).size, 14);
});

test('completions begin with what was typed', async () => {
  const { product } = await onSale(server);
  const prefix = product.title.slice(0, 4).toLowerCase();
  const { suggestions } = expect(
    await api.get(`/search/autocomplete?q=${encodeURIComponent(prefix)}`), 200);
  assert.ok(suggestions.length > 0 && suggestions.length <= 10);
  for (const s of suggestions) assert.equal(typeof s, 'string');
});

for (const q of ['"', "' OR 1=1 --", '*', 'a AND', '(((', 'NEAR/2', '%', '\\', '日本', 'é', '-', 'title:'])
  test(`a query of odd signs is only a query: ${q}`, async () => {
    const found = expect(await api.get(`/search?q=${encodeURIComponent(q)}`), 200);
    assert.equal(found.query, q);
    expect(await api.get(`/search/autocomplete?q=${encodeURIComponent(q)}`), 200);
  });
