/* SPDX-License-Identifier: Apache-2.0
 * The back office without JavaScript: who may see which page, forms of other sites, and what staff
 * do there: decisions about fraud, another try of what is stuck. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, PASSWORD, place, setStock, signIn, stockOf, until } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { ENGINE, open } from './server.mjs';

const NOBODY = '01890000-0000-7000-8000-000000000000';
const LIMIT = 2;

let server, staff, article, customer, seller;
before(async () => {
  server = await open({ env: { SOUK_FRAUD_INSIDE: 'check', SOUK_FRAUD_BUYER_HOUR: String(LIMIT) } });
  staff = await admin(server);
  article = await onSale(server);
  customer = await newUser(server);
  seller = await signIn(server, 'seller@demo.souk');
});
after(() => server.close());

/* Somebody in a browser, signed in as a client of the API is. */
const visitorOf = (client) => {
  const v = new Visitor(server);
  v.jar.set('souk_at', client.token);
  return v;
};
const send = (client, method, path, headers = {}, body = undefined) =>
  exchange(server.origin, method, path, { Accept: 'text/html',
    ...(client ? { Cookie: `souk_at=${client.token}` } : {}),
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body) }), ...headers }, body);

/* ---- who may ---- */

/* Every page and form, with what staff get for what is not there. */
const guarded = [
  ['GET', '/admin', 200], ['GET', '/admin/sagas', 200], ['GET', `/admin/sagas/${NOBODY}`, 404],
  ['POST', `/admin/sagas/${NOBODY}/retry`, 404], ['GET', '/admin/fraud', 200],
  ['GET', `/admin/fraud/${NOBODY}`, 404],
  ['POST', `/admin/fraud/${NOBODY}`, 404, 'decision=allow&reason=x'],
  ['GET', '/admin/search', 200], ['GET', '/admin/search/synonyms', 200],
  ['POST', '/admin/search/synonyms', 422, 'term=&replacement='],
  ['POST', `/admin/search/synonyms/${NOBODY}/remove`, 303, ''], ['GET', '/admin/search/rules', 200],
  ['POST', '/admin/search/rules', 303, 'q=x&kind=redirect&target=x'],
  ['POST', `/admin/search/rules/${NOBODY}/remove`, 303, ''], ['GET', '/admin/search/clicks', 200],
  ['GET', '/admin/stock', 200], ['GET', `/admin/stock/${NOBODY}/${NOBODY}`, 404],
  ['POST', `/admin/stock/${NOBODY}/${NOBODY}`, 404, `kind=receipt&quantity=1&reason=x&key=k&warehouseId=${NOBODY}`],
  ['GET', '/admin/moderation', 200], ['POST', `/admin/moderation/${NOBODY}/publish`, 303, ''],
  ['POST', `/admin/moderation/${NOBODY}/reject`, 303, ''],
  ['GET', '/admin/events', 200], ['POST', '/admin/events/replay', 303, 'reason=x&sure=true'],
  ['GET', '/admin/gift-cards', 200], ['POST', '/admin/gift-cards', 422, 'amount=1&reason=&key=k'],
  ['GET', '/admin/orders', 200], ['GET', `/admin/orders/${NOBODY}`, 404],
  ['POST', `/admin/orders/${NOBODY}/status`, 404, 'status=shipped'],
  ['POST', `/admin/orders/${NOBODY}/cancel`, 404, 'reason=x&sure=true'],
  ['POST', `/admin/orders/${NOBODY}/return`, 404, 'reason=x&sure=true'],
  ['POST', `/admin/orders/${NOBODY}/refunds`, 404, 'reason=x&sure=true&amount=1&key=k'],
];
for (const [method, path, status, body] of guarded)
  test(`${method} ${path} is for staff only`, async () => {
    const text = method === 'POST' ? body ?? 'reason=x' : undefined;
    const guest = await send(null, method, path, {}, text);
    if (method === 'GET') {
      assert.equal(guest.status, 303);
      assert.equal(guest.headers.location, `/signin?next=${encodeURIComponent(path)}`);
    } else {
      assert.equal(guest.status, 401);
    }
    for (const somebody of [customer, seller]) {
      const reply = await send(somebody, method, path, {}, text);
      assert.equal(reply.status, 403);
      assert.match(reply.text, /This is not open to you/);
      assert.doesNotMatch(reply.text, /class="office"/);
    }
    assert.equal((await send(staff, method, path, {}, text)).status, status);
    if (method === 'POST')
      for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' }])
        assert.equal((await send(staff, method, path, headers, text)).status, 403);
  });

