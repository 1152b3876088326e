/* SPDX-License-Identifier: Apache-2.0
 * Coupons, gift cards and wallets on orders; the parcel's way; money back: what buyers and staff do
 * with them over HTTP. That the sums agree in every failure is tested inside (checkout_money_test). */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, expect } from './client.mjs';
import { admin, guest, line, newKey, newUser, onSale, orderBody, place, stockOf, until }
  from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { open } from './server.mjs';

let server, staff, one;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server, { stock: 60 });
});
after(() => server.close());

const cents = (amount) => Math.round(amount * 100);
const card = async (amount, more = {}) =>
  expect(await staff.post('/admin/gift-cards', { amount, ...more }, { key: newKey() }), 201);
const coupon = async (more) => {
  const code = `M${randomUUID().replaceAll('-', '').slice(0, 12)}`.toUpperCase();
  expect(await staff.post('/admin/promotions', { kind: 'percentage', percent: 10, name: 'Ten', code,
    ...more }), 201);
  return code;
};
const order = async (client, placed) => expect(await client.get(`/orders/${placed.orderId}`), 200);
const paidBy = (whole) => Object.fromEntries(whole.payments.map((p) => [p.type, cents(p.amount)]));

/* ---- who may ---- */

for (const [path, body] of [['/admin/gift-cards', { amount: 5 }],
  [`/admin/orders/${randomUUID()}/status`, { status: 'shipped' }],
  [`/admin/orders/${randomUUID()}/return/approve`, {}],
  [`/admin/orders/${randomUUID()}/refunds`, { amount: 1, reason: 'x' }]])
  test(`POST ${path.replace(/[0-9a-f-]{36}/, 'ID')} is for staff`, async () => {
    const send = (client) => client.post(path, body, { key: newKey() });
    expect(await send(new Client(server)), 401, 'authentication_required');
    expect(await send(await newUser(server)), 403, 'forbidden');
    if (path.includes('/orders/'))
      expect(await send(staff), 404);
  });

/* ---- coupons ---- */

test('a code in the cart comes off the order, and what came off is told', async () => {
  const code = await coupon();
  const client = guest(server);
  client.cart = expect(await client.post('/cart/items', line(one, 2)), 201).cartToken;
  const cart = expect(await client.post('/cart/coupons', { code }), 201);
  assert.ok(cart.discount > 0);
  const placed = expect(await place(client), 201);
  const whole = await order(client, placed);
  assert.equal(whole.discount, cart.discount);
  assert.equal(cents(whole.total), cents(whole.subtotal) - cents(whole.discount) +
    cents(whole.tax) + cents(whole.shipping));
  assert.equal(whole.payments.reduce((s, p) => s + cents(p.amount), 0), cents(whole.total));
  assert.equal(whole.promotions[0].code, code);
  assert.equal(whole.promotions[0].amount, whole.discount);
  assert.equal(whole.items[0].discount, whole.discount);
});

test('a code in the request counts; one that does nothing is refused at its place', async () => {
  const code = await coupon();
  const user = await newUser(server);
  const placed = expect(await place(user, [line(one)], { couponCodes: [code] }), 201);
  assert.ok((await order(user, placed)).discount > 0);
  const reply = await place(user, [line(one)], { couponCodes: [code, 'NO-SUCH-CODE'] });
  const { errors } = expect(reply, 422, 'coupon_unknown');
  assert.equal(errors[0].pointer, '/couponCodes/1');
  const endsAt = Date.now() + 300;
  const old = await coupon({ endsAt: new Date(endsAt).toISOString() });
  await until('it has ended', () => Date.now() > endsAt);
  expect(await place(user, [line(one)], { couponCodes: [old] }), 422, 'coupon_expired');
  const dear = await coupon({ minimum: 100000 });
  expect(await place(user, [line(one)], { couponCodes: [dear] }), 422, 'coupon_not_applicable');
});

test('a single use is used once by many at a time', async () => {
  const code = await coupon({ limit: 1 });
  const users = await Promise.all(Array.from({ length: 6 }, () => newUser(server)));
  const replies = await Promise.all(users.map((user) =>
    place(user, [line(one)], { couponCodes: [code] })));
  const bought = replies.filter((r) => r.status === 201);
  assert.equal(bought.length, 1, replies.map((r) => r.text).join('\n'));
  for (const reply of replies)
    if (reply.status !== 201)
      expect(reply, 409, 'coupon_exhausted');
});

