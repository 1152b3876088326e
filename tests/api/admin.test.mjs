/* SPDX-License-Identifier: Apache-2.0
 * Staff and sellers: warehouses, stock, prices, categories, offers; and who may not. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { admin, guest, newKey, newUser, onSale, signIn, stockOf, until } from './fixtures.mjs';
import { open } from './server.mjs';

const SEEN_MS = 2000; /* promised is one second; this machine may be busy */
let server, staff, seller, one;
before(async () => {
  server = await open();
  staff = await admin(server);
  seller = await signIn(server, 'seller@demo.souk');
  one = await onSale(server);
});
after(() => server.close());

const stockPath = () => `/admin/products/${one.productId}/variants/${one.variantId}/stock`;
const pricesPath = () => `/admin/products/${one.productId}/prices`;

const STOCK = '/admin/products/P/variants/V/stock';
const guarded = [
  ['GET', '/admin/warehouses'], ['POST', '/admin/warehouses'], ['GET', STOCK],
  ['GET', `${STOCK}/movements`], ['POST', `${STOCK}/movements`], ['GET', '/admin/products/P/prices'],
  ['PUT', '/admin/products/P/prices'], ['POST', '/admin/categories'],
  ['PUT', '/admin/products/P/status'], ['GET', '/admin/notifications'], ['POST', '/products'],
  ['GET', '/admin/payment-differences'],
];
for (const [method, path] of guarded)
  test(`${method} ${path} is not for everybody`, async () => {
    const real = path.replace('/P/', `/${one.productId}/`).replace('/V/', `/${one.variantId}/`);
    const body = method === 'GET' ? {} : { json: {}, key: newKey() };
    expect(await new Client(server).send(method, real, body), 401, 'authentication_required');
    const user = await newUser(server);
    expect(await user.send(method, real, body), 403, 'forbidden');
  });

test('what the provider and the shop say of payments does not differ', async () => {
  const { differences } = expect(await staff.get('/admin/payment-differences?limit=5'), 200);
  assert.deepEqual(differences, []);
});

test('a seller may not do what staff do', async () => {
  expect(await seller.put(pricesPath(), { prices: [] }), 403);
  expect(await seller.post('/admin/warehouses', { code: 'X', name: 'X', country: 'DE' }), 403);
  expect(await seller.post('/admin/categories', { name: 'X' }), 403);
  expect(await seller.put(`/admin/products/${one.productId}/status`, { status: 'withdrawn' }), 403);
});

test("a seller does not see or move the stock of another's product", async () => {
  const { warehouses } = expect(await staff.get('/admin/warehouses'), 200);
  const move = await seller.post(`${stockPath()}/movements`, { warehouseId: warehouses[0].warehouseId,
    kind: 'adjustment', quantity: -1, reason: 'mischief' }, { key: newKey() });
  assert.ok([403, 404].includes(move.status), `a seller moved the shop's own stock: ${move.status} ${move.text}`);
});

test('warehouses: add and list; a code is taken once', async () => {
  const body = { code: 'T-1', name: 'Test', country: 'DE', priority: 9 };
  const made = expect(await staff.post('/admin/warehouses', body), 201);
  expect(await staff.post('/admin/warehouses', body), 409, 'warehouse_code_taken');
  const { warehouses } = expect(await staff.get('/admin/warehouses'), 200);
  assert.ok(warehouses.some((w) => w.warehouseId === made.warehouseId && w.code === 'T-1'));
  expect(await staff.post('/admin/warehouses', { ...body, code: '' }), 422);
});

test('a movement of stock counts once, and is told in the history', async () => {
  const { levels, available } = await stockOf(staff, one);
  const { warehouseId } = levels[0];
  const body = { warehouseId, kind: 'receipt', quantity: 5, reason: 'delivery', reference: 'DN 17' };
  const path = `${stockPath()}/movements`;
  expect(await staff.post(path, body), 400);
  const key = newKey();
  const first = expect(await staff.post(path, body, { key }), 201);
  const again = await staff.post(path, body, { key });
  expect(again, 201);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  expect(await staff.post(path, { ...body, quantity: 6 }, { key }), 422, 'idempotency_key_reused');
  assert.equal((await stockOf(staff, one)).available, available + 5);
  assert.equal(first.onHand, levels[0].onHand + 5);
  const { movements } = expect(await staff.get(`${path}?limit=1`), 200);
  assert.equal(movements[0].change, 5);
  assert.equal(movements[0].after - movements[0].before, 5);
  assert.deepEqual([movements[0].kind, movements[0].reason, movements[0].reference],
    ['receipt', 'delivery', 'DN 17']);
  assert.equal(movements[0].actorId, staff.user.userId);
});

test('stock never falls below zero', async () => {
  const { levels } = await stockOf(staff, one);
  const body = { warehouseId: levels[0].warehouseId, kind: 'adjustment', quantity: -levels[0].onHand - 1 };
  expect(await staff.post(`${stockPath()}/movements`, body, { key: newKey() }), 409, 'stock_below_zero');
  const strange = { warehouseId: '01890000-0000-7000-8000-000000000000', kind: 'receipt', quantity: 1 };
  expect(await staff.post(`${stockPath()}/movements`, strange, { key: newKey() }), 422);
  expect(await staff.post(`${stockPath()}/movements`, { ...body, kind: 'sale' }, { key: newKey() }), 422);
});

