/* SPDX-License-Identifier: Apache-2.0
 * Reviews of products: who may say what, what is shown, and stars that are exact. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, place, signIn, until } from './fixtures.mjs';
import { unescape, Visitor } from './browser.mjs';
import { open } from './server.mjs';

let server, staff, everybody, skip = 0;
before(async () => {
  server = await open();
  staff = await admin(server);
  everybody = new Client(server);
});
after(() => server.close());

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const GOOD = { rating: 4, title: 'Does what it should', comment: 'I use it every day.\nNo complaints.' };
const next = () => onSale(server, { stock: 1, skip: skip++ });
const pathOf = (article) => `/products/${article.productId}/reviews`;
const say = (client, article, body = {}) => client.post(pathOf(article), { ...GOOD, ...body });
/* As somebody signed in sees it: not from the cache. */
const listOf = async (article, query = '') => expect(await staff.get(`${pathOf(article)}${query}`), 200);
const histogramOf = (list) => Object.fromEntries(list.histogram.map((h) => [h.rating, h.count]));
const texts = (list) => list.reviews.map((r) => r.reviewId);

test('who has bought it gets the badge, and loses it with the order', async () => {
  const article = await next();
  const buyer = await newUser(server, { name: 'Ada Lovelace' });
  const order = expect(await place(buyer, [line(article)]), 201);
  const reply = await say(buyer, article);
  const review = expect(reply, 201);
  assert.equal(reply.headers.location, `/api/v1/reviews/${review.reviewId}`);
  assert.ok(reply.headers.etag);
  assert.deepEqual([review.verifiedPurchase, review.author, review.status, review.comment, review.rating],
    [true, 'Ada L.', 'published', GOOD.comment, 4]);
  assert.deepEqual(expect(await buyer.get(`/reviews/${review.reviewId}`), 200), review);
  expect(await buyer.post(`/orders/${order.orderId}/cancel`, {}, { key: newKey() }), 200);
  await until('the badge is gone', async () =>
    !expect(await buyer.get(`/reviews/${review.reviewId}`), 200).verifiedPurchase);
});

test('who has not bought it may write, without the badge', async () => {
  const article = await next();
  const other = await next();
  const user = await newUser(server);
  expect(await place(user, [line(other)]), 201);
  expect(await place(await newUser(server), [line(article)]), 201);
  assert.equal(expect(await say(user, article), 201).verifiedPurchase, false);
});

test('who buys it later gets the badge with the next change', async () => {
  const article = await next();
  const user = await newUser(server);
  const { reviewId } = expect(await say(user, article), 201);
  expect(await place(user, [line(article)]), 201);
  const again = expect(await user.put(`/reviews/${reviewId}`, { ...GOOD, rating: 5 }), 200);
  assert.equal(again.verifiedPurchase, true);
});

test('one review of a user and product', async () => {
  const article = await next();
  const user = await newUser(server);
  expect(await say(user, article), 201);
  expect(await say(user, article, { rating: 1 }), 409, 'review_exists');
  const twins = await newUser(server);
  const replies = await Promise.all(Array.from({ length: 6 }, () => say(twins, article)));
  assert.deepEqual(replies.map((r) => r.status).sort(), [201, 409, 409, 409, 409, 409]);
});

test('the same key writes once', async () => {
  const article = await next();
  const user = await newUser(server);
  const key = newKey();
  const first = await user.post(pathOf(article), GOOD, { key });
  const again = await user.post(pathOf(article), GOOD, { key });
  assert.equal(expect(again, 201).reviewId, expect(first, 201).reviewId);
  assert.equal(again.headers['idempotent-replayed'], 'true');
});

