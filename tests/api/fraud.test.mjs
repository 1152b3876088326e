/* SPDX-License-Identifier: Apache-2.0
 * Fraud over HTTP: an order that is denied, one that waits for a person, what each reply tells, and
 * who may see the queue. The rules themselves are tested in src/services/fraud. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, orderBody, place, setStock, until } from './fixtures.mjs';
import { open } from './server.mjs';

const SOMEBODY = '01890000-0000-7000-8000-000000000000';
const LIMIT = 2;

let server, staff, article;
before(async () => {
  server = await open({ env: { SOUK_FRAUD_INSIDE: 'check', SOUK_FRAUD_BUYER_HOUR: String(LIMIT),
    SOUK_FRAUD_DECLINES_HOUR: '2', SOUK_FRAUD_CARDS_HOUR: '3' } });
  staff = await admin(server);
  article = await onSale(server);
});
after(() => server.close());

/* A buyer whose next order is one too many in the hour, and that order. */
const reviewed = async (token) => {
  const buyer = await newUser(server);
  for (let i = 0; i < LIMIT; i++) expect(await place(buyer, [line(article)]), 201);
  const key = newKey();
  const order = expect(await place(buyer, [line(article)], { key, token }), 202);
  assert.equal(order.underReview, true);
  assert.equal(order.status, 'pending');
  assert.equal(order.paymentStatus, 'authorized');
  assert.equal(order.nextAction, undefined);
  const again = await place(buyer, [line(article)], { key, token });
  assert.deepEqual(expect(again, 202), order);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  return { buyer, order, key };
};
const decide = (orderId, decision) =>
  staff.post(`/admin/fraud/reviews/${orderId}`, { decision, reason: 'looked at it' });
const ended = (buyer, orderId) => until('the order ends', async () => {
  const now = expect(await buyer.get(`/orders/${orderId}`), 200);
  return now.status === 'pending' ? null : now;
});

for (const path of ['/admin/fraud', '/admin/fraud/reviews', `/admin/fraud/orders/${SOMEBODY}`])
  test(`${path} is for staff only`, async () => {
    expect(await new Client(server).get(path), 401, 'authentication_required');
    expect(await (await newUser(server)).get(path), 403, 'forbidden');
  });

/* First: what is fraud marks the card, and the sandbox's cards are everybody's. */
test('souk fraud train learns from what became of orders, once there is enough', async () => {
  const train = async () => {
    await server.stop();
    try {
      return server.command('fraud', 'train');
    } finally {
      await server.start();
    }
  };
  await assert.rejects(train, /too few past orders.*needed are 200/is);
  await setStock(staff, article, 1000);
  const bought = async (i) => {
    const large = i % 8 === 0;
    const { orderId } = expect(await place(new Client(server), [line(article, large ? 9 : 1)],
      { email: `buyer-${i}@example.com`, token: large ? 'pm_card_slow' : 'pm_card_visa' }), 201);
    return { orderId, large };
  };
  const orders = [];
  for (let i = 0; i < 200; i += 50)
    orders.push(...await Promise.all(Array.from({ length: 50 }, (_, k) => bought(i + k))));
  for (const { orderId } of orders.filter((o) => o.large))
    expect(await staff.post(`/admin/fraud/orders/${orderId}/charge-back`), 204);
  const said = await train();
  assert.match(said, /^model 1: 200 orders, 25 of them fraud; AUC (1\.000|0\.9\d\d) on/);
  assert.match(said, /^amount +[1-9]/m);
  const settings = expect(await staff.get('/admin/fraud'), 200);
  assert.equal(settings.version, 1);
  assert.ok(settings.weights.find((w) => w.name === 'amount').weight > 1);
});

