/* SPDX-License-Identifier: Apache-2.0
 * One order to several addresses by forms alone: chosen for each line, a line split, what is
 * wrong told at its row; then the order's page, the thanks and the mail. And staff who move one
 * parcel of it by forms. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { admin, line, newUser, onSale, place, setStock, stockOf, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { formsOf, unescape, Visitor } from './browser.mjs';
import { open } from './server.mjs';

const HOME = { name: 'Ada Lovelace', line1: '1 Form Street', city: 'Springfield', region: 'IL',
  postalCode: '62701', country: 'US' };
const OTHER = { name: 'Grace Hopper', line1: '2 Mission St', city: 'San Francisco', region: 'CA',
  postalCode: '94105', country: 'US' };
let server, staff, one, two;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server);
  two = await onSale(server, { skip: 1 });
  for (const article of [one, two]) await setStock(staff, article, 100);
});
after(() => server.close());

/* A buyer with two addresses and a cart of 3 of one thing and 1 of another, at the checkout. */
const buyer = async (addresses = [HOME, OTHER]) => {
  const user = await newUser(server);
  const ids = [];
  for (const a of addresses) ids.push(expect(await user.post('/users/me/addresses', a), 201).addressId);
  for (const item of [line(one, 3), line(two)]) expect(await user.post('/cart/items', item), 201);
  const v = new Visitor(server);
  v.jar.set('souk_at', user.token);
  await v.go('/checkout');
  return { user, v, ids };
};
/* The rows of the choice as they stand on the page. */
const rowsOf = (v) => [...v.html.matchAll(
  /name="spreadLine" value="([^"]+)".*?name="spreadQuantity"[^>]* value="([^"]*)".*?<select[^>]*name="spreadTo"[^>]*>(.*?)<\/select>/gs)]
  .map(([, id, quantity, options]) => ({ line: id, quantity,
    to: options.match(/value="([^"]*)" selected/)?.[1], options }));
/* Sends the form with these rows, by that button. */
const send = (v, rows, values = {}, path = '/checkout') => {
  const body = new URLSearchParams();
  const { spreadLine, spreadQuantity, spreadTo, ...rest } = v.form('/checkout').fields;
  for (const [name, value] of Object.entries({ ...rest, ...values })) body.append(name, value);
  for (const row of rows) {
    body.append('spreadLine', row.line);
    body.append('spreadQuantity', row.quantity);
    body.append('spreadTo', row.to);
  }
  return v.go(path, { method: 'POST', body: body.toString() });
};
const show = (v, rows, values) => send(v, rows, values, '/checkout/address');
const text = (html) => unescape(html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '));

test('a line is split and each part has its address, up to the order and the mail', async () => {
  const { user, v, ids } = await buyer();
  let rows = rowsOf(v);
  assert.deepEqual(rows.map((r) => [r.quantity, r.to]), [['3', 'order'], ['1', 'order']]);
  v.has(/<details class="beside-card" id="several"><summary/);
  await show(v, rows, { split: '1' });
  v.has(/<details class="beside-card" id="several" open>/);
  rows = rowsOf(v);
  assert.deepEqual(rows.map((r) => r.quantity), ['2', '1', '1']);
  assert.equal(rows[0].line, rows[1].line);
  rows[1].to = ids[1];
  rows[2].to = ids[1];
  await show(v, rows, { addressId: ids[0] });
  assert.equal(v.reply.status, 200);
  assert.deepEqual(rowsOf(v).map((r) => [r.quantity, r.to]), [['2', 'order'], ['1', ids[1]], ['1', ids[1]]]);
  const review = text(v.html.match(/<div id="parcels">(.*?)<\/div><p>/s)[1]);
  assert.match(review, /To Ada Lovelace, 1 Form Street, Springfield .*Quantity 2.*To Grace Hopper, 2 Mission St, San Francisco .*Quantity 1.*Quantity 1/);
  const seen = v.form('/checkout').fields.seen;
  await send(v, rowsOf(v), { addressId: ids[0], payment: 'pm_card_visa' });
  assert.match(v.path, /\/thanks$/, text(v.html).slice(0, 2000));
  v.has('To Grace Hopper, 2 Mission St, San Francisco');
  const order = expect(await user.get(`/orders/${v.path.split('/')[2]}`), 200);
  assert.equal(order.total.toFixed(2), seen);
  assert.deepEqual(order.fulfilmentGroups.map((g) => g.shippingAddress.name), ['Ada Lovelace', 'Grace Hopper']);
  assert.deepEqual(order.items.map((i) => [i.quantity, i.fulfilmentGroup]), [[2, 1], [1, 2], [1, 2]]);
  await v.go('/cart');
  v.has('Your cart is empty');
  await v.go(`/orders/${order.orderId}`);
  for (const one of ['Parcel 1 of 2', '1 Form Street', 'Parcel 2 of 2', '2 Mission St']) v.has(one);
  const { email } = expect(await user.get('/users/me'), 200);
  const letter = await until('the mail', () => letters(server, email, /^Your order/)[0]);
  assert.match(letter.text.replace(/\s+/g, ' '),
    /several parcels\. To Ada Lovelace, 1 Form Street, Springfield\. To Grace Hopper, 2 Mission St, San Francisco\./);
});

test('everything to another address is one parcel there', async () => {
  const { user, v, ids } = await buyer();
  await send(v, rowsOf(v).map((r) => ({ ...r, to: ids[1] })), { addressId: ids[0] });
  assert.equal(v.reply.status, 409, 'another sum than was seen'); /* tax of another state */
  await send(v, rowsOf(v), { addressId: ids[0] });
  assert.match(v.path, /\/thanks$/);
  const order = expect(await user.get(`/orders/${v.path.split('/')[2]}`), 200);
  assert.equal(order.fulfilmentGroups.length, 1);
  assert.equal(order.shippingAddress.name, 'Grace Hopper');
});

test('what does not sum to the cart is told at its row, and nothing is lost', async () => {
  const { user, v, ids } = await buyer();
  const rows = rowsOf(v);
  const wrong = [{ ...rows[0], quantity: '2', to: ids[1] }, { ...rows[0], quantity: '2' }, rows[1]];
  for (const path of ['/checkout', '/checkout/address']) {
    await send(v, wrong, { addressId: ids[0] }, path);
    assert.equal(v.reply.status, path === '/checkout' ? 422 : 200);
    v.has('3 in the cart, but 4 go to an address');
    assert.deepEqual(rowsOf(v).map((r) => [r.quantity, r.to]), [['2', ids[1]], ['2', 'order'], ['1', 'order']]);
  }
  await send(v, [{ ...rows[0], quantity: '', to: ids[1] }, rows[1]], { addressId: ids[0] });
  assert.equal(v.reply.status, 422);
  v.has('Say how many go where');
  assert.equal(rowsOf(v)[0].to, ids[1]);
  await send(v, [{ ...rows[0], quantity: '-1', to: ids[1] }, { ...rows[0], quantity: '4' }], { addressId: ids[0] });
  assert.equal(v.reply.status, 422);
  assert.equal(expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders.length, 0);
});

test('another’s address is refused, and a guest has no choice', async () => {
  const stranger = await newUser(server);
  const { addressId } = expect(await stranger.post('/users/me/addresses', OTHER), 201);
  const { user, v, ids } = await buyer();
  await send(v, rowsOf(v).map((r) => ({ ...r, to: addressId })), { addressId: ids[0] });
  assert.equal(v.reply.status, 422);
  assert.equal(expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders.length, 0);
  const guest = new Visitor(server);
  await guest.go(`/p/${one.productId}?v=${one.variantId}`);
  await guest.submit('/cart/items', { quantity: '2' });
  await guest.go('/checkout');
  assert.doesNotMatch(guest.html, /several addresses/);
});

test('a cart that changed meanwhile goes where the order goes, unless a choice was made', async () => {
  const { user, v, ids } = await buyer();
  const rows = rowsOf(v);
  const cart = expect(await user.get('/cart'), 200);
  const item = cart.items.find((i) => i.quantity === 3);
  expect(await user.put(`/cart/items/${item.cartItemId}`, { quantity: 2 }), 200);
  await send(v, rows, { addressId: ids[0] });
  assert.equal(v.reply.status, 409, 'another sum');
  await send(v, [{ ...rows[0], to: ids[1] }, rows[1]], { addressId: ids[0] });
  assert.equal(v.reply.status, 422);
  v.has('2 in the cart, but 3 go to an address');
});

/* ---- staff move one parcel ---- */

const stockOfOne = async (article) => (await stockOf(staff, article)).available;
const placed = async () => {
  const user = await newUser(server);
  const items = [line(one, 2), { ...line(two), shippingAddress: OTHER }];
  const { orderId } = expect(await place(user, items), 201);
  const office = new Visitor(server);
  office.jar.set('souk_at', staff.token);
  const path = `/admin/orders/${orderId}`;
  await office.go(path);
  const see = async () => expect(await user.get(`/orders/${orderId}`), 200);
  /* The form of one parcel, as it stands on the page. */
  const submit = async (what, group, values = {}) => {
    const form = formsOf(office.html).find((f) => f.action === `${path}/${what}` &&
      f.fields.fulfilmentGroup === String(group));
    assert.ok(form, `no form to ${what} for parcel ${group}`);
    await office.go(form.action, { method: 'POST',
      body: new URLSearchParams({ ...form.fields, ...values }).toString() });
  };
  return { user, office, see, submit, path, orderId };
};

test('staff send one parcel with a tracking number, and cancel the other', async () => {
  const { user, office, see, submit, orderId } = await placed();
  const before = await stockOfOne(one);
  await submit('status', 2);
  office.has('The parcel has moved');
  await submit('status', 2, { trackingNumber: 'x'.repeat(61) });
  office.has('at most 60 characters');
  assert.equal((await see()).fulfilmentGroups[1].status, 'processing');
  await submit('status', 2, { trackingNumber: ' 1Z 999 AA1 ', reason: 'by van' });
  let order = await see();
  assert.deepEqual(order.fulfilmentGroups.map((g) => [g.status, g.trackingNumber]),
    [['confirmed', undefined], ['shipped', '1Z 999 AA1']]);
  assert.equal(order.status, 'confirmed');
  office.has('Tracking number: 1Z 999 AA1');
  const v = new Visitor(server);
  v.jar.set('souk_at', user.token);
  await v.go(`/orders/${orderId}`);
  v.has('Tracking number: 1Z 999 AA1');
  await submit('cancel', 1, { reason: 'sold out', sure: '' });
  office.has('Tick this first');
  office.has('value="sold out"');
  await submit('cancel', 1, { reason: 'sold out', sure: 'true' });
  order = await see();
  assert.deepEqual(order.fulfilmentGroups.map((g) => g.status), ['cancelled', 'shipped']);
  assert.equal(order.status, 'shipped');
  assert.equal(order.paymentStatus, 'partially_refunded');
  assert.equal(await stockOfOne(one), before + 2);
  assert.ok(!formsOf(office.html).some((f) => f.fields.fulfilmentGroup === '1'), 'a cancelled parcel has forms');
});

test('one parcel comes back: what it cost goes back, and no more', async () => {
  const { user, office, see, submit, orderId } = await placed();
  const { total } = (await see()).fulfilmentGroups[1];
  for (const status of [{}, { trackingNumber: 'T-1' }, {}]) await submit('status', 2, status);
  assert.equal((await see()).fulfilmentGroups[1].status, 'delivered');
  expect(await user.post(`/orders/${orderId}/return`, { reason: 'no', fulfilmentGroup: 2 }), 200);
  await office.go(`/admin/orders/${orderId}`);
  await submit('return', 2, { sure: 'true' });
  const order = await see();
  assert.deepEqual(order.fulfilmentGroups.map((g) => g.status), ['confirmed', 'refunded']);
  office.has(new RegExp(`Given back"><span>\\$${total.toFixed(2)}`));
});

test('a tracking number by the API; of what is shipped only', async () => {
  const { see, orderId } = await placed();
  const move = (body) => staff.post(`/admin/orders/${orderId}/status`, body);
  expect(await move({ status: 'processing', trackingNumber: 'T' }), 422);
  expect(await move({ status: 'processing' }), 200);
  expect(await move({ status: 'shipped', trackingNumber: 'ALL-1' }), 200);
  const order = await see();
  assert.deepEqual(order.fulfilmentGroups.map((g) => g.trackingNumber), ['ALL-1', 'ALL-1']);
  assert.equal(order.history.at(-1).trackingNumber, 'ALL-1');
  assert.deepEqual(order.shipments.map((s) => [s.fulfilmentGroup, s.status, s.trackingNumber]),
    [[1, 'shipped', 'ALL-1'], [2, 'shipped', 'ALL-1']]);
});

test('the shipments of an order: what was sent, by which number, and what came', async () => {
  const { see, orderId } = await placed();
  const move = async (status, more = {}) =>
    expect(await staff.post(`/admin/orders/${orderId}/status`, { status, ...more }), 200);
  await move('processing');
  assert.deepEqual((await see()).shipments, []);
  await move('shipped', { fulfilmentGroup: 2, trackingNumber: 'T-2' });
  let order = await see();
  const [sent] = order.shipments;
  assert.equal(order.shipments.length, 1, 'the other one has not left');
  const { orderItemIds, estimatedDelivery } = order.fulfilmentGroups[1];
  assert.deepEqual(sent, { shipmentId: sent.shipmentId, fulfilmentGroup: 2, status: 'shipped',
    trackingNumber: 'T-2', orderItemIds, estimatedDelivery, shippedAt: order.history.at(-1).at });
  await move('delivered', { fulfilmentGroup: 2 });
  expect(await staff.post(`/orders/${orderId}/cancel`, { fulfilmentGroup: 1 }), 200);
  order = await see();
  assert.equal(order.status, 'delivered');
  const { deliveredAt } = order.fulfilmentGroups[1];
  assert.ok(deliveredAt);
  assert.deepEqual(order.shipments, [{ ...sent, status: 'delivered', deliveredAt }],
    'what was cancelled never left');
  const whole = await placed();
  const all = (status, more) => staff.post(`/admin/orders/${whole.orderId}/status`, { status, ...more });
  expect(await all('processing'), 200);
  expect(await all('shipped', { fulfilmentGroup: 1 }), 200);
  const { shipments } = expect(await all('shipped', { trackingNumber: 'REST' }), 200);
  assert.deepEqual(shipments.map((s) => s.trackingNumber), [undefined, 'REST'], 'the first had left before');
});
