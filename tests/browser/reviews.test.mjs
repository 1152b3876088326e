/* SPDX-License-Identifier: Apache-2.0
 * A buyer's review in Chromium, from the product's page and back, with and without JavaScript. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from '../api/server.mjs';
import { line, newUser, onSale, place } from '../api/fixtures.mjs';
import { axe, launch, newPage, overflow, WIDTHS } from './chrome.mjs';
import { cookiesOf } from './rooms.mjs';

let server, browser;
before(async () => {
  server = await open();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server.close();
});

let skip = 0;
for (const scripts of [true, false])
  test(`read, write, vote: ${scripts ? 'with' : 'without'} JavaScript`, async () => {
    const one = await onSale(server, { skip: skip++ });
    const buyer = await newUser(server, { name: 'Bea Browser' });
    await place(buyer, [line(one)]);
    const page = await newPage(browser, server, { size: scripts ? WIDTHS.desktop : WIDTHS.phone, scripts });
    await page.context().addCookies(cookiesOf(server, buyer));
    await page.goto(`/p/${one.productId}`);
    await page.getByRole('link', { name: 'Write a review' }).click();
    await page.waitForURL(/\/review$/);
    await page.getByRole('radio', { name: '4 stars: good' }).check({ force: true });
    await page.getByLabel('In a few words').fill('Does it all');
    await page.getByLabel('Your review').fill('I am pleased.\nVery much so.');
    if (scripts) {
      assert.deepEqual(await axe(page), []);
      assert.equal(await overflow(page), 0);
    }
    await page.getByRole('button', { name: 'Post review' }).click();
    await page.waitForURL(/said=thanks/);
    const mine = page.locator('.said > li', { hasText: 'Does it all' });
    assert.match(await mine.innerText(), /Bea B\.[\s\S]*Verified purchase[\s\S]*I am pleased\./);

    const reader = await newPage(browser, server, { scripts });
    await reader.context().addCookies(cookiesOf(server, await newUser(server)));
    await reader.goto(`/p/${one.productId}/reviews?sort=newest`);
    const theirs = reader.locator('.said > li', { hasText: 'Does it all' });
    const before = reader.url();
    await theirs.getByRole('button', { name: 'Helpful' }).click();
    if (scripts) {
      await theirs.getByText('Thank you. 1 person found this helpful.').waitFor();
      assert.equal(reader.url(), before);
    } else {
      await reader.waitForURL(/said=helpful/);
      await theirs.getByText('One person found this helpful').waitFor();
    }
    await reader.getByRole('link', { name: '4 stars' }).click();
    await reader.waitForURL(/rating=4/);
    assert.ok(await reader.locator('.said > li').count() > 0);
    assert.deepEqual([...page.faults, ...reader.faults], []);
    await page.context().close();
    await reader.context().close();
  });

test('a stranger who votes with JavaScript is led to sign in', async () => {
  const one = await onSale(server);
  const page = await newPage(browser, server);
  page.expected.add(401);
  await page.goto(`/p/${one.productId}`);
  await page.locator('.said').getByRole('button').first().click();
  await page.waitForURL(/\/signin\?next=/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
