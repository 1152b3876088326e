/* SPDX-License-Identifier: Apache-2.0
 * Every page, light and dark, phone and desktop: axe finds nothing, nothing moves, nothing is wider
 * than the window, the console is silent, and no other host is asked. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from '../api/server.mjs';
import { axe, launch, layoutShift, newPage, overflow, WIDTHS } from './chrome.mjs';
import { furnish, ROOMS_ENV } from './rooms.mjs';

const NAMES = ['home', 'home-signed-in', 'search', 'list', 'list-filtered', 'search-nothing', 'category',
  'product', 'reviews', 'review-form', 'cart-empty', 'cart', 'signin', 'register', 'checkout',
  'challenge', 'thanks', 'orders', 'order', 'order-parcels', 'account', 'payment-methods',
  'payment-bank', 'security', 'keys', 'privacy', 'preferences', 'addresses', 'payouts', 'change-email', 'forgot-password', 'reset-stale', 'pieces', 'factor',
  'factor-confirm', 'passkeys', 'passkey-proof', 'logins', 'login-refused',
  'not-found', 'office', 'office-fraud', 'office-review', 'office-sagas',
  'office-saga', 'office-orders', 'office-orders-none', 'office-order', 'office-order-refused',
  'office-moderation', 'office-asked', 'office-conversion', 'office-clicks', 'office-stock',
  'office-stock-one', 'office-events', 'office-synonyms', 'office-rules', 'office-rules-query', 'office-users', 'office-user',
  'office-keys', 'office-flags', 'office-approvals', 'office-payouts', 'office-gift-cards', 'office-audit'];
let server, browser, rooms;
before(async () => {
  server = await open({ env: ROOMS_ENV });
  browser = await launch();
  rooms = await furnish(server);
});
after(async () => {
  await browser?.close();
  await server.close();
});

/* A page is loaded once a device; the colours of the dark are looked at in the same page. */
for (const device of ['phone', 'desktop'])
  for (const name of NAMES)
    test(`${name}, ${device}`, async () => {
      const room = rooms[name];
      const page = await newPage(browser, server, { size: WIDTHS[device] });
      if (room.cookies) await page.context().addCookies(room.cookies);
      page.expected.add(room.status ?? 0);
      const reply = await page.goto(room.path, { waitUntil: 'load' });
      assert.equal(reply.status(), room.status ?? 200);
      const { sum, moved } = await layoutShift(page);
      assert.ok(sum < 0.05, `the layout moved by ${sum.toFixed(3)}: ${moved.join(' | ')}`);
      assert.equal(await overflow(page), 0, 'wider than the window');
      assert.deepEqual(await axe(page), [], 'axe, light');
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.deepEqual(await axe(page, ['color-contrast', 'link-in-text-block']), [], 'axe, dark');
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

test('all of furnish is walked through', () => {
  assert.deepEqual(Object.keys(rooms).sort(), [...NAMES].sort());
});

test('the keyboard gets from the first key to the page and into the search', async () => {
  const page = await newPage(browser, server);
  await page.goto('/search');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.context().close();
});

test('a window of 320 pixels, as with 400 % zoom, needs no scrolling sideways', async () => {
  const page = await newPage(browser, server, { size: { width: 320, height: 640 } });
  for (const name of ['home', 'list', 'product', 'reviews', 'review-form', 'signin']) {
    await page.goto(rooms[name].path);
    assert.equal(await overflow(page), 0, name);
  }
  await page.context().close();
});