test('what was declined or cancelled was no first order; two at once are one', async () => {
  const code = await coupon({ firstOrder: true });
  const user = await newUser(server);
  const buy = (token) => place(user, [line(one)], { token, couponCodes: [code] });
  expect(await buy('pm_card_declined'), 402, 'payment_declined');
  const { orderId } = expect(await buy(), 201);
  expect(await buy(), 409, 'coupon_exhausted');
  expect(await user.post(`/orders/${orderId}/cancel`, {}), 200);
  await until('the code is given back', async () =>
    (await order(user, { orderId })).paymentStatus === 'refunded');
  const statuses = (await Promise.all([buy(), buy(), buy()])).map((reply) => reply.status);
  assert.deepEqual(statuses.map((status) => status === 201).sort(), [false, false, true], `${statuses}`);
  expect(await buy(), 409, 'coupon_exhausted');
});

test('eleven codes are too many', async () => {
  const couponCodes = Array.from({ length: 11 }, (_, i) => `CODE${i}`);
  expect(await place(await newUser(server), [line(one)], { couponCodes }), 422);
});

/* ---- gift cards and the wallet ---- */

test('a gift card pays a part, then the card; cancelling gives each its part', async () => {
  const { code, giftCardId } = await card(3);
  const user = await newUser(server);
  const placed = expect(await place(user, [line(one)], { giftCards: [code] }), 201);
  const whole = await order(user, placed);
  assert.deepEqual(paidBy(whole), { gift_card: 300, credit_card: cents(whole.total) - 300 });
  expect(await user.post('/gift-cards/redeem', { code }, { key: newKey() }), 409, 'gift_card_empty');
  const cancelled = expect(await user.post(`/orders/${placed.orderId}/cancel`, {}), 200);
  assert.equal(cancelled.paymentStatus, 'refunded');
  const wallet = expect(await user.post('/gift-cards/redeem', { code }, { key: newKey() }), 200);
  assert.equal(wallet.available, 3, giftCardId);
});

test('what goes back to an expired gift card can be used', async () => {
  const expiresAt = Date.now() + 2500;
  const { code, giftCardId } = await card(3, { expiresAt: new Date(expiresAt).toISOString() });
  const user = await newUser(server);
  const placed = expect(await place(user, [line(one)], { giftCards: [code] }), 201);
  await until('it has ended', () => Date.now() > expiresAt);
  const cancelled = expect(await user.post(`/orders/${placed.orderId}/cancel`, {}), 200);
  assert.equal(cancelled.paymentStatus, 'refunded');
  const { giftCards } = expect(await staff.get('/admin/gift-cards'), 200);
  const { expiresAt: later } = giftCards.find((g) => g.giftCardId === giftCardId);
  assert.ok(Date.parse(later) > Date.now() + 89 * 86_400_000, later);
  const again = expect(await place(user, [line(one)], { giftCards: [code] }), 201);
  assert.equal(paidBy(await order(user, again)).gift_card, 300);
});

test('gift card and wallet pay the whole; then no card is needed', async () => {
  const user = await newUser(server);
  const first = await card('4000.00'), second = await card(1);
  expect(await user.post('/gift-cards/redeem', { code: first.code }, { key: newKey() }), 200);
  const body = { ...orderBody([line(one)]), giftCards: [second.code], useWallet: true };
  delete body.paymentMethod;
  const placed = expect(await user.post('/orders', body, { key: newKey() }), 201);
  const whole = await order(user, placed);
  assert.deepEqual(paidBy(whole), { gift_card: 100, wallet: cents(whole.total) - 100 });
  const wallet = expect(await user.get('/users/me/wallet'), 200);
  assert.equal(cents(wallet.balance), 400000 - cents(whole.total) + 100);
  assert.equal(wallet.balance, wallet.available);
  delete body.giftCards;
  delete body.useWallet;
  expect(await user.post('/orders', body, { key: newKey() }), 422, 'payment_method_unsupported');
});

