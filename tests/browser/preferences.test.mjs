/* SPDX-License-Identifier: Apache-2.0
 * The look that somebody chose, in Chromium, against what their system prefers: colours as they are
 * computed, contrast in both, and the system's again when they have gone. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { admin, line, newEmail, newUser, onSale } from '../api/fixtures.mjs';
import { open } from '../api/server.mjs';
import { axe, launch, newPage, overflow, WIDTHS } from './chrome.mjs';
import { cookiesOf } from './rooms.mjs';
import { PASSWORD } from './steps.mjs';

const PAPER = { light: 'rgb(251, 250, 247)', dark: 'rgb(20, 19, 15)' };
let server, browser, one;
before(async () => {
  server = await open();
  browser = await launch();
  one = await onSale(server);
});
after(async () => {
  await browser?.close();
  await server.close();
});

const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const bar = (page) => page.evaluate(() => [...document.querySelectorAll('meta[name=theme-color]')]
  .find((m) => !m.media || matchMedia(m.media).matches).content);
const signIn = async (page, email) => {
  await page.goto('/signin');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/signin');
};
const choose = async (page, label) => {
  await page.goto('/account');
  await page.locator('main a[href="/account/preferences"]').click();
  await page.getByLabel('Appearance').selectOption({ label });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
};

for (const [system, chosen, label, size, scripts] of [['light', 'dark', 'Dark', WIDTHS.phone, true],
  ['dark', 'light', 'Light', WIDTHS.desktop, false]])
  test(`${label} on a device that is ${system}, ${scripts ? 'with' : 'without'} JavaScript`, async () => {
    const email = newEmail();
    await newUser(server, { email });
    const page = await newPage(browser, server, { size, scheme: system, scripts });
    await signIn(page, email);
    assert.equal(await paper(page), PAPER[system]);
    await choose(page, label);
    for (const path of ['/account/preferences', '/', '/search', `/p/${one.productId}`, '/cart', '/account/privacy']) {
      await page.goto(path);
      assert.equal(await paper(page), PAPER[chosen], path);
      assert.equal(await bar(page), chosen === 'dark' ? '#14130f' : '#fbfaf7', path);
      assert.equal(await overflow(page), 0, path);
      if (scripts) assert.deepEqual(await axe(page, ['color-contrast', 'link-in-text-block']), [], path);
    }
    await page.goto('/account');
    await page.locator('main form[action="/signout"] button').click();
    await page.waitForURL((url) => url.pathname === '/');
    assert.equal(await paper(page), PAPER[system], 'whose page is it now?');
    assert.equal(await bar(page), system === 'dark' ? '#14130f' : '#fbfaf7');
    await page.goto('/search');
    assert.equal(await paper(page), PAPER[system]);
    await signIn(page, email);
    assert.equal(await paper(page), PAPER[chosen], 'signed in again');
    await choose(page, 'As my device has it');
    assert.equal(await paper(page), PAPER[system]);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

test('the back office is dark for who wants it dark', async () => {
  const staff = await admin(server);
  const page = await newPage(browser, server);
  await page.context().addCookies([...cookiesOf(server, staff),
    { name: 'souk_look', value: 'dark', url: server.origin }]);
  await page.goto('/admin');
  assert.equal(await paper(page), PAPER.dark);
  assert.deepEqual(await axe(page, ['color-contrast']), []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('the checkout has the speed that was chosen', async () => {
  const email = newEmail();
  const user = await newUser(server, { email });
  let fast = one;
  for (let skip = 1; !fast.product.primeEligible; skip++) fast = await onSale(server, { skip });
  await user.post('/cart/items', line(fast));
  const page = await newPage(browser, server);
  await signIn(page, email);
  await page.goto('/account/preferences');
  await page.getByLabel('Delivery').selectOption({ label: 'Prime, two days' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await page.goto('/checkout');
  assert.equal(await page.locator('input[name=deliverySpeed]:checked').inputValue(), 'prime_2day');
  const cost = await page.locator('.pick:has(input[name=deliverySpeed]:checked) .cost').innerText();
  assert.ok((await page.locator('#sums').innerText()).includes(cost), cost);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
