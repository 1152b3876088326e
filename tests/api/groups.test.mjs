/* SPDX-License-Identifier: Apache-2.0
 * One order to several addresses: its groups on the wire, in the hands of staff and on the page. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { ADDRESS, admin, guest, line, newKey, newUser, onSale, orderBody, stockOf } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { open } from './server.mjs';

const OTHER = { name: 'Grace Hopper', line1: '2 Mission St', city: 'San Francisco', region: 'CA',
  postalCode: '94105', country: 'US' };
let server, staff, one, two;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server);
  two = await onSale(server, { skip: 1 });
});
after(() => server.close());

const cents = (amount) => Math.round(amount * 100);
const available = async (article) => (await stockOf(staff, article)).available;
const buy = async (client, items, more = {}) => {
  const reply = await client.post('/orders', { ...orderBody(items), ...more }, { key: newKey() });
  return expect(await client.get(`/orders/${expect(reply, 201).orderId}`), 200);
};
const apart = (client) =>
  buy(client, [line(one, 2), { ...line(two), shippingAddress: OTHER }, { ...line(one), shippingAddress: OTHER }]);
const move = (order, status, fulfilmentGroup) =>
  staff.post(`/admin/orders/${order.orderId}/status`, { status, fulfilmentGroup });

test('one address, one group: nothing costs more than before', async () => {
  const user = await newUser(server);
  const order = await buy(user, [line(one, 2), line(two)]);
  assert.equal(order.fulfilmentGroups.length, 1);
  const [group] = order.fulfilmentGroups;
  assert.equal(group.number, 1);
  assert.equal(group.total, order.total);
  assert.equal(group.status, order.status);
  assert.equal(group.shippingAddress.line1, ADDRESS.line1);
  assert.deepEqual(group.orderItemIds, order.items.map((i) => i.orderItemId));
  assert.ok(order.history.every((h) => !('fulfilmentGroup' in h)));
});

test('two addresses, two groups, which sum to the order', async () => {
  const user = await newUser(server);
  const order = await apart(user);
  assert.equal(order.fulfilmentGroups.length, 2);
  assert.deepEqual(order.items.map((i) => i.fulfilmentGroup), [1, 2, 2]);
  assert.deepEqual(order.fulfilmentGroups.map((g) => g.shippingAddress.city), [ADDRESS.city, OTHER.city]);
  for (const name of ['subtotal', 'tax', 'shipping', 'discount', 'total'])
    assert.equal(order.fulfilmentGroups.reduce((sum, g) => sum + cents(g[name]), 0), cents(order[name]), name);
  for (const g of order.fulfilmentGroups)
    assert.match(`${g.estimatedFrom} ${g.estimatedDelivery}`, /^\d{4}-\d\d-\d\d \d{4}-\d\d-\d\d$/);
});

test('a saved address of an item; only one’s own', async () => {
  const user = await newUser(server), stranger = await newUser(server);
  const { addressId } = expect(await user.post('/users/me/addresses', OTHER), 201);
  const items = [line(one), { ...line(two), shippingAddressId: addressId }];
  const order = await buy(user, items);
  assert.equal(order.fulfilmentGroups[1].shippingAddress.line1, OTHER.line1);
  assert.equal((await buy(user, [items[1]], { shippingAddress: undefined })).shippingAddress.line1, OTHER.line1);
  for (const client of [stranger, guest(server)]) {
    const body = { ...orderBody(items), email: 'g@example.org' };
    const reply = await client.post('/orders', body, { key: newKey() });
    expect(reply, 422);
    assert.equal(reply.json.errors[0].pointer, '/items/1/shippingAddress/addressId');
  }
  const bad = await user.post('/orders', orderBody([line(one), { ...line(two), shippingAddress: { ...OTHER, city: '' } }]),
    { key: newKey() });
  expect(bad, 422);
  assert.equal(bad.json.errors[0].pointer, '/items/1/shippingAddress/city');
});

test('groups are shipped one by one; the order follows the last', async () => {
  const user = await newUser(server);
  const order = await apart(user);
  expect(await move(order, 'shipped', 2), 409, 'order_state_conflict');
  expect(await move(order, 'processing', 3), 404);
  expect(await move(order, 'processing', 0), 422);
  let seen;
  for (const [group, status, whole] of [[2, 'processing', 'confirmed'], [2, 'shipped', 'confirmed'],
    [1, 'processing', 'processing'], [2, 'delivered', 'processing'], [1, 'shipped', 'shipped'],
    [undefined, 'delivered', 'delivered']]) {
    seen = expect(await move(order, status, group), 200);
    assert.equal(seen.status, whole);
    if (group) assert.equal(seen.fulfilmentGroups[group - 1].status, status);
  }
  assert.ok(seen.fulfilmentGroups.every((g) => g.status === 'delivered' && g.deliveredAt));
  const moves = seen.history.filter((h) => h.fulfilmentGroup === 2).map((h) => [h.from, h.to, !!h.actorId]);
  assert.deepEqual(moves, [['confirmed', 'processing', true], ['processing', 'shipped', true], ['shipped', 'delivered', true]]);
  expect(await user.post(`/admin/orders/${order.orderId}/status`, { status: 'shipped', fulfilmentGroup: 1 }), 403);
});

test('one group goes back: its goods and its money, to the cent', async () => {
  const user = await newUser(server);
  const before = await available(one);
  const order = await apart(user);
  for (const status of ['processing', 'shipped', 'delivered']) expect(await move(order, status, 2), 200);
  expect(await user.post(`/orders/${order.orderId}/return`, { fulfilmentGroup: 1 }), 409);
  expect(await user.post(`/orders/${order.orderId}/return`, { fulfilmentGroup: 9 }), 404);
  const asked = expect(await user.post(`/orders/${order.orderId}/return`, { reason: 'too big', fulfilmentGroup: 2 }), 200);
  assert.equal(asked.fulfilmentGroups[1].status, 'return_requested');
  assert.equal(asked.status, 'confirmed');
  const path = `/admin/orders/${order.orderId}/return/approve`;
  expect(await staff.post(path, { fulfilmentGroup: 1 }), 409);
  const back = expect(await staff.post(path, { fulfilmentGroup: 2 }), 200);
  assert.equal(back.fulfilmentGroups[1].status, 'refunded');
  assert.equal(back.paymentStatus, 'partially_refunded');
  assert.equal(await available(one), before - 2);
  const left = cents(order.total) - cents(order.fulfilmentGroups[1].total);
  const refunds = `/admin/orders/${order.orderId}/refunds`;
  const ask = (minor) => staff.post(refunds, { amount: (minor / 100).toFixed(2), reason: 'sorry' }, { key: newKey() });
  expect(await ask(left + 1), 422);
  expect(await ask(left), 200);
});

test('one group is cancelled, the order with the rest', async () => {
  const user = await newUser(server);
  const before = [await available(one), await available(two)];
  const order = await apart(user);
  const path = `/orders/${order.orderId}`;
  expect(await user.post(`${path}/cancel`, { fulfilmentGroup: 3 }), 404);
  const some = expect(await user.post(`${path}/cancel`, { fulfilmentGroup: 2 }), 200);
  assert.equal(some.status, 'confirmed');
  assert.deepEqual(some.items.map((i) => i.status), ['confirmed', 'cancelled', 'cancelled']);
  assert.deepEqual([await available(one), await available(two)], [before[0] - 2, before[1]]);
  expect(await move(order, 'processing', 1), 200);
  expect(await user.post(`${path}/cancel`, { fulfilmentGroup: 2 }), 409);
  const all = expect(await user.post(`${path}/cancel`, {}), 200);
  assert.equal(all.status, 'cancelled');
  assert.equal(all.paymentStatus, 'refunded');
  assert.deepEqual([await available(one), await available(two)], before);
});

test('the page: parcels with their states, each to be cancelled while it is here', async () => {
  const user = await newUser(server);
  const order = await apart(user);
  const path = `/orders/${order.orderId}`;
  const v = new Visitor(server);
  v.jar.set('souk_at', user.token);
  const cancels = () => [...v.html.matchAll(/name="fulfilmentGroup" value="(\d)"/g)].map((m) => m[1]);
  await v.go(path);
  for (const text of ['Parcel 1 of 2', 'Parcel 2 of 2', '2 Mission St', 'Cancel this order'])
    v.has(text);
  assert.deepEqual(cancels(), ['1', '2']);
  for (const status of ['processing', 'shipped']) expect(await move(order, status, 1), 200);
  await v.go(path);
  v.has('Parcel 1: On its way');
  assert.doesNotMatch(v.html, /Cancel this order/);
  assert.deepEqual(cancels(), ['2']);
  const office = new Visitor(server);
  office.jar.set('souk_at', staff.token);
  await office.go(`/admin/orders/${order.orderId}`);
  office.has('Parcel 1: ');
  office.has('; parcel 2, [Cc]onfirmed');
  assert.doesNotMatch(office.html, /Cancel the order/);
  await v.submit(`${path}/cancel`);
  v.has('This part of the order is cancelled');
  v.has('Parcel 2: Cancelled');
  assert.deepEqual(cancels(), []);
  const whole = await buy(user, [line(one)]);
  await v.go(`/orders/${whole.orderId}`);
  v.has('<h2>Items</h2>');
  assert.doesNotMatch(v.html, /Parcel 1/);
});

test('an order is not cancelled once a part of it is under way', async () => {
  const user = await newUser(server);
  const order = await apart(user);
  for (const status of ['processing', 'shipped']) expect(await move(order, status, 1), 200);
  expect(await user.post(`/orders/${order.orderId}/cancel`, {}), 409);
  expect(await user.post(`/orders/${order.orderId}/cancel`, { fulfilmentGroup: 1 }), 409);
  const rest = expect(await user.post(`/orders/${order.orderId}/cancel`, { fulfilmentGroup: 2 }), 200);
  assert.equal(rest.status, 'shipped');
});
