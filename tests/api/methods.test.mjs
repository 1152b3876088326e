/* SPDX-License-Identifier: Apache-2.0
 * Saved payment methods over HTTP: kept, paid with, made default, forgotten, and nobody else's. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Visitor } from './browser.mjs';
import { Client, expect } from './client.mjs';
import { line, newKey, newUser, onSale, orderBody, PASSWORD } from './fixtures.mjs';
import { open } from './server.mjs';
import { Stripe } from './stripe.mjs';

const METHODS_MAX = 20;
let server, one;
before(async () => {
  server = await open();
  one = await onSale(server);
});
after(() => server.close());

const save = (user, token = 'pm_card_visa', key = newKey()) =>
  user.post('/payment-methods', { token }, { key });
const list = async (user) => expect(await user.get('/payment-methods'), 200).paymentMethods;
const pay = (user, methodId) => {
  const { paymentMethod, ...body } = orderBody([line(one)]);
  assert.ok(paymentMethod);
  return user.post('/orders', { ...body, paymentMethodId: methodId }, { key: newKey() });
};

test('a method is saved once, is the default, and pays', async () => {
  const user = await newUser(server), key = newKey();
  assert.deepEqual(await list(user), []);
  const saved = expect(await save(user, 'pm_card_visa', key), 201);
  assert.deepEqual([saved.type, saved.status, saved.brand, saved.last4, saved.isDefault],
    ['card', 'ready', 'visa', '4242', true]);
  assert.equal(expect(await save(user, 'pm_card_visa', key), 201).methodId, saved.methodId);
  expect(await save(user, 'pm_card_slow', key), 422, 'idempotency_key_reused');
  assert.deepEqual(await list(user), [saved]);
  const order = expect(await pay(user, saved.methodId), 201);
  const shown = expect(await user.get(`/orders/${order.orderId}`), 200);
  assert.equal(shown.payments[0].status, 'captured');
  assert.ok(!JSON.stringify(shown).includes('pm_'), 'no token is shown');
});

test('the default is chosen, and passes on when it is forgotten', async () => {
  const user = await newUser(server);
  const first = expect(await save(user), 201), second = expect(await save(user), 201);
  assert.deepEqual([first.isDefault, second.isDefault], [true, false]);
  assert.equal(expect(await user.put(`/payment-methods/${second.methodId}/default`), 200).isDefault, true);
  assert.deepEqual((await list(user)).map((m) => m.methodId), [second.methodId, first.methodId]);
  expect(await user.delete(`/payment-methods/${second.methodId}`), 204);
  assert.deepEqual((await list(user)).map((m) => [m.methodId, m.isDefault]), [[first.methodId, true]]);
  expect(await user.delete(`/payment-methods/${second.methodId}`), 404);
  expect(await pay(user, second.methodId), 422, 'payment_method_unsupported');
});

test('an order that says nothing is paid by the default, and by no other', async () => {
  const user = await newUser(server);
  const { paymentMethod, ...body } = orderBody([line(one)]);
  assert.ok(paymentMethod);
  const buy = (more) => user.post('/orders', { ...body, ...more }, { key: newKey() });
  expect(await buy(), 422, 'payment_method_unsupported');
  const { methodId } = expect(await save(user), 201);
  const { orderId } = expect(await buy(), 201);
  const [paid] = expect(await user.get(`/orders/${orderId}`), 200).payments;
  assert.deepEqual([paid.type, paid.status], ['card', 'captured']);
  expect(await buy({ paymentMethodId: newKey() }), 422, 'payment_method_unsupported');
  expect(await buy({ paymentMethod: { type: 'credit_card', token: '' } }), 422);
  expect(await user.delete(`/payment-methods/${methodId}`), 204);
  expect(await buy(), 422, 'payment_method_unsupported');
});

test('one that is refused is not saved, and says why', async () => {
  const user = await newUser(server);
  for (const token of ['pm_card_declined', 'pm_card_insufficient_funds', 'nonsense']) {
    const refused = await save(user, token);
    expect(refused, 402, 'payment_declined');
    assert.equal(refused.json.errors[0].pointer, '/token');
  }
  expect(await user.post('/payment-methods', { token: 'pm_card_visa' }), 400, 'idempotency_key_required');
  expect(await user.post('/payment-methods', {}, { key: newKey() }), 400);
  assert.deepEqual(await list(user), []);
});

test('the question of the bank is asked where the reply says', async () => {
  const user = await newUser(server), visitor = new Visitor(server);
  await visitor.go('/signin');
  await visitor.submit('/signin', { email: user.user.email, password: PASSWORD });
  const asked = expect(await save(user, 'pm_card_3ds'), 202);
  assert.deepEqual([asked.status, asked.nextUrl],
    ['challenge', `/account/payment-methods/${asked.methodId}/challenge`]);
  assert.equal((await visitor.go(asked.nextUrl)).status, 200);
  assert.deepEqual(await list(user), []);
  await visitor.submit(asked.nextUrl, { answer: 'approve' });
  const ready = expect(await user.post(`/payment-methods/${asked.methodId}/confirm`), 200);
  assert.deepEqual([ready.status, ready.nextUrl], ['ready', undefined]);
  assert.deepEqual(await list(user), [ready]);
});

test("another's method is not there", async () => {
  const owner = await newUser(server), other = await newUser(server);
  const { methodId } = expect(await save(owner), 201);
  expect(await other.put(`/payment-methods/${methodId}/default`), 404);
  expect(await other.post(`/payment-methods/${methodId}/confirm`), 404);
  expect(await other.delete(`/payment-methods/${methodId}`), 404);
  expect(await pay(other, methodId), 422, 'payment_method_unsupported');
  assert.equal((await list(owner)).length, 1);
  assert.deepEqual(await list(other), []);
  expect(await new Client(server).get('/payment-methods'), 401, 'authentication_required');
});

test(`there are at most ${METHODS_MAX}`, async () => {
  const user = await newUser(server);
  for (let i = 0; i < METHODS_MAX; i++) expect(await save(user), 201);
  expect(await save(user), 409, 'too_many_payment_methods');
  assert.equal((await list(user)).length, METHODS_MAX);
});

test('with Stripe: a SetupIntent, the bank asked or not, and the method pays', async () => {
  const stripe = await new Stripe().open();
  const shop = await open({ env: stripe.env, log: 'methods-stripe' });
  try {
    const user = await newUser(shop);
    const asked = expect(await save(user, 'pm_card_authenticationRequired'), 202);
    assert.equal(asked.status, 'challenge');
    assert.match(asked.nextUrl, /^http:.*\/authenticate\/seti_/);
    assert.equal(expect(await user.post(`/payment-methods/${asked.methodId}/confirm`), 202).status, 'challenge');
    assert.deepEqual(await list(user), []);
    await stripe.control('authenticate', { id: asked.nextUrl.split('/').at(-1), approve: true });
    assert.equal(expect(await user.post(`/payment-methods/${asked.methodId}/confirm`), 200).status, 'ready');
    const denied = expect(await save(user, 'pm_card_authenticationRequired'), 202);
    await stripe.control('authenticate', { id: denied.nextUrl.split('/').at(-1), approve: false });
    expect(await user.post(`/payment-methods/${denied.methodId}/confirm`), 402, 'payment_declined');
    const visa = expect(await save(user, 'pm_card_visa'), 201);
    one = await onSale(shop);
    expect(await pay(user, visa.methodId), 201);
    expect(await user.delete(`/payment-methods/${visa.methodId}`), 204);
    assert.deepEqual((await list(user)).map((m) => m.methodId), [asked.methodId]);
    await stripe.control('fault', { match: 'POST /v1/setup_intents', mode: 'half' });
    const key = newKey();
    expect(await save(user, 'pm_card_visa', key), 502, 'payment_unknown');
    const again = expect(await save(user, 'pm_card_visa', key), 201); /* the same one */
    assert.deepEqual((await list(user)).map((m) => m.methodId), [asked.methodId, again.methodId]);
  } finally {
    stripe.close();
    await shop.close();
  }
});
