/* SPDX-License-Identifier: Apache-2.0
 * The pages for somebody without JavaScript: all of them open, a whole purchase, every mistake. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { exchange, expect } from './client.mjs';
import { admin, guest, newEmail, newUser, onSale, PASSWORD, setStock } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { open } from './server.mjs';

let server, one, category;
before(async () => {
  server = await open();
  one = await onSale(server);
  category = one.product.categoryPath;
});
after(() => server.close());

const HOME = { name: 'Pia Page', line1: '1 Form Street', city: 'Springfield', region: 'IL',
  postalCode: '62701', country: 'US' };

/* The address first, as the tax comes with it: then the order. */
const buy = async (v, values) => {
  await v.go('/checkout/address', { method: 'POST',
    body: new URLSearchParams({ ...v.form('/checkout').fields, ...values }).toString() });
  return v.submit('/checkout', values);
};

test('every page opens for a stranger, or asks to sign in', async () => {
  const open_ = ['/', '/search', '/search?q=a', `/c/${category}`, `/p/${one.productId}`,
    `/p/${one.productId}/a-slug?v=${one.variantId}`, '/cart', '/signin', '/register', '/favicon.ico'];
  for (const path of open_) {
    const reply = await exchange(server.origin, 'GET', path, { Accept: 'text/html' });
    assert.equal(reply.status, 200, `${path}: ${reply.status}`);
  }
  for (const path of ['/account', '/orders']) {
    const reply = await exchange(server.origin, 'GET', path, { Accept: 'text/html' });
    assert.equal(reply.status, 303, path);
    assert.equal(reply.headers.location, `/signin?next=${encodeURIComponent(path)}`);
  }
  for (const path of ['/c/no/such', '/p/01890000-0000-7000-8000-000000000000', '/p/x', '/none',
    '/orders/01890000-0000-7000-8000-000000000000', '/orders/01890000-0000-7000-8000-000000000000/thanks'])
    assert.equal((await exchange(server.origin, 'GET', path, { Accept: 'text/html' })).status, 404, path);
});

