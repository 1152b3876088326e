/* SPDX-License-Identifier: Apache-2.0
 * Stock as staff see and move it: levels, movements, transfers, low marks, forecasts, and who sends. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { ADDRESS, admin, guest, line, newKey, newUser, onSale, place, setStock, stockOf } from './fixtures.mjs';
import { open } from './server.mjs';

const NONE = '01890000-0000-7000-8000-000000000000';
let server, staff, one, two;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server);
  two = await onSale(server, { skip: 1 });
});
after(() => server.close());

const pathOf = (article) => `/admin/products/${article.productId}/variants/${article.variantId}/stock`;
const move = (article, warehouseId, kind, quantity) =>
  staff.post(`${pathOf(article)}/movements`, { warehouseId, kind, quantity, reason: 'test' },
    { key: newKey() });
const warehouses = async () => expect(await staff.get('/admin/warehouses'), 200).warehouses;
const sendAway = (body, key = newKey()) => staff.post('/admin/inventory/transfers', body, { key });
const arrive = (transfer, body, key = newKey()) =>
  staff.post(`/admin/inventory/transfers/${transfer.transferId}/arrivals`, body, { key });

const guarded = [
  ['PUT', '/admin/products/P/variants/V/stock/low-mark'],
  ['GET', '/admin/products/P/variants/V/stock/forecast'],
  ['GET', '/admin/inventory/low-stock'], ['GET', '/admin/inventory/transfers'],
  ['POST', '/admin/inventory/transfers'], ['POST', `/admin/inventory/transfers/${NONE}/arrivals`],
];
for (const [method, path] of guarded)
  test(`${method} ${path} is not for everybody`, async () => {
    const real = path.replace('/P/', `/${one.productId}/`).replace('/V/', `/${one.variantId}/`);
    const body = method === 'GET' ? {} : { json: {}, key: newKey() };
    expect(await new Client(server).send(method, real, body), 401, 'authentication_required');
    const user = await newUser(server);
    expect(await user.send(method, real, body), 403, 'forbidden');
  });

test('a level shows on hand, reserved and available, and each kind of movement changes it', async () => {
  const [{ warehouseId }] = (await stockOf(staff, one)).levels;
  const level = async () =>
    (await stockOf(staff, one)).levels.find((l) => l.warehouseId === warehouseId);
  expect(await move(one, warehouseId, 'count', 40), 201);
  const start = await level();
  assert.equal(start.onHand, 40);
  assert.equal(start.available, start.onHand - start.reserved);
  for (const [kind, quantity, want] of [['receipt', 5, 45], ['damage', 3, 42], ['return', 1, 43],
    ['adjustment', -2, 41], ['count', 50, 50]]) {
    const after = expect(await move(one, warehouseId, kind, quantity), 201);
    assert.equal(after.onHand, want, kind);
  }
  const { movements } = expect(await staff.get(`${pathOf(one)}/movements?limit=5`), 200);
  assert.deepEqual(movements.map((m) => [m.kind, m.before, m.after]), [['count', 41, 50],
    ['adjustment', 43, 41], ['return', 42, 43], ['damage', 45, 42], ['receipt', 40, 45]]);
  for (const m of movements) assert.equal(m.actorId, staff.user.userId);
});

test('stock is of the variants of a product, and of nothing else', async () => {
  const [{ warehouseId }, to] = await warehouses();
  for (const article of [{ productId: NONE, variantId: NONE },
    { productId: two.productId, variantId: one.variantId },
    { productId: one.productId, variantId: NONE }]) {
    const path = pathOf(article);
    expect(await move(article, warehouseId, 'receipt', 7), 404, 'not_found');
    expect(await staff.put(`${path}/low-mark`, { warehouseId, lowAt: 1 }), 404, 'not_found');
    for (const read of ['', '/movements', '/forecast'])
      expect(await staff.get(`${path}${read}`), 404, 'not_found');
    const { errors } = expect(await sendAway({ ...article, fromId: warehouseId,
      toId: to.warehouseId, quantity: 1 }), 422);
    assert.deepEqual(errors.map((e) => [e.pointer, e.code]), [['/variantId', 'variant_unknown']]);
  }
});

test('a warehouse has a place and a cost', async () => {
  const body = { code: 'OSLO', name: 'Oslo', country: 'NO', latitude: 59.9, longitude: 10.7, cost: 40 };
  const made = expect(await staff.post('/admin/warehouses', body), 201);
  const found = (await warehouses()).find((w) => w.warehouseId === made.warehouseId);
  assert.deepEqual([found.latitude, found.longitude, found.cost], [59.9, 10.7, 40]);
  for (const wrong of [{ latitude: 91 }, { longitude: -181 }, { cost: -1 }])
    expect(await staff.post('/admin/warehouses', { ...body, code: 'X', ...wrong }), 422);
});

test('a transfer leaves one warehouse, is on its way, and arrives in the other', async () => {
  const [from, to] = await warehouses();
  await setStock(staff, two, 0);
  expect(await move(two, from.warehouseId, 'receipt', 10), 201);
  const before = (await stockOf(staff, two)).available;
  const body = { productId: two.productId, variantId: two.variantId, fromId: from.warehouseId,
    toId: to.warehouseId, quantity: 6, reference: 'lorry 7' };
  const key = newKey();
  const sent = expect(await sendAway(body, key), 201);
  assert.deepEqual([sent.quantity, sent.received, sent.inTransit, sent.open], [6, 0, 6, true]);
  assert.equal(expect(await sendAway(body, key), 201).transferId, sent.transferId);
  const shelf = async (id) =>
    (await stockOf(staff, two)).levels.find((l) => l.warehouseId === id);
  assert.equal((await stockOf(staff, two)).available, before - 6);
  assert.equal((await shelf(to.warehouseId)).inTransit, 6);
  const there = (await shelf(to.warehouseId)).onHand;

  const part = newKey();
  for (let i = 0; i < 2; i++) /* a repeat arrives once */
    assert.equal(expect(await arrive(sent, { quantity: 4 }, part), 201).inTransit, 2);
  assert.equal((await shelf(to.warehouseId)).onHand, there + 4);
  expect(await arrive(sent, { quantity: 3 }), 409, 'transfer_over');
  expect(await arrive(sent, {}), 422);
  const { transfers } = expect(await staff.get('/admin/inventory/transfers?open=true&limit=1'), 200);
  assert.equal(transfers[0].transferId, sent.transferId);
  const done = expect(await arrive(sent, { quantity: 1, close: true }), 201);
  assert.deepEqual([done.received, done.lost, done.inTransit, done.open], [5, 1, 0, false]);
  expect(await arrive(sent, { quantity: 1 }), 409, 'transfer_over');
  assert.equal((await shelf(to.warehouseId)).inTransit, undefined);
  const { movements } = expect(await staff.get(`${pathOf(two)}/movements?limit=3`), 200);
  assert.deepEqual(movements.map((m) => [m.kind, m.change, m.reference]), [
    ['transfer_in', 1, sent.transferId], ['transfer_in', 4, sent.transferId],
    ['transfer_out', -6, sent.transferId]]);
  assert.equal(expect(await staff.get('/admin/inventory/transfers?open=true'), 200)
    .transfers.some((t) => t.transferId === sent.transferId), false);
});

