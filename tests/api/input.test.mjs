/* SPDX-License-Identifier: Apache-2.0
 * Bodies that are wrong, hostile or too much; texts that must come back as they went. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { exchange, expect } from './client.mjs';
import { ADDRESS, guest, line, newEmail, newKey, newUser, onSale, orderBody, PASSWORD } from './fixtures.mjs';
import { open } from './server.mjs';

let server, api, one;
before(async () => {
  server = await open();
  api = guest(server);
  one = await onSale(server);
});
after(() => server.close());

const JSON_TYPE = { 'Content-Type': 'application/json' };
const deep = (n) => `${'['.repeat(n)}${']'.repeat(n)}`;
const register = (fields) => ({ email: newEmail(), password: PASSWORD, name: 'A', ...fields });
const repeated = '{"email":"a@b.c","email":"d@e.f","password":"long enough","name":"A"}';

const bodies = [
  ['nothing', '', 400], ['blank', '  ', 400], ['half', '{"email":', 400], ['a list', '[]', 400],
  ['a number', '1', 400], ['null', 'null', 400], ['text', '"x"', 400],
  ['two documents', '{}{}', 400], ['a comma too many', '{"email":"a@b.c",}', 400],
  ['single quotes', "{'email':'a@b.c'}", 400], ['a comment', '{/* */}', 400],
  ['NaN', '{"email":NaN}', 400], ['bytes', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400],
  ['broken UTF-8 in text', Buffer.from('{"email":"\xff@b.c","password":"long enough","name":"A"}', 'latin1'), 400],
  ['a lone surrogate', '{"email":"a@b.c","password":"long enough","name":"\\ud800"}', null],
  ['U+0000', '{"email":"a@b.c","password":"long enough","name":"a\\u0000b"}', null],
  ['deep nesting', `{"email":${deep(2000)}}`, 400], ['deeper nesting', deep(30000), 400],
  ['a key twice', repeated, 400],
  ['an unknown field', JSON.stringify(register({ isAdmin: true })), 400],
  ['roles', JSON.stringify(register({ roles: ['admin'] })), 400],
  ['__proto__', '{"__proto__":{"a":1},"email":"a@b.c","password":"long enough","name":"A"}', 400],
  ['a number for text', JSON.stringify(register({ name: 5 })), 400],
  ['null for text', JSON.stringify(register({ name: null })), null],
  ['a list for text', JSON.stringify(register({ name: ['A'] })), 400],
  ['a missing field', JSON.stringify(register({ name: undefined })), 400],
  ['a name of 101 bytes', JSON.stringify(register({ name: 'x'.repeat(101) })), 422],
  ['a line break in a name', JSON.stringify(register({ name: 'a\nb' })), 422],
];
for (const [name, body, status] of bodies)
  test(`a body that is wrong: ${name}`, async () => {
    const reply = await api.send('POST', '/auth/register', { body, headers: JSON_TYPE });
    if (status) expect(reply, status);
    else assert.ok([400, 422].includes(reply.status), reply.text);
  });

test('all that is wrong is told at once, by pointers', async () => {
  const { errors } = expect(await api.post('/orders',
    { items: [{ productId: 'x', quantity: 0 }, { productId: one.productId, quantity: 1e9 }], deliverySpeed: 'x' },
    { key: newKey() }), 422);
  const pointers = errors.map((e) => e.pointer).sort();
  assert.deepEqual(pointers, ['/deliverySpeed', '/items/0/productId', '/items/0/quantity', '/items/1/quantity']);
});

for (const [type, status] of [['text/plain', 415], ['application/x-www-form-urlencoded', 415],
  ['application/xml', 415], ['', 415], ['application/json; charset=utf-8', 201], ['APPLICATION/JSON', 201]])
  test(`content type "${type}"`, async () => {
    const reply = await api.send('POST', '/auth/register',
      { body: JSON.stringify(register()), headers: { 'Content-Type': type } });
    expect(reply, status);
  });

