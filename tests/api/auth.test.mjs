/* SPDX-License-Identifier: Apache-2.0
 * Signing up, in and out, and every token that is not ours. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, expect } from './client.mjs';
import { newEmail, newUser, PASSWORD, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open();
  api = new Client(server);
});
after(() => server.close());

const person = (more = {}) => ({ email: newEmail(), password: PASSWORD, name: 'Test Person', ...more });

test('registering signs in', async () => {
  const body = person();
  const session = expect(await api.post('/auth/register', body), 201);
  assert.equal(session.tokenType, 'Bearer');
  assert.ok(session.expiresIn > 0 && session.refreshToken);
  assert.deepEqual(session.user.roles, ['customer']);
  assert.equal(session.user.email, body.email);
  const me = expect(await new Client(server, { token: session.accessToken }).get('/users/me'), 200);
  assert.equal(me.userId, session.user.userId);
});

test('an e-mail is taken in whatever case', async () => {
  const body = person();
  expect(await api.post('/auth/register', body), 201);
  for (const email of [body.email, body.email.toUpperCase(), ` ${body.email} `])
    expect(await api.post('/auth/register', { ...body, email }), 409, 'email_taken');
});

test('of many who register with one e-mail at once one is let in', async () => {
  const body = person();
  const replies = await Promise.all(Array.from({ length: 6 }, () => api.post('/auth/register', body)));
  const statuses = replies.map((r) => r.status).sort();
  assert.deepEqual(statuses, [201, 409, 409, 409, 409, 409]);
});

const weak = [['short', 'short'], ['empty', ''], ['seven', '1234567'], ['too long', 'x'.repeat(257)]];
for (const [name, password] of weak)
  test(`a password that is ${name} is refused`, async () => {
    const reply = await api.post('/auth/register', person({ password }));
    expect(reply, 422);
    assert.equal(reply.json.errors?.[0]?.pointer ?? '/password', '/password');
  });
test('the e-mail is no password', async () => {
  const body = person();
  expect(await api.post('/auth/register', { ...body, password: body.email }), 422, 'password_too_weak');
});
for (const email of ['', 'nobody', 'a@', '@b', 'a b@c.de', `${'x'.repeat(250)}@example.com`])
  test(`no e-mail: ${email.slice(0, 20)}`, async () => {
    expect(await api.post('/auth/register', person({ email })), 422);
  });
test('a password of any script and of blanks', async () => {
  const body = person({ password: 'пароль 🔑 gehört mir' });
  expect(await api.post('/auth/register', body), 201);
  expect(await api.post('/auth/login', { email: body.email, password: body.password }), 200);
});

test('a wrong password and an unknown e-mail get the same answer', async () => {
  const body = person();
  expect(await api.post('/auth/register', body), 201);
  const wrong = await api.post('/auth/login', { email: body.email, password: 'something else' });
  const unknown = await api.post('/auth/login', { email: newEmail(), password: 'something else' });
  expect(wrong, 401, 'invalid_credentials');
  expect(unknown, 401, 'invalid_credentials');
  const told = ({ json: { request_id, ...rest } }) => rest;
  assert.deepEqual(told(wrong), told(unknown));
});

test('signing in with an e-mail in another case', async () => {
  const body = person();
  expect(await api.post('/auth/register', body), 201);
  expect(await api.post('/auth/login', { email: body.email.toUpperCase(), password: body.password }), 200);
});

test('a refresh token is good once; used twice it ends the family', async () => {
  const { session } = await newUser(server);
  const second = expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  assert.notEqual(second.refreshToken, session.refreshToken);
  expect(await new Client(server, { token: second.accessToken }).get('/users/me'), 200);
  expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 401, 'refresh_token_invalid');
  expect(await api.post('/auth/refresh', { refreshToken: second.refreshToken }), 401, 'refresh_token_invalid');
});

test('of many refreshes with one token one wins at most', async () => {
  const { session } = await newUser(server);
  const replies = await Promise.all(Array.from({ length: 8 }, () =>
    api.post('/auth/refresh', { refreshToken: session.refreshToken })));
  assert.ok(replies.filter((r) => r.status === 200).length <= 1);
  for (const r of replies) assert.ok([200, 401].includes(r.status), r.text);
});

test('logging out ends the session', async () => {
  const { session } = await newUser(server);
  expect(await api.post('/auth/logout', { refreshToken: session.refreshToken }), 204);
  expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 401);
  expect(await api.post('/auth/logout', { refreshToken: session.refreshToken }), 204);
  expect(await api.post('/auth/refresh', { refreshToken: 'never-was-one' }), 401);
});

/* ---- tokens that are not ours ---- */

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parts = (token) => token.split('.').map((p, i) => i < 2 ? JSON.parse(Buffer.from(p, 'base64url')) : p);
const keyFile = () => readFileSync(join(server.folder, 'token-key.pem'), 'utf8');
const sign = (key, head, claims) => {
  const text = `${b64(head)}.${b64(claims)}`;
  const alg = head.alg?.startsWith('ES') ? { key, dsaEncoding: 'ieee-p1363' } : key;
  return `${text}.${createSign('sha256').update(text).sign(alg).toString('base64url')}`;
};

