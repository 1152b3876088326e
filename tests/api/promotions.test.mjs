/* SPDX-License-Identifier: Apache-2.0
 * Promotions as staff make them, deals as everybody sees them, and codes in the cart. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, expect } from './client.mjs';
import { admin, guest, line, newUser, onSale, signIn, until } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { open } from './server.mjs';

let server, staff, one;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server);
});
after(() => server.close());

const PATH = '/admin/promotions';
const soon = (ms) => new Date(Date.now() + ms).toISOString();
const newCode = () => `T${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const add = async (body) => expect(await staff.post(PATH, { name: 'Test', ...body }), 201);

for (const [method, path] of [['GET', PATH], ['POST', PATH], ['GET', `${PATH}/${randomUUID()}`],
  ['PUT', `${PATH}/${randomUUID()}`], ['POST', `${PATH}/${randomUUID()}/end`]])
  test(`${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')} is for staff`, async () => {
    const body = method === 'GET' ? {} : { json: {} };
    expect(await new Client(server).send(method, path, body), 401, 'authentication_required');
    expect(await (await newUser(server)).send(method, path, body), 403, 'forbidden');
    expect(await (await signIn(server, 'seller@demo.souk')).send(method, path, body), 403, 'forbidden');
  });

test('a promotion comes back as it was sent', async () => {
  const code = newCode();
  const body = { kind: 'percentage', code: code.toLowerCase(), name: 'Spring', percent: 12.5,
    minimum: 20, most: 50.05, categories: ['toys'], brands: ['Acme', 'O\'Neil'],
    productIds: [one.productId], firstOrder: false, customerGroup: 'staff', exclusive: true,
    family: 'season', priority: -2, withDeals: true, startsAt: soon(-1000), endsAt: soon(3_600_000),
    limit: 100, perCustomer: 2, budget: 999.99 };
  const made = await add(body);
  assert.deepEqual({ ...body, code: made.code }, Object.fromEntries(
    Object.keys(body).map((name) => [name, made[name]])));
  assert.equal(made.code, code.toUpperCase());
  assert.deepEqual([made.used, made.spent, made.version, made.currency], [0, 0, 1, 'USD']);
  assert.deepEqual(expect(await staff.get(`${PATH}/${made.promotionId}`), 200), made);
  const { promotions } = expect(await staff.get(`${PATH}?limit=100`), 200);
  assert.ok(promotions.some((p) => p.promotionId === made.promotionId));
});

test('a percentage with decimals is exact', async () => {
  const made = await add({ kind: 'percentage', percent: '33.33', code: newCode() });
  assert.equal(made.percent, 33.33);
  expect(await staff.post(PATH, { kind: 'percentage', name: 'x', percent: 33.333 }), 422);
});

const bad = [
  ['no percentage', { kind: 'percentage' }, '/percent'],
  ['more than all', { kind: 'percentage', percent: 100.01 }, '/percent'],
  ['no amount', { kind: 'amount' }, '/amount'],
  ['a negative amount', { kind: 'amount', amount: -1 }, '/amount'],
  ['half a cent', { kind: 'amount', amount: 1.005 }, '/amount'],
  ['buy nothing', { kind: 'buy_x_get_y', get: 1 }, '/buy'],
  ['a threshold of nothing', { kind: 'threshold', amount: 1 }, '/minimum'],
  ['a deal without a variant', { kind: 'deal', amount: 1, limit: 1, endsAt: soon(1000) }, '/variantId'],
  ['a deal without an end', () => ({ kind: 'deal', amount: 1, limit: 1, productId: one.productId,
    variantId: one.variantId }), '/endsAt'],
  ['a code of one letter', { kind: 'percentage', percent: 1, code: 'x' }, '/code'],
  ['a product that is no id', { kind: 'percentage', percent: 1, productIds: ['x'] }, '/productIds/0'],
  ['an end before the start', { kind: 'percentage', percent: 1, startsAt: soon(1000), endsAt: soon(0) },
    '/endsAt'],
];
for (const [name, body, pointer] of bad)
  test(`refused: ${name}`, async () => {
    const reply = await staff.post(PATH, { name: 'x', ...(body instanceof Function ? body() : body) });
    const { errors } = expect(reply, 422);
    assert.ok(errors.some((e) => e.pointer === pointer), reply.text);
  });

test('a code is taken once, in any case', async () => {
  const code = newCode();
  await add({ kind: 'percentage', percent: 1, code });
  const reply = await staff.post(PATH, { kind: 'percentage', percent: 1, name: 'x', code: code.toLowerCase() });
  expect(reply, 409, 'coupon_code_taken');
});

test('what is used cannot be changed under it', async () => {
  const made = await add({ kind: 'amount', amount: 5, code: newCode(), limit: 3 });
  const path = `${PATH}/${made.promotionId}`;
  const body = { kind: 'amount', amount: 6, code: made.code, name: 'Test', limit: 4 };
  const changed = expect(await staff.put(path, body), 200);
  assert.deepEqual([changed.amount, changed.limit, changed.version], [6, 4, 2]);
  expect(await staff.put(path, { ...body, limit: 0 }), 409, 'promotion_fixed');
  expect(await staff.put(path, { ...body, kind: 'percentage', percent: 1 }), 409, 'promotion_fixed');
  const ended = expect(await staff.post(`${path}/end`, {}), 200);
  assert.ok(ended.endedAt);
  assert.deepEqual(expect(await staff.post(`${path}/end`, {}), 200), ended);
  expect(await staff.put(path, body), 409, 'promotion_fixed');
});

test('a promotion that is not there', async () => {
  const path = `${PATH}/${randomUUID()}`;
  expect(await staff.get(path), 404);
  expect(await staff.put(path, { kind: 'percentage', percent: 1, name: 'x' }), 404);
  expect(await staff.post(`${path}/end`, {}), 404);
});

test('pages of the list', async () => {
  for (let i = 0; i < 3; i++) await add({ kind: 'percentage', percent: 1, code: newCode() });
  const first = expect(await staff.get(`${PATH}?limit=2`), 200);
  assert.equal(first.promotions.length, 2);
  const next = expect(await staff.get(`${PATH}?limit=2&pageToken=${first.nextPageToken}`), 200);
  assert.ok(next.promotions.every((p) => p.promotionId < first.promotions[1].promotionId));
});

test('a deal is for everybody to see, until it ends', async () => {
  const made = await add({ kind: 'deal', amount: 1.5, limit: 50, perCustomer: 2, endsAt: soon(3_600_000),
    productId: one.productId, variantId: one.variantId });
  const everybody = new Client(server);
  const find = async () => {
    const { deals } = expect(await everybody.get('/deals'), 200);
    return deals.find((d) => d.dealId === made.promotionId);
  };
  const deal = await until('the deal', find);
  assert.deepEqual([deal.variantId, deal.price, deal.quantity, deal.left, deal.perCustomer],
    [one.variantId, 1.5, 50, 50, 2]);
  expect(await staff.post(`${PATH}/${made.promotionId}/end`, {}), 200);
  await until('its end', async () => !(await find()));
});

/* ---- codes in the cart ---- */

