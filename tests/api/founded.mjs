/* SPDX-License-Identifier: Apache-2.0
 * A shop as an operator begins one: no demo, the settings' defaults, and a first administrator made
 * on the command line. Called by tests of the second factor. */
import { Client, expect } from './client.mjs';
import { newEmail, newUser, until } from './fixtures.mjs';
import { letters, tokenOf } from './mails.mjs';
import { Server } from './server.mjs';
import { totp } from './totp.mjs';

/* Opens an account and proves its e-mail. */
export const proved = async (server, email = newEmail()) => {
  const user = await newUser(server, { email });
  const mail = await until('the first mail', () => letters(server, email, /Welcome/)[0]);
  expect(await new Client(server).post('/auth/verify-email', { token: tokenOf(mail) }), 204);
  return user;
};

/* Gives the running server, and the e-mail of its administrator, who has not signed in yet. */
export const found = async ({ env = {}, log } = {}) => {
  const server = new Server({ env: { SOUK_SECOND_FACTOR: 'auto', ...env }, log });
  try {
    await server.start();
    const { user: { email } } = await proved(server);
    await server.stop(); /* on SQLite a shop has its database for itself */
    server.command('admin', email);
    await server.start();
    return { server, email };
  } catch (e) {
    server.abandon();
    throw e;
  }
};

/* Turns a second factor on, with the password; gives its secret and its recovery codes. */
export const enrol = async (client, password) => {
  const { secret } = expect(await client.post('/auth/mfa/setup', { password }), 200);
  const reply = expect(await client.post('/auth/mfa/confirm', { code: totp(secret) }), 200);
  client.token = reply.accessToken;
  return { secret, codes: reply.recoveryCodes };
};
