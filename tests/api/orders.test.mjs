/* SPDX-License-Identifier: Apache-2.0
 * Buying: the happy way, every card of the sandbox, and what an order may become later. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Visitor } from './browser.mjs';
import { expect } from './client.mjs';
import { ADDRESS, admin, guest, line, newKey, newUser, onSale, orderBody, place, setStock, stockOf,
  until } from './fixtures.mjs';
import { open } from './server.mjs';

let server, staff, one, other;
before(async () => {
  server = await open({ env: { SOUK_SANDBOX_SLOW_MS: '4000' } }); /* what is quick is over before */
  staff = await admin(server);
  one = await onSale(server);
  other = await onSale(server, { skip: 1 });
});
after(() => server.close());

const cents = (amount) => Math.round(amount * 100);
const available = async (article) => (await stockOf(staff, article)).available;
/* How often the sandbox took money for what was paid with this order's payments. */
const captures = (order) => server.payments().filter((row) =>
  order.payments.some((p) => row.includes(p.paymentId)) && row.startsWith('authorize')).length;

test('a user buys', async () => {
  const user = await newUser(server);
  const before = await available(one);
  const reply = await place(user, [line(one, 2), line(other)]);
  const placed = expect(reply, 201);
  for (const name of ['orderId', 'orderNumber', 'status', 'estimatedDelivery', 'total', 'currency'])
    assert.ok(name in placed, name);
  assert.equal(placed.status, 'confirmed');
  assert.match(placed.orderNumber, /^\d{3}-\d{7}-\d{7}$/);
  assert.match(placed.estimatedDelivery, /^\d{4}-\d\d-\d\d$/);
  assert.equal(reply.headers.location, `/api/v1/orders/${placed.orderId}`);
  assert.equal(await available(one), before - 2);
  const order = expect(await user.get(`/orders/${placed.orderId}`), 200);
  assert.equal(order.status, 'confirmed');
  assert.equal(order.paymentStatus, 'captured');
  assert.equal(order.items.length, 2);
  assert.equal(order.payments.length, 1);
  assert.ok(order.history.length >= 2);
  assert.ok(Array.isArray(order.shipments));
  assert.equal(order.total, placed.total);
  const sum = order.items.reduce((s, i) => s + cents(i.subtotal), 0);
  assert.equal(cents(order.subtotal), sum);
  assert.equal(cents(order.total), sum + cents(order.tax) + cents(order.shipping) - cents(order.discount));
  assert.equal(order.shippingAddress.line1, ADDRESS.line1);
});

test('a guest buys from the cart, which is empty then', async () => {
  const client = guest(server);
  client.cart = expect(await client.post('/cart/items', line(one)), 201).cartToken;
  const placed = expect(await place(client), 201);
  assert.equal(expect(await client.get(`/orders/${placed.orderId}`), 200).status, 'confirmed');
  assert.deepEqual(expect(await client.get('/cart'), 200).items, []);
  expect(await guest(server).get(`/orders/${placed.orderId}`), 404);
  expect(await place(client), 422, 'cart_empty');
});

test('a saved address, and ids in snake_case get their reply in snake_case', async () => {
  const user = await newUser(server);
  const { addressId } = expect(await user.post('/users/me/addresses', { ...ADDRESS }), 201);
  const cart = expect(await user.post('/cart/items', line(one)), 201);
  const body = { customer_id: user.user.userId, cart_id: cart.cartId, shipping_address_id: addressId,
    payment_method_id: 'pm_card_visa' };
  const placed = expect(await user.post('/orders', body, { key: newKey() }), 201);
  for (const name of ['order_id', 'order_number', 'estimated_delivery', 'status', 'total'])
    assert.ok(name in placed, JSON.stringify(placed));
  const nested = { ...orderBody([line(one)]), shippingAddress: { addressId } };
  expect(await user.post('/orders', nested, { key: newKey() }), 201);
});

