/* SPDX-License-Identifier: Apache-2.0
 * The page of addresses, by forms without scripts: add, change, the default, remove; what is wrong
 * is said at its field, and another's is not there. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { exchange, expect } from './client.mjs';
import { newKey, newUser } from './fixtures.mjs';
import { open } from './server.mjs';

let server;
before(async () => { server = await open({ demo: 0 }); });
after(() => server.close());

const HOME = { name: 'Ada <b>', line1: '1 Main Street', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'US' };
const send = (client, method, path, body) => exchange(server.origin, method, path,
  { Accept: 'text/html', Cookie: `souk_at=${client.token}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) },
  body === undefined ? undefined : new URLSearchParams(body).toString());
const list = async (client) => expect(await client.get('/users/me/addresses'), 200).addresses;
const said = (reply, word) => {
  assert.equal(reply.status, 303, reply.text.slice(0, 300));
  assert.match(reply.headers.location, new RegExp(`^/account/addresses\\?said=${word}$`));
};

test('addresses are added, changed, chosen and removed', async () => {
  const user = await newUser(server), page = async (q = '') => (await send(user, 'GET', `/account/addresses${q}`)).text;
  assert.match(await page(), /None yet/);
  assert.match((await send(user, 'GET', '/account')).text, /href="\/account\/addresses"/);
  said(await send(user, 'POST', '/account/addresses', HOME), 'saved');
  said(await send(user, 'POST', '/account/addresses', { ...HOME, name: 'At work', line1: '2 Side Street' }), 'saved');
  const [home, work] = await list(user);
  assert.deepEqual([home.name, home.isDefault, work.name, work.isDefault], ['Ada <b>', true, 'At work', false]);
  assert.match(await page('?said=saved'), /The address is saved[^]*Ada &lt;b&gt;[^]*Default[^]*At work/);
  said(await send(user, 'POST', `/account/addresses/${work.addressId}/default`, {}), 'chosen');
  assert.equal((await list(user))[0].addressId, work.addressId);
  const form = await page(`?edit=${home.addressId}`);
  assert.match(form, new RegExp(`action="/account/addresses/${home.addressId}"`));
  assert.match(form, /value="1 Main Street"/);
  said(await send(user, 'POST', `/account/addresses/${home.addressId}`, { ...HOME, line1: '3 New Street', isDefault: 'true' }), 'saved');
  const now = await list(user);
  assert.deepEqual([now.length, now[0].addressId, now[0].line1], [2, home.addressId, '3 New Street']);
  said(await send(user, 'POST', `/account/addresses/${home.addressId}/remove`, {}), 'removed');
  assert.deepEqual((await list(user)).map((a) => [a.addressId, a.isDefault]), [[work.addressId, true]]);
});

for (const [what, body, words] of [
  ['no street', { ...HOME, line1: ' ' }, /id="f-line1"[^>]*aria-invalid="true"/],
  ['a postal code of another country', { ...HOME, postalCode: '1011 AB' }, /id="f-postalCode"[^>]*aria-invalid="true"/],
  ['no state in the US', { ...HOME, region: '' }, /id="f-region"[^>]*aria-invalid="true"/],
  ['a name that is too long', { ...HOME, name: 'x'.repeat(300) }, /id="f-name"[^>]*aria-invalid="true"/],
])
  test(`refused, with what was typed: ${what}`, async () => {
    const user = await newUser(server), reply = await send(user, 'POST', '/account/addresses', body);
    assert.equal(reply.status, 422);
    assert.match(reply.text, words);
    assert.match(reply.text, /value="Springfield"/);
    assert.equal((await list(user)).length, 0);
  });

test("another's is not there, and fifty are enough", async () => {
  const owner = await newUser(server), other = await newUser(server);
  said(await send(owner, 'POST', '/account/addresses', HOME), 'saved');
  const [{ addressId }] = await list(owner);
  for (const [method, path, body] of [['GET', `/account/addresses?edit=${addressId}`],
    ['POST', `/account/addresses/${addressId}`, HOME], ['POST', `/account/addresses/${addressId}/default`, {}],
    ['POST', `/account/addresses/${addressId}/remove`, {}], ['POST', `/account/addresses/${newKey()}/remove`, {}]])
    assert.equal((await send(other, method, path, body)).status, 404, `${method} ${path}`);
  for (let n = (await list(owner)).length; n < 50; n++)
    expect(await owner.post('/users/me/addresses', { ...HOME, name: `Ada ${n}` }), 201);
  const full = await send(owner, 'POST', '/account/addresses', HOME);
  assert.equal(full.status, 422);
  assert.match(full.text, /50 addresses already/);
  assert.equal((await list(owner)).length, 50);
});