test('refused payments end in an order that is declined without asking the bank', async () => {
  const buyer = await newUser(server);
  for (let i = 0; i < 2; i++)
    expect(await place(buyer, [line(article)], { token: 'pm_card_declined' }), 402, 'payment_declined');
  const asked = server.payments().length, key = newKey();
  const reply = await place(buyer, [line(article)], { key });
  expect(reply, 402, 'order_declined');
  assert.doesNotMatch(JSON.stringify(reply.json), /fraud|testing|velocity|score/);
  assert.equal(server.payments().length, asked);
  const again = expect(await place(buyer, [line(article)], { key }), 402, 'order_declined');
  assert.deepEqual({ ...again, request_id: '' }, { ...reply.json, request_id: '' });
  const { orders } = expect(await buyer.get(`/users/${buyer.user.userId}/orders`), 200);
  const seen = expect(await staff.get(`/admin/fraud/orders/${orders[0].orderId}`), 200);
  assert.equal(seen.decision, 'deny');
  assert.ok(seen.reasons.includes('card_testing'));
  assert.ok(seen.features.find((f) => f.name === 'declines').value > 1);
});

test('many cards from one device are denied, whoever says to be buying', async () => {
  const headers = { 'X-Device-Fingerprint': 'device-1' };
  const cards = ['pm_card_visa', 'pm_card_timeout'];
  const order = async (token) => (await newUser(server)).post('/orders',
    orderBody([line(article)], { token }), { key: newKey(), headers });
  for (const token of cards) expect(await order(token), 201);
  expect(await order('pm_card_expired'), 402, 'payment_declined');
  expect(await order('pm_card_visa'), 402, 'order_declined');
});

test('an order under review is captured when somebody allows it', async () => {
  const { buyer, order, key } = await reviewed();
  const queue = expect(await staff.get('/admin/fraud/reviews?limit=1'), 200).reviews;
  assert.equal(queue[0].orderId, order.orderId);
  assert.ok(queue[0].reasons.includes('buyer_velocity'));
  expect(await decide(order.orderId, 'allow'), 200);
  const now = await ended(buyer, order.orderId);
  assert.equal(now.status, 'confirmed');
  assert.equal(now.paymentStatus, 'captured');
  expect(await place(buyer, [line(article)], { key }), 201);
  expect(await decide(order.orderId, 'deny'), 409, 'review_over');
});

test('an order under review is undone when somebody denies it', async () => {
  const { buyer, order, key } = await reviewed('pm_card_timeout');
  expect(await staff.post(`/admin/fraud/orders/${order.orderId}/charge-back`), 409, 'fraud_outcome_refused');
  expect(await decide(order.orderId, 'deny'), 200);
  const now = await ended(buyer, order.orderId);
  assert.equal(now.status, 'cancelled');
  assert.equal(now.cancelReason, 'order_declined');
  assert.equal(now.paymentStatus, 'voided');
  /* with databases apart the order has ended a moment before the key's first request has */
  const again = () => place(buyer, [line(article)], { key, token: 'pm_card_timeout' });
  await until('the key is free', async () => (await again()).json.code !== 'request_in_progress');
  expect(await again(), 402, 'order_declined');
});

test('what the bank took back is remembered', async () => {
  const buyer = await newUser(server);
  const { orderId } = expect(await place(buyer, [line(article)]), 201);
  expect(await staff.post(`/admin/fraud/orders/${orderId}/charge-back`), 204);
  const next = expect(await place(buyer, [line(article)]), 202);
  assert.equal(next.underReview, true);
  const seen = expect(await staff.get(`/admin/fraud/orders/${next.orderId}`), 200);
  assert.deepEqual(seen.reasons, ['fraud_before']);
});

test('staff see the score in use and the limits', async () => {
  const settings = expect(await staff.get('/admin/fraud'), 200);
  assert.equal(settings.version, 1);
  assert.equal(settings.samples, 200);
  assert.equal(settings.buyerHour, LIMIT);
  assert.equal(settings.trustsInside, false);
  expect(await staff.get(`/admin/fraud/orders/${SOMEBODY}`), 404);
  expect(await decide(SOMEBODY, 'allow'), 404);
});