test('a review changes the product, its lists and the search', async () => {
  const article = await next();
  const before = await listOf(article);
  const shown = expect(await staff.get(`/products/${article.productId}`), 200);
  assert.deepEqual([shown.reviewCount, shown.rating], [before.reviewCount, before.average]);
  for (let i = 0; i < 3; i++) expect(await say(await newUser(server), article, { rating: 1 }), 201);
  const now = await listOf(article);
  assert.equal(now.reviewCount, before.reviewCount + 3);
  assert.equal(histogramOf(now)[1], histogramOf(before)[1] + 3);
  const sum = now.histogram.reduce((all, h) => all + h.rating * h.count, 0);
  assert.equal(now.average, Math.round(sum / now.reviewCount * 10) / 10);
  const product = expect(await staff.get(`/products/${article.productId}`), 200);
  assert.deepEqual([product.reviewCount, product.rating], [now.reviewCount, now.average]);
  await until('the list follows', async () => {
    const { products } = expect(await staff.get('/products?limit=100'), 200);
    return products.find((p) => p.productId === article.productId)?.reviewCount === now.reviewCount;
  });
  await until('the cached product follows', async () =>
    expect(await everybody.get(`/products/${article.productId}`), 200).reviewCount === now.reviewCount);
});

test('stars are exact when many write, change and take back at once', async () => {
  const article = await next();
  const before = await listOf(article);
  const users = await Promise.all(Array.from({ length: 12 }, () => newUser(server)));
  const made = await Promise.all(users.map((u, i) => say(u, article, { rating: 1 + i % 5 })));
  const ids = made.map((reply) => expect(reply, 201).reviewId);
  await Promise.all(users.map((u, i) => (i % 3 === 0 ? u.delete(`/reviews/${ids[i]}`)
    : u.put(`/reviews/${ids[i]}`, { ...GOOD, rating: 5 }))));
  const now = await listOf(article);
  const want = histogramOf(before);
  want[5] += 8;
  assert.deepEqual(histogramOf(now), want);
  assert.equal(now.reviewCount, before.reviewCount + 8);
  assert.equal(expect(await staff.get(`/products/${article.productId}`), 200).reviewCount, now.reviewCount);
});

const bad = [
  ['no stars', { rating: undefined }, 400, '/rating'],
  ['zero stars', { rating: 0 }, 422, '/rating'],
  ['six stars', { rating: 6 }, 422, '/rating'],
  ['half a star', { rating: 4.5 }, 400, '/rating'],
  ['no words', { comment: undefined }, 400, '/comment'],
  ['empty words', { comment: '' }, 422, '/comment'],
  ['blanks for words', { comment: ' \n ' }, 422, '/comment'],
  ['too many words', { comment: 'a b '.repeat(1251) }, 422, '/comment'],
  ['a long title', { title: 'ab'.repeat(76) }, 422, '/title'],
  ['a control character', { comment: 'a\u0001z' }, undefined, '/comment'],
  ['six pictures', { images: Array(6).fill(PNG) }, 422, '/images'],
  ['a picture elsewhere', { images: ['https://example.org/x.png'] }, 422, '/images/0'],
  ['a path out of the folder', { images: ['/media/b/../../etc'] }, 422, '/images/0'],
  ['a field of another', { verifiedPurchase: true }, 400, '/verifiedPurchase'],
];
for (const [name, change, status, pointer] of bad)
  test(`refused: ${name}`, async () => {
    const reply = await say(await newUser(server), await onSale(server, { stock: 1 }), change);
    const { errors } = expect(reply, status ?? reply.status);
    assert.ok([400, 422].includes(reply.status));
    assert.ok(errors.some((e) => e.pointer === pointer), reply.text);
  });

test('the longest texts, a picture, and text that looks like markup', async () => {
  const article = await next();
  const user = await newUser(server, { name: '<b>Eve</b> Mallory' });
  const title = '"><script>alert(1)</script>';
  const comment = `<img src=x onerror=alert(1)>&amp;'"{{title}}${' é'.repeat(1600)}`;
  const review = expect(await say(user, article, { title, comment, images: [PNG] }), 201);
  assert.deepEqual([review.title, review.comment], [title, comment]);
  assert.match(review.images[0], /^\/media\/b\/[0-9a-f]{64}\.png$/);
  const again = expect(await user.put(`/reviews/${review.reviewId}`,
    { rating: 2, comment: 'Shorter', images: review.images }), 200);
  assert.deepEqual([again.images, again.title, again.rating], [review.images, '', 2]);
});

