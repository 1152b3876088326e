/* SPDX-License-Identifier: Apache-2.0
 * A whole purchase in Chromium: phone and desktop, with and without JavaScript. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from '../api/server.mjs';
import { admin, newKey, onSale } from '../api/fixtures.mjs';
import { launch, layoutShift, newPage, overflow, WIDTHS } from './chrome.mjs';
import { addToCart, fillAddress, findProduct, HOME, newEmail, orderNumber, pay, register } from './steps.mjs';

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

const calm = async (page, where) => {
  const { sum, moved } = await layoutShift(page);
  assert.ok(sum < 0.05, `${where}: the layout moved by ${sum.toFixed(3)}: ${moved.join(' | ')}`);
};

for (const [name, size] of [['phone', WIDTHS.phone], ['desktop', WIDTHS.desktop]])
  for (const scripts of [true, false])
    test(`from the front door to the history: ${name}, ${scripts ? 'with' : 'without'} JavaScript`, async () => {
      const page = await newPage(browser, server, { size, scripts });
      const step = async (where) => {
        assert.equal(await overflowOf(page, scripts), 0, `${where} is wider than the window`);
        if (scripts) await calm(page, where);
      };
      const overflowOf = (p, on) => (on ? overflow(p) : 0);
      const title = await findProduct(page, one.product.title);
      assert.equal(title, one.product.title);
      await step('product');
      await addToCart(page, { scripts });
      await page.getByRole('link', { name: title }).first().waitFor();
      await step('cart');
      await register(page);
      await step('checkout');
      await fillAddress(page);
      await pay(page, 'pm_card_visa');
      await page.waitForURL(/\/thanks$/);
      const number = await orderNumber(page);
      await step('thanks');
      await page.goto('/orders');
      await page.getByText(number).first().waitFor();
      await step('orders');
      await page.locator('main a[href^="/orders/"]').first().click();
      await page.waitForURL(/\/orders\/[0-9a-f-]+$/);
      assert.equal(await orderNumber(page), number);
      await step('order');
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

test('a declined card says why and keeps what was typed', async () => {
  const page = await newPage(browser, server);
  await page.goto(`/p/${one.productId}?v=${one.variantId}`);
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.waitForURL(/\/checkout$/);
  await page.getByLabel('E-mail').fill(newEmail());
  await fillAddress(page);
  page.expected.add(402);
  await pay(page, 'pm_card_declined');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /declined/i);
  for (const [label, value] of Object.entries(HOME))
    assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), value, label);
  await pay(page, 'pm_card_visa');
  await page.waitForURL(/\/thanks$/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('the tax of the address is in the sum as soon as the address is typed', async () => {
  const page = await newPage(browser, server);
  await page.goto(`/p/${one.productId}?v=${one.variantId}`);
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.waitForURL(/\/checkout$/);
  await page.getByText('Total before tax').waitFor();
  await fillAddress(page);
  await page.locator('#sums .total dt', { hasText: /^Total$/ }).waitFor();
  assert.match(await page.locator('#sums').innerText(), /Tax\s+\$\d/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const scripts of [true, false])
  test(`a coupon and a gift card come off the sum, ${scripts ? 'with' : 'without'} JavaScript`, async () => {
    const staff = await admin(server);
    const coupon = `B${newKey().replaceAll('-', '').slice(0, 10)}`.toUpperCase();
    await staff.post('/admin/promotions', { kind: 'percentage', percent: 10, name: 'Ten', code: coupon });
    const gift = (await staff.post('/admin/gift-cards', { amount: 2.5 }, { key: newKey() })).json;
    const page = await newPage(browser, server, { scripts });
    await page.goto(`/p/${one.productId}?v=${one.variantId}`);
    await addToCart(page, { scripts });
    await page.getByLabel('Coupon').fill(coupon);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('10% off').first().waitFor();
    await page.goto('/checkout');
    await page.getByLabel('E-mail').fill(newEmail());
    await fillAddress(page);
    const ask = page.getByRole('button', { name: 'Take it off the sum' });
    const enter = async (code) => {
      await page.getByLabel('Gift card').fill(code);
      await (scripts ? page.getByLabel('Gift card').blur() : ask.click());
    };
    await enter('NO-SUCH-CARD');
    await page.getByText('There is no such gift card').waitFor();
    await enter(gift.code);
    await page.locator('#sums .total dt', { hasText: /^By card$/ }).waitFor();
    const sums = await page.locator('#sums').innerText();
    assert.match(sums, /Gift card\s+\u2212\$2\.50/);
    assert.match(sums, /Discount\s+\u2212\$/);
    const left = sums.match(/By card\s+\$([\d.,]+)/)[1].replace(',', '');
    await pay(page, 'pm_card_visa');
    await page.waitForURL(/\/thanks$/);
    const taken = server.payments().filter((row) => row.startsWith('authorize')).pop();
    assert.ok(taken.includes(String(Math.round(left * 100))), `${taken} instead of ${left}`);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

test('a button that is pressed twice orders once', async () => {
  const page = await newPage(browser, server);
  await page.goto(`/p/${one.productId}?v=${one.variantId}`);
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.waitForURL(/\/checkout$/);
  const before = server.payments().length;
  await page.getByLabel('E-mail').fill(newEmail());
  await fillAddress(page);
  await page.locator('input[name=payment][value=pm_card_slow]').check({ force: true });
  await page.locator('#sums:not([aria-busy])').waitFor(); /* another sum is refused as not seen */
  await page.getByRole('button', { name: 'Place order' }).dblclick();
  await page.waitForURL(/\/thanks$/);
  assert.equal(server.payments().length, before + 1);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('suggestions while typing, by keyboard', async () => {
  const page = await newPage(browser, server);
  await page.goto('/');
  const box = page.locator('input[name=q]').first();
  await box.pressSequentially(one.product.title.slice(0, 5), { delay: 30 });
  await page.locator('[role=option]').first().waitFor();
  await box.press('ArrowDown');
  assert.equal(await page.locator('[role=option][aria-selected=true]').count(), 1);
  const chosen = await box.inputValue();
  await box.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  assert.equal(new URL(page.url()).searchParams.get('q'), chosen);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('a late answer takes nothing away from whoever has begun to choose', async () => {
  const page = await newPage(browser, server);
  await page.goto('/');
  const box = page.locator('input[name=q]').first();
  await box.pressSequentially(one.product.title.slice(0, 3));
  await page.locator('[role=option]').first().waitFor();
  let held;
  const asked = new Promise((resolve) => page.route('**/search/autocomplete**', (route) => {
    held = route;
    resolve();
  }));
  await box.press(one.product.title[3]);
  await asked;
  await box.press('ArrowDown');
  const chosen = await box.inputValue();
  await held.continue().catch(() => {});
  await page.waitForTimeout(300);
  assert.equal(await page.locator('[role=option][aria-selected=true]').count(), 1);
  assert.equal(await box.inputValue(), chosen);
  await page.context().close();
});

test('filters of the list narrow it and can be taken off', async () => {
  const page = await newPage(browser, server);
  await page.goto('/search');
  const all = await page.locator('.cards .card').count();
  assert.ok(all > 5);
  const facet = page.locator('#filters details.facet').filter({ hasText: 'Brand' }).first();
  const choice = facet.locator('input[type=checkbox]').first();
  await choice.check();
  await page.waitForURL(/brand=/);
  assert.ok(await page.locator('.cards .card').count() < all);
  await page.locator('.chips.active a').first().click();
  await page.waitForURL((url) => !url.search.includes('brand='));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('the number in the cart is changed without a reload by hand', async () => {
  const page = await newPage(browser, server);
  await page.goto(`/p/${one.productId}?v=${one.variantId}`);
  await addToCart(page, { scripts: true });
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByText('2 items').first().waitFor();
  await page.getByRole('button', { name: /^Remove/ }).click();
  await page.getByText('Your cart is empty').waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