test('forged and spoilt tokens are refused', async () => {
  const { session } = await newUser(server);
  const [head, claims, signature] = parts(session.accessToken);
  const admin = { ...claims, roles: ['admin'], scope: 'admin' };
  const publicPem = createPublicKey(keyFile()).export({ type: 'spki', format: 'pem' });
  const hmac = (h, c) => {
    const text = `${b64(h)}.${b64(c)}`;
    return `${text}.${createHmac('sha256', publicPem).update(text).digest('base64url')}`;
  };
  const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const [h, p] = session.accessToken.split('.');
  const forged = {
    'alg none': `${b64({ ...head, alg: 'none' })}.${p}.`,
    'alg None': `${b64({ ...head, alg: 'None' })}.${b64(admin)}.`,
    'HS256 with the public key': hmac({ ...head, alg: 'HS256' }, admin),
    'changed claims': `${h}.${b64(admin)}.${signature}`,
    'a strange key': sign(strange, head, claims),
    'no signature': `${h}.${p}.`,
    'two parts': `${h}.${p}`,
    'four parts': `${session.accessToken}.x`,
    'half a signature': session.accessToken.slice(0, -20),
    'empty': '',
    'a long one': 'x'.repeat(5000),
    'a refresh token': session.refreshToken,
  };
  for (const [name, token] of Object.entries(forged)) {
    const reply = await new Client(server, { token: token || ' ' }).get('/users/me');
    assert.equal(reply.status, 401, `${name}: ${reply.text}`);
    assert.equal(reply.headers['www-authenticate'], 'Bearer');
  }
  expect(await api.get('/users/me', { headers: { Authorization: 'Basic YTpi' } }), 401);
});

test('an expired token, one for another surface and one of the future are refused', async () => {
  const { session } = await newUser(server);
  const [head, claims] = parts(session.accessToken);
  const now = Math.floor(Date.now() / 1000);
  const key = keyFile();
  const control = sign(key, head, { ...claims });
  expect(await new Client(server, { token: control }).get('/users/me'), 200);
  const expired = await new Client(server,
    { token: sign(key, head, { ...claims, iat: now - 7200, exp: now - 3600 }) }).get('/users/me');
  expect(expired, 401, 'token_expired');
  const bad = { 'another surface': { aud: 'admin' }, 'no surface': { aud: undefined },
    'no end': { exp: undefined }, 'no user': { sub: undefined } };
  for (const [name, change] of Object.entries(bad)) {
    const token = sign(key, head, { ...claims, ...change });
    assert.equal((await new Client(server, { token }).get('/users/me')).status, 401, name);
  }
});

test('a bad token is refused even where none is needed', async () => {
  const reply = await new Client(server, { token: 'nonsense' }).get('/cart');
  expect(reply, 401, 'token_invalid');
});

/* ---- oneself ---- */

test('name and telephone can be changed', async () => {
  const user = await newUser(server);
  const me = expect(await user.patch('/users/me', { name: 'New Name', phone: '+1 415 555 0100' }), 200);
  assert.deepEqual([me.name, me.phone], ['New Name', '+1 415 555 0100']);
  expect(await user.patch('/users/me', { roles: ['admin'] }), 400);
  expect(await user.patch('/users/me', { name: '' }), 422);
});

test('addresses: add, list, change, take out, and never those of others', async () => {
  const user = await newUser(server), stranger = await newUser(server);
  const address = { name: 'A B', line1: '1 Main', city: 'Berlin', postalCode: '10115', country: 'DE' };
  const made = expect(await user.post('/users/me/addresses', address), 201);
  assert.equal(expect(await user.get('/users/me/addresses'), 200).addresses.length, 1);
  const path = `/users/me/addresses/${made.addressId}`;
  assert.equal(expect(await user.put(path, { ...address, city: 'Bonn' }), 200).city, 'Bonn');
  expect(await stranger.put(path, address), 404);
  expect(await stranger.delete(path), 404);
  expect(await user.delete(path), 204);
  expect(await user.delete(path), 404);
  expect(await user.post('/users/me/addresses', { ...address, country: 'Germany' }), 422);
  expect(await user.post('/users/me/addresses', { name: 'A' }), 400);
});

for (const path of ['/users/me', '/users/me/addresses'])
  test(`${path} is for those who are signed in`, async () => {
    expect(await api.get(path), 401, 'authentication_required');
  });

test('the demo logins work', async () => {
  const staff = await signIn(server, 'admin@demo.souk');
  assert.ok(staff.user.roles.includes('admin'));
});