test('who is not signed in, and what is not there', async () => {
  const article = await next();
  expect(await say(everybody, article), 401, 'authentication_required');
  const user = await newUser(server);
  expect(await say(user, { productId: randomUUID() }), 404);
  expect(await everybody.get(`/products/${randomUUID()}/reviews`), 404);
  const path = `/reviews/${randomUUID()}`;
  expect(await everybody.get(path), 404);
  expect(await everybody.put(path, GOOD), 401);
  expect(await everybody.post(`${path}/helpful`, {}), 401);
  expect(await user.put(path, GOOD), 404);
  expect(await user.delete(path), 404);
  expect(await user.post(`${path}/helpful`, {}), 404);
  expect(await user.delete(`${path}/helpful`), 404);
});

test('a review is changed by its author alone, from the version they saw', async () => {
  const article = await next();
  const user = await newUser(server);
  const reply = await say(user, article);
  const { reviewId } = expect(reply, 201);
  const path = `/reviews/${reviewId}`;
  const other = await newUser(server);
  expect(await other.put(path, GOOD), 404);
  expect(await other.delete(path), 404);
  const headers = { 'If-Match': reply.headers.etag };
  const changed = expect(await user.put(path, { ...GOOD, rating: 2 }, { headers }), 200);
  assert.equal(changed.rating, 2);
  expect(await user.put(path, GOOD, { headers }), 412, 'review_changed');
  expect(await user.put(path, GOOD, { headers: { 'If-Match': '*' } }), 200);
  expect(await user.put(path, GOOD, { headers: { 'If-Match': '"x"' } }), 412);
  expect(await user.delete(path, { headers }), 412, 'review_changed');
  expect(await user.delete(path), 204);
  expect(await user.get(path), 404);
  expect(await say(user, article), 201);
});

test('a vote counts once', async () => {
  const article = await next();
  const author = await newUser(server);
  const { reviewId } = expect(await say(author, article), 201);
  const path = `/reviews/${reviewId}/helpful`;
  const voter = await newUser(server);
  const votes = await Promise.all(Array.from({ length: 5 }, () => voter.post(path, {})));
  for (const reply of votes)
    assert.deepEqual(expect(reply, 200), { reviewId, helpfulCount: 1, helpful: true });
  assert.equal(expect(await (await newUser(server)).post(path, {}), 200).helpfulCount, 2);
  expect(await author.post(path, {}), 409, 'own_review');
  assert.equal(expect(await voter.delete(path), 200).helpfulCount, 1);
  assert.equal(expect(await voter.delete(path), 200).helpfulCount, 1);
  assert.equal(expect(await voter.get(`/reviews/${reviewId}`), 200).helpfulCount, 1);
});

test('sorts, filters and pages', async () => {
  const article = await next();
  for (let i = 0; i < 5; i++) expect(await say(await newUser(server), article, { rating: 1 + i }), 201);
  const total = (await listOf(article)).textCount;
  const orders = { helpful: (r) => -r.helpfulCount, newest: (r) => -Date.parse(r.createdAt),
    rating_high: (r) => -r.rating, rating_low: (r) => r.rating };
  for (const [sort, key] of Object.entries(orders)) {
    const all = await listOf(article, `?sort=${sort}&limit=100`);
    assert.equal(all.reviews.length, Math.min(total, 100));
    const keys = all.reviews.map(key);
    assert.deepEqual(keys, [...keys].sort((a, b) => a - b), sort);
    const paged = [], tokened = [];
    for (let page = 1; page <= Math.ceil(total / 4); page++)
      paged.push(...texts(await listOf(article, `?sort=${sort}&limit=4&page=${page}`)));
    for (let token = ''; token !== undefined;) {
      const list = await listOf(article, `?sort=${sort}&limit=4${token && `&pageToken=${token}`}`);
      tokened.push(...texts(list));
      token = list.nextPageToken;
    }
    assert.deepEqual(paged, texts(all), sort);
    assert.deepEqual(tokened, texts(all), sort);
  }
  const fives = await listOf(article, '?rating=5&limit=100');
  assert.ok(fives.reviews.every((r) => r.rating === 5));
  assert.equal(fives.reviews.length, fives.pagination.total);
  assert.equal(fives.pagination.total, histogramOf(fives)[5]);
  const { average, reviewCount } = expect(await everybody.get(`${pathOf(article)}?page=1&sort=helpful`), 200);
  assert.ok(average >= 1 && reviewCount >= 5);
});
for (const query of ['sort=best', 'rating=0', 'rating=6', 'page=0', 'page=51', 'limit=101', 'limit=0',
  'pageToken=x', 'pageToken=1.0.x', 'unknown=1'])
  test(`refused: ?${query}`, async () => {
    const reply = await everybody.get(`${pathOf(await onSale(server, { stock: 1 }))}?${query}`);
    assert.ok([400, 422].includes(reply.status), reply.text);
  });

