/* SPDX-License-Identifier: Apache-2.0
 * Limits that are written down: how many of what, and what may not be twice. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { ADDRESS, admin, guest, newUser, onSale, line, place } from './fixtures.mjs';
import { open } from './server.mjs';

const CART_LINES_MAX = 100, ADDRESSES_MAX = 50;
let server;
before(async () => { server = await open({ demo: 150 }); });
after(() => server.close());

test('a cart holds a hundred different articles', async () => {
  const client = guest(server);
  const { products } = expect(await client.get('/products?limit=100&sort=newest'), 200);
  const more = expect(await client.get('/products?limit=100&page=2&sort=newest'), 200).products;
  let lines = 0, refused;
  for (const card of [...products, ...more].filter((p) => p.inStock)) {
    const { variants } = expect(await client.get(`/products/${card.productId}`), 200);
    const variant = variants.find((v) => v.stock > 0);
    const reply = await client.post('/cart/items',
      { productId: card.productId, variantId: variant.variantId, quantity: 1 });
    client.cart ??= reply.json.cartToken;
    if (reply.status !== 201) {
      refused = reply;
      break;
    }
    lines++;
  }
  assert.equal(lines, CART_LINES_MAX);
  expect(refused, 422, 'cart_full');
  const placed = expect(await place(client), 201);
  assert.equal(expect(await client.get(`/orders/${placed.orderId}`), 200).items.length, CART_LINES_MAX);
});

test('somebody has fifty addresses at most, however fast they come', async () => {
  const user = await newUser(server);
  const replies = await Promise.all(Array.from({ length: ADDRESSES_MAX + 10 }, () =>
    user.post('/users/me/addresses', ADDRESS)));
  assert.equal(replies.filter((r) => r.status === 201).length, ADDRESSES_MAX);
  for (const r of replies) if (r.status !== 201) expect(r, 422, 'addresses_full');
  assert.equal(expect(await user.get('/users/me/addresses'), 200).addresses.length, ADDRESSES_MAX);
});

test('a SKU belongs to one product', async () => {
  const staff = await admin(server);
  const { product } = await onSale(server);
  const offer = (sku) => ({ title: 'With a number', description: 'x', brand: 'Acme', price: 5,
    category: product.categoryPath, specifications: {}, variants: [{ sku, attributes: {} }] });
  expect(await staff.post('/products', offer('T-SKU-1')), 201);
  expect(await staff.post('/products', offer('T-SKU-1')), 409, 'sku_taken');
  expect(await staff.post('/products', offer(product.variants[0].sku)), 409, 'sku_taken');
});

test('a speed that is not offered to an address', async () => {
  const user = await newUser(server);
  const far = { ...ADDRESS, city: 'Wellington', region: '', postalCode: '6011', country: 'NZ' };
  expect(await place(user, [line(await onSale(server))], { deliverySpeed: 'prime_next_day', shippingAddress: far }),
    422, 'delivery_speed_unavailable');
});
