/* SPDX-License-Identifier: Apache-2.0
 * Promotions as staff make them, and deals as everybody sees them. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, expect } from './client.mjs';
import { admin, newUser, onSale, signIn, until } from './fixtures.mjs';
import { open } from './server.mjs';

let server, staff, one;
before(async () => {
  server = await open();
  staff = await admin(server);
  one = await onSale(server);
});
after(() => server.close());

const PATH = '/admin/promotions';
const soon = (ms) => new Date(Date.now() + ms).toISOString();
const newCode = () => `T${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const add = async (body) => expect(await staff.post(PATH, { name: 'Test', ...body }), 201);

for (const [method, path] of [['GET', PATH], ['POST', PATH], ['GET', `${PATH}/${randomUUID()}`],
  ['PUT', `${PATH}/${randomUUID()}`], ['POST', `${PATH}/${randomUUID()}/end`]])
  test(`${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')} is for staff`, async () => {
    const body = method === 'GET' ? {} : { json: {} };
    expect(await new Client(server).send(method, path, body), 401, 'authentication_required');
    expect(await (await newUser(server)).send(method, path, body), 403, 'forbidden');
    expect(await (await signIn(server, 'seller@demo.souk')).send(method, path, body), 403, 'forbidden');
  });

test('a promotion comes back as it was sent', async () => {
  const code = newCode();
  const body = { kind: 'percentage', code: code.toLowerCase(), name: 'Spring', percent: 12.5,
    minimum: 20, most: 50.05, categories: ['toys'], brands: ['Acme', 'O\'Neil'],
    productIds: [one.productId], firstOrder: false, customerGroup: 'staff', exclusive: true,
    family: 'season', priority: -2, withDeals: true, startsAt: soon(-1000), endsAt: soon(3_600_000),
    limit: 100, perCustomer: 2, budget: 999.99 };
  const made = await add(body);
  assert.deepEqual({ ...body, code: made.code }, Object.fromEntries(
    Object.keys(body).map((name) => [name, made[name]])));
  assert.equal(made.code, code.toUpperCase());
  assert.deepEqual([made.used, made.spent, made.version, made.currency], [0, 0, 1, 'USD']);
  assert.deepEqual(expect(await staff.get(`${PATH}/${made.promotionId}`), 200), made);
  const { promotions } = expect(await staff.get(`${PATH}?limit=100`), 200);
  assert.ok(promotions.some((p) => p.promotionId === made.promotionId));
});

test('a percentage with decimals is exact', async () => {
  const made = await add({ kind: 'percentage', percent: '33.33', code: newCode() });
  assert.equal(made.percent, 33.33);
  expect(await staff.post(PATH, { kind: 'percentage', name: 'x', percent: 33.333 }), 422);
});

const bad = [
  ['no percentage', { kind: 'percentage' }, '/percent'],
  ['more than all', { kind: 'percentage', percent: 100.01 }, '/percent'],
  ['no amount', { kind: 'amount' }, '/amount'],
  ['a negative amount', { kind: 'amount', amount: -1 }, '/amount'],
  ['half a cent', { kind: 'amount', amount: 1.005 }, '/amount'],
  ['buy nothing', { kind: 'buy_x_get_y', get: 1 }, '/buy'],
  ['a threshold of nothing', { kind: 'threshold', amount: 1 }, '/minimum'],
  ['a deal without a variant', { kind: 'deal', amount: 1, limit: 1, endsAt: soon(1000) }, '/variantId'],
  ['a deal without an end', () => ({ kind: 'deal', amount: 1, limit: 1, productId: one.productId,
    variantId: one.variantId }), '/endsAt'],
  ['a code of one letter', { kind: 'percentage', percent: 1, code: 'x' }, '/code'],
  ['a product that is no id', { kind: 'percentage', percent: 1, productIds: ['x'] }, '/productIds/0'],
  ['an end before the start', { kind: 'percentage', percent: 1, startsAt: soon(1000), endsAt: soon(0) },
    '/endsAt'],
];
for (const [name, body, pointer] of bad)
  test(`refused: ${name}`, async () => {
    const reply = await staff.post(PATH, { name: 'x', ...(body instanceof Function ? body() : body) });
    const { errors } = expect(reply, 422);
    assert.ok(errors.some((e) => e.pointer === pointer), reply.text);
  });

test('a code is taken once, in any case', async () => {
  const code = newCode();
  await add({ kind: 'percentage', percent: 1, code });
  const reply = await staff.post(PATH, { kind: 'percentage', percent: 1, name: 'x', code: code.toLowerCase() });
  expect(reply, 409, 'coupon_code_taken');
});

test('what is used cannot be changed under it', async () => {
  const made = await add({ kind: 'amount', amount: 5, code: newCode(), limit: 3 });
  const path = `${PATH}/${made.promotionId}`;
  const body = { kind: 'amount', amount: 6, code: made.code, name: 'Test', limit: 4 };
  const changed = expect(await staff.put(path, body), 200);
  assert.deepEqual([changed.amount, changed.limit, changed.version], [6, 4, 2]);
  expect(await staff.put(path, { ...body, limit: 0 }), 409, 'promotion_fixed');
  expect(await staff.put(path, { ...body, kind: 'percentage', percent: 1 }), 409, 'promotion_fixed');
  const ended = expect(await staff.post(`${path}/end`, {}), 200);
  assert.ok(ended.endedAt);
  assert.deepEqual(expect(await staff.post(`${path}/end`, {}), 200), ended);
  expect(await staff.put(path, body), 409, 'promotion_fixed');
});

test('a promotion that is not there', async () => {
  const path = `${PATH}/${randomUUID()}`;
  expect(await staff.get(path), 404);
  expect(await staff.put(path, { kind: 'percentage', percent: 1, name: 'x' }), 404);
  expect(await staff.post(`${path}/end`, {}), 404);
});

test('pages of the list', async () => {
  for (let i = 0; i < 3; i++) await add({ kind: 'percentage', percent: 1, code: newCode() });
  const first = expect(await staff.get(`${PATH}?limit=2`), 200);
  assert.equal(first.promotions.length, 2);
  const next = expect(await staff.get(`${PATH}?limit=2&pageToken=${first.nextPageToken}`), 200);
  assert.ok(next.promotions.every((p) => p.promotionId < first.promotions[1].promotionId));
});

test('a deal is for everybody to see, until it ends', async () => {
  const made = await add({ kind: 'deal', amount: 1.5, limit: 50, perCustomer: 2, endsAt: soon(3_600_000),
    productId: one.productId, variantId: one.variantId });
  const everybody = new Client(server);
  const find = async () => {
    const { deals } = expect(await everybody.get('/deals'), 200);
    return deals.find((d) => d.dealId === made.promotionId);
  };
  const deal = await until('the deal', find);
  assert.deepEqual([deal.variantId, deal.price, deal.quantity, deal.left, deal.perCustomer],
    [one.variantId, 1.5, 50, 50, 2]);
  expect(await staff.post(`${PATH}/${made.promotionId}/end`, {}), 200);
  await until('its end', async () => !(await find()));
});
