/* SPDX-License-Identifier: Apache-2.0
 * The second factor: turned on, asked for, recovered, demanded of staff; proving oneself once more;
 * by API and by forms without scripts. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client, exchange, expect } from './client.mjs';
import { newEmail, newUser, PASSWORD, signIn, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { DEMO_PASSWORD, open } from './server.mjs';
import { totp } from './totp.mjs';

let server, api;
before(async () => {
  server = await open({ env: { SOUK_SECOND_FACTOR: 'staff' } });
  api = new Client(server);
});
after(() => server.close());

const secrets = [];
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const login = (email, more = {}) => api.post('/auth/login', { email, password: PASSWORD, ...more });

/* Turns one on; the code of this half-minute is used up by that, the next one is good already. */
const turnOn = async (user, password = PASSWORD) => {
  const { secret, uri } = expect(await user.post('/auth/mfa/setup', { password }), 200);
  assert.ok(uri.includes(secret) && uri.startsWith('otpauth://totp/'));
  const reply = expect(await user.post('/auth/mfa/confirm', { code: totp(secret) }), 200);
  user.token = reply.accessToken;
  secrets.push(secret, ...reply.recoveryCodes);
  return { secret, codes: reply.recoveryCodes };
};

test('with a second factor the password alone does not let in', async () => {
  const user = await newUser(server), { email } = user.user;
  assert.deepEqual(expect(await user.get('/auth/mfa'), 200),
    { enabled: false, demanded: false, recoveryCodesLeft: 0 });
  expect(await user.post('/auth/mfa/setup', { password: 'not the one' }), 403, 'invalid_password');
  expect(await user.post('/auth/mfa/confirm', { code: '123456' }), 409, 'second_factor_off');
  const { secret, codes } = await turnOn(user);
  assert.equal(codes.length, 10);
  expect(await user.post('/auth/mfa/setup', { password: PASSWORD }), 409, 'second_factor_on');
  expect(await login(email), 401, 'second_factor_required');
  expect(await login(email, { password: 'something else', code: totp(secret) }), 401, 'invalid_credentials');
  expect(await login(email, { code: '000000' }), 401, 'code_wrong');
  const code = totp(secret, 1), session = expect(await login(email, { code }), 200);
  assert.equal(claims(session.accessToken).acr, 'aal2');
  expect(await login(email, { code }), 401, 'code_wrong');
  expect(await login(email, { code: codes[0] }), 200);
  expect(await login(email, { code: codes[0] }), 401, 'code_wrong');
  assert.deepEqual(expect(await user.get('/auth/mfa'), 200),
    { enabled: true, demanded: false, recoveryCodesLeft: 9 });
  const next = expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  assert.equal(claims(next.accessToken).acr, 'aal2');
  await until('a mail', () => letters(server, email, /second factor guards/)[0]);
});

test('of many who bring one code at once one is let in', async () => {
  const user = await newUser(server);
  const { secret } = await turnOn(user);
  const code = totp(secret, 1);
  const replies = await Promise.all(Array.from({ length: 5 }, () => login(user.user.email, { code })));
  assert.equal(replies.filter((r) => r.status === 200).length, 1);
});

test('recovery codes are made anew, and the factor turned off, with password and code', async () => {
  const user = await newUser(server);
  const { codes } = await turnOn(user);
  const proof = (i, password = PASSWORD) => ({ password, code: codes[i] });
  expect(await user.post('/auth/mfa/recovery-codes', { password: PASSWORD }), 401, 'second_factor_required');
  expect(await user.post('/auth/mfa/recovery-codes', proof(0, 'not the one')), 403);
  const fresh = expect(await user.post('/auth/mfa/recovery-codes', proof(0)), 200).recoveryCodes;
  secrets.push(...fresh);
  expect(await user.post('/auth/mfa/disable', proof(1)), 401, 'code_wrong');
  expect(await user.post('/auth/mfa/disable', { password: PASSWORD, code: fresh[3].toLowerCase() }), 204);
  expect(await login(user.user.email), 200);
  expect(await user.post('/auth/mfa/disable', { password: PASSWORD }), 409, 'second_factor_off');
  expect(await user.post('/auth/mfa/recovery-codes', { password: PASSWORD }), 409, 'second_factor_off');
});

test('where it is demanded, staff without one can shop and set one up, and nothing else', async () => {
  const staff = await signIn(server, 'admin@demo.souk');
  assert.equal(claims(staff.token).aud, 'store');
  expect(await staff.get('/users/me'), 200);
  expect(await staff.get('/admin/sagas'), 403, 'second_factor_required');
  assert.equal(expect(await staff.get('/auth/mfa'), 200).demanded, true);
  const page = await exchange(server.origin, 'GET', '/admin', { Cookie: `souk_at=${staff.token}` });
  assert.equal(page.status, 303);
  assert.match(page.headers.location, /^\/account\/security\?next=/);
  assert.match((await exchange(server.origin, 'GET', '/account/security',
    { Cookie: `souk_at=${staff.token}` })).text, /Your work in the shop needs it/);
  const { codes } = await turnOn(staff, DEMO_PASSWORD);
  expect(await staff.get('/admin/sagas'), 200);
  const again = expect(await api.post('/auth/login',
    { email: 'admin@demo.souk', password: DEMO_PASSWORD, code: codes[0] }), 200);
  assert.deepEqual(claims(again.accessToken).aud, ['store', 'seller', 'admin']);
  expect(await (await newUser(server)).get('/admin/sagas'), 403, 'forbidden');
});