test('a gift card with nothing on it is refused at its place; a wallet with nothing is not', async () => {
  const user = await newUser(server), spender = await newUser(server);
  const empty = await card(2), full = await card(1);
  expect(await spender.post('/gift-cards/redeem', { code: empty.code }, { key: newKey() }), 200);
  const giftCards = [full.code, full.code, empty.code];
  const reply = await place(user, [line(one)], { giftCards });
  const { errors } = expect(reply, 422, 'gift_card_empty');
  assert.deepEqual(errors.map((e) => [e.pointer, e.code]), [['/giftCards/2', 'gift_card_empty']]);
  const placed = expect(await place(user, [line(one)], { giftCards: [full.code], useWallet: true }), 201);
  assert.equal(paidBy(await order(user, placed)).gift_card, 100);
});

test('a redeemed card is redeemed once, also by two at a time', async () => {
  const { code } = await card(10);
  const users = [await newUser(server), await newUser(server)];
  const replies = await Promise.all(users.map((user) =>
    user.post('/gift-cards/redeem', { code }, { key: newKey() })));
  assert.deepEqual(replies.map((r) => r.status).sort(), [200, 409]);
  const wallets = await Promise.all(users.map(async (user) =>
    expect(await user.get('/users/me/wallet'), 200).balance));
  assert.equal(wallets[0] + wallets[1], 10);
});

test('codes that are none, and cards that are over', async () => {
  const user = await newUser(server);
  for (const code of ['x', 'ABCD-EFGH-IJKL', '\u{1f381}'])
    expect(await user.post('/gift-cards/redeem', { code }, { key: newKey() }), 422, 'gift_card_invalid');
  const reply = await place(user, [line(one)], { giftCards: ['nonsense'] });
  assert.equal(expect(reply, 422, 'gift_card_invalid').errors[0].pointer, '/giftCards/0');
  const expiresAt = Date.now() + 400;
  const old = await card(1, { expiresAt: new Date(expiresAt).toISOString() });
  await until('it has ended', () => Date.now() > expiresAt);
  for (const [late, pointer] of [
    [await user.post('/gift-cards/redeem', { code: old.code }, { key: newKey() }), '/code'],
    [await place(user, [line(one)], { giftCards: [old.code] }), '/giftCards/0']]) {
    const { errors } = expect(late, 422, 'gift_card_expired');
    assert.deepEqual(errors.map((e) => [e.pointer, e.code]), [[pointer, 'gift_card_expired']]);
  }
});

test('the code of a gift card is shown once', async () => {
  const key = newKey();
  const made = expect(await staff.post('/admin/gift-cards', { amount: 2 }, { key }), 201);
  assert.match(made.code, /^[0-9A-Z-]{20,}$/);
  const again = await staff.post('/admin/gift-cards', { amount: 2 }, { key });
  const repeat = expect(again, 201);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(repeat.giftCardId, made.giftCardId);
  assert.equal(repeat.code, undefined);
  expect(await staff.post('/admin/gift-cards', { amount: 3 }, { key }), 422, 'idempotency_key_reused');
  expect(await staff.post('/admin/gift-cards', { amount: 3 }), 400, 'idempotency_key_required');
  for (const body of [{ amount: 0 }, { amount: -1 }, { amount: 10000.01 }, { amount: 0.001 }, {},
    { amount: 1, expiresAt: '2020-01-01T00:00:00Z' }])
    assert.ok([400, 422].includes((await staff.post('/admin/gift-cards', body, { key: newKey() })).status));
});

/* ---- the parcel's way, and back ---- */

const move = (id, status) => staff.post(`/admin/orders/${id}/status`, { status });