test('what a rule has a doubt about waits for staff', async () => {
  const article = await next();
  const before = await listOf(article);
  const user = await newUser(server);
  const review = expect(await say(user, article, { comment: 'Cheaper at https://example.org' }), 201);
  assert.equal(review.status, 'pending');
  assert.equal((await listOf(article)).reviewCount, before.reviewCount);
  expect(await everybody.get(`/reviews/${review.reviewId}`), 404);
  expect(await (await newUser(server)).post(`/reviews/${review.reviewId}/helpful`, {}), 404);
  const mine = expect(await user.get('/users/me/reviews'), 200);
  assert.deepEqual(mine.reviews.map((r) => [r.reviewId, r.status]), [[review.reviewId, 'pending']]);
  const { reviews } = expect(await staff.get('/admin/reviews?limit=100'), 200);
  assert.equal(reviews.find((r) => r.reviewId === review.reviewId)?.doubt, 'link');
  const judge = async (what) => expect(await staff.post(`/admin/reviews/${review.reviewId}/${what}`, {}), 200);
  assert.equal((await judge('publish')).status, 'published');
  assert.equal((await judge('publish')).status, 'published');
  assert.equal((await listOf(article)).reviewCount, before.reviewCount + 1);
  assert.equal((await judge('reject')).status, 'rejected');
  assert.deepEqual((await listOf(article)).histogram, before.histogram);
  const rejected = expect(await staff.get('/admin/reviews?status=rejected&limit=100'), 200);
  assert.ok(rejected.reviews.some((r) => r.reviewId === review.reviewId));
  const changed = expect(await user.put(`/reviews/${review.reviewId}`, GOOD), 200);
  assert.equal(changed.status, 'rejected');
});

for (const [method, path] of [['GET', '/admin/reviews'], ['POST', `/admin/reviews/${randomUUID()}/publish`],
  ['POST', `/admin/reviews/${randomUUID()}/reject`]])
  test(`${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')} is for staff`, async () => {
    const body = method === 'GET' ? {} : { json: {} };
    expect(await everybody.send(method, path, body), 401, 'authentication_required');
    expect(await (await newUser(server)).send(method, path, body), 403, 'forbidden');
    expect(await (await signIn(server, 'seller@demo.souk')).send(method, path, body), 403, 'forbidden');
    expect(await staff.send(method, path, body), method === 'GET' ? 200 : 404);
  });
test('one\'s own list is one\'s own', async () => {
  expect(await everybody.get('/users/me/reviews'), 401);
  assert.deepEqual(expect(await (await newUser(server)).get('/users/me/reviews'), 200), { reviews: [] });
});

test('the demo shop: each product has the reviews that it counts', async () => {
  const { products } = expect(await staff.get('/products?limit=60'), 200);
  for (const card of products) {
    const list = await listOf(card, '?limit=100');
    assert.equal(list.reviewCount, card.reviewCount);
    assert.equal(list.textCount, list.reviewCount);
    assert.equal(list.histogram.reduce((n, h) => n + h.count, 0), list.reviewCount);
    assert.equal(list.reviews.length, Math.min(100, list.reviewCount));
  }
});

/* ---- pages, without JavaScript ---- */