test('a new price is in the product and in the search within a second', async () => {
  const { prices } = expect(await staff.get(pricesPath()), 200);
  const price = 123.45;
  const list = prices.map((p) => ({ variantId: p.variantId, price, listPrice: 200 }));
  const changed = expect(await staff.put(pricesPath(), { prices: list }), 200);
  assert.equal(changed.prices[0].price, price);
  const anybody = guest(server);
  const q = encodeURIComponent(one.product.title);
  await until('the new price in the search', async () => {
    const found = expect(await anybody.get(`/search?q=${q}&filters=price:123-124`), 200);
    return found.results.some((r) => r.productId === one.productId && r.price === price);
  }, SEEN_MS);
  await until('the new price in the product', async () => {
    const seen = expect(await anybody.get(`/products/${one.productId}`), 200);
    return seen.price === price && seen.listPrice === 200;
  }, SEEN_MS);
});

for (const [name, price] of [['three decimals', 1.234], ['negative', -1], ['text', 'much'], ['zero', 0],
  ['too much', 1e15]])
  test(`no price: ${name}`, async () => {
    const reply = await staff.put(pricesPath(), { prices: [{ variantId: one.variantId, price }] });
    assert.ok([400, 422].includes(reply.status), reply.text);
  });
test('a price for a variant that is not of this product', async () => {
  const other = await onSale(server, { skip: 1 });
  const reply = await staff.put(pricesPath(), { prices: [{ variantId: other.variantId, price: 5 }] });
  expect(reply, 422);
  assert.equal(reply.json.errors[0].pointer, '/prices/0/variantId');
  assert.equal(reply.json.errors[0].code, 'variant_unknown');
});

test('categories: add, and a parent that is not there', async () => {
  const top = expect(await staff.post('/admin/categories', { name: 'Test & Things' }), 201);
  assert.equal(top.path, 'test-things');
  const sub = expect(await staff.post('/admin/categories', { name: 'Deep', parentId: top.categoryId }), 201);
  assert.equal(sub.label, 'Test & Things > Deep');
  expect(await staff.post('/admin/categories',
    { name: 'X', parentId: '01890000-0000-7000-8000-000000000000' }), 422);
});

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const offer = (more) => ({ title: `A thing ${newKey().slice(0, 8)}`, description: 'Good <b>thing</b>.',
  category: one.product.categoryPath, brand: 'Acme', price: 19.99, specifications: { Weight: 5, Green: true },
  variants: [{ attributes: { Colour: 'Red' }, price: 18.5, stock: 7 }], ...more });

test('a seller offers a product; it is on sale when staff has approved it', async () => {
  const body = offer({ images: [PIXEL] });
  const made = expect(await seller.post('/products', body), 201);
  const anybody = guest(server);
  expect(await anybody.get(`/products/${made.productId}`), 404);
  expect(await staff.put(`/admin/products/${made.productId}/status`, { status: 'published' }), 200);
  const product = await until('on sale', async () => {
    const reply = await anybody.get(`/products/${made.productId}`);
    return reply.status === 200 && reply.json;
  });
  assert.equal(product.title, body.title);
  assert.equal(product.variants[0].price, 18.5);
  assert.equal(product.variants[0].stock, 7);
  const picture = await exchange(server.origin, 'GET', product.images[0]);
  assert.equal(picture.status, 200);
  assert.equal(picture.headers['content-type'], 'image/png');
  assert.equal(picture.bytes.toString('base64'), PIXEL);
  await until('found', async () => expect(
    await anybody.get(`/search?q=${encodeURIComponent(body.title)}`), 200)
    .results.some((r) => r.productId === made.productId));
});

test('what staff offers is on sale at once, and can be withdrawn', async () => {
  const made = expect(await staff.post('/products', offer()), 201);
  const anybody = guest(server);
  await until('on sale', async () => (await anybody.get(`/products/${made.productId}`)).status === 200);
  const path = `/admin/products/${made.productId}/status`;
  expect(await staff.put(path, { status: 'draft' }), 409);
  expect(await staff.put(path, { status: 'withdrawn' }), 200);
  await until('gone', async () => (await anybody.get(`/products/${made.productId}`)).status === 404);
});

const offers = [
  ['no title', { title: undefined }, 400], ['an empty title', { title: '' }, 422],
  ['no price', { price: undefined }, 400], ['price 0', { price: 0 }, 422], ['a negative price', { price: -1 }, 422],
  ['three decimals', { price: 1.999 }, 422], ['an unknown category', { category: 'no/such' }, 422],
  ['negative stock', { variants: [{ attributes: {}, stock: -1 }] }, 422],
  ['a picture that is none', { images: ['aGVsbG8='] }, 422], ['no base64', { images: ['***'] }, 422],
  ['a page as picture', { images: [Buffer.from('<svg onload=alert(1)>').toString('base64')] }, 422],
  ['a list price below the price', { listPrice: 1 }, 422],
];
for (const [name, change, status] of offers)
  test(`an offer that is wrong: ${name}`, async () => {
    expect(await staff.post('/products', offer(change)), status);
  });

test('messages that were sent', async () => {
  const user = await newUser(server);
  await until('a message', async () => {
    const { notifications } = expect(await staff.get('/admin/notifications?limit=50'), 200);
    return JSON.stringify(notifications).includes(user.user.email) || notifications.length > 0;
  });
});
