/* SPDX-License-Identifier: Apache-2.0
 * What the provider tells by itself and late. A dispute becomes what the fraud score learns from: by
 * Stripe's webhook, whose dispute names the PaymentIntent alone, and by the sandbox's. A refund that
 * came back is told to the buyer and to the staff. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Client, exchange, expect } from './client.mjs';
import { admin, guest, line, newKey, newUser, onSale, place, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { open } from './server.mjs';
import { Stripe } from './stripe.mjs';

const SECRET = 'whsec_stand_in';
const tell = (shop, provider, event) => {
  const body = JSON.stringify(event), t = Math.floor(Date.now() / 1000);
  const v1 = createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex');
  const name = provider === 'stripe' ? 'Stripe-Signature' : 'Sandbox-Signature';
  return new Client(shop).send('POST', `/webhooks/${provider}`,
    { body, headers: { 'Content-Type': 'application/json', [name]: `t=${t},v1=${v1}` } });
};
const bought = async (shop) => {
  const article = await onSale(shop), user = await newUser(shop);
  const { orderId } = expect(await place(user, [line(article)]), 201);
  return { user, orderId, again: () => place(user, [line(article)]) };
};
/* Who was charged back is looked at from then on: their next order waits for a person. */
const isReviewed = async (buyer) => {
  const reply = await buyer.again();
  assert.ok([201, 202].includes(reply.status), reply.text);
  return reply.json.underReview === true;
};
const becomesReviewed = async (buyer) => {
  for (let i = 0; i < 10; i++) {
    if (await isReviewed(buyer)) return true;
    await new Promise((done) => setTimeout(done, 1000)); /* the job looks at the inbox each second */
  }
  return false;
};

test('a dispute of Stripe is a charge-back of its order, once', async () => {
  const stripe = await new Stripe().open();
  const shop = await open({ env: { ...stripe.env, SOUK_FRAUD_INSIDE: 'check' }, log: 'disputes-stripe' });
  try {
    const one = await bought(shop);
    const { payments: [{ paymentId }] } = expect(await one.user.get(`/orders/${one.orderId}`), 200);
    const intent = (await stripe.events()).map(({ event }) => event.data.object)
      .find((o) => o.object === 'payment_intent' && o.metadata.souk_key === paymentId).id;
    const dispute = (id, intent) => ({ object: 'event', id, type: 'charge.dispute.created',
      created: Math.floor(Date.now() / 1000), data: { object: { object: 'dispute', id: `dp_${id}`,
        payment_intent: intent, reason: 'fraudulent', status: 'needs_response', metadata: {} } } });
    expect(await tell(shop, 'stripe', dispute('evt_d0', 'pi_of_nobody')), 200);
    await new Promise((done) => setTimeout(done, 2500));
    assert.ok(!await isReviewed(one), 'looked at because of another payment');
    for (const id of ['evt_d1', 'evt_d1', 'evt_d2'])
      expect(await tell(shop, 'stripe', dispute(id, intent)), 200);
    assert.ok(await becomesReviewed(one), 'the dispute was not learned');
  } finally {
    stripe.close();
    await shop.close();
  }
});

test('a dispute of the sandbox likewise; a forged one is refused', async () => {
  const shop = await open({ env: { SOUK_SANDBOX_WEBHOOK_SECRET: SECRET, SOUK_FRAUD_INSIDE: 'check' },
    log: 'disputes-sandbox' });
  try {
    const one = await bought(shop);
    const { payments: [{ paymentId }] } = expect(await one.user.get(`/orders/${one.orderId}`), 200);
    const event = { id: 'evt_sb_d1', type: 'dispute.created', created: Date.now(), ref: 'sb_x', key: paymentId };
    const forged = await new Client(shop).send('POST', '/webhooks/sandbox', { body: JSON.stringify(event),
      headers: { 'Content-Type': 'application/json', 'Sandbox-Signature': 't=1,v1=00' } });
    expect(forged, 400);
    assert.ok(!await isReviewed(one), 'looked at because of a forged one');
    for (let i = 0; i < 2; i++) expect(await tell(shop, 'sandbox', event), 200);
    assert.ok(await becomesReviewed(one), 'the dispute was not learned');
  } finally {
    await shop.close();
  }
});

test('as it is set, orders from inside are looked at once the shop has an origin', async () => {
  for (const [env, seen] of [[{}, false], [{ SOUK_ORIGIN: 'https://shop.example' }, true],
    [{ SOUK_ORIGIN: 'https://shop.example', SOUK_FRAUD_INSIDE: 'trust' }, false],
    [{ SOUK_FRAUD_INSIDE: 'check' }, true]]) {
    const shop = await open({ env, log: 'disputes-inside' });
    try {
      const buyer = await newUser(shop), staff = await admin(shop), article = await onSale(shop);
      const { orderId } = expect(await place(buyer, [line(article)]), 201);
      expect(await staff.get(`/admin/fraud/orders/${orderId}`), seen ? 200 : 404);
    } finally {
      await shop.close();
    }
  }
});

