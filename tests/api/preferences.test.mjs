/* SPDX-License-Identifier: Apache-2.0
 * What somebody likes: the look of pages, which a cookie brings to each of them, also to those that
 * are kept for everybody; and the delivery speed that the checkout proposes. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Visitor } from './browser.mjs';
import { exchange, expect } from './client.mjs';
import { ADDRESS, guest, line, newEmail, newUser, onSale, PASSWORD, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

const PATH = '/users/me/preferences';
let server, fast;
before(async () => {
  server = await open({ demo: 120, env: { SOUK_PROXIES: '127.0.0.1' } });
  for (let skip = 0; !fast; skip++) {
    const one = await onSale(server, { skip });
    if (one.product.primeEligible) fast = one;
  }
});
after(() => server?.close());

const look = (html) => html.match(/<meta name="color-scheme" content="([^"]+)"/)?.[1];
const page = async (path, cookie, headers = {}) => look((await exchange(server.origin, 'GET', path,
  { Accept: 'text/html', ...(cookie && { Cookie: cookie }), ...headers })).text);
/* A browser of a new person, signed in. */
const visitor = async (client) => {
  const email = newEmail(), v = new Visitor(server);
  const user = await newUser(server, { email });
  await v.go('/signin');
  await v.submit('/signin', { email, password: PASSWORD });
  return { v, email, user };
};
const like = async (v, values) => {
  await v.go('/account/preferences');
  await v.submit('/account/preferences', values);
};

test('defaults, and what is not said stays', async () => {
  const user = await newUser(server), other = await newUser(server);
  const of = async (who) => expect(await who.get(PATH), 200);
  const usual = { appearance: 'system', deliverySpeed: 'standard' };
  assert.deepEqual(await of(user), usual);
  assert.deepEqual(expect(await user.patch(PATH, {}), 200), usual);
  assert.deepEqual(expect(await user.patch(PATH, { appearance: 'dark' }), 200), { ...usual, appearance: 'dark' });
  const both = { appearance: 'dark', deliverySpeed: 'prime_2day' };
  assert.deepEqual(expect(await user.patch(PATH, { deliverySpeed: 'prime_2day' }), 200), both);
  assert.deepEqual(await of(user), both);
  assert.deepEqual(await of(other), usual, "another's");
  expect(await other.patch(PATH, { appearance: 'light' }), 200);
  assert.deepEqual(await of(user), both);
  assert.deepEqual(expect(await user.patch(PATH, usual), 200), usual);
});

test('what is none of the allowed values is refused, and nothing changes', async () => {
  const user = await newUser(server);
  expect(await user.patch(PATH, { appearance: 'dark' }), 200);
  for (const [body, pointer] of [[{ appearance: 'darker' }, '/appearance'], [{ appearance: '' }, '/appearance'],
    [{ appearance: 'light', deliverySpeed: 'teleport' }, '/deliverySpeed']])
    assert.equal(expect(await user.patch(PATH, body), 422).errors[0].pointer, pointer);
  for (const body of [{ appearance: 1 }, { colour: 'red' }, [], 'dark'])
    assert.ok([400, 422].includes((await user.patch(PATH, body)).status), JSON.stringify(body));
  assert.deepEqual(expect(await user.get(PATH), 200), { appearance: 'dark', deliverySpeed: 'standard' });
  expect(await guest(server).get(PATH), 401);
  expect(await guest(server).patch(PATH, { appearance: 'dark' }), 401);
});

test('a key may read them and not change them', async () => {
  const user = await newUser(server);
  const { secret } = expect(await user.post('/users/me/keys', { name: 'x', scopes: ['account.read', 'account.write'] }), 201);
  const program = guest(server);
  program.token = secret;
  expect(await program.get(PATH), 200);
  expect(await program.patch(PATH, { appearance: 'dark' }), 403, 'in_person_only');
});

