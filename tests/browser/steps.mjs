/* SPDX-License-Identifier: Apache-2.0
 * What a buyer does in the pages, by what a buyer sees: labels, buttons, headings. The same with and
 * without JavaScript. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export const HOME = { 'Full name': 'Bea Browser', 'Street and number': '1 Test Street',
  'Postal code': '62701', City: 'Springfield', 'State or region': 'IL' };
export const PASSWORD = 'a long enough secret';
export const newEmail = () => `b-${randomUUID()}@example.com`;

export const fillAddress = async (page, values = HOME) => {
  for (const [label, value] of Object.entries(values))
    await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel('Country').selectOption('US');
  const ask = page.getByRole('button', { name: 'Show tax and delivery for this address' });
  if (await ask.isVisible()) await ask.click(); /* the script asks by itself */
  await page.locator('#sums .total dt', { hasText: /^Total$/ }).waitFor();
};

/* From the front door to the page of a product that can be bought; gives its title. */
export const findProduct = async (page, words) => {
  await page.goto('/');
  await page.getByRole('searchbox').or(page.getByRole('combobox', { name: 'Search Souk' })).first().fill(words);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?/);
  await page.locator('.cards .card:not(.gone) h3 a').first().click();
  await page.waitForURL(/\/p\//);
  return (await page.locator('h1').innerText()).trim();
};

export const addToCart = async (page, { scripts }) => {
  await page.locator('form#buy').getByRole('button', { name: 'Add to cart' }).click();
  if (scripts) {
    await page.locator('#toast a').waitFor();
    await page.locator('#toast a').click();
  }
  await page.waitForURL(/\/cart$/);
};

export const register = async (page, email = newEmail()) => {
  await page.goto('/register?next=%2Fcheckout');
  await page.getByLabel('Name').first().fill('Bea Browser');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(/\/checkout$/);
  return email;
};

export const pay = async (page, card) => {
  await page.locator(`input[name=payment][value=${card}]`).check({ force: true });
  await page.locator('#sums:not([aria-busy])').waitFor(); /* another sum is refused as not seen */
  await page.getByRole('button', { name: 'Place order' }).click();
};

export const orderNumber = async (page) => {
  const found = (await page.locator('main').innerText()).match(/\d{3}-\d{7}-\d{7}/);
  assert.ok(found, 'no order number on the page');
  return found[0];
};