const cents = (amount) => Math.round(amount * 100);
const withLine = async (quantity = 2) => {
  const client = guest(server);
  client.cart = expect(await client.post('/cart/items', line(one, quantity)), 201).cartToken;
  return client;
};
const coupon = async (body) => (await add({ kind: 'percentage', percent: 10, code: newCode(), ...body })).code;
const sums = (cart) => {
  assert.equal(cents(cart.total),
    cents(cart.subtotal) + cents(cart.tax) + cents(cart.shipping) - cents(cart.discount));
  assert.equal(cents(cart.discount), cart.discounts.reduce((sum, d) => sum + cents(d.amount), 0));
};

test('a code takes off what it says, and can be taken out', async () => {
  const client = await withLine();
  const code = await coupon({ name: 'Spring' });
  const cart = expect(await client.post('/cart/coupons', { code: code.toLowerCase() }), 201);
  sums(cart);
  assert.deepEqual(cart.discounts.map((d) => [d.code, d.name, d.text]), [[code, 'Spring', '10% off']]);
  assert.deepEqual(cart.coupons, [{ code: code.toLowerCase(), applied: true }]);
  assert.equal(cents(cart.discount), Math.floor((cents(cart.subtotal) * 10 + 50) / 100));
  assert.equal(cart.items[0].discount, cart.discount);
  const again = expect(await client.post('/cart/coupons', { code }), 201);
  assert.equal(again.coupons.length, 1);
  expect(await client.delete(`/cart/coupons/${code}`), 204);
  expect(await client.delete(`/cart/coupons/${code}`), 204);
  const without = expect(await client.get('/cart'), 200);
  assert.deepEqual([without.discount, without.discounts, without.coupons], [0, [], []]);
});

