/* SPDX-License-Identifier: Apache-2.0
 * Sending back what was delivered, by the page of the order in Chromium: phone and desktop, with and
 * without JavaScript. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from '../api/server.mjs';
import { ADDRESS, admin, line, newUser, onSale, place } from '../api/fixtures.mjs';
import { launch, look, newPage, WIDTHS } from './chrome.mjs';

let server, browser, staff, one, two;
before(async () => {
  server = await open();
  browser = await launch();
  staff = await admin(server);
  one = await onSale(server, { stock: 50 });
  two = await onSale(server, { skip: 1, stock: 50 });
});
after(async () => {
  await browser?.close();
  await server.close();
});

/* What was ordered has arrived. */
const delivered = async (user, lines) => {
  const placed = await place(user, lines);
  assert.equal(placed.status, 201, placed.text);
  for (const status of ['processing', 'shipped', 'delivered'])
    assert.equal((await staff.post(`/admin/orders/${placed.json.orderId}/status`, { status })).status, 200);
  return placed.json.orderId;
};
const visit = async (user, orderId, view) => {
  const page = await newPage(browser, server, view);
  await page.context().addCookies([{ name: 'souk_at', value: user.token, url: server.origin }]);
  await page.goto(`/orders/${orderId}`);
  return page;
};
const ask = async (form, reason) => {
  await form.locator('summary').click();
  if (reason) await form.getByLabel('Reason').selectOption({ label: reason });
  await form.getByRole('button', { name: 'Ask for the return' }).click();
};
const formOf = (page, label) => page.locator('details').filter({ hasText: label });

for (const [device, size] of [['phone', WIDTHS.phone], ['desktop', WIDTHS.desktop]])
  for (const scripts of [true, false])
    test(`an order goes back: ${device}, ${scripts ? 'with' : 'without'} JavaScript`, async () => {
      const user = await newUser(server);
      const orderId = await delivered(user, [line(one)]);
      const page = await visit(user, orderId, { size, scripts });
      const shot = (name) => look(page, `return-${name}-${device}-${scripts}`, scripts);
      const form = formOf(page, 'Return this order');
      await form.locator('summary').click();
      await shot('form');
      await form.locator('summary').click();
      await ask(form, 'Damaged');
      await page.waitForURL(/said=return$/);
      await page.getByText('We have your return request').waitFor();
      assert.equal(await form.count(), 0, 'it is offered once more');
      await shot('asked');
      const seen = (await user.get(`/orders/${orderId}`)).json;
      assert.equal(seen.status, 'return_requested');
      assert.equal(seen.history.at(-1).reason, 'Damaged');
      assert.equal((await staff.post(`/admin/orders/${orderId}/return/approve`, {})).status, 200);
      await page.goto(`/orders/${orderId}`);
      await page.getByText('It is back with us, and the money went to').first().waitFor();
      await shot('done');
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

for (const scripts of [true, false])
  test(`one parcel goes back, the other stays: ${scripts ? 'with' : 'without'} JavaScript`, async () => {
    const user = await newUser(server);
    const there = { ...ADDRESS, name: 'Grace Hopper', line1: '2 Mission St' };
    const orderId = await delivered(user, [line(one), { ...line(two), shippingAddress: there }]);
    const page = await visit(user, orderId, { scripts });
    const second = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Parcel 2 of 2' }) });
    await ask(second.locator('details').filter({ hasText: 'Return this parcel' }));
    await page.waitForURL(/said=return_part$/);
    await second.getByText('Please send it back').waitFor();
    await look(page, `return-parcel-${scripts}`, scripts);
    const groups = (await user.get(`/orders/${orderId}`)).json.fulfilmentGroups;
    assert.deepEqual(groups.map((g) => g.status), ['delivered', 'return_requested']);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

test('a form that is sent late says how it stands', async () => {
  const user = await newUser(server);
  const orderId = await delivered(user, [line(one)]);
  const early = await visit(user, orderId), late = await visit(user, orderId);
  await ask(formOf(early, 'Return this order'));
  await early.getByText('We have your return request').waitFor();
  await ask(formOf(late, 'Return this order'));
  await late.getByText('This cannot be returned now').waitFor();
  for (const page of [early, late]) {
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});