test('an order is sent, returned and paid back; stock comes back', async () => {
  const user = await newUser(server);
  const before = (await stockOf(staff, one)).available;
  const { orderId, total } = expect(await place(user, [line(one, 2)]), 201);
  expect(await move(orderId, 'delivered'), 409, 'order_state_conflict');
  for (const status of ['processing', 'shipped', 'delivered'])
    assert.equal(expect(await move(orderId, status), 200).status, status);
  expect(await user.post(`/orders/${orderId}/cancel`, {}), 409);
  expect(await staff.post(`/admin/orders/${orderId}/return/approve`, {}), 409);
  expect(await user.post(`/orders/${orderId}/return`, { reason: 'too small' }), 200);
  const back = expect(await staff.post(`/admin/orders/${orderId}/return/approve`, {}), 200);
  assert.deepEqual([back.status, back.paymentStatus], ['refunded', 'refunded']);
  assert.deepEqual(back.history.slice(-2).map((h) => h.reason), ['return', 'return']);
  assert.equal((await stockOf(staff, one)).available, before);
  assert.equal(cents(back.total), cents(total));
  expect(await staff.post(`/admin/orders/${orderId}/return/approve`, {}), 409);
});

test('a guest sends back what they ordered, and nobody else does', async () => {
  const buyer = guest(server), stranger = guest(server);
  const { orderId, cartToken } = expect(await place(buyer, [line(one)]), 201);
  buyer.cart = cartToken;
  for (const status of ['processing', 'shipped', 'delivered'])
    expect(await move(orderId, status), 200);
  expect(await stranger.post(`/orders/${orderId}/return`, {}), 404);
  assert.equal(expect(await buyer.post(`/orders/${orderId}/return`, { reason: 'too big' }), 200).status, 'return_requested');
  assert.equal(expect(await staff.post(`/admin/orders/${orderId}/return/approve`, {}), 200).status, 'refunded');
});

test('a key that is sent with a cancellation or a return is honoured, and none need be', async () => {
  const user = await newUser(server);
  const placed = async () => expect(await place(user, [line(one)]), 201).orderId;
  const cancelled = await placed(), returned = await placed();
  for (const status of ['processing', 'shipped', 'delivered']) expect(await move(returned, status), 200);
  expect(await user.post(`/orders/${returned}/return`, { reason: 'too small' }), 200);
  for (const [who, path, status] of [[user, `/orders/${cancelled}/cancel`, 'cancelled'],
    [staff, `/admin/orders/${returned}/return/approve`, 'refunded']]) {
    const key = newKey(), body = { reason: 'for the test' };
    const first = await who.post(path, body, { key });
    assert.equal(expect(first, 200).status, status);
    const again = await who.post(path, body, { key });
    assert.deepEqual(expect(again, 200), first.json);
    assert.equal(first.headers['idempotent-replayed'], undefined);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    expect(await who.post(path, { reason: 'another' }, { key }), 422, 'idempotency_key_reused');
    expect(await who.post(path.replace(/[0-9a-f-]{36}/, await placed()), body, { key }), 422, 'idempotency_key_reused');
    expect(await who.post(path, body, { key: newKey() }), 409, 'order_state_conflict');
    expect(await who.post(path, body), 409, 'order_state_conflict');
    expect(await who.post(path, body, { key: 'a b' }), 400, 'idempotency_key_invalid');
  }
  const early = await placed(), key = newKey(); /* what was refused leaves its key free */
  const approve = () => staff.post(`/admin/orders/${early}/return/approve`, {}, { key });
  expect(await approve(), 409, 'order_state_conflict');
  for (const status of ['processing', 'shipped', 'delivered']) expect(await move(early, status), 200);
  expect(await user.post(`/orders/${early}/return`, { reason: 'too small' }), 200);
  expect(await approve(), 200);
});