test("another's address, cart and customer id are not taken", async () => {
  const user = await newUser(server), stranger = await newUser(server);
  const { addressId } = expect(await user.post('/users/me/addresses', { ...ADDRESS }), 201);
  const { cartId } = expect(await user.post('/cart/items', line(one)), 201);
  const body = orderBody([line(one)]);
  expect(await stranger.post('/orders', { ...body, shippingAddress: { addressId } }, { key: newKey() }), 422);
  expect(await stranger.post('/orders', { ...body, customerId: user.user.userId }, { key: newKey() }), 422);
  const { items, ...fromCart } = body;
  const stolen = await stranger.post('/orders', { ...fromCart, cartId }, { key: newKey() });
  assert.ok([404, 422].includes(stolen.status), stolen.text);
  assert.equal(expect(await user.get('/cart'), 200).items.length, 1);
});

test('what is said in two ways is not guessed', async () => {
  const user = await newUser(server);
  const { addressId } = expect(await user.post('/users/me/addresses', { ...ADDRESS }), 201);
  const { cartId } = expect(await user.post('/cart/items', line(one)), 201);
  for (const [name, value] of [['shippingAddressId', addressId], ['paymentMethodId', 'pm_card_visa'], ['cartId', cartId]]) {
    const reply = await user.post('/orders', { ...orderBody([line(one)]), [name]: value }, { key: newKey() });
    expect(reply, 422, 'validation_failed');
    assert.deepEqual(reply.json.errors.map((e) => [e.pointer, e.code]), [[`/${name}`, 'said_twice']]);
  }
});

/* ---- cards ---- */

test('a declined card: 402, order cancelled, stock back, cart kept', async () => {
  const user = await newUser(server);
  const before = await available(one);
  expect(await user.post('/cart/items', line(one, 3)), 201);
  const reply = await place(user, undefined, { token: 'pm_card_declined' });
  expect(reply, 402, 'payment_declined');
  assert.equal(reply.json.errors[0].pointer, '/paymentMethod');
  assert.equal(expect(await user.get('/cart'), 200).items[0].quantity, 3);
  assert.equal(await available(one), before);
  const { orders } = expect(await user.get(`/users/${user.user.userId}/orders`), 200);
  assert.deepEqual(orders.map((o) => o.status), ['cancelled']);
  expect(await place(user), 201);
});
for (const token of ['pm_card_insufficient_funds', 'pm_card_expired', 'pm_nobody_knows'])
  test(`${token} is declined`, async () => {
    expect(await place(guest(server), [line(one)], { token }), 402, 'payment_declined');
  });

test('a lost answer: the order is confirmed and charged once', async () => {
  const user = await newUser(server);
  const reply = await place(user, [line(one)], { token: 'pm_card_timeout' });
  assert.ok([201, 202].includes(reply.status), reply.text);
  const order = await until('confirmed', async () => {
    const seen = expect(await user.get(`/orders/${reply.json.orderId}`), 200);
    return seen.status === 'confirmed' && seen;
  });
  assert.equal(order.paymentStatus, 'captured');
  assert.equal(captures(order), 1);
});

test('a slow card holds up nobody else', async () => {
  const slow = place(guest(server), [line(one)], { token: 'pm_card_slow' });
  const many = Array.from({ length: 6 }, () => place(guest(server), [line(other)], { token: 'pm_card_slow' }));
  let paid = false;
  Promise.race([slow, ...many]).then(() => { paid = true; });
  expect(await guest(server).get('/cart'), 200);
  expect(await guest(server).get('/products?limit=3&sort=newest'), 200);
  assert.ok(!paid, 'a reader waited for the bank');
  for (const reply of await Promise.all([slow, ...many])) expect(reply, 201);
});

test('a card with a question of the bank: pending until it is answered', async () => {
  const user = await newUser(server);
  const reply = await place(user, [line(one)], { token: 'pm_card_3ds' });
  expect(reply, 202);
  assert.equal(reply.json.status, 'pending');
  assert.ok(reply.json.nextAction, reply.text);
});