test('a page of the office is whole, is nobody else\'s to keep, and needs no script', async () => {
  for (const [, path] of guarded.filter(([method, , status]) => method === 'GET' && status === 200)) {
    const { text, headers } = await send(staff, 'GET', path);
    assert.match(text, /<title>[^<]+, back office – Souk<\/title>/);
    assert.equal(text.match(/<h1/g)?.length, 1, path);
    assert.doesNotMatch(text, /<script| style="| on\w+="|\{\{/, path);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    assert.equal(new Set(ids).size, ids.length, `${path}: an id twice`);
    assert.equal(headers['cache-control'], 'private, no-store');
    assert.match(headers['content-security-policy'], /style-src 'self'/);
  }
});

test('whoever is sent to sign in comes to the office afterwards', async () => {
  const v = new Visitor(server);
  await v.go('/admin/fraud');
  assert.match(v.path, /^\/signin/);
  await v.submit('/signin', { email: 'admin@demo.souk', password: 'correct horse battery' });
  assert.equal(v.path, '/admin/fraud');
  v.has(/<h1>Fraud reviews<\/h1>/);
  await v.submit('/signout');
  await v.go('/admin');
  assert.match(v.path, /^\/signin/);
});

/* ---- fraud ---- */

const reviewed = async (token) => {
  const buyer = await newUser(server);
  for (let i = 0; i < LIMIT; i++) expect(await place(buyer, [line(article)]), 201);
  const order = expect(await place(buyer, [line(article)], { token }), 202);
  assert.equal(order.underReview, true);
  return { buyer, order, path: `/admin/fraud/${order.orderId}` };
};
const ended = ({ buyer, order }) => until('the order ends', async () => {
  const now = expect(await buyer.get(`/orders/${order.orderId}`), 200);
  return now.status === 'pending' ? null : now;
});

test('an order that waits is in the queue, with its rules and what is held; staff allow it', async () => {
  const one = await reviewed();
  const v = visitorOf(staff);
  await v.go('/admin');
  v.has(/Fraud reviews<\/span><b>1<\/b>/);
  await v.go('/admin/fraud');
  v.has(one.order.orderNumber);
  v.has(/Buyer velocity/);
  v.has(`href="${one.path}"`);
  await v.go(one.path);
  v.has(/Held on the card<\/dt><dd><span class="chip warn">\$/);
  v.has(/Captured<\/dt><dd><span class="chip info">Nothing/);
  await v.submit(one.path, { reason: '  ' });
  assert.equal(v.reply.status, 422);
  v.has(/aria-invalid="true"/);
  v.has(/A reason is needed/);
  await v.submit(one.path, { reason: 'x'.repeat(201) });
  assert.equal(v.reply.status, 422);
  await v.submit(one.path, { reason: 'called <the> buyer' });
  assert.equal(v.reply.status, 200);
  v.has(/The order is allowed/);
  v.has(/called &lt;the&gt; buyer/);
  assert.equal((await ended(one)).paymentStatus, 'captured');
  const seen = expect(await staff.get('/admin/fraud/reviews?state=allowed'), 200).reviews[0];
  assert.deepEqual([seen.orderId, seen.reason, seen.decidedBy],
    [one.order.orderId, 'called <the> buyer', staff.user.userId]);
  await v.go('/admin/fraud');
  v.has(/No order waits/);
  await v.go('/admin/fraud?state=allowed');
  v.has(one.order.orderNumber);
});

test('staff deny an order: it is undone; a decision that comes too late changes nothing', async () => {
  const one = await reviewed('pm_card_timeout'); /* a card that is fraud is nobody else's */
  const v = visitorOf(staff), late = visitorOf(staff);
  await late.go(one.path);
  await v.go(one.path);
  const deny = v.html.match(/<form[^>]*>(?:(?!<\/form>).)*value="deny".*?<\/form>/s)[0];
  assert.match(deny, /is released on the card/);
  await v.go(one.path, { method: 'POST', body: 'decision=deny&reason=stolen' });
  v.has(/The order is denied/);
  assert.deepEqual([(await ended(one)).status, (await ended(one)).paymentStatus], ['cancelled', 'voided']);
  await late.submit(one.path, { reason: 'looks fine' });
  late.has(/decided otherwise in the meantime/);
  assert.equal((await send(staff, 'POST', one.path, {}, 'decision=maybe&reason=x')).status, 422);
  assert.equal((await send(staff, 'GET', '/admin/fraud?state=nonsense')).status, 422);
});

/* ---- stuck work ---- */

test('work that was tried often is listed, shown step by step, and tried again with a reason', async () => {
  const asked = expect(await place(await newUser(server), [line(article)],
    { token: 'pm_card_3ds', key: newKey() }), 202);
  const path = `/admin/sagas/${asked.orderId}`;
  const v = visitorOf(staff);
  await v.go('/admin/sagas');
  v.has(/Nothing is stuck/);
  await v.go('/admin/sagas?show=all');
  v.has(asked.orderNumber);
  await v.go(path);
  v.has(/Waits for somebody/);
  v.has(/<li class=" now" aria-current="step"><b>Authorize<\/b>/);
  assert.doesNotMatch(v.html, /pm_card/);
  await v.submit(`${path}/retry`, { reason: '' });
  assert.equal(v.reply.status, 422);
  v.has(/A reason is needed/);
  const attempts = async () => expect(await staff.get(`/admin/sagas/${asked.orderId}`), 200).attempts;
  for (let i = await attempts(); i < 5; i++) {
    await v.go(path);
    await v.submit(`${path}/retry`, { reason: 'the buyer is on the telephone' });
    v.has(/It is being tried again/);
    await until('another try', async () => await attempts() > i);
  }
  const noted = readFileSync(server.logPath, 'utf8').split('\n')
    .filter((row) => row.includes('saga retried by staff'));
  assert.ok(noted.length > 0 && noted.every((row) => row.includes('the buyer is on the telephone')
    && row.includes(staff.user.userId) && row.includes(asked.orderId)), noted.join('\n'));
  await v.go('/admin/sagas');
  v.has(asked.orderNumber);
  await v.go('/admin');
  v.has(/Stuck work<\/span><b>1<\/b>/);
  await v.go(`/admin/sagas?after=${asked.orderId}`);
  v.has(/Nothing is stuck/);
});

/* ---- orders ---- */

const ordered = async () => {
  const buyer = await newUser(server);
  const order = expect(await place(buyer, [line(article, 2)]), 201);
  return { buyer, order, path: `/admin/orders/${order.orderId}` };
};
const see = async ({ orderId }) => expect(await staff.get(`/orders/${orderId}`), 200);

test('orders are found by number, id, e-mail and status', async () => {
  const { buyer, order, path } = await ordered();
  const v = visitorOf(staff);
  await v.go('/admin/orders');
  v.has(order.orderNumber);
  for (const q of [order.orderNumber, ` ${order.orderNumber} `, order.orderId]) {
    await v.go('/admin/orders');
    await v.submit('/admin/orders', { q });
    assert.equal(v.path, path);
  }
  await v.go(`/admin/orders?q=${encodeURIComponent(buyer.user.email.toUpperCase())}`);
  v.has(order.orderNumber);
  const email = `guest-${newKey()}@example.com`;
  const guests = expect(await place(new Client(server), [line(article)], { email }), 201);
  await v.go(`/admin/orders?q=${encodeURIComponent(email)}`);
  v.has(guests.orderNumber);
  v.has(/\(guest\)/);
  assert.doesNotMatch(v.html, new RegExp(order.orderNumber));
  for (const q of ['112-0000000-0000000', '<b>', 'nobody@example.com']) {
    await v.go(`/admin/orders?q=${encodeURIComponent(q)}`);
    assert.equal(v.reply.status, 200);
    v.has(/No order is called/);
  }
  await v.go('/admin/orders?status=cancelled');
  assert.doesNotMatch(v.html, new RegExp(order.orderNumber));
  await v.go('/admin/orders?status=confirmed');
  v.has(order.orderNumber);
  assert.equal((await send(staff, 'GET', '/admin/orders?status=none')).status, 422);
});

test('pages of the list go on where they ended, each order once', async () => {
  const seen = new Set();
  const v = visitorOf(staff);
  await v.go('/admin/orders');
  for (let pages = 1; ; pages++) {
    const numbers = [...v.html.matchAll(/>(\d{3}-\d{7}-\d{7})</g)].map((m) => m[1]);
    assert.ok(numbers.length > 0 && numbers.length <= 30, `${numbers.length} on page ${pages}`);
    for (const number of numbers) assert.ok(!seen.has(number), `${number} twice`);
    numbers.forEach((number) => seen.add(number));
    const older = v.html.match(/href="([^"]+)" rel="next"/)?.[1];
    if (!older) break;
    await v.go(older.replace(/&amp;/g, '&'));
  }
  assert.ok(seen.size > 60, `${seen.size} orders`);
});

test('an order with its money and its books; staff send it to the buyer step by step', async () => {
  const { order, path } = await ordered();
  const v = visitorOf(staff);
  await v.go(path);
  for (const what of [/Visa ending in 4242/, /<td[^>]*data-label="Account"><span>Provider/, /Ordered<\/b>/,
    /by the buyer/, article.product.title.slice(0, 20), /1 Test Street/]) v.has(what);
  for (const [button, status, now] of [['Start packing', 'processing', 'Being packed'],
    ['Mark as shipped', 'shipped', 'On its way'], ['Mark as delivered', 'delivered', 'Delivered']]) {
    assert.ok(v.form(`${path}/status`).html.includes(button), button);
    await v.submit(`${path}/status`, { reason: 'by the walk' });
    v.has(`The order is now: ${now}`);
    assert.equal((await see(order)).status, status);
  }
  const { history } = await see(order);
  assert.equal(history.at(-1).reason, 'by the walk');
  assert.doesNotMatch(v.html, new RegExp(`${path}/(cancel|status)`));
  await v.go(`${path}/status`, { method: 'POST', body: 'status=shipped' });
  v.has(/not in a state that allows this/);
});

test('staff give an amount back once, however often the form is sent', async () => {
  const { order, path } = await ordered();
  const v = visitorOf(staff);
  const { total } = order;
  for (const [values, what] of [[{ amount: '1', reason: '' }, /A reason is needed/],
    [{ amount: '1', reason: 'scratched' }, /Tick this first/],
    [{ amount: String(total + 1), reason: 'scratched', sure: 'true' }, /An amount above 0 and at most/],
    [{ amount: 'much', reason: 'scratched', sure: 'true' }, /An amount above 0/]]) {
    await v.go(path);
    await v.submit(`${path}/refunds`, values);
    v.has(what);
    v.has(/aria-invalid="true"/);
    v.has(`value="${values.amount}"`);
    v.has(/<details class="fold" open>/);
    v.has(`id="${v.html.match(/<a href="#(f-refund-\w+)"/)[1]}"`);
  }
  assert.equal((await see(order)).paymentStatus, 'captured');
  await v.go(path);
  const form = v.form(`${path}/refunds`);
  const body = new URLSearchParams({ ...form.fields, amount: '1.50', reason: 'scratched', sure: 'true' });
  await v.go(`${path}/refunds`, { method: 'POST', body: body.toString() });
  v.has(/The amount goes back/);
  await v.go(`${path}/refunds`, { method: 'POST', body: body.toString() });
  v.has(/The amount goes back/);
  v.has(/Given back"><span>\$1.50/);
  body.set('amount', '2');
  await v.go(`${path}/refunds`, { method: 'POST', body: body.toString() });
  v.has(/sent before with something else/);
  const now = await see(order);
  assert.equal(now.paymentStatus, 'partially_refunded');
  body.set('key', 'k y');
  assert.equal((await send(staff, 'POST', `${path}/refunds`, {}, body.toString())).status, 400);
});

test('staff cancel an order, and approve a return', async () => {
  const one = await ordered(), two = await ordered();
  const v = visitorOf(staff);
  await v.go(one.path);
  assert.match(v.form(`${one.path}/cancel`).html, /This cannot be undone/);
  await v.submit(`${one.path}/cancel`, { reason: 'by telephone', sure: undefined });
  v.has(/Tick this first/);
  await v.submit(`${one.path}/cancel`, { sure: 'true' });
  v.has(/The order is cancelled/);
  assert.deepEqual([(await see(one.order)).status, (await see(one.order)).cancelReason],
    ['cancelled', 'by telephone']);
  await v.go(`${one.path}/cancel`, { method: 'POST', body: 'reason=again&sure=true' });
  v.has(/not in a state/);
  for (const status of ['processing', 'shipped', 'delivered'])
    expect(await staff.post(`/admin/orders/${two.order.orderId}/status`, { status }), 200);
  expect(await two.buyer.post(`/orders/${two.order.orderId}/return`, { reason: 'too small' }), 200);
  await v.go('/admin/orders?status=return_requested');
  v.has(two.order.orderNumber);
  await v.go(two.path);
  await v.submit(`${two.path}/return`, { sure: 'true' });
  v.has(/The return is approved/);
  assert.equal((await see(two.order)).status, 'refunded');
});

/* ---- search ---- */

const search = async (q) => expect(await new Client(server).get(`/search?q=${encodeURIComponent(q)}`), 200);

test('a synonym holds for the next search, and is removed again', async () => {
  const word = `zq${newKey().slice(0, 6)}`, other = article.product.title.split(' ').at(-1);
  assert.equal((await search(word)).totalResults, 0);
  const v = visitorOf(staff);
  await until('the search is counted', async () => {
    await v.go('/admin/search?list=none');
    return v.html.includes(word);
  });
  await v.go(`/admin/search/synonyms?term=${word}`);
  assert.equal(v.form('/admin/search/synonyms').fields.term, word);
  await v.submit('/admin/search/synonyms', { replacement: '' });
  assert.equal(v.reply.status, 422);
  v.has(/aria-invalid="true"/);
  assert.equal(v.form('/admin/search/synonyms').fields.term, word);
  await v.submit('/admin/search/synonyms', { replacement: 'x'.repeat(101) });
  assert.equal(v.reply.status, 422);
  await v.submit('/admin/search/synonyms', { replacement: other, oneWay: 'true' });
  v.has(/The synonym is added/);
  await until(`${word} finds ${other}`, async () => (await search(word)).totalResults > 0);
  await v.go('/admin/search/synonyms');
  await v.submit('/admin/search/synonyms', { term: word, replacement: other });
  assert.equal(v.reply.status, 409);
  v.has(/There is this synonym already/);
  const { synonyms } = expect(await staff.get('/admin/search/synonyms'), 200);
  const { synonymId, oneWay } = synonyms.find((s) => s.term === word);
  assert.equal(oneWay, true);
  await v.go('/admin/search/synonyms');
  assert.match(v.form(`/admin/search/synonyms/${synonymId}/remove`).html, /no longer find/);
  await v.submit(`/admin/search/synonyms/${synonymId}/remove`);
  v.has(/The synonym is removed/);
  await until('nothing is found', async () => (await search(word)).totalResults === 0);
});

test('staff see what a query shows, pin and bury, and send it to a page', async () => {
  const unseen = `zq${newKey().slice(0, 6)}`;
  let q;
  for (q of ['steel', 'cotton', 'wireless', 'set', 'pro'])
    if ((await search(q)).totalResults > 3) break;
  const shown = (await search(q)).results.map((r) => r.productId);
  assert.ok(shown.length > 2, `${q} has few products`);
  const v = visitorOf(staff);
  const rule = (kind, productId) => v.go('/admin/search/rules', { method: 'POST',
    body: new URLSearchParams({ q, kind, productId, position: '1' }).toString() });
  const path = `/admin/search/rules?q=${encodeURIComponent(q)}`;
  await v.go(path);
  const order = () => [...v.html.slice(v.html.indexOf('id="b-preview"'))
    .matchAll(/class="name"><a href="\/p\/([\w-]+)"/g)].map((m) => m[1]);
  assert.deepEqual(order(), shown.slice(0, 8));
  await rule('pin', shown[2]);
  v.has(/The rule is added/);
  assert.equal(order()[0], shown[2]);
  await until('it is first', async () => (await search(q)).results[0].productId === shown[2]);
  await rule('bury', shown[0]);
  await until('it is no longer second', async () => (await search(q)).results[1].productId !== shown[0]);
  await rule('pin', shown[2]);
  v.has(/There is such a rule already/);
  const word = article.product.title.split(' ').at(-1);
  await v.go(`${path}&find=${encodeURIComponent(word)}`);
  v.has(/id="b-choose"/);
  assert.equal(v.form('/admin/search/rules').fields.q, q);
  await v.go(path);
  await v.go('/admin/search/rules', { method: 'POST',
    body: new URLSearchParams({ q, kind: 'redirect', target: '//evil.example' }).toString() });
  assert.equal(v.reply.status, 422);
  v.has(/A path of this shop/);
  v.has(/value="\/\/evil.example"/);
  await v.go('/admin/search/rules', { method: 'POST',
    body: new URLSearchParams({ q, kind: 'redirect', target: '/cart' }).toString() });
  v.has(/the query leads to \/cart/);
  await until('it leads there', async () =>
    (await send(null, 'GET', `/search?q=${q}`)).headers.location === '/cart');
  await v.go('/admin/search/rules');
  v.has(/Sent to a page/);
  const { rules } = expect(await staff.get('/admin/search/rules'), 200);
  for (const { ruleId } of rules.filter((r) => r.query === q)) {
    await v.go(path);
    await v.submit(`/admin/search/rules/${ruleId}/remove`);
    v.has(/The rule is removed/);
  }
  await until('as it was', async () =>
    JSON.stringify((await search(q)).results.map((r) => r.productId)) === JSON.stringify(shown));
  const counted = async (query) => JSON.stringify(expect(
    await staff.get('/admin/search/queries?list=none'), 200)).includes(query);
  await v.go(`/admin/search/rules?q=${unseen}`);
  v.has(/Nothing is found/);
  await search(`${unseen}-later`);
  await until('what came later is counted', () => counted(`${unseen}-later`));
  assert.ok(!(await counted(`"${unseen}"`)), 'a look of staff was counted');
});

test('clicks by position and conversion are told of the whole shop', async () => {
  const v = visitorOf(staff);
  await v.go('/admin/search/clicks');
  v.has(/Conversion<\/span>/);
  assert.equal(v.html.match(/data-label="Position"/g).length, 10);
  v.has(/49 and beyond/);
});

test('what searches lead to is a list beside what is searched for', async () => {
  const query = article.product.title.split(' ')[0];
  const reply = await fetch(`${server.origin}/search?q=${encodeURIComponent(query)}`,
    { headers: { Accept: 'text/html', 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)' } });
  assert.equal(reply.status, 200);
  const v = visitorOf(staff);
  await until('the search is counted', async () => {
    await v.go('/admin/search?list=conversion');
    return v.html.includes(`>${query.toLowerCase()}<`);
  }, 15_000);
  v.has(/within 24 hours of the click/);
  v.has(/aria-current="(page|true)"[^>]*>Conversion</);
  for (const label of ['Searches', 'Clicks', 'Position of clicks', 'Into carts', 'Ordered', 'Conversion'])
    v.has(new RegExp(`data-label="${label}"`));
  v.has(/data-label="Clicks"[^>]*>.*warn.*0</);
});

/* ---- dead letters ---- */

test('dead letters are sent again with a reason, or not at all', async () => {
  const replay = (body) => send(staff, 'POST', '/admin/events/replay', {}, body);
  assert.equal((await replay('sure=true')).headers.location, '/admin/events?said=reason');
  assert.equal((await replay('reason=mail+is+back')).headers.location,
    '/admin/events?said=unsure&reason=mail%20is%20back');
  assert.equal((await replay('reason=x&sure=true')).headers.location, '/admin/events?said=replayed');
});

/* Ten attempts take too long for a test: the row of one that was given up is put there. */
test('a dead letter is listed, and gone when it was sent again', { skip: ENGINE !== 'pg' }, async () => {
  const sql = `INSERT INTO bus_dead VALUES ('${NOBODY}', 'order.confirmed', '${NOBODY}', '{}', 1, 10,
    'notify.order_mail', 'mail.refused', 2)`;
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', server.database.direct, '-c', sql]);
  const v = visitorOf(staff);
  await v.go('/admin');
  v.has(/Dead letters<\/span><b>1<\/b>/);
  await v.go('/admin/events');
  for (const what of ['order.confirmed', 'notify.order_mail', 'mail.refused', `/admin/orders/${NOBODY}`])
    v.has(what);
  await v.submit('/admin/events/replay', { reason: 'the mail server is back', sure: undefined });
  v.has(/Tick this first/);
  assert.equal(v.form('/admin/events/replay').fields.reason, 'the mail server is back');
  await v.submit('/admin/events/replay', { sure: 'true' });
  v.has(/They are on their way again/);
  v.has(/No event was given up/);
});

/* ---- stock ---- */

test('stock that runs low is listed; staff book what happened, once', async () => {
  const rare = await onSale(server, { skip: 2 });
  const { sku } = rare.variant;
  const path = `/admin/stock/${rare.productId}/${rare.variantId}`;
  const stock = () => stockOf(staff, rare);
  const { levels } = await stock();
  const v = visitorOf(staff);
  await v.go(`/admin/stock?q=${encodeURIComponent(sku)}`);
  assert.equal(v.path, path);
  v.has(sku);
  await v.go('/admin/stock?q=no-such-sku');
  v.has(/No article has the SKU or EAN no-such-sku/);
  await v.go(path);
  const { warehouseId } = levels[0];
  for (const [values, pointer] of [[{ quantity: 'ten', reason: 'x' }, /a whole number|A whole number/],
    [{ quantity: '5', reason: '' }, /A reason is needed/],
    [{ quantity: '-5', reason: 'x', kind: 'receipt' }, /This kind of movement cannot have it/],
    [{ quantity: String(-levels[0].onHand - 1), reason: 'x', kind: 'adjustment' }, /less than what is reserved/]]) {
    await v.submit(path, { warehouseId, ...values });
    assert.ok([409, 422].includes(v.reply.status), String(v.reply.status));
    v.has(pointer);
    v.has(/aria-invalid="true"/);
    assert.equal(v.form(path).fields.quantity, values.quantity);
  }
  assert.deepEqual((await stock()).levels, levels);
  await v.go(path);
  const body = new URLSearchParams({ ...v.form(path).fields, warehouseId, kind: 'receipt',
    quantity: '7', reason: 'a delivery', reference: 'DN 18' }).toString();
  for (let i = 0; i < 2; i++) { /* sent twice */
    await v.go(path, { method: 'POST', body });
    v.has(/It is booked/);
    v.has(/DN 18/);
  }
  assert.equal((await stock()).available, levels.reduce((sum, l) => sum + l.available, 0) + 7);
  const { movements } = expect(await staff.get(
    `/admin/products/${rare.productId}/variants/${rare.variantId}/stock/movements?limit=1`), 200);
  assert.deepEqual([movements[0].reason, movements[0].actorId], ['a delivery', staff.user.userId]);
  await v.go(path, { method: 'POST', body: body.replace('quantity=7', 'quantity=8') });
  assert.equal(v.reply.status, 422);
  await setStock(staff, rare, 1);
  let found = false;
  await v.go('/admin/stock');
  for (;;) {
    found ||= v.html.includes(path);
    const older = v.html.match(/href="([^"]+)" rel="next"/)?.[1];
    if (found || !older) break;
    await v.go(older.replace(/&amp;/g, '&'));
  }
  assert.ok(found, 'the article is not in the list');
});

/* ---- staff who may do some things ---- */

/* No command gives roles to a login yet: the row is changed. */
const staffOf = async (roles) => {
  const user = await newUser(server, { name: 'Part Staff' });
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', server.database.direct, '-c',
    `UPDATE identity_user SET roles = ${roles} WHERE user_id = '${user.user.userId}'`]);
  return signIn(server, user.user.email, PASSWORD);
};
for (const [name, roles, may, mayNot] of [
  ['support', 1 + 4, ['/admin', '/admin/orders'],
    ['/admin/fraud', '/admin/sagas', '/admin/events', '/admin/search', '/admin/stock']],
  ['catalogue', 1 + 16, ['/admin', '/admin/search', '/admin/search/rules', '/admin/stock'],
    ['/admin/orders', '/admin/fraud', '/admin/sagas']]])
  test(`the office of ${name} has what they may, and no link to more`, { skip: ENGINE !== 'pg' }, async () => {
    const client = await staffOf(roles);
    const v = visitorOf(client);
    for (const path of may) {
      await v.go(path);
      assert.equal(v.reply.status, 200, path);
      for (const other of mayNot) assert.ok(!v.html.includes(`href="${other}`), `${path} links ${other}`);
    }
    for (const path of mayNot) assert.equal((await send(client, 'GET', path)).status, 403, path);
    await v.go('/account');
    v.has(/href="\/admin"/);
  });

test('support looks at an order and cancels it, but gives nothing back', { skip: ENGINE !== 'pg' }, async () => {
  const { order, path } = await ordered();
  const support = await staffOf(1 + 4);
  const v = visitorOf(support);
  await v.go(path);
  assert.doesNotMatch(v.html, new RegExp(`${path}/(refunds|status|return)`));
  for (const verb of ['refunds', 'status', 'return'])
    assert.equal((await send(support, 'POST', `${path}/${verb}`, {},
      'reason=x&sure=true&amount=1&key=k&status=shipped')).status, 403);
  await v.submit(`${path}/cancel`, { reason: 'asked on the telephone', sure: 'true' });
  v.has(/The order is cancelled/);
  assert.equal((await see(order)).status, 'cancelled');
});

test('the shop leads staff to the office, and nobody else', async () => {
  for (const [client, leads] of [[staff, true], [customer, false], [seller, false]])
    assert.equal((await send(client, 'GET', '/account')).text.includes('href="/admin"'), leads);
});
