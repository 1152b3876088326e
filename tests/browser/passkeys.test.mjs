/* SPDX-License-Identifier: Apache-2.0
 * Passkeys with Chromium's own dialogue and a virtual authenticator: added, signed in with, used to
 * prove oneself, refused when its user cannot be verified, and what a page says without scripts. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { newUser } from '../api/fixtures.mjs';
import { open } from '../api/server.mjs';
import { launch, newPage } from './chrome.mjs';

let server, browser;
before(async () => {
  const real = await open();
  /* Passkeys are for names, never for addresses. */
  server = Object.create(real, { origin: { value: `http://localhost:${real.port}` } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server.close();
});

const cookiesOf = (user) => [{ name: 'souk_at', value: user.token, url: server.origin }];
/* A page whose browser has an authenticator inside, as telephones have. */
const pageWith = async (user, options = {}) => {
  const page = await newPage(browser, server);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true, ...options } });
  if (user) await page.context().addCookies(cookiesOf(user));
  return { page, cdp, authenticatorId };
};
const add = async (page, name = 'This computer') => {
  await page.goto('/account/security/passkeys');
  await page.getByLabel('What do you call it?').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
};

test('a passkey is added, signs in, and proves oneself', async () => {
  const user = await newUser(server), { page, cdp, authenticatorId } = await pageWith(user);
  await add(page);
  await page.getByText('The passkey was added').waitFor();
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  assert.deepEqual(credentials.map((c) => [c.rpId, c.isResidentCredential]), [['localhost', true]]);
  await page.goto('/account/confirm?next=/orders');
  await page.getByRole('link', { name: 'Use a passkey instead' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.waitForURL((url) => url.pathname === '/orders');

  await page.context().clearCookies();
  await page.goto('/signin?next=/account');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => url.pathname === '/account');
  assert.match(await page.getByRole('main').innerText(), new RegExp(user.user.email));
  await page.goto('/account/security/passkeys');
  assert.match(await page.getByRole('main').innerText(), /This computer[^]*last used on/);
  await add(page); /* the authenticator has one for this account */
  await page.getByText('has a passkey for your account already').waitFor();
  await page.getByRole('button', { name: 'Remove This computer' }).click();
  await page.getByText('The passkey was removed').waitFor();
  await page.context().clearCookies();
  page.expected.add(401);
  await page.goto('/signin');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('That passkey is not good here').waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('who cannot be verified makes none, and is told', async () => {
  const { page } = await pageWith(await newUser(server), { isUserVerified: false });
  await add(page);
  await page.getByText('No passkey was used').waitFor();
  assert.match(await page.getByRole('main').innerText(), /None yet/);
  await page.context().close();
});

test('at another name of the machine no passkey works, and the page says so', async () => {
  const { page } = await pageWith();
  await page.goto(`http://127.0.0.1:${server.port}/signin`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('Passkeys do not work at this address').waitFor();
  await page.context().close();
});

test('without scripts signing in shows the password alone', async () => {
  const page = await newPage(browser, server, { scripts: false });
  await page.goto('/signin');
  assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible(), false);
  assert.equal(await page.getByRole('button', { name: 'Sign in', exact: true }).isVisible(), true);
  await page.context().close();
});