test('every link of the main pages leads somewhere', async () => {
  const seen = new Set();
  for (const path of ['/', '/search?q=a', `/c/${category}`, `/p/${one.productId}`, '/cart', '/signin']) {
    const { text } = await exchange(server.origin, 'GET', path);
    for (const [, href] of text.matchAll(/(?:href|src)="(\/[^"#]*)/g)) seen.add(href.replace(/&amp;/g, '&'));
  }
  assert.ok(seen.size > 40, String(seen.size));
  for (const href of seen) {
    const { status } = await exchange(server.origin, 'GET', href, { Accept: 'text/html' });
    assert.ok([200, 303].includes(status), `${href}: ${status}`);
  }
});

test('a page is whole: title, language, one h1, labels, no style or script in it', async () => {
  for (const path of ['/', '/search?q=a', `/p/${one.productId}`, '/cart', '/signin', '/register', '/none']) {
    const { text } = await exchange(server.origin, 'GET', path, { Accept: 'text/html' });
    assert.match(text, /^<!doctype html>/);
    assert.match(text, /<html lang="en">/);
    assert.match(text, /<title>[^<]+ – Souk<\/title>|<title>Souk<\/title>/);
    assert.equal(text.match(/<h1/g)?.length, 1, path);
    assert.doesNotMatch(text, / style="| on\w+="|<style/, path);
    assert.doesNotMatch(text, /\{\{[#^/>\w]/, path);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    assert.equal(new Set(ids).size, ids.length, `${path}: an id twice`);
  }
});

/* VISUAL.md: 30 KB of HTML before compression, with all facets and 24 cards. */
test('no list of a shop of 2,000 products is heavier than 30 KB', async () => {
  const shop = await open({ demo: 2000, log: 'pages-heavy' });
  try {
    const size = async (path) => {
      const { status, text } = await exchange(shop.origin, 'GET', path, { Accept: 'text/html' });
      assert.equal(status, 200, path);
      assert.ok(Buffer.byteLength(text) <= 30 * 1024, `${path}: ${Buffer.byteLength(text)} bytes`);
      return text;
    };
    const home = await size('/');
    const departments = new Set([...home.matchAll(/href="(\/c\/[^"]+)/g)].map((m) => m[1]));
    assert.ok(departments.size > 10);
    for (const path of ['/search', '/search?page=25', ...departments]) {
      const text = await size(path);
      assert.match(text, /<svg class="stars" aria-hidden="true">/);
      const brands = [...text.matchAll(/name="brand" value="([^"]+)"/g)].slice(0, 4)
        .map((m) => `brand=${encodeURIComponent(m[1])}`).join('&');
      await size(`${path}${path.includes('?') ? '&' : '?'}${brands}&prime=true&stock=true`.replace('page=25&', ''));
    }
  } finally {
    await shop.close();
  }
});

test('all styles are 20 KB at most, all scripts 15 KB', async () => {
  const { text } = await exchange(server.origin, 'GET', '/');
  for (const [pattern, kb] of [[/\/assets\/[^"]+\.css/, 20], [/\/assets\/[^"]+\.js/, 15]]) {
    const asset = await exchange(server.origin, 'GET', text.match(pattern)[0], { 'Accept-Encoding': 'identity' });
    assert.ok(Buffer.byteLength(asset.text) <= kb * 1024, `${pattern}: ${Buffer.byteLength(asset.text)}`);
  }
});

test('"from" stands before a price only when the variants differ in it', async () => {
  const { text } = await exchange(server.origin, 'GET', '/search', { Accept: 'text/html' });
  const cards = text.match(/<li class="card.*?<\/li>/gs);
  let from = 0, plain = 0;
  for (const card of cards) {
    const [, productId] = card.match(/href="\/p\/([0-9a-f-]+)/);
    const { variants } = expect(await guest(server).get(`/products/${productId}`), 200);
    const prices = new Set(variants.map((v) => v.price));
    assert.equal(card.includes('<small>from'), prices.size > 1, `${productId}: ${[...prices]}`);
    if (prices.size > 1) from++;
    else if (variants.length > 1) plain++;
  }
  assert.ok(from && plain, `${from} with, ${plain} without, though they have variants`);
});

test('a guest buys by forms alone', async () => {
  const v = new Visitor(server);
  await v.go('/');
  await v.submit('/search', { q: one.product.title });
  v.has(one.productId);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { quantity: '2' });
  assert.equal(v.path, '/cart');
  v.has(/2 items/);
  await v.submit(/^\/cart\/items\//, { quantity: '3' });
  v.has(/3 items/);
  await v.go('/checkout');
  assert.equal(v.reply.status, 200);
  await buy(v, { email: 'pia@example.com', ...HOME, payment: 'pm_card_visa' });
  assert.match(v.path, /^\/orders\/[0-9a-f-]+\/thanks$/, v.html.slice(0, 3000));
  v.has(/\d{3}-\d{7}-\d{7}/);
  const order = v.path.replace('/thanks', '');
  await v.go(order);
  assert.equal(v.reply.status, 200);
  v.has(/1 Form Street/);
  await v.go('/cart');
  v.has(/Your cart is empty/);
  await v.go(order);
  await v.submit(`${order}/cancel`);
  v.has(/cancelled/i);
  const stranger = new Visitor(server);
  assert.equal((await stranger.go(order)).status, 404);
  assert.equal((await stranger.go(`${order}/thanks`)).status, 404);
  assert.equal((await stranger.go(`${order}/cancel`, { method: 'POST', body: '' })).status, 404);
});

test('a guest asks for the return of what was delivered, and is told how far it is', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items');
  await v.go('/checkout');
  await buy(v, { email: 'rex@example.com', ...HOME, payment: 'pm_card_visa' });
  const order = v.path.replace('/thanks', '');
  const staff = await admin(server);
  for (const status of ['processing', 'shipped', 'delivered'])
    expect(await staff.post(`/admin${order}/status`, { status }), 200);
  await v.go(order);
  const { fields } = v.form(`${order}/return`);
  assert.ok(fields.key.length >= 16 && fields.reason === '');
  const stranger = new Visitor(server);
  const body = new URLSearchParams({ ...fields, reason: 'Damaged' }).toString();
  assert.equal((await stranger.go(`${order}/return`, { method: 'POST', body })).status, 404);
  const twice = await Promise.all([0, 1].map(async () => {
    const press = new Visitor(server);
    press.jar = new Map(v.jar);
    await press.go(`${order}/return`, { method: 'POST', body });
    return press.html;
  }));
  for (const html of twice) assert.match(html, /We have your return request/);
  const { history } = expect(await staff.get(order), 200);
  assert.deepEqual(history.filter((h) => h.to === 'return_requested').map((h) => h.reason), ['Damaged']);
  await v.go(order);
  v.has(/You have asked for a return/);
  assert.doesNotMatch(v.html, /Ask for the return/);
  expect(await staff.post(`/admin${order}/return/approve`, {}), 200);
  await v.go(order);
  v.has(/Your return is done/);
  v.has(/the money went to your card/);
});

test('somebody registers, buys, and finds the order in the list', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items');
  await v.go('/register?next=%2Fcheckout');
  const email = newEmail();
  await v.submit('/register', { name: 'Rita Register', email, password: PASSWORD });
  assert.equal(v.path, '/checkout');
  assert.ok(v.jar.has('souk_at') && !v.jar.has('souk_cart'));
  await buy(v, { ...HOME, payment: 'pm_card_visa' });
  assert.match(v.path, /thanks$/);
  await v.go('/orders');
  v.has(/\d{3}-\d{7}-\d{7}/);
  await v.go('/account');
  v.has(/Rita/);
  await v.submit('/account', { name: 'Rita Renamed', phone: '' });
  v.has(/Rita Renamed/);
  await v.submit('/signout');
  assert.ok(!v.jar.has('souk_at') && !v.jar.has('souk_rt'));
  await v.go('/orders');
  assert.match(v.path, /^\/signin/);
  await v.submit('/signin', { email, password: PASSWORD });
  assert.equal(v.path, '/orders');
});

test('a declined card: the reason, and what was typed is still there', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { then: 'checkout' });
  assert.equal(v.path, '/checkout');
  const typed = { email: 'dora@example.com', ...HOME, line2: 'c/o "Quote" & <b>', deliverySpeed: 'standard' };
  await buy(v, { ...typed, payment: 'pm_card_declined' });
  assert.equal(v.reply.status, 402);
  v.has(/declined/i);
  const { fields } = v.form('/checkout');
  for (const [name, value] of Object.entries(typed)) assert.equal(fields[name], value, name);
  assert.doesNotMatch(v.html, /<b>"/);
  await v.submit('/checkout', { payment: 'pm_card_visa' });
  assert.match(v.path, /thanks$/);
});

test('a form sent twice orders once', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { then: 'checkout' });
  await v.go('/checkout/address', { method: 'POST',
    body: new URLSearchParams({ ...v.form('/checkout').fields, ...HOME }).toString() });
  const { fields } = v.form('/checkout');
  const body = new URLSearchParams({ ...fields, email: 'two@example.com', ...HOME,
    payment: 'pm_card_visa' }).toString();
  await v.go('/checkout', { method: 'POST', body });
  const first = v.path;
  assert.match(first, /thanks$/);
  await v.go('/checkout', { method: 'POST', body });
  assert.equal(v.path, first);
});

test('the tax is told before the order, once the address is there', async () => {
  const sums = (html) => Object.fromEntries([...html.matchAll(/<dt>([^<]+)<\/dt><dd>([^<]+)<\/dd>/g)]
    .map(([, name, value]) => [name, value]));
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items');
  const inCart = sums(v.html);
  assert.equal(inCart.Tax, 'from the address');
  v.has(/Tax is computed from the address/);
  await v.go('/checkout');
  const before = sums(v.html);
  assert.equal(before.Tax, 'from the address');
  assert.equal(before['Total before tax'], inCart['Total before tax']);
  assert.equal(before.Total, undefined);
  v.has(/formaction="\/checkout\/address#delivery" formnovalidate/);
  const ask = (values) => v.go('/checkout/address', { method: 'POST',
    body: new URLSearchParams({ ...v.form('/checkout').fields, ...values }).toString() });
  assert.equal((await ask({ ...HOME, postalCode: '' })).status, 422);
  v.has(/Postal code: needed/);
  assert.equal((await ask(HOME)).status, 200);
  const after = sums(v.html);
  assert.match(after.Tax, /^\$\d/);
  assert.ok(after.Total && !after['Total before tax']);
  assert.equal(v.form('/checkout').fields.city, HOME.city);
  await v.submit('/checkout', { email: 'tess@example.com', payment: 'pm_card_visa' });
  assert.match(v.path, /thanks$/);
  assert.equal(sums(v.html).Tax, after.Tax);
  assert.equal(sums(v.html).Total, after.Total);
});

test('a total that was not shown is not charged', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { then: 'checkout' });
  const before = server.payments().length;
  await v.submit('/checkout', { email: 'una@example.com', ...HOME, payment: 'pm_card_visa' });
  assert.equal(v.reply.status, 409);
  v.has(/The sum is complete now/);
  v.has(/<dt>Tax<\/dt><dd>\$\d/);
  assert.equal(server.payments().length, before);
  await v.submit('/checkout');
  assert.match(v.path, /thanks$/);
});

