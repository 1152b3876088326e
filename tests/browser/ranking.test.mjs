/* SPDX-License-Identifier: Apache-2.0
 * What pages tell for the order of results: what was on the screen, what was clicked, without
 * cookies; nothing for who does not want it. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from '../api/client.mjs';
import { admin, until } from '../api/fixtures.mjs';
import { open } from '../api/server.mjs';
import { launch, newPage } from './chrome.mjs';

let server, browser, staff;
before(async () => {
  server = await open({ demo: 120 });
  browser = await launch();
  staff = await admin(server);
});
after(async () => {
  await browser?.close();
  await server.close();
});
const figures = async (id) => expect(await staff.get(`/admin/search/products/${id}/behaviour`), 200);
const idOf = (href) => /\/p\/([0-9a-f-]{36})/.exec(href)[1];

test('what is on the screen is shown, what is clicked is clicked, its page is looked at', async () => {
  const page = await newPage(browser, server);
  let sent;
  page.on('request', (r) => { if (r.url().endsWith('/behaviour/events')) sent = r; });
  await page.goto('/search?q=&sort=newest', { waitUntil: 'load' });
  const links = page.locator('.cards h3 a');
  const third = idOf(await links.nth(2).getAttribute('href'));
  const last = idOf(await links.last().getAttribute('href'));
  await links.nth(2).click();
  await page.waitForURL(/\/p\//);
  await page.goto('/', { waitUntil: 'load' });
  await until('the beacon', () => sent);
  assert.equal(sent.headers().cookie, undefined);
  const now = await until('the counts', async () => {
    const f = await figures(third);
    return f.views === 1 && f;
  }, 15_000);
  assert.deepEqual([now.shown, now.clicked], [1, 1]);
  assert.equal((await figures(last)).shown, 0, 'below the screen');
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('with Global Privacy Control nothing is told', async () => {
  const page = await newPage(browser, server);
  let sent = 0;
  page.on('request', (r) => { sent += r.url().endsWith('/behaviour/events'); });
  await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await page.goto('/search?q=&sort=newest', { waitUntil: 'load' });
  await page.locator('.cards h3 a').first().click();
  await page.waitForURL(/\/p\//);
  await page.goto('/', { waitUntil: 'load' });
  assert.equal(sent, 0);
  await page.context().close();
});
