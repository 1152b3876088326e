/* SPDX-License-Identifier: Apache-2.0
 * What a payment provider tells by itself, over HTTP, with a stand-in of Stripe: an order whose
 * buyer never comes back from the bank is finished by the webhook alone. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { line, newKey, newUser, onSale, place, stockOf, admin, until } from './fixtures.mjs';
import { open } from './server.mjs';
import { Stripe } from './stripe.mjs';

const CHALLENGED = 'pm_card_authenticationRequired';
let server, stripe, buyer, one, staff;
before(async () => {
  stripe = await new Stripe().open();
  server = await open({ env: stripe.env });
  buyer = await newUser(server);
  staff = await admin(server);
  one = await onSale(server);
});
after(async () => {
  stripe.close();
  await server.close();
});

const tell = ({ signature, body }, provider = 'stripe') =>
  new Client(server).send('POST', `/webhooks/${provider}`,
    { body, headers: { 'Content-Type': 'application/json', ...(signature ? { 'Stripe-Signature': signature } : {}) } });

/* An order whose buyer is at the bank: the order, its intent, and what Stripe tells of it. */
const atTheBank = async () => {
  const before = new Set((await stripe.events()).map(({ event }) => event.id));
  const order = expect(await place(buyer, [line(one)], { token: CHALLENGED }), 202);
  const told = async () => (await stripe.events()).filter(({ event }) => !before.has(event.id));
  const intent = (await told())[0].event.data.object.id;
  return { order, intent, told };
};
const statusOf = async (order) => expect(await buyer.get(`/orders/${order.orderId}`), 200).status;
const becomes = (order, wanted) =>
  until(`order ${wanted}`, async () => (await statusOf(order)) === wanted);

test('an order at the bank is finished by the webhook alone', async () => {
  const { order, intent, told } = await atTheBank();
  assert.equal(await statusOf(order), 'pending');
  await stripe.control('authenticate', { id: intent, approve: true });
  const events = await told();
  assert.equal(events.at(-1).event.type, 'payment_intent.succeeded');
  assert.deepEqual(expect(await tell(events.at(-1)), 200), { received: true });
  await becomes(order, 'confirmed');
  /* again, and the older one after the newer */
  for (const event of [events.at(-1), events[0], events[0]]) expect(await tell(event), 200);
  await new Promise((done) => setTimeout(done, 1200)); /* the job looks at the inbox each second */
  assert.equal(await statusOf(order), 'confirmed');
  const shown = expect(await buyer.get(`/orders/${order.orderId}`), 200);
  assert.deepEqual(shown.payments.map((p) => [p.status, p.captured ?? p.amount]), [['captured', shown.total]]);
});

test('one that the bank refuses is cancelled by the webhook alone, and its stock is back', async () => {
  const before = (await stockOf(staff, one)).available;
  const { order, intent, told } = await atTheBank();
  assert.equal((await stockOf(staff, one)).available, before - 1);
  await stripe.control('authenticate', { id: intent, approve: false });
  expect(await tell((await told()).at(-1)), 200);
  await becomes(order, 'cancelled');
  await until('the stock is back', async () => (await stockOf(staff, one)).available === before);
});

test('an event that says more than is true changes nothing: Stripe is asked', async () => {
  const { order, told } = await atTheBank();
  const [early] = await told(); /* requires_action: the buyer is still there */
  expect(await tell(early), 200);
  await new Promise((done) => setTimeout(done, 300));
  assert.equal(await statusOf(order), 'pending');
});

test('the way back from the bank is the buyer\'s alone', async () => {
  const { order } = await atTheBank();
  const path = `/orders/${order.orderId}/return`;
  assert.equal((await exchange(server.origin, 'GET', path)).status, 404);
});

test('events of what is not ours are taken and forgotten', async () => {
  const before = (await stripe.events()).length;
  await fetch(`${stripe.origin}/v1/customers`, { method: 'POST', headers: {
    Authorization: 'Bearer sk_test_stand_in', 'Stripe-Version': '2024-06-20', 'Idempotency-Key': newKey(),
    'Content-Type': 'application/x-www-form-urlencoded' } });
  await fetch(`${stripe.origin}/v1/payment_intents`, { method: 'POST', headers: {
    Authorization: 'Bearer sk_test_stand_in', 'Stripe-Version': '2024-06-20', 'Idempotency-Key': newKey(),
    'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'amount=500&currency=usd&payment_method=pm_card_visa&confirm=true' });
  const foreign = (await stripe.events()).slice(before);
  assert.ok(foreign.length > 0);
  for (const event of foreign) expect(await tell(event), 200);
});

const refused = [
  ['no signature', (e) => ({ body: e.body }), 400, 'webhook_signature_invalid'],
  ['a signature of another body', (e) => ({ ...e, body: e.body.replace('"id"', '"ID"') }), 400,
    'webhook_signature_invalid'],
  ['a forged signature', (e) => ({ ...e, signature: `${e.signature.slice(0, 13)},v1=${'0'.repeat(64)}` }),
    400, 'webhook_signature_invalid'],
  ['no body', (e) => ({ signature: e.signature, body: '' }), 400, 'webhook_signature_invalid'],
  ['another provider', (e) => e, 404, 'not_found', 'sandbox'],
  ['too much', (e) => ({ ...e, body: e.body + ' '.repeat(70_000) }), 413],
];
for (const [what, change, status, code, provider] of refused)
  test(`refused: ${what}`, async () => {
    const [event] = await stripe.events();
    expect(await tell(change(event), provider), status, code);
  });

test('refused: signed too long ago', async () => {
  const [event] = await stripe.control('events', { at_s: Math.floor(Date.now() / 1000) - 400 });
  expect(await tell(event), 400, 'webhook_signature_invalid');
});

test('what Stripe has and we have not is found, shown to staff, and told at the terminal', async () => {
  const planted = await fetch(`${stripe.origin}/v1/payment_intents`, { method: 'POST', headers: {
    Authorization: 'Bearer sk_test_stand_in', 'Stripe-Version': '2024-06-20', 'Idempotency-Key': newKey(),
    'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'amount=700&currency=usd&payment_method=pm_card_visa&confirm=true' });
  const { id: intent } = await planted.json();
  const intents = Math.floor(Date.now() / 1000) - 3600; /* nothing of the last minutes is compared */
  await stripe.control('backdate', { id: intent, created: intents });
  await server.stop(); /* an SQLite file is one process's at a time */
  assert.throws(() => server.command('payments', 'reconcile', '--hours=2'), (e) => {
    assert.match(e.message, new RegExp(`${intent}  .* missing_here +stripe`));
    assert.match(e.message, /theirs +captured 700 USD, captured 700, refunded 0/);
    assert.match(e.message, /1 differences in the last 2 hours/);
    return true;
  });
  assert.throws(() => server.command('payments'), /usage: souk payments reconcile/);
  await server.start();
  const { differences } = expect(await staff.get('/admin/payment-differences'), 200);
  assert.deepEqual(differences.map((d) => [d.kind, d.providerRef]), [['missing_here', intent]]);
});