test('a guest whose promotion is used up sees the sum without it, and can order', async () => {
  const { line, place } = await import('./fixtures.mjs');
  const staff = await admin(server);
  const rare = await onSale(server, { skip: 2 });
  const { promotionId } = expect(await staff.post('/admin/promotions', { name: 'Once each',
    kind: 'percentage', percent: 10, productIds: [rare.productId], perCustomer: 1 }), 201);
  const email = newEmail();
  expect(await place(guest(server), [line(rare)], { email }), 201);
  const v = new Visitor(server);
  await v.go(`/p/${rare.productId}?v=${rare.variantId}`);
  await v.submit('/cart/items', { then: 'checkout' });
  await buy(v, { email, ...HOME, payment: 'pm_card_visa' });
  assert.match(v.path, /thanks$/);
  expect(await staff.post(`/admin/promotions/${promotionId}/end`, {}), 200);
});

test('fields that are missing or wrong are told at the field', async () => {
  const v = new Visitor(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit('/cart/items', { then: 'checkout' });
  await v.submit('/checkout', { email: 'nonsense', ...HOME, line1: '', payment: 'pm_card_visa' });
  assert.equal(v.reply.status, 422);
  assert.ok((v.html.match(/aria-invalid="true"/g) ?? []).length >= 2, 'no field is marked');
  assert.equal(v.form('/checkout').fields.city, HOME.city);
  await v.submit('/checkout', { email: 'a@example.com', line1: '1 Main', payment: undefined });
  assert.ok([400, 422].includes(v.reply.status), String(v.reply.status));
  await v.go('/checkout');
  assert.equal(v.reply.status, 200);
});

test('the bank asks, and the buyer says yes or no', async () => {
  for (const [answer, word] of [['approve', /Thank you/], ['deny', /did not go through/]]) {
    const v = new Visitor(server);
    await v.go(`/p/${one.productId}?v=${one.variantId}`);
    await v.submit('/cart/items', { then: 'checkout' });
    await buy(v, { email: 'b@example.com', ...HOME, payment: 'pm_card_3ds' });
    assert.match(v.path, /challenge$/);
    await v.submit(/challenge$/, { answer });
    assert.match(v.path, /thanks$/);
    v.has(word);
  }
});

test('the test cards are called what their payments are called afterwards', async () => {
  const user = await newUser(server);
  const { line, place } = await import('./fixtures.mjs');
  expect(await user.post('/cart/items', line(one)), 201);
  const { text } = await exchange(server.origin, 'GET', '/checkout', { Cookie: `souk_at=${user.token}` });
  const cards = [...text.matchAll(/name="payment" value="(\w+)".*?<b>([^<]+)<\/b>/g)];
  assert.equal(cards.length, 5);
  for (const [, token, label] of cards) {
    await place(user, [line(one)], { token });
    const [{ orderId }] = expect(await user.get(`/users/${user.user.userId}/orders`), 200).orders;
    const [{ brand, last4 }] = expect(await user.get(`/orders/${orderId}`), 200).payments;
    assert.equal(label.toLowerCase(), `${brand} ending in ${last4}`, token);
  }
});

test('an empty cart cannot be checked out; what is gone is told', async () => {
  const v = new Visitor(server);
  await v.go('/checkout');
  assert.equal(v.path, '/cart');
  const staff = await admin(server);
  const rare = await onSale(server, { skip: 3 });
  await v.go(`/p/${rare.productId}?v=${rare.variantId}`);
  await v.submit('/cart/items', { quantity: '5' });
  await setStock(staff, rare, 2);
  await v.go('/checkout');
  assert.equal(v.reply.status, 200);
  const before = v.path;
  if (before === '/checkout') {
    await buy(v, { email: 'c@example.com', ...HOME, payment: 'pm_card_visa' });
    assert.ok([200, 409, 422].includes(v.reply.status), String(v.reply.status));
    assert.doesNotMatch(v.path, /thanks/);
  }
  v.has(/left|stock/i);
});

test('signing in: mistakes, and no way to other sites', async () => {
  const v = new Visitor(server);
  await v.go('/signin');
  await v.submit('/signin', { email: 'nobody@example.com', password: 'wrong wrong' });
  assert.equal(v.reply.status, 401);
  assert.equal(v.form('/signin').fields.email, 'nobody@example.com');
  assert.equal(v.form('/signin').fields.password, '');
  const { user } = await newUser(server);
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)',
    '/\t/evil.example', '/%09/evil.example', '\u0000//evil.example']) {
    const w = new Visitor(server);
    await w.go(`/signin?next=${encodeURIComponent(next)}`);
    if (w.reply.status === 200)
      await w.submit('/signin', { email: user.email, password: PASSWORD, next });
    assert.ok([200, 400, 404, 422].includes(w.reply.status), `${next}: ${w.reply.status}`);
    assert.doesNotMatch(w.path, /^\/[/\\\s]|^[^/]/, `${next} led to ${w.path}`);
  }
});

