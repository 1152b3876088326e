/* SPDX-License-Identifier: Apache-2.0
 * Gift cards as staff give them: the list of the API, and the page of the back office by forms
 * alone. A code is in one answer, and in no other. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { admin, newKey, newProved, newUser, PASSWORD, signIn } from './fixtures.mjs';
import { formsOf, Visitor } from './browser.mjs';
import { ENGINE, Server, open } from './server.mjs';

const HERE = '/admin/gift-cards';
const LIMIT = 40; /* above it nobody gives alone, within a day */
let server, staff;
before(async () => {
  server = await open({ env: { SOUK_APPROVAL_ABOVE: String(LIMIT * 100) } });
  staff = await admin(server);
});
after(() => server.close());

const worker = async (...roles) => {
  const user = await newProved(server, { name: 'Wim Worker' });
  expect(await staff.put(`/admin/users/${user.user.userId}/roles`, { roles, reason: 'for the test' }), 200);
  return signIn(server, user.user.email, PASSWORD);
};
const visitorOf = async (client) => {
  const v = new Visitor(server);
  v.jar.set('souk_at', client.token);
  await v.go(HERE);
  return v;
};
/* The other form to the same path searches. */
const fieldsOf = (v) => formsOf(v.html).find((f) => f.action === HERE && f.method === 'POST').fields;
const send = (v, fields) => v.go(HERE, { method: 'POST', body: new URLSearchParams(fields).toString() });
const give = (v, values) => send(v, { ...fieldsOf(v), ...values });
const codeIn = (html) => html.match(/<dt>Code<\/dt><dd>([0-9A-Z-]+)<\/dd>/)?.[1];
const listed = async (client, query = '') => expect(await client.get(HERE + query), 200).giftCards;

test('the list: the newest first, what is left, and no code', async () => {
  const who = await worker('finance'), user = await newUser(server);
  const old = expect(await who.post(HERE, { amount: 1 }, { key: newKey() }), 201);
  const body = { amount: 2.5, recipient: 'Ada <b>', reason: 'a lost parcel', expiresAt: '2099-01-01T00:00:00Z' };
  const key = newKey();
  const made = expect(await who.post(HERE, body, { key }), 201);
  expect(await who.post(HERE, { ...body, reason: 'another' }, { key }), 422, 'idempotency_key_reused');
  expect(await user.post('/gift-cards/redeem', { code: made.code }, { key: newKey() }), 200);
  const [first, second] = await listed(who);
  assert.deepEqual([first.giftCardId, second.giftCardId], [made.giftCardId, old.giftCardId]);
  assert.deepEqual([first.ending, first.amount, first.left, first.recipient, first.reason, first.issuedBy],
    [made.code.slice(-4), 2.5, 0, 'Ada <b>', 'a lost parcel', who.user.userId]);
  assert.match(first.expiresAt, /^2099-01-01/);
  assert.deepEqual([second.left, second.recipient, second.expiresAt], [1, undefined, undefined]);
  assert.ok(!JSON.stringify(await listed(who)).includes(made.code.slice(0, 9)));
  assert.deepEqual((await listed(who, `?ending=${made.code.slice(-4).toLowerCase()}`)).map((c) => c.giftCardId), [made.giftCardId]);
  assert.deepEqual((await listed(who, `?before=${made.giftCardId}`))[0].giftCardId, old.giftCardId);
  expect(await who.get(`${HERE}?ending=${made.code}`), 422);
  assert.deepEqual(await listed(who, '?ending=!!!!'), []);
  for (const more of [{ recipient: 'x'.repeat(201) }, { reason: 'x'.repeat(201) }])
    assert.ok([400, 422].includes((await who.post(HERE, { amount: 1, ...more }, { key: newKey() })).status));
  expect(await new Client(server).get(HERE), 401);
  expect(await user.get(HERE), 403, 'forbidden');
  expect(await (await worker('support')).get(HERE), 403, 'forbidden');
});

/* PostgreSQL reads a small table whole, whatever its indexes. */
test('a card is found by its ending without a look at all of them', { skip: ENGINE === 'pg' }, () => {
  const idle = new Server({ log: 'gifts-idle' });
  try {
    assert.match(idle.command('sql', 'payments.gift_cards_ending'),
      /SEARCH payments_gift_card USING INDEX payments_gift_card_hint \(hint=\? AND card_id<\?\)/);
  } finally {
    idle.abandon();
  }
});