test('a refund that came back is in the order, in a mail and on the list of the staff, once', async () => {
  const stripe = await new Stripe().open();
  const shop = await open({ env: stripe.env, log: 'refund-came-back' });
  try {
    const { user, orderId } = await bought(shop), other = await bought(shop), staff = await admin(shop);
    const { userId } = expect(await user.get('/users/me'), 200);
    const books = async (kind, owner = '') => expect(
      await staff.get(`/admin/ledger/${kind}?currency=USD${owner && `&owner=${owner}`}`), 200);
    const [sold, owed] = [await books('provider'), await books('buyer', userId)];
    const { orderNumber, payments: [{ paymentId }] } = expect(await user.get(`/orders/${orderId}`), 200);
    const seen = async (client, path) => (await exchange(shop.origin, 'GET', path,
      { Accept: 'text/html', Cookie: `souk_at=${client.token}` })).text;
    expect(await staff.post(`/admin/orders/${orderId}/refunds`, { amount: 1.5, reason: 'scratched' },
      { key: newKey() }), 200);
    const refund = (await stripe.events()).map(({ event }) => event.data.object)
      .find((o) => o.object === 'refund' && o.metadata.souk_payment === paymentId);
    await stripe.control('fail_refund', { id: refund.id });
    const { event } = (await stripe.events()).find((row) => row.event.type === 'refund.failed');
    for (const id of [event.id, event.id, 'evt_again']) expect(await tell(shop, 'stripe', { ...event, id }), 200);
    const mails = () => letters(shop, '', /came back/);
    await until('the mail', () => mails().length > 0);
    await new Promise((done) => setTimeout(done, 2500)); /* the second event is worked on, too */
    assert.equal(mails().length, 1);
    assert.match(mails()[0].text, /did not take the refund of \$1\.50 for order/);
    assert.ok(mails()[0].subject.includes(orderNumber));
    const { history, status } = expect(await user.get(`/orders/${orderId}`), 200);
    assert.deepEqual([status, history.filter((h) => h.reason === 'refund_failed').length], ['confirmed', 1]);
    const [provider, buyer] = [await books('provider'), await books('buyer', userId)];
    assert.equal(provider.balance, sold.balance);
    assert.equal(buyer.balance, owed.balance - 1.5);
    const returned = (account) => account.entries.filter((line) => line.kind === 'refund_returned')
      .map((line) => [line.reference, line.debit ?? 0, line.credit ?? 0]);
    assert.deepEqual([returned(provider), returned(buyer)], [[[orderId, 1.5, 0]], [[orderId, 0, 1.5]]]);
    assert.match(await seen(user, `/orders/${orderId}`), /Refund came back.*Your bank did not take it/s);
    assert.match(await seen(staff, `/admin/orders/${orderId}`), /Refund came back/);
    assert.match(await seen(staff, '/admin'), /Refunds that came back/);
    const list = await seen(staff, '/admin/orders?refunds=failed');
    assert.ok(list.includes(orderId), 'it is not on the list');
    assert.ok(!list.includes(other.orderId), 'an order without one is on the list');
    /* it is paid another way, once, however many say so */
    const { refundId } = history.find((h) => h.reason === 'refund_failed');
    const path = `/admin/orders/${orderId}/refunds/${refundId}/repayment`;
    const repay = (way, client = staff, at = path) => client.put(at, { way, reason: 'the card is closed' });
    expect(await repay('wallet', user), 403, 'forbidden');
    expect(await repay('wallet', new Client(shop, { token: shop.signed(staff.token, { auth_time: 1 }) })), 403, 'step_up_required');
    expect(await repay('somehow'), 422);
    expect(await repay('wallet', staff, path.replace(refundId, newKey())), 404);
    expect(await repay('wallet', staff, path.replace(orderId, other.orderId)), 404);
    const form = (body) => exchange(shop.origin, 'POST', path, { Accept: 'text/html', Cookie: `souk_at=${staff.token}`,
      'Content-Type': 'application/x-www-form-urlencoded' }, new URLSearchParams(body).toString());
    const page = await seen(staff, `/admin/orders/${orderId}`);
    assert.match(page, new RegExp(`action="${path}"`));
    assert.match((await form({ way: 'wallet', reason: '', sure: 'true' })).headers.location, /said=reason/);
    assert.match((await form({ way: 'wallet', reason: 'closed' })).headers.location, /said=unsure/);
    assert.equal(expect(await user.get('/users/me/wallet'), 200).balance, 0);
    for (const reply of await Promise.all(Array.from({ length: 5 }, () => repay('wallet'))))
      assert.equal(expect(reply, 200).amount, 1.5);
    expect(await repay('outside'), 409, 'refund_repaid');
    assert.match((await form({ way: 'outside', reason: 'closed', sure: 'true' })).headers.location, /said=state/);
    assert.match((await form({ way: 'wallet', reason: 'closed', sure: 'true' })).headers.location, /said=repaid/);
    assert.equal(expect(await user.get('/users/me/wallet'), 200).balance, 1.5);
    assert.equal((await books('buyer', userId)).balance, owed.balance);
    assert.equal((await books('provider')).balance, sold.balance);
    const after = expect(await user.get(`/orders/${orderId}`), 200);
    assert.deepEqual(after.history.filter((h) => h.refundId).map((h) => h.reason), ['refund_failed', 'refund_to_wallet']);
    assert.match(await seen(user, `/orders/${orderId}`), /Refund paid another way.*in your wallet/s);
    assert.doesNotMatch(await seen(staff, `/admin/orders/${orderId}`), new RegExp(`action="${path}"`));
    assert.ok(!(await seen(staff, '/admin/orders?refunds=failed')).includes(orderId), 'it is on the list still');
    await until('the mail', () => letters(shop, '', /Your refund for order/).length > 0);
    assert.equal(letters(shop, '', /Your refund for order/).length, 1);
    for (const id of ['evt_late', event.id]) expect(await tell(shop, 'stripe', { ...event, id }), 200);
    await new Promise((done) => setTimeout(done, 2500)); /* told again, it does not come back again */
    assert.equal((await books('buyer', userId)).balance, owed.balance);
    assert.ok(!(await seen(staff, '/admin/orders?refunds=failed')).includes(orderId), 'it came back again');
  } finally {
    stripe.close();
    await shop.close();
  }
});