test('what is sensitive wants a fresh proof', async () => {
  const user = await newUser(server);
  const old = { email: newEmail(), password: PASSWORD };
  expect(await user.post('/users/me/email', old), 202);
  const { token } = user;
  user.token = server.signed(token, { auth_time: claims(token).auth_time - 16 * 60 });
  expect(await user.get('/users/me'), 200);
  expect(await user.post('/users/me/email', old), 403, 'step_up_required');
  const page = await exchange(server.origin, 'GET', '/account/security/email', { Cookie: `souk_at=${user.token}` });
  assert.match(page.headers.location, /^\/account\/confirm\?next=%2Faccount%2Fsecurity%2Femail/);
  expect(await user.post('/auth/mfa/step-up', { password: 'not the one' }), 403, 'invalid_password');
  user.token = expect(await user.post('/auth/mfa/step-up', { password: PASSWORD }), 200).accessToken;
  expect(await user.post('/users/me/email', old), 202);
  const { codes } = await turnOn(user);
  expect(await user.post('/auth/mfa/step-up', { password: PASSWORD }), 401, 'second_factor_required');
  expect(await user.post('/auth/mfa/step-up', { password: PASSWORD, code: codes[0] }), 200);
});

/* ---- forms ---- */

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const cookieOf = (reply, name) => reply.headers['set-cookie']?.find((c) => c.startsWith(`${name}=`))
  ?.split(';')[0].slice(name.length + 1);
const browser = (token) => {
  const jar = { token };
  const headers = () => (jar.token ? { Cookie: `souk_at=${jar.token}` } : {});
  return {
    get: (path) => exchange(server.origin, 'GET', path, headers()),
    post: async (path, fields) => {
      const reply = await exchange(server.origin, 'POST', path,
        { ...FORM, ...headers(), Origin: server.origin }, new URLSearchParams(fields).toString());
      jar.token = cookieOf(reply, 'souk_at') ?? jar.token;
      return reply;
    },
  };
};

test('turned on, asked for and turned off by forms', async () => {
  const user = await newUser(server), { email } = user.user, b = browser(user.token);
  const path = '/account/security/factor';
  assert.match((await b.get(path)).text, /name="password"/);
  assert.equal((await b.get(`${path}/confirm`)).headers.location, path);
  assert.equal((await b.get(`${path}/qr.svg`)).status, 404);
  assert.equal((await b.post(path, { password: 'not the one' })).status, 422);
  assert.equal((await b.post(path, { password: PASSWORD })).headers.location, `${path}/confirm`);
  const scan = (await b.get(`${path}/confirm`)).text;
  const secret = /<b>((?:[A-Z2-7]{4} ?){8})<\/b>/.exec(scan)[1].replaceAll(' ', '');
  secrets.push(secret);
  assert.match(scan, /src="\/account\/security\/factor\/qr.svg"/);
  const svg = await b.get(`${path}/qr.svg`);
  assert.equal(svg.headers['content-type'], 'image/svg+xml');
  assert.match(svg.headers['cache-control'], /no-store/);
  assert.equal((await b.post(`${path}/confirm`, { code: '000000' })).status, 422);
  const shown = await b.post(`${path}/confirm`, { code: totp(secret) });
  const codes = [...shown.text.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g)].map((m) => m[1]);
  secrets.push(...codes);
  assert.equal(codes.length, 10);
  assert.match((await b.get('/account/security')).text, /10 recovery codes left/);

  const c = browser();
  const step = await c.post('/signin', { email, password: PASSWORD, next: '/orders' });
  assert.equal(step.status, 200);
  const token = /name="token" value="([^"]+)"/.exec(step.text)[1];
  assert.equal(cookieOf(step, 'souk_at'), undefined);
  assert.doesNotMatch(step.text, new RegExp(PASSWORD));
  assert.equal((await c.post('/signin/code', { token, code: '000000' })).status, 401);
  const code = totp(secret, 1), arrived = await c.post('/signin/code', { token, code, next: '/orders' });
  assert.equal(arrived.headers.location, '/orders');
  assert.equal((await c.get('/account/security')).status, 200);
  assert.equal((await c.post('/signin/code', { token, code: codes[9] })).headers.location, '/signin');

  assert.match((await b.get(`${path}/codes`)).text, /name="code"/);
  assert.equal((await b.post(`${path}/codes`, { password: PASSWORD, code: '1' })).status, 422);
  const renewed = await b.post(`${path}/codes`, { password: PASSWORD, code: codes[0] });
  const [last, once] = [...renewed.text.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g)].map((m) => m[1]);
  assert.equal((await b.get('/account/confirm?next=//evil.example')).status, 200);
  assert.equal((await b.post('/account/confirm', { password: PASSWORD, code: '1' })).status, 422);
  assert.equal((await b.post('/account/confirm', { password: PASSWORD, code: once,
    next: '//evil.example' })).headers.location, '/account');
  assert.equal((await b.post(`${path}/off`, { password: PASSWORD, code: '1' })).status, 422);
  assert.equal((await b.post(`${path}/off`, { password: PASSWORD, code: last })).headers.location,
    '/account/security?said=off');
  assert.match((await b.get('/account/security?said=off')).text, /class="alert good"/);
  secrets.push(last, once);
});

test('no secret and no code stands in the log', () => {
  const log = readFileSync(server.logPath, 'utf8');
  for (const secret of secrets) assert.ok(!log.includes(secret), secret);
});
