/* SPDX-License-Identifier: Apache-2.0
 * The account's page of payment methods, by forms alone: added, the bank asked, made default, paid
 * with, removed; with the sandbox and with Stripe. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { exchange, expect } from './client.mjs';
import { ADDRESS, line, newKey, newUser, onSale, orderBody } from './fixtures.mjs';
import { formsOf, Visitor } from './browser.mjs';
import { ENGINE, open } from './server.mjs';
import { Stripe } from './stripe.mjs';

const HERE = '/account/payment-methods';
let server;
before(async () => {
  server = await open();
});
after(() => server.close());

const visitor = async (shop = server) => {
  const user = await newUser(shop);
  const v = new Visitor(shop);
  v.jar.set('souk_at', user.token);
  await v.go(HERE);
  return { user, v };
};
const cards = (v) => [...v.html.matchAll(/<li><p><b>([^<]+)<\/b><\/p>.*?<\/li>/gs)]
  .map(([li, name]) => [name, li.includes('>Default<')]);
const paths = (v, what) => formsOf(v.html).map((f) => f.action).filter((a) => a.endsWith(what));

test('cards are added, one is the default, one pays, and they are removed', async () => {
  const { user, v } = await visitor();
  v.has('None yet');
  await v.submit(HERE, { token: 'pm_card_visa' });
  v.has('The card is saved');
  assert.deepEqual(cards(v), [['Visa ending in 4242', true]]);
  await v.submit(HERE, { token: 'pm_card_visa' });
  assert.deepEqual(cards(v).map(([, standard]) => standard), [true, false]);
  const [other] = paths(v, '/default');
  await v.submit(other);
  v.has('the default now');
  assert.equal(expect(await user.get('/payment-methods'), 200).paymentMethods[0].methodId, other.split('/')[3]);
  const article = await onSale(server);
  expect(await user.post('/users/me/addresses', ADDRESS), 201);
  expect(await user.post('/cart/items', line(article)), 201);
  await v.go('/checkout');
  v.has('Your card, the default');
  await v.submit('/checkout');
  assert.match(v.path, /\/thanks$/);
  const { payments } = expect(await user.get(`/orders/${v.path.split('/')[2]}`), 200);
  assert.deepEqual([payments[0].status, payments[0].last4], ['captured', '4242']);
  for (let left = 1; left >= 0; left--) {
    await v.go(HERE);
    await v.submit(paths(v, '/remove')[0]);
    v.has('The card is removed');
    assert.equal(cards(v).length, left);
  }
  await v.go(other.replace('default', 'remove'), { method: 'POST', body: '' });
  assert.equal(v.reply.status, 404);
});

test('the form sent twice saves once; a refused card is not saved', async () => {
  const { v } = await visitor();
  const { fields } = v.form(HERE);
  for (let i = 0; i < 2; i++)
    await v.go(HERE, { method: 'POST', body: new URLSearchParams({ ...fields, token: 'pm_card_visa' }).toString() });
  assert.equal(cards(v).length, 1);
  await v.go(HERE, { method: 'POST', body: new URLSearchParams({ ...fields, token: 'pm_card_slow' }).toString() });
  v.has('sent before with another card');
  await v.submit(HERE, { token: 'pm_card_declined' });
  v.has('The bank refused the card');
  assert.equal(cards(v).length, 1);
});

test('the sandbox’s bank asks: yes saves it, no does not', async () => {
  for (const [answer, said, n] of [['deny', 'The bank refused the card', 0], ['approve', 'The card is saved', 1]]) {
    const { v } = await visitor();
    await v.submit(HERE, { token: 'pm_card_3ds' });
    assert.match(v.path, /\/challenge$/);
    const asked = v.path;
    v.has('The bank asks: was it you');
    await v.submit(asked, { answer });
    v.has(said);
    assert.equal(cards(v).length, n);
    await v.go(asked); /* again: it is over */
    assert.ok(v.path.startsWith(HERE + '?'), v.path);
  }
});

test('nobody else’s card can be seen, asked about, made default or removed', async () => {
  const { user, v } = await visitor();
  await v.submit(HERE, { token: 'pm_card_visa' });
  const { paymentMethods: [{ methodId }] } = expect(await user.get('/payment-methods'), 200);
  const { v: other } = await visitor();
  for (const [method, what, body] of [['GET', 'challenge'], ['POST', 'challenge', 'answer=deny'],
    ['POST', 'default', ''], ['POST', 'remove', '']])
    assert.equal((await other.go(`${HERE}/${methodId}/${what}`, { method, body })).status, 404, what);
  await v.go(HERE);
  assert.equal(cards(v).length, 1);
  const stranger = await exchange(server.origin, 'GET', HERE, { Accept: 'text/html' });
  assert.equal(stranger.status, 303);
});

test('with Stripe: a SetupIntent, its bank on its own page, and the way back', async () => {
  const stripe = await new Stripe().open();
  const shop = await open({ env: stripe.env, log: 'cards-stripe' });
  try {
    const { v } = await visitor(shop);
    await v.submit(HERE, { token: 'pm_card_authenticationRequired' });
    const asked = v.path;
    const [, bank] = v.html.match(/href="(http[^"]+\/authenticate\/seti_[^"]+)"/);
    await v.go(asked); /* the bank was not answered yet */
    v.has('Continue at your bank');
    await stripe.control('authenticate', { id: bank.split('/').at(-1), approve: true });
    await v.go(asked); /* where the bank sends the buyer */
    v.has('The card is saved');
    assert.equal(cards(v).length, 1);
    await v.submit(HERE, { token: 'pm_card_authenticationRequired' });
    const denied = v.path;
    const [, other] = v.html.match(/href="(http[^"]+\/authenticate\/seti_[^"]+)"/);
    await stripe.control('authenticate', { id: other.split('/').at(-1), approve: false });
    await v.go(denied);
    v.has('The bank refused the card');
    await v.submit(paths(v, '/remove')[0]);
    assert.equal(cards(v).length, 0);
  } finally {
    stripe.close();
    await shop.close();
  }
});

/* A client that sends one where a token belongs is refused before anything is written. */
test('no number of a card is kept', { skip: ENGINE !== 'sqlite' }, async () => {
  const { user, v } = await visitor();
  const article = await onSale(server);
  for (const number of ['4242424242424242', '4000 0000 0000 3220', '3782-822463-10005']) {
    await v.go(HERE);
    await v.submit(HERE, { token: number });
    v.has('The bank refused the card');
    expect(await user.post('/payment-methods', { token: number }, { key: newKey() }), 422);
    expect(await user.post('/orders', orderBody([line(article)], { token: number }), { key: newKey() }), 422,
      'payment_method_unsupported');
  }
  const found = execFileSync('sh', ['-c',
    `grep -rlaE '4242424242424242|4000 0000 0000 3220|3782-822463-10005' "${server.folder}" || true`],
  { encoding: 'utf8' });
  assert.equal(found.trim(), '');
});
