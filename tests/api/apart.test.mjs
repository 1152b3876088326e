/* SPDX-License-Identifier: Apache-2.0
 * Payments in a database of their own: what must not be noticed, and the server killed between the
 * commits of the two. Orders and sagas run so too (./dev test, SOUK_TEST_APART=on). */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, orderBody, setStock, stockOf, until } from './fixtures.mjs';
import { ENGINE, open, SERVICES_APART, Server } from './server.mjs';

let server, staff, one;
before(async () => {
  server = await open({ apart: true });
  staff = await admin(server);
  one = await onSale(server);
  await setStock(staff, one, 500);
});
after(() => server.close());

const tables = (database) => {
  const rows = ENGINE === 'pg'
    ? execFileSync('psql', ['-X', '-A', '-t', '-d', database.direct, '-c',
      'SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()'], { encoding: 'utf8' })
    : execFileSync('python3', ['-c', 'import sqlite3, sys\n'
      + 'for row in sqlite3.connect(sys.argv[1]).execute("SELECT name FROM sqlite_master"): print(row[0])',
    database.url.replace('sqlite:', '')], { encoding: 'utf8' });
  return rows.split('\n').filter((name) => /^[a-z]+_[a-z_]+$/.test(name));
};
const owners = (database) => [...new Set(tables(database).map((name) => name.split('_')[0]))].sort();

/* Whose rows lie beside a service's own: a payout and its posting are one unit. */
const GUESTS = { ledger: ['payouts'] };

test('each database has its owners’ tables and no others', () => {
  const mine = (database) => owners(database).filter((name) => !['sqlite', 'souk'].includes(name));
  const shop = mine(server.database);
  for (const name of SERVICES_APART) {
    assert.ok(!shop.includes(name), name);
    assert.deepEqual(mine(server.apart[name]), ['bus', 'idem', 'job', name, 'vault', ...GUESTS[name] ?? []].sort());
    for (const guest of GUESTS[name] ?? []) assert.ok(!shop.includes(guest), guest);
  }
  const idle = new Server({ apart: true, log: 'apart-idle' });
  try {
    assert.match(idle.command('check-sql'), /, 0 failed/);
  } finally {
    idle.abandon();
  }
});

test('a gift card is issued, pays with a card, and the money goes back to both', async () => {
  const key = newKey();
  const issue = () => staff.post('/admin/gift-cards', { amount: 5 }, { key });
  const card = expect(await issue(), 201);
  const again = expect(await issue(), 201);
  assert.deepEqual([again.giftCardId, again.code], [card.giftCardId, undefined]);
  const user = await newUser(server);
  const body = { ...orderBody([line(one, 3)]), giftCards: [card.code] };
  const { orderId } = expect(await user.post('/orders', body, { key: newKey() }), 201);
  const { payments } = expect(await user.get(`/orders/${orderId}`), 200);
  assert.deepEqual(payments.map((p) => p.status).sort(), ['captured', 'captured']);
  expect(await user.post(`/orders/${orderId}/cancel`, {}), 200);
  const after = expect(await user.get(`/orders/${orderId}`), 200);
  assert.equal(after.paymentStatus, 'refunded');
  const second = expect(await user.post('/orders', body, { key: newKey() }), 201);
  assert.ok(second.orderId, 'the card has its money again');
});

test('killed between the commits of the two databases, again and again: nothing is lost', async () => {
  const user = await newUser(server);
  const before = (await stockOf(staff, one)).available;
  const asked = [];
  for (let round = 0; round < 5; round++) {
    const sent = Array.from({ length: 8 }, (_, i) => {
      const it = { key: newKey(), body: orderBody([line(one)],
        { token: ['pm_card_visa', 'pm_card_timeout', 'pm_card_slow'][i % 3] }) };
      asked.push(it);
      return user.post('/orders', it.body, { key: it.key, check: false }).catch(() => undefined);
    });
    await new Promise((done) => setTimeout(done, 30 + 60 * round));
    await server.kill9();
    await Promise.all(sent);
    await server.start();
  }
  const orders = new Set();
  for (const it of asked)
    await until('an answer', async () => {
      const reply = await user.post('/orders', it.body, { key: it.key, check: false });
      if (reply.status === 201) orders.add(reply.json.orderId);
      return reply.status === 201;
    }, 60_000);
  assert.equal(orders.size, asked.length);
  assert.equal((await stockOf(staff, one)).available, before - asked.length);
  for (const orderId of orders) {
    const { payments, status } = expect(await user.get(`/orders/${orderId}`), 200);
    assert.deepEqual([status, ...payments.map((p) => p.status)], ['confirmed', 'captured']);
    assert.equal(server.payments().filter((row) => row.startsWith('authorize')
      && row.includes(payments[0].paymentId)).length, 1, 'charged once');
  }
});