test('the page: a card is given, its code is shown once and pays', async () => {
  const who = await worker('finance'), v = await visitorOf(who);
  await give(v, { amount: '12.50', recipient: 'Bo <i>Buyer', reason: 'late <b>', expiresAt: '2099-12-31' });
  assert.equal(v.reply.status, 200);
  v.has('The card is made');
  const code = codeIn(v.html), end = code.slice(-4);
  assert.match(code, /^[0-9A-Z-]{30,}$/);
  v.has('31 December 2099');
  v.has('Bo &lt;i&gt;Buyer');
  v.has('late &lt;b&gt;');
  assert.equal(v.reply.headers['cache-control'], 'private, no-store');
  for (const path of [HERE, `${HERE}?q=${end}`, `${HERE}?q=%20${end.toLowerCase()}%20`]) {
    await v.go(path);
    v.has(`…${end}`);
    v.has('Wim Worker');
    assert.ok(!v.html.includes(code), `${path} shows the code`);
  }
  for (const wrong of [code, code.replaceAll('-', ''), code.slice(-9), end.slice(1)]) {
    await v.go(`${HERE}?q=${wrong}`);
    assert.equal(v.reply.status, 422, wrong);
    v.has('Type the last four characters of the code');
    v.has('<input id="f-find" type="search" name="q" value=""');
    v.has('Given lately');
    assert.ok(!v.html.includes(wrong === end.slice(1) ? `"${wrong}"` : wrong), `${wrong} is repeated`);
  }
  v.has(/name="q"[^>]* maxlength="4" pattern="\[0-9A-Za-z\]\{4\}"/);
  await v.go(`${HERE}?q=${end === '0000' ? '1111' : '0000'}`);
  v.has(/No card(&#39;|’|')s code ends like this/);
  const wallet = expect(await (await newUser(server)).post('/gift-cards/redeem', { code }, { key: newKey() }), 200);
  assert.equal(wallet.balance, 12.5);
  await v.go(HERE);
  assert.match(v.html, /\$12\.50.*\$0\.00/s);
});

test('the form sent twice gives one card, and what is wrong is said at its field', async () => {
  const who = await worker('finance'), v = await visitorOf(who);
  const form = { ...fieldsOf(v), amount: '3', reason: 'twice' };
  await send(v, form);
  assert.ok(codeIn(v.html));
  await send(v, form);
  v.has('This was sent before');
  assert.equal(codeIn(v.html), undefined);
  assert.equal((await listed(who)).filter((c) => c.reason === 'twice').length, 1);
  await send(v, { ...form, amount: '4' });
  assert.equal(v.reply.status, 422);
  v.has('Nothing was given');
  for (const [values, said] of [[{ amount: '0' }, /0\.01 to 10,000/], [{ amount: 'much' }, /0\.01 to 10,000/],
    [{ reason: ' ' }, /A reason is needed/], [{ reason: 'x'.repeat(201) }, /At most 200/],
    [{ recipient: 'x'.repeat(201) }, /At most 200/], [{ expiresAt: 'soon' }, /A day, as 2027-12-31/],
    [{ expiresAt: '2020-01-01' }, /In the past/]]) {
    await v.go(HERE);
    await give(v, { amount: '1', reason: 'wrong', ...values });
    assert.equal(v.reply.status, 422, JSON.stringify(values));
    v.has(said);
    v.has(/aria-invalid="true"/);
    v.has(/<details class="fold" open>/);
  }
  assert.equal((await listed(who)).some((c) => c.reason === 'wrong'), false);
});

test('the limits and proofs of the API hold for the page', async () => {
  const who = await worker('finance'), v = await visitorOf(who);
  v.has(/Nobody gives more than \$40\.00 within a day alone/);
  for (const [amount, status] of [['30', 200], ['10.01', 422], ['10', 200], ['0.01', 422]]) {
    await v.go(HERE);
    await give(v, { amount, reason: 'limits' });
    assert.equal(v.reply.status, status, amount);
    if (status === 422) {
      v.has('Nobody gives away so much alone');
      assert.equal(fieldsOf(v).amount, amount);
    }
  }
  const old = server.signed(who.token, { auth_time: Math.floor(Date.now() / 1000) - 1000 });
  const stale = await visitorOf({ token: old });
  const fields = fieldsOf(stale);
  await send(stale, { ...fields, amount: '1', reason: 'stale' });
  assert.equal(codeIn(stale.html), undefined);
  assert.equal((await listed(who)).some((c) => c.reason === 'stale'), false);
  const support = await visitorOf(await worker('support'));
  assert.equal(support.reply.status, 403);
  await send(support, { ...fields, amount: '1', reason: 'no' });
  assert.equal(support.reply.status, 403);
});
