/* SPDX-License-Identifier: Apache-2.0
 * One key, one effect: repeats, twins, and keys of others. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { ADDRESS, admin, guest, line, newKey, newUser, onSale, orderBody, place, stockOf } from './fixtures.mjs';
import { open } from './server.mjs';

let server, one, staff;
before(async () => {
  server = await open({ env: { SOUK_PROXIES: '127.0.0.1' } }); /* we are one: requests come from anywhere */
  staff = await admin(server);
  one = await onSale(server, { stock: 30 });
});
after(() => server.close());

const orders = async (user) =>
  expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders;

test('an order needs a key of 1 to 255 visible characters', async () => {
  const user = await newUser(server);
  expect(await user.post('/orders', orderBody([line(one)])), 400, 'idempotency_key_required');
  for (const key of ['', ' ', 'with blank', 'é', 'x'.repeat(256)])
    assert.equal((await user.post('/orders', orderBody([line(one)]),
      { headers: { 'Idempotency-Key': Buffer.from(key).toString('latin1') } })).status, 400, key);
  assert.deepEqual(await orders(user), []);
  expect(await place(user, [line(one)], { key: 'x'.repeat(255) }), 201);
});

test('a repeat gets the first answer', async () => {
  const user = await newUser(server);
  const key = newKey();
  const first = await place(user, [line(one)], { key });
  const again = await place(user, [line(one)], { key });
  expect(first, 201);
  expect(again, 201);
  assert.equal(first.headers['idempotent-replayed'], undefined);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.deepEqual(again.json, first.json);
  assert.equal((await orders(user)).length, 1);
});

test('a repeat in snake_case gets the same answer too', async () => {
  const user = await newUser(server);
  const key = newKey();
  const { addressId } = expect(await user.post('/users/me/addresses', { ...ADDRESS }), 201);
  const body = { items: [{ product_id: one.productId, variant_id: one.variantId, quantity: 1 }],
    shipping_address_id: addressId, payment_method_id: 'pm_card_visa' };
  const first = expect(await user.post('/orders', body, { key }), 201);
  assert.deepEqual(expect(await user.post('/orders', body, { key }), 201), first);
});

test('the same wish in other words is the same; another is refused', async () => {
  const user = await newUser(server);
  const key = newKey();
  const body = orderBody([line(one)]);
  expect(await user.post('/orders', body, { key }), 201);
  const turned = Object.fromEntries(Object.entries(body).reverse());
  expect(await user.post('/orders', turned, { key }), 201);
  expect(await user.post('/orders', orderBody([line(one, 2)]), { key }), 422, 'idempotency_key_reused');
  assert.equal((await orders(user)).length, 1);
});

test('a key that is none is refused, also where keys are not kept', async () => {
  const user = await newUser(server);
  for (const key of ['x'.repeat(256), 'a b', [newKey(), newKey()]]) { /* the last: two headers */
    expect(await user.post('/orders', orderBody([line(one)]), { key }), 400, 'idempotency_key_invalid');
    expect(await user.post('/auth/password-reset', { email: 'a@example.com' }, { key }), 400, 'idempotency_key_invalid');
  }
});

test("another user's key is another key", async () => {
  const key = newKey();
  const a = await newUser(server), b = await newUser(server);
  const first = expect(await place(a, [line(one)], { key }), 201);
  const second = await place(b, [line(one)], { key });
  expect(second, 201);
  assert.equal(second.headers['idempotent-replayed'], undefined);
  assert.notEqual(second.json.orderId, first.orderId);
});

test('twenty twins at once make one order', async () => {
  const user = await newUser(server);
  const key = newKey();
  const { available } = await stockOf(staff, one);
  const replies = await Promise.all(Array.from({ length: 20 }, () =>
    place(user, [line(one)], { key })));
  const made = new Set();
  for (const r of replies) {
    if (r.status === 409) {
      expect(r, 409, 'request_in_progress'); /* not on record yet */
      assert.equal(r.headers['retry-after'], '1');
    } else {
      assert.ok([201, 202].includes(r.status), r.text);
      if (r.status === 202) assert.equal(r.headers['idempotent-replayed'], 'true');
      made.add(r.json.orderId);
    }
  }
  assert.equal(made.size, 1);
  assert.equal((await orders(user)).length, 1);
  assert.equal((await stockOf(staff, one)).available, available - 1);
});

