/* SPDX-License-Identifier: Apache-2.0
 * Sellers' money on its way to their bank: given account, payout, second person, how it went; the
 * books hold it at each step, and many at once send no more than is owed. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, exchange, expect } from './client.mjs';
import { admin, line, newKey, newProved, newUser, onSale, PASSWORD, place, signIn, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { open } from './server.mjs';

const LIMIT = 50; /* above it a second person is asked */
const IBAN = 'GB82 WEST 1234 5698 7654 32';
const US = { holder: 'Sam Seller', routingNumber: '021000021', accountNumber: '1234 5678' };
let server, staff, second, seller;
before(async () => {
  server = await open({ env: { SOUK_PAYOUT_WAIT_HOURS: '0', SOUK_APPROVAL_ABOVE: String(LIMIT * 100) } });
  staff = await admin(server);
  second = await worker('finance');
  seller = await worker('customer', 'seller');
  await sell(seller, 200);
  expect(await seller.put('/seller/payout-account', { holder: 'Sam Seller', iban: IBAN }), 200);
});
after(() => server.close());

const worker = async (...roles) => {
  const user = await newProved(server);
  expect(await staff.put(`/admin/users/${user.user.userId}/roles`, { roles, reason: 'for the test' }), 200);
  return signIn(server, user.user.email, PASSWORD);
};

/* Until the seller is owed at least so much: something of theirs is offered, approved and bought. */
const sell = async (who, amount) => {
  const { product } = await onSale(server);
  const made = expect(await who.post('/products', { title: `A thing ${newKey().slice(0, 8)}`, description: 'Good.',
    category: product.categoryPath, brand: 'Acme', price: amount, variants: [{ attributes: {}, price: amount, stock: 9 }] }), 201);
  expect(await staff.put(`/admin/products/${made.productId}/status`, { status: 'published' }), 200);
  const shown = await until('on sale', async () => {
    const reply = await who.get(`/products/${made.productId}`);
    return reply.status === 200 && reply.json;
  });
  const article = { productId: made.productId, variantId: shown.variants[0].variantId };
  const buyer = await newUser(server);
  for (let n = 0; n < 2; n++) expect(await place(buyer, [line(article)]), 201);
  await until('owed', async () => (await owed(who)) >= amount);
};
const owed = async (who) => expect(await who.get('/seller/payouts'), 200).balance;
const send = (who, to, amount, key = newKey(), reason = 'monthly') =>
  who.post(`/admin/sellers/${to.user.userId}/payouts`, { amount, reason }, { key });
const side = async (kind) =>
  expect(await staff.get('/admin/ledger'), 200).accounts.find((row) => row.kind === kind)?.balance ?? 0;