test('a transfer that cannot be', async () => {
  const [from, to] = await warehouses();
  const body = { productId: two.productId, variantId: two.variantId, fromId: from.warehouseId,
    toId: to.warehouseId, quantity: 1 };
  expect(await staff.post('/admin/inventory/transfers', body), 400, 'idempotency_key_required');
  expect(await sendAway({ ...body, toId: from.warehouseId }), 422);
  expect(await sendAway({ ...body, toId: NONE }), 422);
  expect(await sendAway({ ...body, quantity: 0 }), 422);
  expect(await sendAway({ ...body, quantity: 1_000_000 }), 409, 'stock_below_zero');
  expect(await arrive({ transferId: NONE }, { quantity: 1 }), 404);
});

test('what is low is listed, with what to reorder', async () => {
  await setStock(staff, one, 12);
  const [{ warehouseId }] = (await stockOf(staff, one)).levels;
  const listed = async (query = '') => {
    const all = [];
    let token = '';
    do {
      const page = expect(await staff.get(`/admin/inventory/low-stock?limit=100${query}${token}`), 200);
      all.push(...page.variants);
      token = page.nextPageToken ? `&pageToken=${page.nextPageToken}` : '';
    } while (token);
    assert.equal(new Set(all.map((v) => v.variantId)).size, all.length);
    return all.find((v) => v.variantId === one.variantId);
  };
  assert.equal(await listed(), undefined);
  const level = expect(await staff.put(`${pathOf(one)}/low-mark`, { warehouseId, lowAt: 12 }), 200);
  assert.equal(level.lowAt, 12);
  expect(await place(guest(server, newKey()), [line(one, 2)]), 201);
  const low = await listed('&days=10&coverDays=100');
  assert.deepEqual([low.available, low.lowAt, low.forecast.available], [10, 12, 10]);
  assert.ok(low.forecast.sold >= 2);
  assert.equal(low.forecast.soldPerDay, low.forecast.sold / 10);
  assert.equal(low.forecast.reorder, low.forecast.sold * 10 - 10);
  const alone = expect(await staff.get(`${pathOf(one)}/forecast?days=10&coverDays=100`), 200);
  assert.deepEqual(alone, low.forecast);
  expect(await staff.put(`${pathOf(one)}/low-mark`, { warehouseId, lowAt: 0 }), 200);
  assert.equal(await listed(), undefined);
  expect(await staff.get('/admin/inventory/low-stock?pageToken=x'), 422);
  expect(await staff.get(`${pathOf(one)}/forecast?days=0`), 422);
  expect(await staff.put(`${pathOf(one)}/low-mark`, { warehouseId: NONE, lowAt: 1 }), 422);
  expect(await staff.put(`${pathOf(one)}/low-mark`, { warehouseId, lowAt: -1 }), 422);
});

