/* SPDX-License-Identifier: Apache-2.0
 * The database goes away and comes back: clear answers in between, nothing lost or done twice.
 * Called by survive.test.mjs. */
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { exchange, expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, place, stockOf, until } from './fixtures.mjs';
import { listening } from './ports.mjs';
import { ENGINE, open } from './server.mjs';

/* A wire between the server and its database that can be cut. */
const wire = async (url) => {
  const target = new URL(url);
  const sockets = new Set();
  let whole = true;
  const proxy = await listening(createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [a, b] of [[near, far], [far, near]]) {
      sockets.add(a);
      a.on('error', () => b.destroy());
      a.on('close', () => { sockets.delete(a); b.destroy(); });
      a.pipe(b);
    }
  }));
  return {
    port: proxy.address().port,
    cut() { whole = false; for (const s of sockets) s.destroy(); },
    mend() { whole = true; },
    close() { this.cut(); proxy.close(); },
  };
};

export const away = async (t) => {
  if (ENGINE !== 'pg') return t.skip('SQLite does not go away');
  const line_ = await wire(process.env.SOUK_TEST_PG);
  let server;
  try {
    server = await open({ through: line_.port, log: 'away' });
    const user = await newUser(server);
    const staff = await admin(server);
    const article = await onSale(server);
    const before = (await stockOf(staff, article)).available;
    const key = newKey();
    line_.cut();
    const read = await user.get('/cart');
    expect(read, 503, 'service_unavailable');
    assert.ok(Number(read.headers['retry-after']) >= 1);
    assert.doesNotMatch(read.text, /postgres|sql|connection/i);
    expect(await place(user, [line(article)], { key }), 503);
    assert.equal((await exchange(server.origin, 'GET', '/readyz')).status, 503);
    assert.equal((await exchange(server.origin, 'GET', '/livez')).status, 200);
    line_.mend();
    await until('ready again', async () =>
      (await exchange(server.origin, 'GET', '/readyz')).status === 200, 20_000);
    const reply = await until('an order', async () => {
      const r = await place(user, [line(article)], { key });
      return r.status !== 503 && r;
    }, 20_000);
    expect(reply, 201);
    assert.equal((await stockOf(staff, article)).available, before - 1);
    const cut = [];
    const busy = Array.from({ length: 30 }, async (_, i) => {
      const ask = newKey();
      const r = await place(user, [line(article)], { key: ask });
      cut.push({ ask, status: r.status, i });
    });
    setTimeout(() => line_.cut(), 30);
    await Promise.all(busy);
    line_.mend();
    for (const { ask, status } of cut) {
      assert.ok([201, 202, 409, 503].includes(status), String(status));
      const last = await until('the last word', async () => {
        const r = await place(user, [line(article)], { key: ask });
        return ![202, 409, 503].includes(r.status) && r;
      }, 60_000);
      expect(last, 201);
    }
    assert.equal((await stockOf(staff, article)).available, before - 31);
  } finally {
    line_.mend();
    try {
      await server?.close();
    } finally {
      line_.close();
    }
  }
};