test('the page sets the look of the next page, until the browser is left', async () => {
  const { v, email } = await visitor();
  assert.equal(look(v.html), 'light dark');
  assert.ok(!v.jar.has('souk_look'));
  await v.go('/account');
  v.has('href="/account/preferences"');
  await like(v, { appearance: 'dark' });
  v.has('>Saved<');
  v.has('<option value="dark" selected>');
  v.has('href="/account/privacy"');
  assert.equal(look(v.html), 'dark');
  assert.equal(v.jar.get('souk_look'), 'dark');
  for (const path of ['/', '/search', '/account', '/cart', '/no-such-page', '/account/preferences']) {
    await v.go(path);
    assert.equal(look(v.html), 'dark', path);
  }
  await like(v, { appearance: 'light' });
  await v.go('/');
  assert.equal(look(v.html), 'light');
  await v.go('/account');
  await v.submit('/signout');
  assert.ok(!v.jar.has('souk_look'));
  assert.equal(look(v.html), 'light dark');
  await v.go('/signin');
  await v.submit('/signin', { email, password: PASSWORD });
  assert.equal(look(v.html), 'light', 'at each sign-in');
  await like(v, { appearance: 'system' });
  assert.ok(!v.jar.has('souk_look'));
  assert.equal(look(v.html), 'light dark');
});

test('the look comes with a renewed session, and goes with one that has ended', async () => {
  const { v, user } = await visitor();
  expect(await user.patch(PATH, { appearance: 'dark' }), 200); /* elsewhere */
  v.jar.delete('souk_at');
  await v.go('/account');
  assert.equal(look(v.html), 'dark');
  expect(await user.delete('/users/me/sessions'), 204);
  for (const { sessionId } of expect(await user.get('/users/me/sessions'), 200).sessions)
    await user.delete(`/users/me/sessions/${sessionId}`);
  v.jar.delete('souk_at');
  await v.go('/');
  assert.ok(!v.jar.has('souk_look'));
  assert.equal(look(v.html), 'light dark');
});

test('who signs in where somebody else was does not get their look', async () => {
  const { v } = await visitor();
  await like(v, { appearance: 'dark' });
  const email = newEmail();
  await newUser(server, { email });
  for (const name of ['souk_at', 'souk_rt']) v.jar.delete(name); /* never signed out */
  await v.go('/signin');
  assert.equal(look(v.html), 'dark');
  await v.submit('/signin', { email, password: PASSWORD });
  assert.equal(look(v.html), 'light dark');
});

test('a page that is kept for everybody is in nobody\'s look, whoever asked first', async () => {
  for (const [first, cookie] of [['dark', 'souk_look=dark'], ['light', 'souk_look=light']]) {
    const path = `/search?q=kept-${first}`;
    assert.equal(await page(path, cookie), first);
    assert.equal(await page(path), 'light dark', 'the look of who asked first');
    assert.equal(await page(path, cookie), first);
    const kept = await exchange(server.origin, 'GET', path, { Accept: 'text/html' });
    assert.ok(kept.headers.etag);
    const own = await exchange(server.origin, 'GET', path,
      { Accept: 'text/html', Cookie: cookie, 'If-None-Match': kept.headers.etag });
    assert.equal(own.status, 200, 'what a browser kept from before is not theirs');
    assert.equal(own.headers['cache-control'], 'private, no-store');
    assert.equal(own.text.match(/<title>[^<]*/)[0], kept.text.match(/<title>[^<]*/)[0]);
    assert.equal(own.text.length, own.text.trim().length + 1);
    assert.equal(own.text.match(/<main[^]*<\/main>/)[0], kept.text.match(/<main[^]*<\/main>/)[0]);
  }
  assert.equal(await page('/search?q=kept-dark', 'souk_look=dark; souk_n=2'), 'dark');
});

test('a cookie that says nothing sensible is as none', async () => {
  for (const value of ['', 'DARK', 'dark%20', 'darker', '"dark"', 'x'.repeat(3000)])
    for (const path of ['/', '/signin', '/nothing-here'])
      assert.equal(await page(path, `souk_look=${value}`), 'light dark', `${value} ${path}`);
});

test('over TLS only the cookie of this very host counts', async () => {
  const tls = { 'X-Forwarded-Proto': 'https' };
  assert.equal(await page('/signin', '__Host-souk_look=dark', tls), 'dark');
  assert.equal(await page('/signin', 'souk_look=dark', tls), 'light dark');
  const { v } = await visitor();
  const reply = await exchange(server.origin, 'POST', '/account/preferences', { ...tls,
    'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded',
    Cookie: `__Host-souk_at=${v.jar.get('souk_at')}` }, 'appearance=dark');
  assert.equal(reply.status, 303);
  assert.match(reply.headers['set-cookie'].find((c) => c.startsWith('__Host-souk_look=dark;')), /HttpOnly.*Secure/);
});

