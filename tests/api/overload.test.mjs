/* SPDX-License-Identifier: Apache-2.0
 * More than the shop can take: orders are put on record and told 202, lesser requests are refused
 * first, what is in the cache and what buys goes on. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, place, until } from './fixtures.mjs';
import { open } from './server.mjs';

let server, staff, one;
before(async () => {
  server = await open({ env: { SOUK_ORDERS_WAITING: '2', SOUK_SANDBOX_SLOW_MS: '1500',
    SOUK_WORKERS: '1', SOUK_QUEUE: '64' } });
  staff = await admin(server);
  one = await onSale(server, { stock: 40 });
});
after(() => server.close());

test('more buyers than may wait are told 202, and get their orders all the same', async () => {
  const users = await Promise.all(Array.from({ length: 6 }, () => newUser(server)));
  const keys = users.map(() => newKey());
  const replies = await Promise.all(users.map((user, i) =>
    place(user, [line(one)], { token: 'pm_card_slow', key: keys[i] })));
  const codes = replies.map((r) => r.status);
  assert.ok(codes.every((c) => c === 201 || c === 202), codes.join());
  assert.ok(codes.includes(202) && codes.includes(201), codes.join());
  for (const [i, reply] of replies.entries()) {
    const placed = expect(reply, reply.status);
    assert.equal(placed.status, reply.status === 202 ? 'pending' : 'confirmed');
    assert.equal(reply.headers.location, `/api/v1/orders/${placed.orderId}`);
    const again = await place(users[i], [line(one)], { token: 'pm_card_slow', key: keys[i] });
    assert.ok([201, 202].includes(again.status), again.text); /* of the order as it is by then */
    assert.equal(expect(again, again.status).orderId, placed.orderId);
    await until('the order is confirmed', async () => {
      const { status } = expect(await users[i].get(`/orders/${placed.orderId}`), 200);
      return status === 'confirmed';
    }, 15_000);
  }
});

test('a declined card of an order that was told 202 cancels it', async () => {
  const users = await Promise.all(Array.from({ length: 4 }, () => newUser(server)));
  const slow = users.slice(0, 3).map((user) => place(user, [line(one)], { token: 'pm_card_slow' }));
  await new Promise((done) => setTimeout(done, 300));
  const placed = expect(await place(users[3], [line(one)], { token: 'pm_card_declined' }), 202);
  await Promise.all(slow);
  await until('the order is cancelled', async () => {
    const order = expect(await users[3].get(`/orders/${placed.orderId}`), 200);
    return order.status === 'cancelled' && order.paymentStatus === 'declined';
  }, 15_000);
});

test('suggestions are refused first, buying goes on', async () => {
  const user = await newUser(server);
  await staff.get('/deals');
  let refused = 0, orders = [];
  for (let round = 0; round < 40 && refused === 0; round++) {
    const asked = Array.from({ length: 60 }, (_, i) =>
      user.get(`/search/autocomplete?q=${encodeURIComponent(`w${round}x${i}`)}`));
    orders = Array.from({ length: 3 }, () => user.get('/cart'));
    for (const reply of await Promise.all(asked))
      if (reply.status === 503) {
        refused++;
        assert.equal(reply.headers['retry-after'], '1');
        expect(reply, 503, 'overloaded');
      } else expect(reply, 200);
    for (const reply of await Promise.all(orders)) expect(reply, 200);
  }
  assert.ok(refused > 0, 'nothing was refused');
  assert.equal((await user.get('/search/autocomplete?q=lamp')).status, 200, 'and then it is over');
});