test('an amount is given back once for a key, and never more than was paid', async () => {
  const user = await newUser(server);
  const { orderId, total } = expect(await place(user, [line(one)]), 201);
  const path = `/admin/orders/${orderId}/refunds`, key = newKey();
  const body = { amount: 1.5, reason: 'scratched' };
  expect(await staff.post(path, body), 400, 'idempotency_key_required');
  assert.equal(expect(await staff.post(path, body, { key }), 200).paymentStatus, 'partially_refunded');
  const again = await staff.post(path, body, { key });
  expect(again, 200);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  expect(await staff.post(path, { ...body, amount: 2 }, { key }), 422, 'idempotency_key_reused');
  for (const [amount, code] of [[0, 'out_of_bounds'], [-1, 'out_of_bounds'], [33.333, 'bad_amount'],
    ['x', 'bad_amount']]) {
    const { errors } = expect(await staff.post(path, { ...body, amount }, { key: newKey() }), 422, 'validation_failed');
    assert.deepEqual([errors[0].pointer, errors[0].code], ['/amount', code]);
  }
  expect(await staff.post(path, { ...body, amount: 9999 }, { key: newKey() }), 422, 'amount_too_large');
  const [payment] = expect(await user.get(`/orders/${orderId}`), 200).payments;
  const [refund] = payment.refunds;
  assert.deepEqual([payment.status, payment.refundedAmount, payment.refunds.length], ['captured', 1.5, 1]);
  assert.deepEqual([refund.amount, refund.status, refund.reason], [1.5, 'done', 'goodwill']);
  const v = new Visitor(server);
  v.jar.set('souk_at', user.token);
  await v.go(`/orders/${orderId}`);
  v.has(/Given back: \$1\.50/);
  const rest = (cents(total) - 150) / 100;
  expect(await staff.post(path, { ...body, amount: rest + 0.01 }, { key: newKey() }), 422);
  expect(await staff.post(path, { amount: rest, reason: 'all of it' }, { key: newKey() }), 200);
  const whole = expect(await user.get(`/orders/${orderId}`), 200);
  assert.deepEqual([whole.status, whole.paymentStatus], ['confirmed', 'refunded']);
  expect(await staff.post(path, { ...body, amount: 0.01 }, { key: newKey() }), 422);
});

test('a move, a cancellation and a refund are of the order that was seen', async () => {
  const user = await newUser(server);
  const { orderId } = expect(await place(user, [line(one)]), 201);
  const seen = async () => (await user.get(`/orders/${orderId}`)).headers.etag;
  const status = `/admin/orders/${orderId}/status`, refunds = `/admin/orders/${orderId}/refunds`;
  const match = (tags, more = {}) => ({ headers: { 'If-Match': tags }, ...more });
  const old = await seen();
  const moved = await staff.post(status, { status: 'processing' }, match(`"v99", ${old}`));
  expect(moved, 200);
  assert.equal(moved.headers.etag, await seen());
  assert.notEqual(moved.headers.etag, old);
  for (const fulfilmentGroup of [undefined, 1])
    expect(await staff.post(status, { status: 'shipped', fulfilmentGroup }, match(old)), 412, 'order_changed');
  expect(await user.post(`/orders/${orderId}/cancel`, {}, match(old)), 412, 'order_changed');
  const key = newKey(), body = { amount: 1, reason: 'late' };
  expect(await staff.post(refunds, body, match(old, { key })), 412, 'order_changed');
  assert.deepEqual((await order(user, { orderId })).payments.map((p) => p.refunds), [[]]);
  const before = await seen();
  const given = await staff.post(refunds, body, match(before, { key }));
  expect(given, 200);
  assert.notEqual(given.headers.etag, before);
  const again = await staff.post(refunds, body, match(before, { key }));
  expect(again, 200);
  assert.equal(again.headers['idempotent-replayed'], 'true', 'a repeat is no second change');
  for (const to of ['shipped', 'delivered'])
    expect(await staff.post(status, { status: to }, match('*')), 200);
  expect(await user.post(`/orders/${orderId}/return`, {}, match(old)), 412, 'order_changed');
  expect(await user.post(`/orders/${orderId}/return`, {}, match(await seen())), 200);
  const approve = `/admin/orders/${orderId}/return/approve`;
  expect(await staff.post(approve, {}, match(old)), 412, 'order_changed');
  assert.equal(expect(await staff.post(approve, {}, match(await seen())), 200).status, 'refunded');
});

test('many refunds at once never give back more than was paid', async () => {
  const user = await newUser(server);
  const { orderId, total } = expect(await place(user, [line(one)]), 201);
  const amount = Math.ceil(cents(total) * 0.4) / 100;
  const replies = await Promise.all(Array.from({ length: 8 }, () =>
    staff.post(`/admin/orders/${orderId}/refunds`, { amount, reason: 'race' }, { key: newKey() })));
  const given = replies.filter((r) => r.status === 200).length;
  assert.ok(given >= 1 && given <= 2, replies.map((r) => r.text).join('\n'));
  for (const r of replies.filter((x) => x.status !== 200))
    assert.ok([409, 422].includes(r.status), r.text);
});
