/* SPDX-License-Identifier: Apache-2.0
 * kill -9 in a stream of orders: whatever was answered with 201 is there, confirmed and paid once;
 * whatever was begun is finished or undone. Called by survive.test.mjs. */
import assert from 'node:assert/strict';
import { expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, PASSWORD, place, setStock, signIn, stockOf, until }
  from './fixtures.mjs';
import { ENGINE, open } from './server.mjs';

const BUYERS = 8, STOCK = 1000;
/* On PostgreSQL another process might still hold what was begun: its lease of 30 s has to run out. */
const ROUNDS = ENGINE === 'pg' ? 1 : 3, PATIENCE_MS = ENGINE === 'pg' ? 75_000 : 20_000;
const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_timeout', 'pm_card_declined', 'pm_card_slow'];

/* Buys until the server is gone; gives what was answered and what was asked last. */
const stream = async (user, article, answered) => {
  for (let i = 0; ; i++) {
    const ask = { key: newKey(), token: CARDS[i % CARDS.length] };
    let reply;
    try {
      reply = await place(user, [line(article)], ask);
    } catch {
      return ask;
    }
    assert.ok([201, 202, 402, 409, 503].includes(reply.status), reply.text);
    if (reply.status === 201) answered.push({ ...ask, ...reply.json });
  }
};

export const killed = async () => {
  const server = await open({ log: 'crash', env: { SOUK_SANDBOX_SLOW_MS: '150' } });
  try {
    let staff = await admin(server);
    const article = await onSale(server);
    await setStock(staff, article, STOCK);
    const emails = [];
    for (let i = 0; i < BUYERS; i++) emails.push((await newUser(server)).user.email);
    const answered = emails.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      const buyers = await Promise.all(emails.map((email) => signIn(server, email, PASSWORD)));
      const streams = buyers.map((user, i) => stream(user, article, answered[i]));
      await new Promise((done) => setTimeout(done, 600 + 217 * round));
      await server.kill9();
      const asked = await Promise.all(streams);
      await server.start();
      const again = await Promise.all(emails.map((email) => signIn(server, email, PASSWORD)));
      for (const [i, user] of again.entries()) {
        const reply = await until('the last answer', async () => {
          const r = await place(user, [line(article)], asked[i]);
          return ![202, 409, 503].includes(r.status) && r;
        }, PATIENCE_MS);
        assert.ok([201, 402].includes(reply.status), reply.text);
        if (reply.status === 201) answered[i].push({ ...asked[i], ...reply.json });
      }
    }
    assert.ok(answered.flat().length > BUYERS, 'too few orders to tell');
    staff = await admin(server);
    const orders = [];
    for (const [i, email] of emails.entries()) {
      const user = await signIn(server, email, PASSWORD);
      let token = '';
      do {
        const page = expect(await user.get(
          `/users/${user.user.userId}/orders?limit=100${token && `&pageToken=${token}`}`), 200);
        orders.push(...page.orders);
        token = page.nextPageToken ?? '';
      } while (token);
      const mine = new Map(orders.map((o) => [o.orderId, o]));
      for (const one of answered[i]) {
        assert.equal(mine.get(one.orderId)?.status, 'confirmed', `${one.orderId} ${one.token}`);
        const order = expect(await user.get(`/orders/${one.orderId}`), 200);
        assert.equal(order.payments.length, 1);
        const rows = server.payments().filter((row) => row.includes(order.payments[0].paymentId));
        assert.equal(rows.filter((r) => r.startsWith('authorize')).length, 1, rows.join('\n'));
        assert.equal(rows.filter((r) => /^(refund|release)/.test(r)).length, 0, rows.join('\n'));
      }
    }
    assert.equal(new Set(answered.flat().map((o) => o.orderId)).size, answered.flat().length,
      'two keys share an order');
    const confirmed = orders.filter((o) => o.status === 'confirmed').length;
    for (const o of orders) assert.match(o.status, /^(confirmed|cancelled)$/);
    const stock = await stockOf(staff, article);
    assert.equal(stock.available, STOCK - confirmed);
    assert.ok(stock.levels.every((l) => l.reserved === 0), JSON.stringify(stock));
  } finally {
    await server.close();
  }
};