const old = (who) => server.signed(who.token, { auth_time: Math.floor(Date.now() / 1000) - 1000 });
const cents = (amount) => Math.round(amount * 100);
const page = (client, method, path, body) => exchange(server.origin, method, path,
  { Accept: 'text/html', Cookie: `souk_at=${client.token}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) },
  body === undefined ? undefined : new URLSearchParams(body).toString());

for (const [what, body, field] of [
  ['a wrong digit', { holder: 'A B', iban: 'GB82WEST12345698765433' }, '/iban'],
  ['no number at all', { holder: 'A B' }, '/iban'],
  ['both kinds', { holder: 'A B', iban: IBAN, accountNumber: '12345678' }, '/iban'],
  ['a wrong routing number', { ...US, routingNumber: '021000022' }, '/routingNumber'],
  ['letters in a number', { ...US, accountNumber: '1234567a' }, '/accountNumber'],
])
  test(`an account is refused: ${what}`, async () => {
    const reply = await seller.put('/seller/payout-account', body);
    expect(reply, 422);
    assert.ok(reply.json.errors.some((e) => e.pointer === field), reply.text);
    assert.equal(expect(await seller.get('/seller/payout-account'), 200).ending, '5432');
  });

test('an account is shown by its end, its owner is told, and the trail has it', async () => {
  const who = await worker('customer', 'seller');
  expect(await who.get('/seller/payout-account'), 409, 'payout_account_missing');
  const given = expect(await who.put('/seller/payout-account', US), 200);
  assert.deepEqual([given.holder, given.ending], ['Sam Seller', '5678']);
  assert.doesNotMatch(JSON.stringify(given), /12345678/);
  const letter = await until('a mail', () => letters(server, who.user.email).find((m) => /5678/.test(m.text)));
  assert.match(letter.text, /not you/);
  await until('the trail', async () =>
    /payouts\.account_changed/.test((await page(staff, 'GET', `/admin/audit?object=${who.user.userId}`)).text));
  expect(await new Client(server, { token: old(who) }).put('/seller/payout-account', US), 403, 'step_up_required');
});

test('who may not', async () => {
  const key = newKey();
  expect(await send(seller, seller, '1.00', key), 403, 'forbidden');
  expect(await send(await worker('support'), seller, '1.00', key), 403, 'forbidden');
  expect(await (await newUser(server)).put('/seller/payout-account', US), 403, 'forbidden');
  const stale = new Client(server, { token: old(staff) });
  expect(await send(stale, seller, '1.00', key), 403, 'step_up_required');
  assert.equal(expect(await seller.get('/seller/payouts'), 200).payouts.length, 0);
});

test('a payout leaves what is owed at once, and is paid or failed once', async () => {
  const before = await owed(seller), provider = await side('provider'), key = newKey();
  const made = expect(await send(staff, seller, '10.00', key), 201);
  assert.equal(made.state, 'pending');
  assert.equal(expect(await send(staff, seller, '10.00', key), 201).payoutId, made.payoutId);
  expect(await send(staff, seller, '11.00', key), 422, 'idempotency_key_reused');
  assert.equal(cents(await owed(seller)), cents(before) - 1000);
  assert.equal(cents(await side('payout')), 1000);
  const { account, payout } = expect(await staff.get(`/admin/payouts/${made.payoutId}`), 200);
  assert.deepEqual([account.iban, payout.payoutId], [IBAN.replaceAll(' ', ''), made.payoutId]);
  const path = `/admin/payouts/${made.payoutId}`;
  const many = await Promise.all(Array.from({ length: 6 }, () => staff.post(`${path}/paid`, { note: 'REF 7' })));
  for (const reply of many) assert.equal(expect(reply, 200).state, 'paid');
  expect(await staff.post(`${path}/failed`, { note: 'no' }), 409, 'payout_over');
  assert.equal(cents(await side('payout')), 0);
  assert.equal(cents(await side('provider')), cents(provider) - 1000);
  const other = expect(await send(staff, seller, '5.00'), 201);
  expect(await staff.post(`/admin/payouts/${other.payoutId}/failed`, {}), 400);
  assert.equal(expect(await staff.post(`/admin/payouts/${other.payoutId}/failed`, { note: 'closed' }), 200).note, 'closed');
  assert.equal(cents(await owed(seller)), cents(before) - 1000);
  assert.equal(cents(await side('payout')), 0);
  await until('both mails', () => ['was paid', 'came back'].every((said) =>
    letters(server, seller.user.email).some((m) => m.text.includes(said))));
  assert.equal(letters(server, seller.user.email, /was paid/).length, 1);
  expect(await staff.get(`/admin/payouts/${randomUUID()}`), 404);
  expect(await staff.post(`/admin/payouts/${randomUUID()}/paid`, {}), 404);
  assert.deepEqual(expect(await seller.get('/seller/payouts'), 200).payouts.map((p) => p.state), ['failed', 'paid']);
  assert.ok(expect(await staff.get('/admin/payouts'), 200).payouts.length >= 2);
});

test('no more than is owed, nor without an account, however many ask at once', async () => {
  const who = await worker('customer', 'seller');
  await sell(who, 30);
  expect(await send(staff, who, '1.00'), 409, 'payout_account_missing');
  expect(await who.put('/seller/payout-account', US), 200);
  const all = await owed(who);
  expect(await send(staff, who, (all + 0.01).toFixed(2)), 409, 'insufficient_balance');
  for (const amount of ['0.00', '-1.00', '1.001']) expect(await send(staff, who, amount), 422);
  const share = Math.floor(cents(all) / 4);
  const replies = await Promise.all(Array.from({ length: 12 }, () => send(staff, who, (share / 100).toFixed(2))));
  const won = replies.filter((r) => r.status === 201).length, refused = replies.filter((r) => r.status === 409).length;
  const asked = replies.filter((r) => r.status === 202).length;
  assert.equal(won + refused + asked, 12, replies.map((r) => r.status).join());
  assert.ok(won >= 1 && won <= 4, String(won));
  assert.ok(won * share <= LIMIT * 100, 'one person sent more than the limit');
  assert.equal(cents(await owed(who)), cents(all) - won * share);
});

test('above the limit of a day another person decides, and it is made once', async () => {
  const who = await worker('customer', 'seller');
  await sell(who, 200);
  expect(await who.put('/seller/payout-account', { holder: 'W', iban: IBAN }), 200);
  const before = await owed(who), key = newKey();
  expect(await send(staff, who, '30.00'), 201);
  const asked = expect(await send(staff, who, '30.00', key), 202); /* small, but not within the day */
  assert.equal(asked.state, 'asked');
  assert.equal(expect(await send(staff, who, '30.00', key), 202).approvalId, asked.approvalId);
  assert.equal(cents(await owed(who)), cents(before) - 3000);
  const [first] = expect(await staff.get('/admin/payouts'), 200).payouts;
  expect(await staff.post(`/admin/payouts/${first.payoutId}/failed`, { note: 'closed' }), 200);
  expect(await send(staff, who, '30.00', key), 202); /* though it is not above the limit now */
  assert.equal(cents(await owed(who)), cents(before), 'made alone, while its request waits');
  expect(await send(staff, who, '30.00'), 201);
  const path = `/admin/approvals/${asked.approvalId}/approve`;
  expect(await staff.post(path, { reason: 'me' }), 403, 'own_request');
  const both = await Promise.all([1, 2].map(() => second.post(path, { reason: 'looked at it' })));
  assert.ok(both.some((r) => r.status === 200), both.map((r) => r.status).join());
  assert.equal(cents(await owed(who)), cents(before) - 6000);
  const [newest] = expect(await staff.get('/admin/payouts'), 200).payouts;
  assert.equal(newest.approvalId, asked.approvalId);
  /* approved, but by then there is not enough: nothing is sent, and it can be tried again */
  const large = expect(await send(staff, who, (await owed(who)).toFixed(2)), 202);
  const small = expect(await send(staff, who, '1.00'), 202);
  expect(await second.post(`/admin/approvals/${small.approvalId}/approve`, { reason: 'first' }), 200);
  const left = await owed(who);
  expect(await second.post(`/admin/approvals/${large.approvalId}/approve`, { reason: 'too late' }), 409, 'insufficient_balance');
  const form = await page(second, 'POST', `/admin/approvals/${large.approvalId}`, { decision: 'approve', reason: 'again' });
  assert.match(form.headers.location ?? '', /said=undone/);
  assert.equal(await owed(who), left);
});

test('an account stays until what is on its way has arrived', async () => {
  const who = await worker('customer', 'seller');
  await sell(who, 20);
  expect(await who.put('/seller/payout-account', US), 200);
  const made = expect(await send(staff, who, '2.00'), 201);
  expect(await who.post('/users/me/erasure'), 409, 'open_orders');
  expect(await staff.post(`/admin/payouts/${made.payoutId}/paid`, {}), 200);
  expect(await who.post('/users/me/erasure'), 202);
});

test('a new account waits', async () => {
  const slow = await open({ env: {} });
  try {
    const boss = await admin(slow), sam = await signIn(slow, 'seller@demo.souk');
    const { product } = await onSale(slow);
    const made = expect(await sam.post('/products', { title: 'A slow thing', description: 'Good.',
      category: product.categoryPath, brand: 'Acme', price: 20, variants: [{ attributes: {}, price: 20, stock: 5 }] }), 201);
    expect(await boss.put(`/admin/products/${made.productId}/status`, { status: 'published' }), 200);
    const shown = await until('on sale', async () => {
      const reply = await sam.get(`/products/${made.productId}`);
      return reply.status === 200 && reply.json;
    });
    expect(await place(await newUser(slow), [line({ productId: made.productId, variantId: shown.variants[0].variantId })]), 201);
    await until('owed', async () => expect(await sam.get('/seller/payouts'), 200).balance > 1);
    expect(await sam.put('/seller/payout-account', US), 200);
    expect(await send(boss, sam, '1.00'), 409, 'payout_account_new');
    assert.equal(expect(await sam.get('/seller/payouts'), 200).payouts.length, 0);
  } finally {
    await slow.close();
  }
});

test('the pages: a seller gives an account, staff send and say how it went', async () => {
  const who = await worker('customer', 'seller');
  await sell(who, 20);
  assert.match((await page(who, 'GET', '/account')).text, /href="\/account\/payouts"/);
  assert.doesNotMatch((await page(await newUser(server), 'GET', '/account')).text, /account\/payouts/);
  assert.match((await page(who, 'GET', '/account/payouts')).text, /no bank account yet/);
  const wrong = await page(who, 'POST', '/account/payouts', { holder: '<b>W', iban: 'GB82' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /&lt;b&gt;W/);
  assert.match((await page(who, 'POST', '/account/payouts', { holder: 'Wim <b>', iban: IBAN })).headers.location, /said=saved/);
  assert.match((await page(who, 'GET', '/account/payouts')).text, /Wim &lt;b&gt;[^]*•••• 5432/);
  const found = await page(staff, 'GET', `/admin/payouts?q=${encodeURIComponent(who.user.email)}`);
  const [, action] = /action="(\/admin\/sellers\/[^"]+)"/.exec(found.text);
  const [, key] = /name="key" value="([^"]+)"/.exec(found.text);
  const form = { amount: '3.00', reason: 'monthly', key };
  for (const body of [form, form]) assert.match((await page(staff, 'POST', action, body)).headers.location, /said=made/);
  assert.match((await page(staff, 'POST', action, { ...form, amount: 'much', key: newKey() })).headers.location, /said=wrong/);
  assert.match((await page(staff, 'POST', action, { ...form, amount: '9000', key: newKey() })).headers.location, /said=low/);
  const list = await page(staff, 'GET', `/admin/payouts?q=${who.user.userId}`);
  assert.match(list.text, /GB82WEST12345698765432/);
  const [, end] = /action="(\/admin\/payouts\/[^"]+)"/.exec(list.text);
  assert.match((await page(staff, 'POST', end, { decision: 'failed', note: '' })).headers.location, /said=wrong/);
  assert.match((await page(staff, 'POST', end, { decision: 'paid', note: 'REF' })).headers.location, /said=paid/);
  assert.match((await page(who, 'GET', '/account/payouts')).text, /\$3\.00<\/b> has arrived/);
  assert.doesNotMatch((await page(staff, 'GET', `/admin/payouts?q=${who.user.userId}`)).text, /GB82WEST/);
  assert.equal((await page(who, 'GET', '/admin/payouts')).status, 403);
});
