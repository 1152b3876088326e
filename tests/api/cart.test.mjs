/* SPDX-License-Identifier: Apache-2.0
 * The cart of guests and users: what may be put in, changed, and by whom. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { admin, guest, line, newEmail, newUser, onSale, PASSWORD, setStock, signIn,
  until } from './fixtures.mjs';
import { open } from './server.mjs';

let server, one, other;
before(async () => {
  server = await open();
  one = await onSale(server);
  other = await onSale(server, { skip: 1 });
});
after(() => server.close());

/* A guest with one line of two pieces. */
const withLine = async (quantity = 2) => {
  const client = guest(server);
  const cart = expect(await client.post('/cart/items', line(one, quantity)), 201);
  client.cart = cart.cartToken;
  return { client, cart, item: cart.items[0] };
};

test('an empty cart', async () => {
  const cart = expect(await guest(server).get('/cart'), 200);
  assert.deepEqual(cart.items, []);
  assert.equal(cart.total, 0);
});

test('a guest gets a token with the first article, and finds the cart by it', async () => {
  const { client, cart } = await withLine();
  assert.ok(cart.cartToken.length >= 16);
  const again = expect(await client.get('/cart'), 200);
  assert.equal(again.cartId, cart.cartId);
  const [item] = again.items;
  for (const name of ['cartItemId', 'product', 'variant', 'quantity', 'price', 'subtotal', 'available'])
    assert.ok(name in item, name);
  for (const name of ['subtotal', 'tax', 'shipping', 'total', 'savings']) assert.ok(name in again, name);
  assert.equal(item.product.productId, one.productId);
  assert.equal(item.variant.variantId, one.variantId);
  assert.equal(item.quantity, 2);
  assert.equal(item.price, one.variant.price);
  assert.equal(Math.round(item.subtotal * 100), Math.round(item.price * 200));
  assert.equal(again.subtotal, item.subtotal);
  assert.equal(Math.round(again.total * 100),
    Math.round(again.subtotal * 100) + Math.round(again.tax * 100) + Math.round(again.shipping * 100));
});

test('the token comes as a cookie too', async () => {
  const reply = await guest(server).post('/cart/items', line(one));
  const cookie = reply.headers['set-cookie'].find((c) => c.startsWith('souk_cart='));
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
  const cart = expect(await guest(server).get('/cart', { headers: { Cookie: cookie.split(';')[0] } }), 200);
  assert.equal(cart.items.length, 1);
});

test('the same article again adds to its line; another makes a second', async () => {
  const { client } = await withLine(1);
  assert.equal(expect(await client.post('/cart/items', line(one, 2)), 201).items[0].quantity, 3);
  assert.equal(expect(await client.post('/cart/items', line(other)), 201).items.length, 2);
});

test('change and remove', async () => {
  const { client, item } = await withLine();
  const changed = expect(await client.put(`/cart/items/${item.cartItemId}`, { quantity: 5 }), 200);
  assert.equal(changed.items[0].quantity, 5);
  expect(await client.delete(`/cart/items/${item.cartItemId}`), 204);
  assert.deepEqual(expect(await client.get('/cart'), 200).items, []);
  expect(await client.delete(`/cart/items/${item.cartItemId}`), 404);
});

const quantities = [[0, 422], [-1, 422], [1000000000000, 422], [1000, 422], [1.5, 400], ['"2"', 400],
  ['null', 400], ['1e400', 400], ['99999999999999999999999', null]];
for (const [quantity, status] of quantities)
  test(`quantity ${quantity} is refused, and nothing changes`, async () => {
    const { client, item } = await withLine();
    const body = `{"productId":"${one.productId}","variantId":"${one.variantId}","quantity":${quantity}}`;
    const headers = { 'Content-Type': 'application/json' };
    const added = await client.send('POST', '/cart/items', { body, headers });
    assert.ok(status ? added.status === status : [400, 422].includes(added.status), added.text);
    assert.equal(added.json.errors[0].pointer, '/quantity');
    const put = await client.send('PUT', `/cart/items/${item.cartItemId}`,
      { body: `{"quantity":${quantity}}`, headers });
    assert.ok(status ? put.status === status : [400, 422].includes(put.status), put.text);
    assert.equal(expect(await client.get('/cart'), 200).items[0].quantity, 2);
  });

test('999 pieces at most in one line, however they came', async () => {
  const plenty = await onSale(server, { skip: 2 });
  await setStock(await admin(server), plenty, 5000);
  const client = guest(server);
  client.cart = expect(await client.post('/cart/items', line(plenty, 999)), 201).cartToken;
  expect(await client.post('/cart/items', line(plenty, 1)), 422, 'quantity_out_of_range');
});

