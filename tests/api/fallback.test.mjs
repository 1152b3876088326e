/* SPDX-License-Identifier: Apache-2.0
 * Two payment providers: while the first cannot be reached the second takes new payments, and only
 * those; what the first holds stays with it. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { line, newKey, newUser, onSale, place } from './fixtures.mjs';
import { Server, open } from './server.mjs';
import { Stripe } from './stripe.mjs';

const FAILURES_MAX = 5; /* in a row: then the breaker is open */
let server, stripe, buyer, one, before_;
before(async () => {
  stripe = await new Stripe().open();
  server = await open({ env: { ...stripe.env, SOUK_PAY_FALLBACK: 'sandbox' } });
  buyer = await newUser(server);
  one = await onSale(server);
});
after(async () => {
  stripe.close();
  await server.close();
});

const facts = (what) => server.payments().filter((row) => row.startsWith(`${what}\t`)).length;

test('while the first answers, the second is not asked', async () => {
  before_ = expect(await place(buyer, [line(one)]), 201);
  assert.equal((await stripe.control('count')).intents, 1);
  assert.deepEqual(server.payments(), []);
});

test('a decline is an answer: nobody else is asked', async () => {
  expect(await place(buyer, [line(one)], { token: 'pm_card_chargeDeclined' }), 402, 'payment_declined');
  assert.deepEqual(server.payments(), []);
});

test('when the first cannot be reached, new payments go to the second, once each', async () => {
  const saved = expect(await buyer.post('/payment-methods', { token: 'pm_card_visa' }, { key: newKey() }), 201);
  stripe.close();
  await new Promise((done) => stripe.child.once('exit', done));
  for (let i = 1; i <= FAILURES_MAX + 2; i++) { /* the breaker opens on the way */
    const key = newKey();
    const order = expect(await place(buyer, [line(one)], { key }), 201);
    assert.equal(expect(await place(buyer, [line(one)], { key }), 201).orderId, order.orderId);
    assert.equal(facts('authorize'), i);
  }
  /* a card that the first has saved is nobody else's */
  const waits = await buyer.post('/orders', { items: [line(one)], paymentMethodId: saved.methodId,
    shippingAddress: { name: 'A', line1: '1', city: 'B', region: 'IL', postalCode: '62701', country: 'US' },
    deliverySpeed: 'standard' }, { key: newKey() });
  expect(waits, 202);
  assert.equal(facts('authorize'), FAILURES_MAX + 2);
});

test('each gives back what it holds', async () => {
  const after_ = expect(await place(buyer, [line(one)]), 201);
  expect(await buyer.post(`/orders/${after_.orderId}/cancel`, { reason: 'test' }), 200);
  assert.equal(facts('refund'), 1);
  const first = expect(await buyer.post(`/orders/${before_.orderId}/cancel`, { reason: 'test' }), 200);
  assert.equal(first.status, 'cancelled');
  assert.equal(first.payments[0].status, 'captured'); /* until the first is back */
  assert.equal(facts('refund'), 1);
});

test('a second provider that is the first, or none, is refused at the start', () => {
  for (const [pay, fallback] of [['sandbox', 'sandbox'], ['sandbox', 'cheque']]) {
    const wrong = new Server({ env: { SOUK_PAY: pay, SOUK_PAY_FALLBACK: fallback } });
    try {
      assert.throws(() => wrong.command('migrate'), /pay_fallback must be/);
    } finally {
      wrong.abandon();
    }
  }
});