test('a code that does nothing is refused, and not kept', async () => {
  const client = await withLine(1);
  const refused = [
    ['T-unknown', 'coupon_unknown'], ['?', 'coupon_unknown'],
    [await coupon({ endsAt: soon(-1000) }), 'coupon_expired'],
    [await coupon({ startsAt: soon(3_600_000) }), 'coupon_expired'],
    [await coupon({ brands: ['no such brand'] }), 'coupon_not_applicable'],
    [await coupon({ minimum: 9_999_999 }), 'coupon_not_applicable'],
    [await coupon({ customerGroup: 'nobody' }), 'coupon_not_applicable'],
  ];
  for (const [code, why] of refused) {
    const { errors } = expect(await client.post('/cart/coupons', { code }), why === 'coupon_exhausted' ? 409 : 422, why);
    assert.equal(errors[0].pointer, '/code');
  }
  expect(await client.post('/cart/coupons', { code: '' }), 422);
  assert.deepEqual(expect(await client.get('/cart'), 200).coupons, []);
  for (let i = 0; i < 5; i++) expect(await client.post('/cart/coupons', { code: await coupon() }), 201);
  expect(await client.post('/cart/coupons', { code: await coupon() }), 422, 'too_many_coupons');
});

test('a cart that shrinks says why its code does nothing any more', async () => {
  const client = await withLine(3);
  const { subtotal, items: [item] } = expect(await client.get('/cart'), 200);
  const code = await coupon({ minimum: subtotal });
  expect(await client.post('/cart/coupons', { code }), 201);
  expect(await client.put(`/cart/items/${item.cartItemId}`, { quantity: 1 }), 200);
  const cart = expect(await client.get('/cart'), 200);
  sums(cart);
  assert.equal(cart.discount, 0);
  const [{ text, ...rest }] = cart.coupons;
  assert.deepEqual(rest, { code, applied: false, reason: 'coupon_not_applicable' });
  assert.match(text, /^Spend \$/);
});

test('free delivery, and offers to new buyers', async () => {
  const client = await withLine(1);
  const { shipping, subtotal } = expect(await client.get('/cart'), 200);
  const free = await coupon({ kind: 'free_shipping', percent: undefined });
  if (shipping > 0) {
    const cart = expect(await client.post('/cart/coupons', { code: free }), 201);
    sums(cart);
    assert.equal(cart.discount, shipping);
  } else {
    expect(await client.post('/cart/coupons', { code: free }), 422, 'coupon_not_applicable');
    assert.ok(subtotal >= 35);
  }
  const first = await coupon({ firstOrder: true });
  expect(await client.post('/cart/coupons', { code: first }), 201);
});

test('a code comes along when a guest signs in', async () => {
  const client = await withLine();
  const code = await coupon();
  expect(await client.post('/cart/coupons', { code }), 201);
  const user = await newUser(server, { cart: client.cart });
  const cart = await until('the cart is here', async () => {
    const seen = expect(await user.get('/cart'), 200);
    return seen.items.length && seen; /* later where carts are apart */
  });
  assert.deepEqual(cart.coupons, [{ code, applied: true }]);
  assert.ok(cart.discount > 0);
});

test('a code alone makes a cart, whose token is handed out', async () => {
  const reply = await guest(server).post('/cart/coupons', { code: await coupon({ kind: 'amount', amount: 1 }) });
  expect(reply, 422, 'coupon_not_applicable'); /* there is nothing in it */
});

test('a deal sets the price of the units that it has', async () => {
  const other = await onSale(server, { skip: 1 });
  const price = cents(other.variant.price);
  const deal = await add({ kind: 'deal', amount: (price - 1) / 100, limit: 50, perCustomer: 1,
    endsAt: soon(3_600_000), productId: other.productId, variantId: other.variantId });
  const client = guest(server);
  const cart = expect(await client.post('/cart/items', line(other, 2)), 201);
  sums(cart);
  assert.equal(cents(cart.items[0].dealPrice), price - 1);
  assert.equal(cart.items[0].dealQuantity, 1);
  assert.equal(cents(cart.discount), 1);
  expect(await staff.post(`${PATH}/${deal.promotionId}/end`, {}), 200);
});

test('the cart page takes codes by a plain form', async () => {
  const code = await coupon({ name: 'Page sale' });
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { quantity: '1' });
  await v.submit('/cart/coupons', { code });
  assert.equal(v.path, '/cart');
  v.has(/Page sale/);
  v.has(new RegExp(`${code}: 10% off`));
  await v.submit('/cart/coupons', { code: 'T-unknown' });
  v.has(/There is no such code/);
  const over = await coupon({ endsAt: soon(-1000) });
  await v.submit('/cart/coupons', { code: over });
  v.has(/This code is not valid now/);
  await v.submit('/cart/coupons', { code: await coupon({ minimum: 9_999_999 }) });
  v.has(/Spend \$/);
  for (let i = 0; i < 4; i++) await v.submit('/cart/coupons', { code: await coupon() });
  v.has(/No more codes/);
  await v.submit('/cart/coupons/remove', { code });
  assert.ok(!v.html.includes(code));
});