test('what waits at the bank can be cancelled: nothing is charged, and the key tells so', async () => {
  for (const who of [await newUser(server), guest(server)]) {
    const key = newKey(), before = await available(one);
    const placed = expect(await place(who, [line(one)], { token: 'pm_card_3ds', key }), 202);
    const owner = placed.cartToken ? Object.assign(guest(server), { cart: placed.cartToken }) : who;
    assert.equal(await available(one), before - 1);
    const cancel = newKey();
    expect(await (await newUser(server)).post(`/orders/${placed.orderId}/cancel`, {}, { key: newKey() }), 404);
    const gone = expect(await owner.post(`/orders/${placed.orderId}/cancel`, { reason: 'found it elsewhere' }, { key: cancel }), 200);
    assert.equal(gone.status, 'cancelled');
    assert.equal(gone.cancelReason, 'found it elsewhere');
    assert.equal(gone.paymentStatus, 'voided');
    assert.equal(gone.cancelRequested, undefined);
    assert.equal(gone.history.at(-1).to, 'cancelled');
    assert.equal(await available(one), before);
    const again = await owner.post(`/orders/${placed.orderId}/cancel`, { reason: 'found it elsewhere' }, { key: cancel });
    expect(again, 200);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    expect(await place(who, [line(one)], { token: 'pm_card_3ds', key }), 409, 'order_cancelled');
  }
});

test('staff cancel by the office what waits at the bank', async () => {
  const before = await available(one);
  const { orderId } = expect(await place(await newUser(server), [line(one)], { token: 'pm_card_3ds' }), 202);
  const path = `/admin/orders/${orderId}`;
  const v = new Visitor(server);
  v.jar.set('souk_at', staff.token);
  await v.go(path);
  assert.match(v.form(`${path}/cancel`).html, /Nothing is sent or charged/);
  await v.submit(`${path}/cancel`, { reason: 'ordered by mistake', sure: 'true' });
  v.has(/The order is cancelled/);
  assert.doesNotMatch(v.html, new RegExp(`action="${path}/cancel"`));
  const gone = expect(await staff.get(`/orders/${orderId}`), 200);
  assert.deepEqual([gone.status, gone.cancelReason, gone.paymentStatus], ['cancelled', 'ordered by mistake', 'voided']);
  assert.equal(await available(one), before);
});

for (const method of [{ type: 'cheque', token: 'pm_card_visa' }, { type: 'credit_card', token: '' }])
  test(`no way to pay: ${method.type} ${method.token}`, async () => {
    const user = await newUser(server);
    const reply = await user.post('/orders', { ...orderBody([line(one)]), paymentMethod: method }, { key: newKey() });
    expect(reply, 422);
  });

/* ---- what is refused ---- */

test('more than there is', async () => {
  const article = await onSale(server, { skip: 2 });
  await setStock(staff, article, 3);
  const reply = await place(guest(server), [line(article, 4)]);
  expect(reply, 409, 'insufficient_stock');
  assert.equal(await available(article), 3);
});

test('forty buyers of the last five pieces make five orders', async () => {
  const article = await onSale(server, { skip: 3 });
  await setStock(staff, article, 5);
  const replies = await Promise.all(Array.from({ length: 40 }, () =>
    place(guest(server), [line(article)])));
  const statuses = replies.map((r) => r.status);
  assert.equal(statuses.filter((s) => s === 201).length, 5, statuses.join(' '));
  for (const r of replies) if (r.status !== 201) expect(r, 409, 'insufficient_stock');
  const stock = await stockOf(staff, article);
  assert.equal(stock.available, 0);
  assert.ok(stock.levels.every((l) => l.onHand >= 0 && l.reserved === 0), JSON.stringify(stock));
});