const visitorFor = (client) => {
  const visitor = new Visitor(server);
  if (client) visitor.jar.set('souk_at', client.token);
  return visitor;
};
const formPath = (article) => `/p/${article.productId}/review`;

test('a product shows its most helpful reviews, and where the others are', async () => {
  const article = await next();
  expect(await say(await newUser(server, { name: 'Ada Lovelace' }), article), 201);
  const list = await listOf(article, '?limit=5');
  const v = visitorFor();
  await v.go(`/p/${article.productId}?v=${article.variantId}`);
  for (const review of list.reviews) {
    v.has(`id="r-${review.reviewId}"`);
    v.has(`action="/reviews/${review.reviewId}/helpful"`);
  }
  assert.equal(v.html.match(/<li id="r-/g).length, Math.min(5, list.textCount));
  await v.go(`/p/${article.productId}/reviews?sort=newest`);
  v.has('Ada L\\.');
  v.has(`${list.textCount} reviews`);
  const stars = list.histogram.find((h) => h.count);
  v.has(`/reviews\\?rating=${stars.rating}#reviews`);
  await v.go(`/p/${article.productId}/reviews?rating=${stars.rating}`);
  assert.equal(v.html.match(/<li id="r-/g).length, Math.min(10, stars.count));
});

test('what looks like markup is text on every page', async () => {
  const article = await next();
  const title = '"><script>alert(1)</script>', comment = '<img src=x onerror=alert(1)>\n\n{{title}} & "quotes"';
  const { reviewId } = expect(await say(await newUser(server, { name: '<b>Eve</b> <i>' }), article,
    { title, comment, images: [PNG] }), 201);
  const v = visitorFor();
  for (const path of [`/p/${article.productId}/reviews?sort=newest`, `/p/${article.productId}?at=1`]) {
    await v.go(path);
    assert.doesNotMatch(v.html, /<script>alert|<img src=x|<b>Eve/);
    const mine = v.html.match(new RegExp(`<li id="r-${reviewId}">.*?</li>`, 's'));
    if (!mine) continue; /* not among the most helpful ones */
    const text = unescape(mine[0]);
    assert.ok(text.includes(title) && text.includes('<img src=x onerror=alert(1)>'), mine[0]);
  }
});

test('a product that nobody has reviewed asks for the first', async () => {
  const first = (await onSale(server)).product;
  const made = expect(await staff.post('/products', { title: 'Bare thing', price: 5,
    category: first.categoryPath, variants: [{ stock: 1 }] }), 201);
  const v = visitorFor();
  await v.go(`/p/${made.productId}`);
  v.has('Nobody has written about it yet');
  await v.go(`/p/${made.productId}/reviews`);
  v.has('0 reviews');
  expect(await say(await newUser(server), { productId: made.productId }, { rating: 5 }), 201);
  assert.deepEqual(expect(await staff.get(`/products/${made.productId}`), 200).rating, 5);
});

test('the form: sign in, mistakes at their fields, posted, changed, deleted', async () => {
  const article = await next();
  const user = await newUser(server, { name: 'Pia Page' });
  const stranger = visitorFor();
  await stranger.go(formPath(article));
  assert.match(stranger.path, /^\/signin\?next=/);
  const v = visitorFor(user);
  await v.go(formPath(article));
  v.has('Pia P\\.');
  await v.submit(formPath(article), { title: 'x'.repeat(151), comment: ' ' });
  assert.equal(v.reply.status, 422);
  for (const text of ['Choose one to five stars', 'Say a few words about it', 'At most 150 characters'])
    v.has(text);
  v.has('x{151}');
  await v.submit(formPath(article), { rating: 2, title: 'So so', comment: 'It works.\r\n\r\nMostly.' });
  assert.equal(v.reply.status, 200);
  v.has('Your review is shown');
  v.has('So so');
  v.has('<p>Mostly.</p>');
  await v.go(formPath(article));
  v.has('Save review');
  v.has('So so');
  await v.submit(formPath(article), { rating: 5, title: '', comment: 'Better now' });
  v.has('Better now');
  await v.go(formPath(article));
  await v.submit(/\/remove$/);
  v.has('Your review is gone');
  assert.doesNotMatch(v.html, /Better now/);
  await v.go(formPath(article));
  await v.submit(formPath(article), { rating: 1, title: '', comment: 'See www.example' });
  v.has('Somebody will look at your review');
  assert.doesNotMatch(v.html, /www\.example/);
  await v.go(formPath({ productId: randomUUID() }));
  assert.equal(v.reply.status, 404);
  const { reviewId } = expect(await say(await newUser(server), article), 201);
  await v.go(`/reviews/${reviewId}/remove`, { method: 'POST', body: '' });
  assert.equal(v.reply.status, 404);
});

test('a vote by form comes back to the review; a stranger signs in first', async () => {
  const article = await next();
  const author = await newUser(server);
  const { reviewId } = expect(await say(author, article, { comment: 'Vote for me' }), 201);
  const action = `/reviews/${reviewId}/helpful`, list = `/p/${article.productId}/reviews?sort=newest`;
  const v = visitorFor(await newUser(server));
  for (let i = 0; i < 2; i++) {
    await v.go(list);
    await v.submit(action);
    assert.match(v.path, new RegExp(`^${list.replace('?', '\\?')}&said=helpful&at=\\d+#r-${reviewId}$`));
    v.has('One person found this helpful');
    v.has('Thank you for your vote');
  }
  const own = visitorFor(author);
  await own.go(list);
  await own.submit(action);
  own.has('This is your own review');
  const stranger = visitorFor();
  await stranger.go(list);
  await stranger.submit(action);
  assert.equal(stranger.path, `/signin?next=${encodeURIComponent(list)}`);
  for (const back of ['https://example.org/', '//example.org', '/p/"><script>', '/p/x\r\nSet-Cookie: a=b']) {
    await v.go(action, { method: 'POST', body: new URLSearchParams({ back }).toString() });
    assert.ok(v.path === '/' || v.reply.status === 422, v.path);
  }
  await v.go(`/reviews/${randomUUID()}/helpful`, { method: 'POST', body: `back=/p/${article.productId}` });
  v.has('That review is gone');
  await v.go(`/reviews/${randomUUID()}/helpful`, { method: 'POST', body: '' });
  assert.equal(v.reply.status, 404);
  await v.go(action, { method: 'POST', body: '' });
  assert.match(v.path, new RegExp(`^/p/${article.productId}\\?said=helpful&at=\\d+#r-${reviewId}$`));
  v.has('Thank you for your vote');
  const crossed = await fetch(`${server.origin}${action}`, { method: 'POST', redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/x-www-form-urlencoded' }, body: '' });
  assert.equal(crossed.status, 403);
});

test('staff decide in the back office', async () => {
  const article = await next();
  const user = await newUser(server);
  const title = `Doubt ${randomUUID()}`;
  const { reviewId } = expect(await say(user, article,
    { title, comment: '<b>bold</b> at www.example' }), 201);
  const before = await listOf(article);
  const v = visitorFor(staff);
  await v.go('/admin/moderation');
  v.has(title);
  v.has('&lt;b&gt;bold');
  v.has('An address of the web or of mail');
  await v.submit(`/admin/moderation/${reviewId}/publish`);
  v.has('The review is shown, and counts');
  assert.ok(!v.html.includes(title));
  assert.equal((await listOf(article)).reviewCount, before.reviewCount + 1);
  const { reviewId: second } = expect(await say(await newUser(server), article,
    { title, comment: 'AND ANOTHER ONE LIKE THIS' }), 201);
  await v.go('/admin/moderation');
  await v.submit(`/admin/moderation/${second}/reject`);
  v.has('The review is rejected');
  await v.go('/admin/moderation?state=rejected');
  v.has(title);
  await v.submit(`/admin/moderation/${second}/publish`);
  assert.equal((await listOf(article)).reviewCount, before.reviewCount + 2);
  await v.go(`/admin/moderation/${randomUUID()}/reject`, { method: 'POST', body: '' });
  v.has('That review is gone');
  const stranger = visitorFor(user);
  await stranger.go('/admin/moderation');
  assert.equal(stranger.reply.status, 403);
});