test('a repeat of what waits at the bank gets the answer again, and the token of a guest', async () => {
  for (const who of [await newUser(server), guest(server)]) {
    const key = newKey();
    const first = await place(who, [line(one)], { key, token: 'pm_card_3ds' });
    const { orderId, nextAction } = expect(first, 202);
    assert.equal(nextAction, `/orders/${orderId}/challenge`);
    const again = await place(who, [line(one)], { key, token: 'pm_card_3ds' });
    assert.deepEqual(expect(again, 202), first.json);
    assert.equal(again.headers.location, first.headers.location);
    assert.equal(first.headers['idempotent-replayed'], undefined);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    expect(await place(who, [line(one, 2)], { key, token: 'pm_card_3ds' }), 422, 'idempotency_key_reused');
    const other = guest(server);
    other.cart = expect(await other.post('/cart/items', line(one)), 201).cartToken;
    assert.notEqual(expect(await place(other, [line(one)], { key, token: 'pm_card_3ds' }), 202).orderId, orderId);
  }
});

test('a refusal of the bank is an answer too: the key does not pay later', async () => {
  const user = await newUser(server);
  const key = newKey();
  const first = await place(user, [line(one)], { key, token: 'pm_card_declined' });
  const again = await place(user, [line(one)], { key, token: 'pm_card_declined' });
  const { request_id: asked, ...told } = expect(first, 402, 'payment_declined');
  const { request_id: askedAgain, ...repeated } = expect(again, 402, 'payment_declined');
  assert.deepEqual(repeated, told);
  assert.equal(told.errors[0].pointer, '/paymentMethod');
  assert.notEqual(askedAgain, asked);
  assert.equal(first.headers['idempotent-replayed'], undefined);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal((await orders(user)).length, 1);
});

test('what was refused for its form may be mended under the same key', async () => {
  const user = await newUser(server);
  const key = newKey();
  expect(await user.post('/orders', { ...orderBody([line(one)]), deliverySpeed: 'x' }, { key }), 422);
  expect(await place(user, [line(one)], { key }), 201);
});

test('a guest who lost the answer gets all of it again', async () => {
  const key = newKey();
  const lost = await place(guest(server), [line(one)], { key });
  const again = await place(guest(server), [line(one)], { key });
  const { cartToken, orderId } = expect(lost, 201);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.deepEqual(expect(again, 201), lost.json);
  assert.equal(again.headers.location, lost.headers.location);
  assert.equal(again.headers.location, `/api/v1/orders/${orderId}`);
  const owner = guest(server);
  owner.cart = cartToken;
  assert.equal(expect(await owner.get(`/orders/${orderId}`), 200).orderId, orderId);
  const next = expect(await place(guest(server), [line(one)], { key: newKey() }), 201);
  assert.notEqual(next.cartToken, cartToken);
});

test('a guest whose network changed is told of the first order, and buys once', async () => {
  const from = (ip, key, email = 'Roaming@example.com') => guest(server).post('/orders',
    orderBody([line(one)], { email }), { key, headers: { 'X-Forwarded-For': ip } });
  const key = newKey();
  const { available } = await stockOf(staff, one);
  const first = expect(await from('203.0.113.7', key), 201);
  const again = await from('2001:db8::7', key);
  assert.deepEqual(expect(again, 201), first);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  expect(await from('2001:db8::7', key, 'roaming@example.com'), 422, 'idempotency_key_reused'); /* the same guest, in other words */
  assert.equal((await stockOf(staff, one)).available, available - 1);
  const other = expect(await from('203.0.113.7', key, 'other@example.com'), 201);
  assert.notEqual(other.orderId, first.orderId);
});

test('a guest’s key belongs to the cart', async () => {
  const key = newKey();
  const a = guest(server), b = guest(server);
  a.cart = expect(await a.post('/cart/items', line(one)), 201).cartToken;
  b.cart = expect(await b.post('/cart/items', line(one)), 201).cartToken;
  const first = expect(await place(a, undefined, { key }), 201);
  const second = expect(await place(b, undefined, { key }), 201);
  assert.notEqual(first.orderId, second.orderId);
});