test('a body that is too large is not read', async () => {
  const reply = await api.send('POST', '/auth/register',
    { body: JSON.stringify(register({ name: 'x'.repeat(70_000) })), headers: JSON_TYPE });
  expect(reply, 413);
  assert.equal(expect(await api.get('/cart'), 200).items.length, 0);
});

test('too many lines in an order', async () => {
  const items = Array.from({ length: 101 }, () => line(one));
  expect(await api.post('/orders', orderBody(items), { key: newKey() }), 422);
});

for (const path of ['/products/%00', '/products/%ff', '/products/..%2f..%2fetc', '/orders/1',
  '/users/x/orders', `/products/${'a'.repeat(3000)}`, '/products//', '/%'])
  test(`a path that is none of ours: ${path.slice(0, 30)}`, async () => {
    const reply = await api.get(path, { check: false });
    assert.ok([400, 401, 404].includes(reply.status), `${reply.status} ${reply.text}`);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
  });

for (const query of ['q=%', 'q=%ff', 'q=a&q=b', '&&&', '=', 'q', `q=${'a'.repeat(7000)}`, 'q=%00'])
  test(`a query of odd form: ${query.slice(0, 20)}`, async () => {
    const reply = await api.get(`/search?${query}`);
    assert.ok([200, 400, 422].includes(reply.status), `${reply.status} ${reply.text}`);
  });

const HOSTILE = [
  `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE orders_order; --`,
  `' OR '1'='1`, '{{title}} {{{title}}}', '%s%n%x', '../../etc/passwd', '${7*7}', 'a & b < c > d',
  'Ωμέγα 日本語 🛍️ e\u0301', 'שלום, right to left', 'O’Brien "the" <b>bold</b>',
];
test('a name that turns the text around it, or that nobody sees, is refused', async () => {
  const user = await newUser(server);
  for (const name of ['\u202Egnp.exe', 'a\u2067b\u2069', 'two\u2028lines', '\u200B\uFEFF']) {
    expect(await user.patch('/users/me', { name }), 422);
    expect(await api.post('/auth/register', { email: newEmail(), password: PASSWORD, name }), 422);
  }
  for (const line1 of ['\u202E1 Front Street', '1 Front\u2028Street'])
    expect(await user.post('/users/me/addresses', { ...ADDRESS, line1 }), 422);
  expect(await api.post('/auth/register', { email: `adm\u200Bin.${newEmail()}`, password: PASSWORD, name: 'Ada' }), 422);
});

for (const text of HOSTILE)
  test(`a text comes back as it went, and escaped in pages: ${text.slice(0, 24)}`, async () => {
    const user = await newUser(server, { name: text });
    assert.equal(expect(await user.get('/users/me'), 200).name, text);
    const address = { ...ADDRESS, name: text, line1: text, line2: text, city: text, region: text };
    const saved = expect(await user.post('/users/me/addresses', address), 201);
    assert.equal(saved.line1, text);
    const body = { ...orderBody([line(one)]), shippingAddress: { addressId: saved.addressId } };
    const { orderId } = expect(await user.post('/orders', body, { key: newKey() }), 201);
    const order = expect(await user.get(`/orders/${orderId}`), 200);
    for (const name of ['name', 'line1', 'line2', 'city', 'region'])
      assert.equal(order.shippingAddress[name], text, name);
    const cancelled = expect(await user.post(`/orders/${orderId}/cancel`, { reason: text }), 200);
    assert.equal(cancelled.status, 'cancelled');
    for (const path of ['/account', `/orders/${orderId}`, `/orders/${orderId}/thanks`, '/checkout',
      `/search?q=${encodeURIComponent(text)}`, `/signin?next=${encodeURIComponent(text)}`]) {
      const page = await exchange(server.origin, 'GET', path, { Cookie: `souk_at=${user.token}` });
      assert.ok([200, 303].includes(page.status), `${path}: ${page.status}`);
      for (const bad of ['<script>alert', '<img src=x', '<b>bold'])
        assert.ok(!page.text.includes(bad), `${path} has ${bad}`);
    }
  });
