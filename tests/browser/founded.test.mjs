/* SPDX-License-Identifier: Apache-2.0
 * The first administrator of a new shop in Chromium: on the way into the office they set a second
 * factor up, and arrive; with a telephone and its recovery code, with scripts and without. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { PASSWORD } from '../api/fixtures.mjs';
import { found } from '../api/founded.mjs';
import { totp } from '../api/totp.mjs';
import { axe, launch, newPage, overflow, WIDTHS } from './chrome.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

for (const [name, opts] of [['desktop', { size: WIDTHS.desktop }], ['phone, without JavaScript', { size: WIDTHS.phone, scripts: false }]])
  test(`the first way into the office: ${name}`, async () => {
    const { server, email } = await found({ log: `founded-browser-${opts.size.width}` });
    try {
      const page = await newPage(browser, server, opts);
      const press = (button) => page.getByRole('button', { name: button, exact: true }).click();
      const at = async (heading) => {
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        if (opts.scripts === false) return;
        assert.equal(await overflow(page), 0, `${heading} is too wide`);
        assert.deepEqual(await axe(page), [], heading);
      };
      const signIn = async () => {
        await page.goto('/admin/orders');
        await page.getByLabel('E-mail').fill(email);
        await page.getByLabel('Password').fill(PASSWORD);
        await press('Sign in');
      };
      await signIn();
      await at('Security');
      await page.getByText('Your work in the shop needs it').waitFor();
      await page.getByRole('link', { name: 'Turn on' }).click();
      await at('Turn on a second factor');
      await page.getByLabel('Your password').fill(PASSWORD);
      await press('Go on');
      await at('Scan this with your app');
      const secret = (await page.locator('b').filter({ hasText: /^([A-Z2-7]{4} ?){8}$/ }).innerText()).replaceAll(' ', '');
      page.expected.add(422);
      await page.getByLabel('Code').fill('000000');
      await press('Turn on');
      await page.getByText('That code is not good').first().waitFor();
      await page.getByLabel('Code').fill(totp(secret));
      await press('Turn on');
      await at('Keep these recovery codes');
      const [first] = await page.locator('.codes code').allInnerTexts();
      await page.getByRole('link', { name: 'I have kept them: go on' }).click();
      await page.waitForURL(/\/admin\/orders$/);
      await at('Orders');

      await press('Sign out');
      await page.waitForURL((url) => url.pathname === '/');
      await signIn();
      await page.getByLabel('Code').fill(first);
      await page.getByRole('button', { name: /Sign in|Go on/ }).click();
      await page.waitForURL(/\/admin\/orders$/);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    } finally {
      await server.close();
    }
  });
