/* SPDX-License-Identifier: Apache-2.0
 * A morning in the back office, in Chromium: staff sign in, decide about an order, wake what is
 * stuck, help a search, and send a parcel; on a desktop by keyboard, on a phone without scripts. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { DEMO_PASSWORD, open } from '../api/server.mjs';
import { admin, line, newKey, newUser, onSale, place, until } from '../api/fixtures.mjs';
import { expect } from '../api/client.mjs';
import { launch, newPage, overflow, WIDTHS } from './chrome.mjs';

let server, browser, staff, article;
before(async () => {
  server = await open({ env: { SOUK_FRAUD_INSIDE: 'check', SOUK_FRAUD_BUYER_HOUR: '2' } });
  browser = await launch();
  staff = await admin(server);
  article = await onSale(server);
});
after(async () => {
  await browser?.close();
  await server.close();
});

const underReview = async () => {
  const buyer = await newUser(server);
  for (let i = 0; i < 2; i++) await place(buyer, [line(article)]);
  return expect(await place(buyer, [line(article)]), 202);
};
const atTheBank = async () =>
  expect(await place(await newUser(server), [line(article)], { token: 'pm_card_3ds' }), 202);

/* A button or a link is reached with the keyboard and pressed there. */
const byKeys = async (page, target) => {
  await target.focus();
  assert.ok(await target.evaluate((e) => e.matches(':focus-visible')), 'the focus is not seen');
  await page.keyboard.press('Enter');
};
const byTouch = (page, target) => target.click();

for (const [name, opts, press] of [['desktop, by keyboard', { size: WIDTHS.desktop }, byKeys],
  ['phone, without JavaScript', { size: WIDTHS.phone, scripts: false }, byTouch]])
  test(`a morning in the office: ${name}`, async () => {
    const review = await underReview(), asked = await atTheBank();
    const bought = expect(await place(await newUser(server), [line(article)]), 201);
    const page = await newPage(browser, server, opts);
    const nav = page.getByRole('navigation', { name: 'Back office' });
    const at = async (heading) => {
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      assert.equal(await page.locator('h1').count(), 1);
      if (opts.scripts !== false) assert.equal(await overflow(page), 0, `${heading} is too wide`);
    };
    const says = (text) => page.getByRole('alert').getByText(text).waitFor();

    await page.goto('/admin');
    await page.getByLabel('E-mail').fill('admin@demo.souk');
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await press(page, page.getByRole('button', { name: 'Sign in', exact: true }));
    await page.waitForURL(/\/admin$/);
    await at(/Good to see you/);

    await press(page, nav.getByRole('link', { name: 'Fraud reviews' }));
    await at('Fraud reviews');
    await press(page, page.getByRole('link', { name: review.orderNumber }));
    await at(review.orderNumber);
    await press(page, page.getByText('Allow…', { exact: true }));
    const allow = page.locator('form', { has: page.getByRole('button', { name: 'Allow the order' }) });
    await allow.getByLabel('Reason').fill('called the buyer');
    await press(page, allow.getByRole('button'));
    await says('The order is allowed.');

    await press(page, nav.getByRole('link', { name: 'Stuck work' }));
    await press(page, page.getByRole('link', { name: 'All under way' }));
    await press(page, page.getByRole('link', { name: asked.orderNumber }));
    await at(asked.orderNumber);
    await page.getByLabel('Why now').fill('the buyer is on the telephone');
    await press(page, page.getByRole('button', { name: 'Try again now' }));
    await says('It is being tried again.');

    const word = `zq${newKey().slice(0, 6)}`;
    await press(page, nav.getByRole('link', { name: 'Synonyms' }));
    await at('Synonyms');
    await page.getByLabel('Who searches for').fill(word);
    await page.getByLabel('also finds').fill(article.product.title.split(' ').at(-1));
    await press(page, page.getByRole('button', { name: 'Add the synonym' }));
    await says('The synonym is added.');
    await press(page, page.getByRole('link', { name: word, exact: true }));
    await at(`“${word}”`);
    assert.ok(await page.locator('#b-preview ~ .ofound li').count() > 0, 'the preview is empty');
    await press(page, page.getByRole('link', { name: 'See it in the shop' }));
    await page.locator('.cards .card').first().waitFor();

    await page.goto('/admin');
    await press(page, nav.getByRole('link', { name: 'Orders' }));
    await page.getByRole('searchbox', { name: 'Order number or e-mail' }).fill(bought.orderNumber);
    await page.keyboard.press('Enter');
    await at(bought.orderNumber);
    for (const [button, now] of [['Start packing', 'Being packed'], ['Mark as shipped', 'On its way']]) {
      await press(page, page.getByRole('button', { name: button }));
      await says(`The order is now: ${now}`);
    }
    assert.equal(await page.getByRole('button', { name: 'Cancel the order' }).count(), 0);
    assert.equal(expect(await staff.get(`/orders/${bought.orderId}`), 200).status, 'shipped');
    await until('the money is captured', async () =>
      expect(await staff.get(`/orders/${review.orderId}`), 200).paymentStatus === 'captured');

    await press(page, page.getByRole('button', { name: 'Sign out' }));
    await page.waitForURL((url) => url.pathname === '/');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

test('a page that is not for everybody says so, and the way in leads back', async () => {
  const page = await newPage(browser, server);
  const buyer = await newUser(server);
  await page.context().addCookies([{ name: 'souk_at', value: buyer.token, url: server.origin }]);
  page.expected.add(403);
  const reply = await page.goto('/admin/orders');
  assert.equal(reply.status(), 403);
  await page.getByRole('heading', { name: 'This is not open to you' }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
