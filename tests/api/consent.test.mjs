/* SPDX-License-Identifier: Apache-2.0
 * Refunds above a limit: asked for by one of the staff, made once when another has approved; and
 * feature flags, which hold at once. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { admin, line, newKey, newProved, newUser, onSale, PASSWORD, place, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

let server, staff, second, third, article;
before(async () => {
  server = await open({ env: { SOUK_APPROVAL_ABOVE: '500' } });
  staff = await admin(server);
  article = await onSale(server);
  const make = async () => {
    const user = await newProved(server);
    expect(await staff.put(`/admin/users/${user.user.userId}/roles`, { roles: ['finance'], reason: 'a second person' }), 200);
    return signIn(server, user.user.email, PASSWORD);
  };
  second = await make();
  third = await make();
});
after(() => server.close());

const ordered = async () => expect(await place(await newUser(server), [line(article, 2)]), 201);
const refund = (client, orderId, amount, key = newKey()) =>
  client.post(`/admin/orders/${orderId}/refunds`, { amount, reason: 'broken' }, { key });
const newest = async () => expect(await staff.get('/admin/approvals'), 200).approvals[0];
const refunds = () => server.payments().filter((row) => /refund/i.test(row)).length;
const page = (client, method, path, body) => exchange(server.origin, method, path,
  { Accept: 'text/html', Cookie: `souk_at=${client.token}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) },
  body === undefined ? undefined : new URLSearchParams(body).toString());

test('a small refund is made at once, a large one waits for another person', async () => {
  const { orderId } = await ordered();
  const before = refunds();
  expect(await refund(staff, orderId, '5.00'), 200);
  assert.equal(refunds(), before + 1);
  const key = newKey();
  expect(await refund(staff, orderId, '5.01', key), 202);
  const asked = await newest();
  expect(await refund(staff, orderId, '5.01', key), 202); /* the same request */
  assert.equal((await newest()).approvalId, asked.approvalId);
  assert.equal(asked.state, 'pending');
  assert.equal(refunds(), before + 1);
  const path = `/admin/approvals/${asked.approvalId}`;
  expect(await staff.post(`${path}/approve`, { reason: 'me too' }), 403, 'own_request');
  expect(await staff.post(`${path}/reject`, { reason: 'me too' }), 403, 'own_request');
  expect(await (await newUser(server)).post(`${path}/approve`, { reason: 'x' }), 403, 'forbidden');
  const done = expect(await second.post(`${path}/approve`, { reason: 'looked at it' }), 200);
  assert.equal(done.state, 'done');
  assert.equal(refunds(), before + 2);
  expect(await third.post(`${path}/approve`, { reason: 'again' }), 409, 'approval_over');
  expect(await third.post(`${path}/reject`, { reason: 'again' }), 409, 'approval_over');
  expect(await third.post(`/admin/approvals/${newKey()}/approve`, { reason: 'x' }), 404);
  assert.equal(refunds(), before + 2);
});

test('a limit is not gone around in small steps, nor is a repeat of one asked for again', async () => {
  const { orderId } = await ordered();
  const before = refunds(), key = newKey();
  expect(await refund(staff, orderId, '3.00', key), 200);
  const again = expect(await refund(staff, orderId, '2.01'), 202);
  assert.ok(again);
  const asked = await newest();
  assert.equal(asked.amount, 2.01);
  const repeat = await refund(staff, orderId, '3.00', key);
  expect(repeat, 200);
  assert.equal(repeat.headers.get?.('idempotent-replayed') ?? repeat.headers['idempotent-replayed'], 'true');
  assert.equal((await newest()).approvalId, asked.approvalId, 'a repeat has asked for a second person');
  assert.equal(refunds(), before + 1);
  expect(await refund(staff, orderId, '2.00'), 200);
  expect(await second.post(`/admin/approvals/${asked.approvalId}/approve`, { reason: 'looked at it' }), 200);
  assert.equal(refunds(), before + 3);
  const form = { amount: '0.10', reason: 'late', sure: 'true', key: newKey() };
  assert.match((await page(staff, 'POST', `/admin/orders/${orderId}/refunds`, form)).headers.location, /said=asked/);
  /* at once: however they meet, what one person gives alone is not above the limit */
  const other = await ordered(), start = refunds();
  const many = await Promise.all(Array.from({ length: 4 }, () => refund(staff, other.orderId, '2.00')));
  for (const r of many) assert.ok([200, 202, 409].includes(r.status), r.text);
  assert.ok(refunds() - start <= 2, `${refunds() - start} refunds of 2.00 by one person`);
});