test("a guest's refund that came back is paid outside of the shop, and that is all", async () => {
  const stripe = await new Stripe().open();
  const shop = await open({ env: stripe.env, log: 'refund-came-back-guest' });
  try {
    const staff = await admin(shop), article = await onSale(shop);
    const { orderId } = expect(await place(guest(shop), [line(article)], { email: 'g@example.com' }), 201);
    const provider = async () => expect(await staff.get('/admin/ledger/provider?currency=USD'), 200).balance;
    const sold = await provider(), { total } = expect(await staff.get(`/orders/${orderId}`), 200);
    expect(await staff.post(`/admin/orders/${orderId}/refunds`, { amount: 2, reason: 'late' }, { key: newKey() }), 200);
    const refund = (await stripe.events()).map(({ event }) => event.data.object).filter((o) => o.object === 'refund').pop();
    await stripe.control('fail_refund', { id: refund.id });
    const { event } = (await stripe.events()).find((row) => row.event.type === 'refund.failed');
    expect(await tell(shop, 'stripe', event), 200);
    const failed = await until('it came back', async () => expect(await staff.get(`/orders/${orderId}`), 200)
      .history.find((h) => h.reason === 'refund_failed'));
    const path = `/admin/orders/${orderId}/refunds/${failed.refundId}/repayment`;
    expect(await staff.put(path, { way: 'wallet', reason: 'x' }), 409, 'no_wallet');
    expect(await staff.put(path, { way: 'outside', reason: 'a cheque' }), 200);
    expect(await staff.put(path, { way: 'outside', reason: 'a cheque' }), 200);
    assert.equal(await provider(), sold - 2);
    assert.equal(expect(await staff.get(`/admin/ledger/buyer?currency=USD&owner=${orderId}`), 200).balance, 0);
    /* the rest of the order goes back without it */
    const page = async () => (await exchange(shop.origin, 'GET', `/admin/orders/${orderId}`,
      { Accept: 'text/html', Cookie: `souk_at=${staff.token}` })).text;
    assert.ok((await page()).includes(`<dt>Paid and kept</dt><dd>$${(total - 2).toFixed(2)}</dd>`), 'what came back counts as kept');
    expect(await staff.post(`/orders/${orderId}/cancel`, { reason: 'late' }, { key: newKey() }), 200);
    assert.equal(Math.round((await provider()) * 100), Math.round((sold - total) * 100));
    const refunds = new Map((await stripe.events()).map(({ event: e }) => e.data.object)
      .filter((o) => o.object === 'refund').map((o) => [o.id, o]));
    const kept = [...refunds.values()].filter((o) => o.status !== 'failed').map((o) => o.amount);
    assert.deepEqual(kept, [Math.round((total - 2) * 100)]);
  } finally {
    stripe.close();
    await shop.close();
  }
});