test('register: what is wrong is told at its field', async () => {
  const v = new Visitor(server);
  await v.go('/register');
  await v.submit('/register', { name: '', email: 'x', password: 'short' });
  assert.equal(v.reply.status, 422);
  assert.equal((v.html.match(/aria-invalid="true"/g) ?? []).length, 3);
  assert.doesNotMatch(v.html, /value="short"/);
});

test('an access token that has run out is renewed on the way', async () => {
  const v = new Visitor(server);
  const { user } = await newUser(server);
  await v.go('/signin');
  await v.submit('/signin', { email: user.email, password: PASSWORD });
  v.jar.delete('souk_at');
  await v.go('/orders?page=1');
  assert.equal(v.path, '/orders?page=1');
  assert.ok(v.jar.has('souk_at'));
  const spoilt = new Visitor(server);
  spoilt.jar.set('souk_rt', 'nonsense');
  await spoilt.go('/');
  assert.equal(spoilt.reply.status, 200);
  assert.ok(!spoilt.jar.has('souk_rt'));
});

test('filters, sorts and pages of the list work as links and forms', async () => {
  const v = new Visitor(server);
  await v.go('/search?sort=price_asc');
  v.has(/<form class="filters"/);
  await v.submit('/search', { q: '', prime: 'true' }).catch(() => {});
  const brand = encodeURIComponent(one.product.brand);
  await v.go(`/search?brand=${brand}&sort=price_desc`);
  assert.equal(v.reply.status, 200);
  v.has(one.product.brand.replace(/&/g, '&amp;'));
  for (const path of ['/search?page=2', '/search?page=49', '/search?sort=none', '/search?page=x',
    `/search?q=${'y'.repeat(150)}`, '/search?q=%3Cscript%3E', `/c/${category}?rating=4&stock=true`]) {
    const { status } = await v.go(path);
    assert.ok([200, 400, 404, 422].includes(status), `${path}: ${status}`);
  }
});

test('an order of the API is in the pages of its buyer only', async () => {
  const user = await newUser(server);
  const { line, place } = await import('./fixtures.mjs');
  const { orderId } = expect(await place(user, [line(one)]), 201);
  const mine = await exchange(server.origin, 'GET', `/orders/${orderId}`, { Cookie: `souk_at=${user.token}` });
  assert.equal(mine.status, 200);
  const other = await newUser(server);
  const theirs = await exchange(server.origin, 'GET', `/orders/${orderId}`, { Cookie: `souk_at=${other.token}` });
  assert.equal(theirs.status, 404);
  assert.equal((await guest(server).get(`/orders/${orderId}`)).status, 404);
});