test('what was refused a moment ago is looked at first: the same answers, and repeats keep theirs', async () => {
  const article = await onSale(server, { skip: 3 });
  await setStock(staff, article, 2);
  const user = await newUser(server), key = newKey(), late = newKey();
  const sold = expect(await place(user, [line(article, 2)], { key }), 201);
  const refusals = [];
  for (let i = 0; i < 3; i++) refusals.push(expect(await place(user, [line(article)], { key: late }), 409, 'insufficient_stock'));
  for (const { errors } of refusals)
    assert.deepEqual(errors.map(({ pointer, detail }) => [pointer, detail]), [[`/variants/${article.variantId}`, '0 left']]);
  assert.equal(expect(await place(user, [line(article, 2)], { key }), 201).orderId, sold.orderId, 'a repeat');
  expect(await place(user, [line(article)], { key }), 422, 'idempotency_key_reused');
  const other = await place(guest(server), [line(article)], { email: 'no address' });
  assert.equal(expect(other, 422).errors[0].pointer, '/email', 'what can be mended is told first');
  await user.post('/cart/items', line(one));
  expect(await user.post(`/orders/${sold.orderId}/cancel`, {}), 200);
  await until('the stock is back', async () => await available(article) === 2);
  expect(await place(user, [line(article)], { key: late }), 201);
  assert.equal(await available(article), 1);
});

test('a price that changed since it was put into the cart', async () => {
  const article = await onSale(server, { skip: 4 });
  const user = await newUser(server);
  expect(await user.post('/cart/items', line(article)), 201);
  const path = `/admin/products/${article.productId}/prices`;
  const { prices } = expect(await staff.get(path), 200);
  const dearer = prices.map((p) => ({ variantId: p.variantId, price: Math.round(p.price * 100 + 100) / 100 }));
  expect(await staff.put(path, { prices: dearer }), 200);
  const [item] = expect(await user.get('/cart'), 200).items;
  assert.equal(item.priceChanged, true);
  expect(await place(user), 409, 'price_changed');
  const placed = expect(await place(user, undefined, { acceptPriceChanges: true }), 201);
  const order = expect(await user.get(`/orders/${placed.orderId}`), 200);
  assert.equal(order.items[0].price, item.price);
});

test('a total that the buyer did not expect', async () => {
  const user = await newUser(server);
  expect(await place(user, [line(one)], { expectedTotal: 0.01 }), 409, 'price_changed');
  const placed = expect(await place(user, [line(one)]), 201);
  expect(await place(user, [line(one)], { expectedTotal: placed.total }), 201);
});

const wrong = [
  ['no items and an empty cart', () => ({ items: undefined }), 422],
  ['an empty list', () => ({ items: [] }), 422],
  ['quantity 0', () => ({ items: [line(one, 0)] }), 422],
  ['quantity -1', () => ({ items: [line(one, -1)] }), 422],
  ['quantity 10^12', () => ({ items: [line(one, 1e12)] }), 422],
  ['quantity 1.5', () => ({ items: [line(one, 1.5)] }), 400],
  ['quantity "2"', () => ({ items: [line(one, '2')] }), 400],
  ['no address', () => ({ shippingAddress: undefined }), 422],
  ['an empty address', () => ({ shippingAddress: {} }), 422],
  ['an unknown speed', () => ({ deliverySpeed: 'teleport' }), 422],
  ['an unknown product', () => ({ items: [{ productId: '01890000-0000-7000-8000-000000000000', quantity: 1 }] }), 409],
  ["another product's variant", () => ({ items: [{ ...line(one), variantId: other.variantId }] }), 409],
  ['a country that is none', () => ({ shippingAddress: { ...ADDRESS, country: 'XX' } }), 422],
];
for (const [name, change, status] of wrong)
  test(`refused: ${name}`, async () => {
    const user = await newUser(server);
    expect(await user.post('/orders', { ...orderBody([line(one)]), ...change() }, { key: newKey() }), status);
    assert.deepEqual(expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders, []);
  });

test('a guest leaves an e-mail', async () => {
  for (const email of ['a@b@c', 'a@b.c>', 'a@b.c,d@e.f', 'abc@x.com,', 'a@b']) {
    const { errors } = expect(await place(guest(server), [line(one)], { email }), 422);
    assert.deepEqual(errors.map((e) => [e.pointer, e.code]), [['/email', 'bad_email']], email);
  }
  const reply = await guest(server).post('/orders', orderBody([line(one)]), { key: newKey() });
  expect(reply, 422);
  assert.equal(reply.json.errors[0].pointer, '/email');
});