test('unknown product, variant, and a variant of another product', async () => {
  const client = guest(server);
  const none = '01890000-0000-7000-8000-000000000000';
  expect(await client.post('/cart/items', { productId: none, quantity: 1 }), 404);
  const unknown = await client.post('/cart/items', { ...line(one), variantId: none });
  assert.ok([404, 409, 422].includes(unknown.status), unknown.text);
  const foreign = await client.post('/cart/items', { ...line(one), variantId: other.variantId });
  assert.ok([404, 409, 422].includes(foreign.status), foreign.text);
  expect(await client.post('/cart/items', { ...line(one), productId: 'x' }), 422);
});

test("another's cart is not there", async () => {
  const { item } = await withLine();
  const stranger = guest(server);
  stranger.cart = 'A'.repeat(32);
  assert.deepEqual(expect(await stranger.get('/cart'), 200).items, []);
  expect(await stranger.put(`/cart/items/${item.cartItemId}`, { quantity: 1 }), 404);
  expect(await stranger.delete(`/cart/items/${item.cartItemId}`), 404);
  const user = await newUser(server);
  expect(await user.put(`/cart/items/${item.cartItemId}`, { quantity: 1 }), 404);
});

test('a guest cannot choose the token of a cart', async () => {
  const chosen = guest(server, 'chosen-by-an-attacker-0123456789');
  const cart = expect(await chosen.post('/cart/items', line(one)), 201);
  assert.ok(cart.cartToken && cart.cartToken !== chosen.cart,
    'session fixation: the cart lives under a token that the client made up');
});

test('a stale If-Match is refused, a fresh one is taken', async () => {
  const { client, item } = await withLine();
  const { etag } = (await client.get('/cart')).headers;
  assert.match(etag, /^"v\d+"$/);
  const path = `/cart/items/${item.cartItemId}`;
  expect(await client.put(path, { quantity: 3 }, { headers: { 'If-Match': etag } }), 200);
  expect(await client.put(path, { quantity: 4 }, { headers: { 'If-Match': etag } }), 412);
  expect(await client.delete(path, { headers: { 'If-Match': etag } }), 412);
  expect(await client.put(path, { quantity: 4 }, { headers: { 'If-Match': '"nonsense"' } }), 412);
  assert.equal(expect(await client.get('/cart'), 200).items[0].quantity, 3);
  expect(await client.put(path, { quantity: 4 }, { headers: { 'If-Match': '*' } }), 200);
  const stale = { headers: { 'If-Match': etag } };
  expect(await client.post('/cart/items', line(one), stale), 412, 'cart_changed');
  expect(await client.post('/cart/coupons', { code: 'NONE' }, stale), 412, 'cart_changed');
  expect(await client.delete('/cart/coupons/NONE', stale), 412, 'cart_changed');
  const now = (await client.get('/cart')).headers.etag;
  expect(await client.put(path, { quantity: 5 }, { headers: { 'If-Match': `"v99", ${now}` } }), 200);
  const later = (await client.get('/cart')).headers.etag;
  expect(await client.put(path, { quantity: 6 }, { headers: { 'If-Match': ['"v99"', later] } }), 200);
});

test('the cart of the guest comes along at register and at login', async () => {
  const quantity = async (user) => expect(await user.get('/cart'), 200).items[0]?.quantity;
  const { client } = await withLine(2);
  const user = await newUser(server, { cart: client.cart });
  await until('the cart is here', async () => await quantity(user) === 2); /* later where it is apart */
  const { client: later } = await withLine(1);
  const email = user.user.email;
  const back = await signIn(server, email, PASSWORD, later.cart);
  await until('the other is here', async () => await quantity(back) === 3);
  assert.deepEqual(expect(await later.get('/cart'), 200).items, [], 'the cart was copied, not moved');
});

test('a cart of a user is not that of the next on the same machine', async () => {
  const user = await newUser(server, { email: newEmail() });
  expect(await user.post('/cart/items', line(one)), 201);
  const next = await newUser(server);
  assert.deepEqual(expect(await next.get('/cart'), 200).items, []);
});

test('twenty adders at once lose nothing', async () => {
  const { client } = await withLine(1);
  const replies = await Promise.all(Array.from({ length: 20 }, () =>
    client.post('/cart/items', line(one, 1))));
  for (const reply of replies) expect(reply, 201);
  assert.equal(expect(await client.get('/cart'), 200).items[0].quantity, 21);
});

test('the same Idempotency-Key adds once', async () => {
  const { client } = await withLine(1);
  const first = await client.post('/cart/items', line(one, 1), { key: 'add-once' });
  const again = await client.post('/cart/items', line(one, 1), { key: 'add-once' });
  expect(first, 201);
  expect(again, 201);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(again.text, first.text);
  expect(await client.post('/cart/items', line(one, 2), { key: 'add-once' }), 422, 'idempotency_key_reused');
  assert.equal(expect(await client.get('/cart'), 200).items[0].quantity, 2);
});