test('the back office has the look as well', async () => {
  const staff = await signIn(server, 'admin@demo.souk');
  for (const [cookie, want] of [['; souk_look=dark', 'dark'], ['', 'light dark']])
    assert.equal(await page('/admin', `souk_at=${staff.token}${cookie}`), want);
});

test('a field that is wrong is told at the field', async () => {
  const { v, user } = await visitor();
  await like(v, { appearance: 'darker', deliverySpeed: 'prime_2day' });
  assert.equal(v.reply.status, 422);
  v.has(/id="f-appearance"[^>]* aria-invalid="true"/);
  v.has('Choose one of these');
  v.has('<option value="prime_2day" selected>');
  await v.submit('/account/preferences', { appearance: 'light', deliverySpeed: 'teleport' });
  assert.equal(v.reply.status, 422);
  v.has(/id="f-deliverySpeed"[^>]* aria-invalid="true"/);
  assert.deepEqual(expect(await user.get(PATH), 200), { appearance: 'system', deliverySpeed: 'standard' });
});

/* ---- what the checkout proposes ---- */

const chosen = (v) => v.form('/checkout').fields.deliverySpeed;
const cents = (html, label) => {
  const [, shown] = html.match(new RegExp(`<dt>${label}</dt><dd>([^<]+)<`)) ?? assert.fail(`no ${label}`);
  return shown === 'Free' ? 0 : Math.round(Number(shown.replace(/[^\d.]/g, '')) * 100);
};
const costs = (html, speed) => {
  const [, shown] = html.match(new RegExp(`value="${speed}"[^>]*>.*?<span class="cost">([^<]+)<`));
  return shown === 'Free' ? 0 : Math.round(Number(shown.replace(/[^\d.]/g, '')) * 100);
};

test('the checkout proposes the speed that somebody likes, and its sum is of that speed', async () => {
  const { v, user } = await visitor();
  expect(await user.post('/users/me/addresses', ADDRESS), 201);
  expect(await user.post('/cart/items', line(fast)), 201);
  await v.go('/checkout');
  assert.equal(chosen(v), 'standard');
  await like(v, { deliverySpeed: 'prime_next_day' });
  await v.go('/checkout');
  assert.equal(chosen(v), 'prime_next_day');
  assert.notEqual(costs(v.html, 'prime_next_day'), costs(v.html, 'standard'));
  assert.equal(cents(v.html, 'Delivery'), costs(v.html, 'prime_next_day'));
  const { fields } = v.form('/checkout');
  /* what the form says counts */
  const ask = (values) => v.go('/checkout/address', { method: 'POST',
    body: new URLSearchParams({ ...fields, ...values }).toString() });
  await ask({ deliverySpeed: 'standard' });
  assert.equal(chosen(v), 'standard');
  assert.equal(cents(v.html, 'Delivery'), costs(v.html, 'standard'));
  /* what it does not say is proposed again */
  const { deliverySpeed, ...silent } = fields;
  assert.ok(deliverySpeed);
  await v.go('/checkout/address', { method: 'POST', body: new URLSearchParams(silent).toString() });
  assert.equal(chosen(v), 'prime_next_day');
  /* abroad there is but one */
  await ask({ addressId: '', name: 'A B', line1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' });
  assert.equal(chosen(v), 'standard');
  assert.equal(cents(v.html, 'Delivery'), costs(v.html, 'standard'));
  await v.go('/checkout');
  const total = v.form('/checkout').fields.seen;
  await v.submit('/checkout', { payment: 'pm_card_visa' });
  assert.match(v.path, /thanks$/, v.html.slice(0, 2000));
  const order = expect(await user.get(v.path.replace('/thanks', '')), 200);
  assert.deepEqual([order.deliverySpeed, Number(order.total.amount ?? order.total)], ['prime_next_day', Number(total)]);
});

test('somebody else, and a guest, are proposed the usual speed', async () => {
  const { user } = await visitor(), { v, user: other } = await visitor();
  expect(await user.patch(PATH, { deliverySpeed: 'prime_2day' }), 200);
  expect(await other.post('/cart/items', line(fast)), 201);
  await v.go('/checkout');
  assert.equal(chosen(v), 'standard');
  const stranger = new Visitor(server);
  await stranger.go(`/p/${fast.productId}?v=${fast.variantId}`);
  await stranger.submit('/cart/items', { then: 'checkout' });
  assert.equal(chosen(stranger), 'standard');
});
