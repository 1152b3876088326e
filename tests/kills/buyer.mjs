/* SPDX-License-Identifier: Apache-2.0
 * A buyer who keeps at it while the server dies: what was answered is remembered, what was not is
 * asked again with the same key. Called by kills.test.mjs; must never take silence for an answer. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, exchange, expect } from '../api/client.mjs';
import { line, newKey, newUser, orderBody, PASSWORD, signIn } from '../api/fixtures.mjs';

const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_timeout', 'pm_card_slow',
  'pm_card_declined', 'pm_card_3ds'];
/* Answers that leave the outcome open: the same key is asked again. */
const OPEN = [409, 'request_in_progress'];
const FINAL = { 402: ['payment_declined'], 409: ['cart_in_use', 'insufficient_stock', 'reservation_gone',
  'price_changed', 'order_state_conflict'], 422: ['cart_empty'] };

/* Numbers that a seed decides (mulberry32). */
export const chance = (seed) => {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), of: (list) => list[Math.floor(next() * list.length)] };
};

export class Buyer {
  constructor(server, { hot, goods, seed }) {
    Object.assign(this, { server, hot, goods, dice: chance(seed) });
    this.placed = new Map(); /* order id -> the ask that was answered with 201 */
    this.cancelled = new Set(); /* order ids whose cancellation was answered with 200 */
    this.open = []; /* asked and not answered for good */
    this.asked = this.answered = this.lost = this.replays = 0;
  }

  async begin(guest) {
    if (guest) {
      this.client = new Client(this.server);
      const cart = expect(await this.client.post('/cart/items', line(this.goods[0])), 201);
      this.client.cart = cart.cartToken;
      assert.ok(this.client.cart, 'a guest without a cart');
    } else {
      this.client = await newUser(this.server);
      this.email = this.client.user.email;
    }
  }

  /* undefined: no answer came. */
  async send(path, json, key) {
    try {
      const reply = await this.client.post(path, json, { key, check: false });
      if (reply.status !== 401 || !this.email) return reply;
      this.client = await signIn(this.server, this.email, PASSWORD);
      return await this.client.post(path, json, { key, check: false });
    } catch {
      return undefined;
    }
  }

  async ask(it) {
    this.asked++;
    const reply = await this.send(it.path, it.json, it.key);
    if (!reply) this.lost++;
    await this.take(it, reply);
    return reply !== undefined;
  }

  /* What an answer says of what was asked. */
  async take(it, reply) {
    this.open = this.open.filter((o) => o !== it);
    this.away = reply?.status === 503;
    if (!reply || reply.status === 503 || reply.status === 202 ||
        (reply.status === OPEN[0] && reply.json?.code === OPEN[1]) || reply.json?.code === 'order_busy') {
      this.open.push(it);
      if (reply?.status === 202 && reply.json.nextAction && this.dice.next() < 0.8)
        await this.atTheBank(reply.json.orderId);
      return;
    }
    this.answered++;
    if (it.cancels) {
      if (reply.status === 200) this.cancelled.add(it.cancels);
      else this.refused(it, reply);
    } else if (reply.status === 201) {
      const { orderId, total } = reply.json;
      const known = it.orderId ?? orderId;
      assert.equal(orderId, known, 'a key got two orders');
      Object.assign(it, { orderId, total });
      this.placed.set(orderId, it);
    } else {
      assert.ok(!it.orderId, `an order that was answered is gone: ${reply.text}`);
      this.refused(it, reply);
    }
  }

  refused(it, reply) {
    assert.ok(FINAL[reply.status]?.includes(reply.json?.code),
      `${it.path} ${JSON.stringify(it.json)}: ${reply.status} ${reply.text}`);
  }

  /* The bank of pm_card_3ds is a page of the shop. */
  async atTheBank(orderId) {
    const answer = this.dice.next() < 0.7 ? 'approve' : 'deny';
    const body = new URLSearchParams({ answer }).toString();
    try {
      await exchange(this.server.origin, 'POST', `/orders/${orderId}/challenge`, {
        Cookie: `souk_at=${this.client.token}`, Origin: this.server.origin, Accept: 'text/html',
        'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': Buffer.byteLength(body) }, body);
    } catch { /* asked again later, or at the end */ }
  }

  async buy() {
    const token = this.dice.of(this.email ? CARDS : CARDS.filter((c) => c !== 'pm_card_3ds'));
    const what = this.dice.next();
    const some = this.dice.of(this.goods);
    let lines = [line(some, 1 + this.dice.below(3))];
    if (what < 0.25) lines = [line(this.hot, 1 + this.dice.below(2))];
    else if (what < 0.4) lines.push(line(this.goods.find((g) => g !== some), 1));
    else if (what < 0.65) lines = undefined;
    if (!lines && !await this.send('/cart/items', line(some, 1 + this.dice.below(2)))) return false;
    return this.ask({ path: '/orders', key: newKey(), json: orderBody(lines,
      { token, ...(this.email ? {} : { email: 'kills@example.com' }), acceptPriceChanges: true }) });
  }

  /* One thing that buyers do; false: there was no answer. */
  async act() {
    const what = this.dice.next();
    if (what < 0.1 && this.open.length) return this.ask(this.dice.of(this.open));
    const mine = [...this.placed.values()];
    if (what < 0.2 && mine.length) {
      this.replays++;
      return this.ask(this.dice.of(mine));
    }
    if (what < 0.3 && mine.length) {
      const { orderId } = this.dice.of(mine);
      return this.ask({ path: `/orders/${orderId}/cancel`, json: {}, key: newKey(), cancels: orderId });
    }
    return this.buy();
  }

  async until(stop) {
    while (!stop.now && await this.act())
      if (this.away) await sleep(100); /* told to come back: nobody asks a thousand times a second */
  }

  /* Asks once more for all that is open, and answers every bank. */
  async settle() {
    for (const it of [...this.open]) await this.ask(it);
    if (!this.open.length || !this.email) return;
    const path = `/users/${this.client.user.userId}/orders?limit=100`;
    let token = '';
    do {
      const page = expect(await this.client.get(path + (token && `&pageToken=${token}`)), 200);
      for (const order of page.orders)
        if (order.status === 'pending') await this.atTheBank(order.orderId);
      token = page.nextPageToken ?? '';
    } while (token);
  }
}