test('the same article in two lines of one order', async () => {
  const article = await onSale(server, { skip: 5 });
  await setStock(staff, article, 5);
  expect(await place(guest(server), [line(article, 3), line(article, 3)]), 409, 'insufficient_stock');
  expect(await place(guest(server), [line(article, 2), line(article, 3)]), 201);
  assert.equal(await available(article), 0);
});

/* ---- afterwards ---- */

test('history: newest first, by page and by token, and nobody else’s', async () => {
  const user = await newUser(server), stranger = await newUser(server);
  const made = [];
  for (let i = 0; i < 5; i++) made.unshift(expect(await place(user, [line(one)]), 201).orderId);
  const path = `/users/${user.user.userId}/orders`;
  const all = expect(await user.get(path), 200);
  assert.deepEqual(all.orders.map((o) => o.orderId), made);
  assert.equal(all.pagination.total, 5);
  const second = expect(await user.get(`${path}?limit=2&page=2`), 200);
  assert.deepEqual(second.orders.map((o) => o.orderId), made.slice(2, 4));
  const first = expect(await user.get(`${path}?limit=2`), 200);
  const next = expect(await user.get(`${path}?limit=2&pageToken=${first.nextPageToken}`), 200);
  assert.deepEqual(next.orders.map((o) => o.orderId), made.slice(2, 4));
  expect(await stranger.get(path), 404);
  expect(await stranger.get(`/orders/${made[0]}`), 404);
  expect(await stranger.post(`/orders/${made[0]}/cancel`, {}), 404);
  expect(await stranger.post(`/orders/${made[0]}/return`, {}), 404);
  expect(await guest(server).get(`/orders/${made[0]}`), 404);
  expect(await guest(server).get(path), 401);
  assert.equal(expect(await staff.get(`/orders/${made[0]}`), 200).orderId, made[0]);
});

test('cancelling gives stock and money back, once', async () => {
  const user = await newUser(server);
  const before = await available(one);
  const { orderId } = expect(await place(user, [line(one, 2)]), 201);
  const replies = await Promise.all([1, 2, 3].map(() =>
    user.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' })));
  for (const r of replies) assert.ok([200, 409].includes(r.status), r.text);
  assert.ok(replies.some((r) => r.status === 200));
  const order = await until('money back', async () => {
    const seen = expect(await user.get(`/orders/${orderId}`), 200);
    return seen.paymentStatus === 'refunded' && seen;
  });
  assert.equal(order.status, 'cancelled');
  assert.equal(await available(one), before);
  const ours = server.payments().filter((row) => order.payments.some((p) => row.includes(p.paymentId)));
  const refs = ours.flatMap((row) => row.match(/sb_[0-9a-zA-Z]+/g) ?? []);
  assert.ok(refs.length > 0, ours.join('\n'));
  const refunds = server.payments().filter((row) => /^(refund|void)/.test(row) &&
    refs.some((ref) => row.includes(ref)));
  assert.equal(refunds.length, 1, server.payments().slice(-5).join('\n'));
});

test('a guest cancels an order of one’s own', async () => {
  const client = guest(server);
  client.cart = expect(await client.post('/cart/items', line(one)), 201).cartToken;
  const { orderId } = expect(await place(client), 201);
  expect(await client.post(`/orders/${orderId}/cancel`, {}), 200);
});

test('nothing can be returned before it was delivered', async () => {
  const user = await newUser(server);
  const { orderId } = expect(await place(user, [line(one)]), 201);
  expect(await user.post(`/orders/${orderId}/return`, { reason: 'too big' }), 409);
  expect(await user.post('/orders/01890000-0000-7000-8000-000000000000/return', {}), 404);
});

test('two tabs: of one cart one order is made', async () => {
  const user = await newUser(server);
  expect(await user.post('/cart/items', line(one)), 201);
  const slow = place(user, undefined, { token: 'pm_card_slow' });
  await until('the first is under way', async () =>
    expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders.length === 1);
  expect(await place(user), 409, 'cart_in_use');
  expect(await slow, 201);
  expect(await place(user), 422, 'cart_empty');
  const { orders } = expect(await user.get(`/users/${user.user.userId}/orders`), 200);
  assert.equal(orders.length, 1);
});
