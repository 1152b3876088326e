/* SPDX-License-Identifier: Apache-2.0
 * registration=confirmed: an account begins with its e-mail proved, and nobody learns who has one:
 * the same answer in the same time, and a password that fits lets nobody in before. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { newEmail, PASSWORD, until } from './fixtures.mjs';
import { letters, tokenOf } from './mails.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open({ demo: 0, env: { SOUK_REGISTRATION: 'confirmed' } });
  api = new Client(server);
});
after(() => server.close());

const register = (email, password = PASSWORD) => api.post('/auth/register', { email, password, name: 'Test Person' });
const login = (email, password = PASSWORD) => api.post('/auth/login', { email, password });
const mail = (to, subject) => until(`mail ${subject}`, () => letters(server, to, subject)[0]);
const owner = async () => {
  const email = newEmail();
  expect(await register(email), 202);
  expect(await api.post('/auth/verify-email', { token: tokenOf(await mail(email, /Welcome/)) }), 204);
  return email;
};
/* Without what differs from request to request. */
const shape = ({ status, headers, text }) => {
  const { date, 'x-request-id': id, 'ratelimit-remaining': left, ...rest } = headers;
  for (const name of Object.keys(rest)) if (/ratelimit|traceparent/.test(name)) delete rest[name];
  return JSON.stringify([status, rest, text]);
};

test('nobody is signed in before the mail was answered', async () => {
  const email = newEmail(), made = await register(email);
  assert.deepEqual(expect(made, 202), { confirm: true });
  assert.equal(made.headers['set-cookie'], undefined);
  expect(await login(email), 401, 'invalid_credentials');
  expect(await api.post('/auth/verify-email', { token: tokenOf(await mail(email, /Welcome/)) }), 204);
  assert.equal(expect(await login(email), 200).user.emailVerified, true);
});

test('an e-mail that has an account is answered the same; its owner gets a link', async () => {
  const known = await owner(), unknown = newEmail();
  const [a, b] = [await register(known, 'another long secret'), await register(unknown, 'another long secret')];
  assert.equal(shape(a), shape(b));
  expect(await login(known, 'another long secret'), 401, 'invalid_credentials');
  expect(await login(known), 200); /* nothing of theirs has changed */
  const token = tokenOf(await mail(known, /new password/));
  expect(await api.post('/auth/password-reset/confirm', { token, newPassword: 'a third long secret' }), 204);
  expect(await login(known, 'a third long secret'), 200);
  for (const bad of [{ email: known, password: 'short' }, { email: newEmail(), password: 'short' }])
    expect(await register(bad.email, bad.password), 422);
});

test('somebody who registers first does not get in when the owner comes', async () => {
  const email = newEmail();
  expect(await register(email, 'of the attacker, long'), 202);
  expect(await register(email, 'of the owner, also long'), 202);
  const token = tokenOf(await mail(email, /new password/));
  expect(await api.post('/auth/password-reset/confirm', { token, newPassword: 'of the owner, also long' }), 204);
  expect(await login(email, 'of the attacker, long'), 401);
  expect(await login(email, 'of the owner, also long'), 200);
});

test('known and unknown take the same time', async () => {
  const known = await owner(), times = { known: [], unknown: [] };
  for (let n = 0; n < 15; n++)
    for (const [name, email] of [['known', known], ['unknown', newEmail()]]) {
      const start = performance.now();
      expect(await register(email), 202);
      times[name].push(performance.now() - start);
    }
  const [a, b] = Object.values(times).map((list) => list.sort((x, y) => x - y)[7]);
  assert.ok(Math.max(a, b) / Math.min(a, b) < 2, `medians ${a.toFixed(1)} and ${b.toFixed(1)} ms`);
});

test('the page says the same for both', async () => {
  const known = await owner();
  const form = (email) => exchange(server.origin, 'POST', '/register', { Accept: 'text/html',
    Origin: server.origin, 'Content-Type': 'application/x-www-form-urlencoded' },
  new URLSearchParams({ name: 'Test Person', email, password: PASSWORD }).toString());
  const [a, b] = [await form(known), await form(newEmail())];
  assert.equal(a.status, 303);
  assert.equal(shape(a), shape(b));
  const page = await exchange(server.origin, 'GET', a.headers.location, { Accept: 'text/html' });
  assert.match(page.text, /Look into your mailbox/);
});
