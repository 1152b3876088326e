/* SPDX-License-Identifier: Apache-2.0
 * After the kills: what buyers were told against orders, the provider's own record, and shelves.
 * Called by kills.test.mjs; must never repair what it finds. */
import assert from 'node:assert/strict';
import { expect } from '../api/client.mjs';
import { stockOf } from '../api/fixtures.mjs';

/* The provider's payments by our key: what it has of the buyer's money now. */
export const payments = (server) => {
  const byRef = new Map();
  for (const row of server.payments()) {
    const [verb, key, ref, minor, , , , state] = row.split('\t').map(decodeURIComponent);
    const p = byRef.get(ref) ?? { key, times: 0, live: 0, amount: 0, back: 0 };
    byRef.set(ref, p);
    if (verb === 'authorize') Object.assign(p, { key, amount: Number(minor), times: p.times + 1 });
    if (state === 'captured' && (verb === 'authorize' || verb === 'challenge')) p.live += p.amount;
    if (verb === 'refund') { p.live -= Number(minor); p.back++; }
  }
  return new Map([...byRef.values()].map((p) => [p.key, p]));
};

const minor = (amount) => Math.round(Number(amount.amount ?? amount) * 100);

/* Every order that a buyer was told of, as staff see it; and what it must have at the provider. */
const orderAgrees = async (staff, buyer, it, paid) => {
  const order = expect(await staff.get(`/orders/${it.orderId}`, { check: false }), 200);
  assert.deepEqual(order.total, it.total, `${it.orderId}: another total`);
  const gone = buyer.cancelled.has(it.orderId);
  assert.match(order.status, gone ? /^cancelled$/ : /^(confirmed|cancelled)$/, it.orderId);
  assert.equal(order.payments.length, 1);
  const p = paid.get(order.payments[0].paymentId);
  assert.ok(p, `${it.orderId}: the provider knows nothing of it`);
  assert.equal(p.times, 1, `${it.orderId}: asked for twice`);
  assert.equal(p.amount, minor(order.total));
  assert.equal(p.live, order.status === 'confirmed' ? p.amount : 0, `${it.orderId} ${order.status}`);
  p.known = true;
  return order;
};

export const agree = async (server, staff, buyers, articles) => {
  const paid = payments(server);
  const sold = new Map();
  let confirmed = 0, cancelled = 0;
  for (const buyer of buyers)
    for (const it of buyer.placed.values()) {
      const order = await orderAgrees(staff, buyer, it, paid);
      if (order.status === 'cancelled') { cancelled++; continue; }
      confirmed++;
      for (const item of order.items)
        sold.set(item.variantId, (sold.get(item.variantId) ?? 0) + item.quantity);
    }
  for (const p of paid.values())
    assert.ok(p.known || p.live === 0, `money of no order: ${JSON.stringify(p)}`);
  for (const article of articles) {
    const { levels, available } = await stockOf(staff, article);
    assert.ok(levels.every((l) => l.reserved === 0 && l.onHand >= 0), JSON.stringify(levels));
    assert.equal(available, article.stock - (sold.get(article.variantId) ?? 0), article.variantId);
  }
  return { confirmed, cancelled };
};