test('a page of what is low begins after the one before', async () => {
  const [{ warehouseId }] = (await stockOf(staff, one)).levels;
  for (const article of [one, two])
    expect(await staff.put(`${pathOf(article)}/low-mark`, { warehouseId, lowAt: 100_000 }), 200);
  const first = expect(await staff.get('/admin/inventory/low-stock?limit=1'), 200);
  const second = expect(
    await staff.get(`/admin/inventory/low-stock?limit=1&pageToken=${first.nextPageToken}`), 200);
  assert.notEqual(first.variants[0].variantId, second.variants[0].variantId);
  for (const article of [one, two])
    expect(await staff.put(`${pathOf(article)}/low-mark`, { warehouseId, lowAt: 0 }), 200);
});

test('many buyers of the last units: exactly those are sold', async () => {
  await setStock(staff, two, 3);
  const replies = await Promise.all(Array.from({ length: 24 }, () =>
    place(guest(server, newKey()), [line(two)])));
  assert.equal(replies.filter((r) => r.status === 201).length, 3);
  for (const reply of replies.filter((r) => r.status !== 201))
    expect(reply, 409, 'insufficient_stock');
  assert.equal((await stockOf(staff, two)).available, 0);
});

test('what was made is told where it can be read', async () => {
  const user = await newUser(server);
  const [{ warehouseId }, { warehouseId: second }] = await warehouses();
  const article = { productId: one.productId, variantId: one.variantId };
  const read = async (client, reply, want) => {
    expect(reply, 201);
    assert.equal(reply.headers.location, `/api/v1${want}`);
    expect(await client.get(want), 200);
  };
  await read(staff, await move(one, warehouseId, 'receipt', 1), `${pathOf(one)}/movements`);
  const sent = await sendAway({ ...article, fromId: warehouseId, toId: second, quantity: 1, reference: 'x' });
  await read(staff, sent, '/admin/inventory/transfers');
  await read(staff, await arrive(sent.json, { quantity: 1 }), '/admin/inventory/transfers');
  const key = newKey(), card = () => staff.post('/admin/gift-cards', { amount: 1 }, { key });
  await read(staff, await card(), '/admin/gift-cards');
  await read(staff, await card(), '/admin/gift-cards');
  await read(user, await user.post('/payment-methods', { token: 'pm_card_visa' }, { key: newKey() }), '/payment-methods');
  await read(user, await user.post('/users/me/addresses', ADDRESS), '/users/me/addresses');
  await read(user, await user.post('/cart/items', line(one)), '/cart');
  const code = `W${newKey().replaceAll('-', '').slice(0, 12)}`.toUpperCase();
  const offer = await staff.post('/admin/promotions', { kind: 'percentage', percent: 10, name: 'Ten', code });
  await read(staff, offer, `/admin/promotions/${offer.json.promotionId}`);
  await read(user, await user.post('/cart/coupons', { code }), '/cart');
});
