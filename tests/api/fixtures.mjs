/* SPDX-License-Identifier: Apache-2.0
 * What most tests begin with: somebody signed in, something to buy, an order. */
import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { letters, tokenOf } from './mails.mjs';
import { DEMO_PASSWORD } from './server.mjs';

export const PASSWORD = 'a long enough secret';
export const ADDRESS = { name: 'Test Person', line1: '1 Test Street', city: 'Springfield',
  region: 'IL', postalCode: '62701', country: 'US' };
export const VISA = { type: 'credit_card', token: 'pm_card_visa' };
export const newKey = () => randomUUID();
export const newEmail = () => `t-${randomUUID()}@example.com`;

export const guest = (server, cart) => new Client(server, { cart });

/* Registers somebody; gives a client that is signed in, with .user and .session. */
export const newUser = async (server, { cart, email = newEmail(), name = 'Test Person' } = {}) => {
  const client = new Client(server, { cart });
  client.session = expect(await client.post('/auth/register', { email, password: PASSWORD, name }), 201);
  client.user = client.session.user;
  client.token = client.session.accessToken;
  client.cart = undefined;
  return client;
};

/* The same, with the e-mail proved by the link of its mail: who gets a role has to. */
export const newProved = async (server, opts) => {
  const client = await newUser(server, opts);
  const letter = await until('the welcome', () => letters(server, client.user.email).find((m) => /token=/.test(m.text)));
  expect(await new Client(server).post('/auth/verify-email', { token: tokenOf(letter) }), 204);
  return client;
};

export const signIn = async (server, email, password = DEMO_PASSWORD, cart = undefined) => {
  const client = new Client(server, { cart });
  client.session = expect(await client.post('/auth/login', { email, password }), 200);
  client.user = client.session.user;
  client.token = client.session.accessToken;
  client.cart = undefined;
  return client;
};
export const admin = (server) => signIn(server, 'admin@demo.souk');

/* The n-th product on sale whose first variant has at least `stock` pieces. */
export const onSale = async (server, { stock = 20, skip = 0 } = {}) => {
  const client = new Client(server);
  let left = skip;
  const list = expect(await client.get('/products?limit=100'), 200);
  for (const card of list.products) {
    if (!card.inStock) continue;
    const product = expect(await client.get(`/products/${card.productId}`), 200);
    const variant = product.variants.find((v) => v.stock >= stock && v.price !== undefined);
    if (variant && left-- === 0)
      return { product, variant, productId: product.productId, variantId: variant.variantId };
  }
  throw new Error(`nothing has ${stock} pieces`);
};

export const line = (article, quantity = 1) =>
  ({ productId: article.productId, variantId: article.variantId, quantity });

export const orderBody = (lines, { token = 'pm_card_visa', email, ...more } = {}) =>
  ({ ...(lines ? { items: lines } : {}), shippingAddress: ADDRESS,
    paymentMethod: { type: 'credit_card', token }, deliverySpeed: 'standard',
    ...(email ? { email } : {}), ...more });

/* Orders; gives the whole reply. */
export const place = (client, lines, { key = newKey(), ...more } = {}) =>
  client.post('/orders',
    orderBody(lines, { ...(client.token ? {} : { email: 'guest@example.com' }), ...more }), { key });

/* What staff see of a variant's stock, without any cache. */
export const stockOf = async (staff, { productId, variantId }) =>
  expect(await staff.get(`/admin/products/${productId}/variants/${variantId}/stock`), 200);

/* Brings the available stock of a variant to `wanted`. */
export const setStock = async (staff, article, wanted) => {
  const path = `/admin/products/${article.productId}/variants/${article.variantId}/stock`;
  const { levels } = await stockOf(staff, article);
  for (const [i, level] of levels.entries()) {
    const change = (i === 0 ? wanted : 0) - level.available;
    if (change !== 0)
      expect(await staff.post(`${path}/movements`, { warehouseId: level.warehouseId,
        kind: 'adjustment', quantity: change, reason: 'test' }, { key: newKey() }), 201);
  }
  assert.equal((await stockOf(staff, article)).available, wanted);
};

/* Asks again until `test` gives something true; gives up when it hangs, on any machine. */
export const until = async (what, test, ms = 30_000) => {
  const end = Date.now() + ms;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};
