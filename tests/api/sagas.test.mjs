/* SPDX-License-Identifier: Apache-2.0
 * Work under way as staff see it, over HTTP and at the terminal: an order whose buyer is at the
 * bank. The engine itself is tested in src/platform/saga. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { admin, line, newUser, onSale, place, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

const NOBODY = '01890000-0000-7000-8000-000000000000';

let server, staff, order;
before(async () => {
  server = await open();
  staff = await admin(server);
  order = expect(await place(await newUser(server), [line(await onSale(server))],
    { token: 'pm_card_3ds' }), 202);
});
after(() => server.close());

for (const [method, path] of [['GET', '/admin/sagas'], ['GET', `/admin/sagas/${NOBODY}`],
  ['POST', `/admin/sagas/${NOBODY}/retry`]])
  test(`${method} ${path} is for staff only`, async () => {
    expect(await new Client(server).send(method, path), 401, 'authentication_required');
    expect(await (await newUser(server)).send(method, path), 403, 'forbidden');
    expect(await (await signIn(server, 'seller@demo.souk')).send(method, path), 403, 'forbidden');
    expect(await staff.send(method, path), path.includes(NOBODY) ? 404 : 200);
  });

const one = async () => expect(await staff.get(`/admin/sagas/${order.orderId}`), 200);

test('an order at the bank is listed as parked, with its steps', async () => {
  const { sagas } = expect(await staff.get('/admin/sagas'), 200);
  const row = sagas.find((saga) => saga.sagaId === order.orderId);
  assert.equal(row.kind, 'checkout');
  assert.equal(row.label, order.orderNumber);
  assert.deepEqual([row.parked, row.undoing, row.known], [true, false, true]);
  const whole = await one();
  assert.deepEqual(whole.steps.filter((step) => step.next).map((step) => step.name), [whole.step]);
  assert.equal(whole.step, 'authorize');
  assert.ok(!JSON.stringify(whole).includes('pm_card'), 'the token is nobody\'s to see');
});

test('another try counts, and the bank is still waited for', async () => {
  const before = (await one()).attempts;
  expect(await staff.post(`/admin/sagas/${order.orderId}/retry`), 202);
  const end = Date.now() + 8000;
  let now;
  do now = await one(); while (!(now.attempts > before && now.parked) && Date.now() < end);
  assert.equal(now.attempts, before + 1);
  assert.ok(now.parked);
  const { sagas } = expect(await staff.get(`/admin/sagas?attempts=${now.attempts + 1}`), 200);
  assert.ok(!sagas.some((saga) => saga.sagaId === order.orderId), 'not tried so often yet');
});

test('souk saga lists it, shows its steps, and knows what is stuck', async () => {
  await server.stop(); /* an SQLite file is one process's at a time */
  const list = server.command('saga');
  assert.match(list, new RegExp(`${order.orderId}  checkout +${order.orderNumber} +authorize +parked`));
  for (const wanted of [order.orderId, order.orderNumber]) {
    const shown = server.command('saga', wanted);
    assert.match(shown, /how +parked/);
    assert.match(shown, /attempts +\d+\nnext try +20/);
    assert.match(shown, /place +done\n +payment +done\n +authorize +next\n +note *\n/);
  }
  assert.match(server.command('saga', '--stuck'), /^0 stuck$/m);
  assert.throws(() => server.command('saga', 'nobody'), /no saga nobody/);
  await server.start();
});
