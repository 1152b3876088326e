/* SPDX-License-Identifier: Apache-2.0
 * One order to several addresses in Chromium: phone and desktop, with and without JavaScript. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from '../api/server.mjs';
import { line, newUser, onSale } from '../api/fixtures.mjs';
import { launch, look, newPage, WIDTHS } from './chrome.mjs';
import { pay } from './steps.mjs';

let server, browser, one, two;
before(async () => {
  server = await open();
  browser = await launch();
  one = await onSale(server, { stock: 50 });
  two = await onSale(server, { skip: 1, stock: 50 });
});
after(async () => {
  await browser?.close();
  await server.close();
});

for (const [device, size] of [['phone', WIDTHS.phone], ['desktop', WIDTHS.desktop]])
  for (const scripts of [true, false])
    test(`lines to two addresses: ${device}, ${scripts ? 'with' : 'without'} JavaScript`, async () => {
      const user = await newUser(server, { name: 'Ada Lovelace' });
      for (const [name, line1, city] of [['Ada Lovelace', '1 Form Street', 'Springfield'], ['Grace Hopper', '2 Mission St', 'Chicago']])
        await user.post('/users/me/addresses', { name, line1, city, region: 'IL', postalCode: '62701', country: 'US' });
      for (const item of [line(one, 3), line(two)]) await user.post('/cart/items', item);
      const page = await newPage(browser, server, { size, scripts });
      await page.context().addCookies([{ name: 'souk_at', value: user.token, url: server.origin }]);
      const shot = (name) => look(page, `${name}-${device}-${scripts}`, scripts);
      await page.goto('/checkout');
      await page.getByText('Send to several addresses').click();
      await page.getByRole('button', { name: 'Split' }).first().click();
      const to = page.getByLabel(/^Goes to/);
      await to.nth(1).waitFor();
      assert.equal(await to.count(), 3);
      await to.nth(1).selectOption({ label: 'Grace Hopper, 2 Mission St, Chicago' });
      await to.nth(2).selectOption({ label: 'Grace Hopper, 2 Mission St, Chicago' });
      if (!scripts)
        await page.getByRole('button', { name: 'Show tax and delivery for these addresses' }).click();
      await page.getByRole('heading', { name: 'To Grace Hopper, 2 Mission St, Chicago' }).waitFor();
      await shot('checkout');
      await pay(page, 'pm_card_visa');
      await page.waitForURL(/\/thanks$/);
      await page.getByRole('heading', { name: 'To Grace Hopper, 2 Mission St, Chicago' }).waitFor();
      await shot('thanks');
      await page.getByRole('link', { name: 'Follow this order' }).click();
      await page.getByRole('heading', { name: 'Parcel 2 of 2' }).waitFor();
      await page.getByText('2 Mission St').waitFor();
      await shot('order');
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