test('a large refund wants a proof of the last quarter of an hour, from the form too', async () => {
  const shop = await open({ log: 'consent-proof', env: { SOUK_REFUND_PROOF_ABOVE: '500' } });
  try {
    const own = await admin(shop), one = await onSale(shop);
    const { orderId } = expect(await place(await newUser(shop), [line(one, 2)]), 201);
    const made = () => shop.payments().filter((row) => /refund/i.test(row)).length;
    const before = made();
    const old = new Client(shop, { token: shop.signed(own.token, { auth_time: Math.floor(Date.now() / 1000) - 1000 }) });
    expect(await refund(old, orderId, '5.00'), 200);
    expect(await refund(old, orderId, '5.01'), 403, 'step_up_required');
    const sent = await exchange(shop.origin, 'POST', `/admin/orders/${orderId}/refunds`,
      { Cookie: `souk_at=${old.token}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      String(new URLSearchParams({ amount: '5.01', reason: 'late', sure: 'true', key: newKey() })));
    assert.equal(sent.headers.location, `/account/confirm?next=%2Fadmin%2Forders%2F${orderId}`);
    assert.equal(made(), before + 1, 'nothing moved');
    expect(await refund(own, orderId, '5.01'), 200);
    assert.equal(made(), before + 2);
  } finally {
    await shop.close();
  }
});

test('a gift card is money: the limits of refunds hold for it', async () => {
  const issue = (client, amount) => client.post('/admin/gift-cards', { amount }, { key: newKey() });
  expect(await issue(staff, 5.01), 403, 'approval_required');
  const many = await Promise.all(Array.from({ length: 4 }, () => issue(staff, 2.5)));
  assert.deepEqual(many.map((r) => r.status).sort(), [201, 201, 403, 403], 'many small ones count together');
  expect(await issue(staff, 0.01), 403, 'approval_required');
  const shop = await open({ log: 'consent-gifts', env: { SOUK_REFUND_PROOF_ABOVE: '500' } });
  try {
    const own = await admin(shop);
    const old = new Client(shop, { token: shop.signed(own.token, { auth_time: Math.floor(Date.now() / 1000) - 1000 }) });
    const sent = newKey(), first = await old.post('/admin/gift-cards', { amount: 4.99 }, { key: sent });
    expect(first, 201);
    expect(await issue(old, 0.02), 403, 'step_up_required');
    const key = expect(await own.post('/users/me/keys', { name: 'gifts', scopes: ['refunds'] }), 201).secret;
    expect(await issue(new Client(shop, { token: key }), 5.01), 403, 'step_up_required');
    expect(await issue(new Client(shop, { token: key }), 0.01), 201);
    expect(await issue(own, 5.01), 201);
    expect(await old.post('/admin/gift-cards', { amount: 4.99 }, { key: sent }), 201);
  } finally {
    await shop.close();
  }
});

test('of two who approve at once the money moves once', async () => {
  const { orderId } = await ordered(), before = refunds();
  expect(await refund(staff, orderId, '6.00'), 202);
  const path = `/admin/approvals/${(await newest()).approvalId}/approve`;
  const replies = await Promise.all([second, third, second, third].map((c) => c.post(path, { reason: 'race' })));
  assert.ok(replies.some((r) => r.status === 200), replies.map((r) => r.text).join('\n'));
  assert.ok(replies.every((r) => [200, 409].includes(r.status)), replies.map((r) => r.text).join('\n'));
  assert.equal(refunds(), before + 1);
  assert.equal((await newest()).state, 'done');
});

test('rejected, nothing moves; the forms of the back office do the same', async () => {
  const { orderId } = await ordered(), before = refunds();
  const sent = await page(staff, 'POST', `/admin/orders/${orderId}/refunds`, { amount: '7.00', reason: 'late', sure: 'true', key: newKey() });
  assert.match(sent.headers.location, /said=asked/);
  assert.match((await page(staff, 'GET', sent.headers.location)).text, /another person has to approve/);
  const { approvalId } = await newest();
  const form = (client, body) => page(client, 'POST', `/admin/approvals/${approvalId}`, body);
  assert.doesNotMatch((await page(staff, 'GET', '/admin/approvals')).text, new RegExp(`action="/admin/approvals/${approvalId}"`));
  assert.match((await page(second, 'GET', '/admin/approvals')).text, new RegExp(`action="/admin/approvals/${approvalId}"`));
  assert.match((await form(second, { decision: 'reject', reason: ' ' })).headers.location, /said=reason/);
  assert.match((await form(staff, { decision: 'approve', reason: 'x' })).headers.location, /said=own/);
  assert.match((await form(second, { decision: 'reject', reason: 'not broken' })).headers.location, /said=rejected/);
  assert.match((await form(third, { decision: 'approve', reason: 'x' })).headers.location, /said=over/);
  assert.match((await page(staff, 'GET', '/admin/approvals?said=rejected')).text, /not broken/);
  assert.equal(refunds(), before);
  expect(await refund(staff, orderId, '8.00'), 202);
  const next = await newest();
  assert.match((await page(second, 'POST', `/admin/approvals/${next.approvalId}`, { decision: 'approve', reason: 'y' })).headers.location, /said=approved/);
  assert.equal(refunds(), before + 1);
});

test('flags are set with a reason and hold at once', async () => {
  assert.match((await page(staff, 'GET', '/admin/flags')).text, /own_order/);
  const set = (body, client = staff) => page(client, 'POST', '/admin/flags/own_order', body);
  assert.match((await set({ percent: '50', reason: '' })).headers.location, /said=reason/);
  for (const percent of ['101', '-1', 'x', '']) assert.match((await set({ percent, reason: 'x' })).headers.location, /said=percent/);
  assert.equal((await set({ percent: '1', reason: 'x' }, second)).status, 403);
  assert.equal((await page(staff, 'POST', '/admin/flags/nothing', { percent: '1', reason: 'x' })).status, 404);
  const buyer = await newUser(server);
  let words, liked;
  const list = async () => expect(await buyer.get(`/search?q=${words}&limit=24`), 200).results;
  for (words of ['light', 'wireless', 'cotton', 'steel', 'black', 'organic', 'pro', 'max']) {
    const all = await list();
    liked = all.slice(6).find((r) => r.inStock && r.brand && !all.slice(0, 6).some((o) => o.brand === r.brand));
    if (liked) break;
  }
  assert.ok(liked);
  const { variants } = expect(await buyer.get(`/products/${liked.productId}`), 200);
  for (let i = 0; i < 3; i++)
    expect(await place(buyer, [{ productId: liked.productId, variantId: variants.find((v) => v.stock > 3).variantId, quantity: 1 }]), 201);
  const at = async () => (await list()).findIndex((r) => r.productId === liked.productId);
  const was = await at();
  expect(await buyer.put('/users/me/personal-ranking', { personal: true }), 200);
  const own = await at();
  assert.ok(own < was, `${own} of ${was}`);
  assert.match((await set({ percent: '0', reason: 'off for now' })).headers.location, /said=set/);
  assert.equal(await at(), was);
  await set({ percent: '100', reason: 'back' });
  assert.equal(await at(), own);
});
