/* SPDX-License-Identifier: Apache-2.0
 * What guards an account: keys, sessions, cookies, back-off. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, exchange, expect } from './client.mjs';
import { newEmail, newUser, PASSWORD, signIn, until } from './fixtures.mjs';
import { letters } from './mails.mjs';
import { ENGINE, open } from './server.mjs';

let server, api;
before(async () => {
  server = await open();
  api = new Client(server);
});
after(() => server.close());

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Safari/604.1';
const from = (agent) => ({ headers: { 'User-Agent': agent } });
const login = async (user, agent) => expect(await api.post('/auth/login',
  { email: user.user.email, password: PASSWORD }, from(agent)), 200);
const as = (session) => new Client(server, { token: session.accessToken });

/* ---- keys ---- */

const jwks = async () => {
  const reply = await exchange(server.origin, 'GET', '/.well-known/jwks.json');
  assert.equal(reply.status, 200);
  return JSON.parse(reply.text).keys;
};
const header = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const verifies = (token, jwk) => {
  const [head, body, signature] = token.split('.');
  return verify('sha256', Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'));
};

test('who has the published key can verify a token; a rotated key signs, the old one still verifies', async () => {
  const { session } = await newUser(server);
  const [key] = await jwks();
  assert.deepEqual([key.kty, key.crv, key.alg, key.use], ['EC', 'P-256', 'ES256', 'sig']);
  assert.equal(key.d, undefined);
  assert.equal(header(session.accessToken).kid, key.kid);
  assert.ok(verifies(session.accessToken, key));
  assert.equal(claims(session.accessToken).iss, 'souk');
  server.command('keys', 'rotate');
  const fresh = await until('the new key signs', async () => {
    const { session: next } = await newUser(server);
    return header(next.accessToken).kid === key.kid ? undefined : next;
  });
  const keys = await jwks();
  assert.equal(keys.length, 2);
  assert.equal(header(fresh.accessToken).kid, keys[0].kid);
  assert.equal(keys[1].kid, key.kid);
  assert.ok(verifies(fresh.accessToken, keys[0]) && !verifies(fresh.accessToken, keys[1]));
  for (const each of [session, fresh]) expect(await as(each).get('/users/me'), 200);
  assert.match(server.command('keys'), /signs\n.*retired/);
});

test('an access token names the surfaces of its roles', async () => {
  const { session } = await newUser(server);
  assert.equal(claims(session.accessToken).aud, 'store');
  const staff = await signIn(server, 'admin@demo.souk');
  assert.deepEqual(claims(staff.session.accessToken).aud, ['store', 'seller', 'admin']);
});

/* ---- sessions ---- */

test('one more than a user may have ends the one unused the longest, and the trail says so', async () => {
  const shop = await open({ demo: 0, log: 'security-many', env: { SOUK_SESSIONS_MAX: '2' } });
  try {
    const { user, session } = await newUser(shop), any = new Client(shop);
    const enter = async () => expect(await any.post('/auth/login', { email: user.email, password: PASSWORD }), 200);
    const second = await enter(), third = await enter();
    const now = (s) => new Client(shop, { token: s.accessToken }).get('/users/me/sessions');
    expect(await now(session), 401);
    expect(await any.post('/auth/refresh', { refreshToken: session.refreshToken }), 401);
    for (const s of [second, third]) assert.equal(expect(await now(s), 200).sessions.length, 2);
    const sql = `SELECT count(*) FROM audit_entry WHERE act = 'identity.session_ended' AND after_text LIKE '%one too many'`;
    const [program, args] = ENGINE === 'pg' ? ['psql', ['-X', '-q', '-A', '-t', '-d', shop.database.direct, '-c', sql]]
      : ['sqlite3', [shop.database.direct.slice('sqlite:'.length), sql]];
    await until('the trail has it', () => execFileSync(program, args, { encoding: 'utf8' }).trim() === '1');
  } finally {
    await shop.close();
  }
});

test('sessions are listed with device, address and last use, and ended one by one', async () => {
  const user = await newUser(server);
  const fox = await login(user, FIREFOX), phone = await login(user, IPHONE);
  const { sessions } = expect(await as(fox).get('/users/me/sessions'), 200);
  assert.equal(sessions.length, 3);
  const mine = sessions.find((s) => s.current), other = sessions.find((s) => s.device === 'Safari on iPhone');
  assert.equal(mine.device, 'Firefox on Linux');
  assert.equal(mine.address, '127.0.0.1');
  assert.ok(Date.parse(mine.lastSeenAt) > Date.now() - 60_000);
  const stranger = await newUser(server);
  expect(await stranger.delete(`/users/me/sessions/${other.sessionId}`), 404, 'not_found');
  expect(await as(phone).get('/users/me'), 200);
  expect(await as(fox).delete(`/users/me/sessions/${other.sessionId}`), 204);
  expect(await as(phone).get('/users/me'), 401, 'token_expired');
  expect(await api.post('/auth/refresh', { refreshToken: phone.refreshToken }), 401);
  expect(await as(fox).delete(`/users/me/sessions/${other.sessionId}`), 404);
  expect(await as(fox).delete('/users/me/sessions'), 204);
  expect(await user.get('/users/me'), 401, 'token_expired');
  assert.equal(expect(await as(fox).get('/users/me/sessions'), 200).sessions.length, 1);
});

test('a refresh token that comes twice ends the access tokens of its family too', async () => {
  const { session } = await newUser(server);
  const second = expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 200);
  expect(await as(second).get('/users/me'), 200);
  expect(await api.post('/auth/refresh', { refreshToken: session.refreshToken }), 401);
  expect(await as(second).get('/users/me'), 401, 'token_expired');
});

test('signing in from a new device is told by mail, from a known one it is not', async () => {
  const user = await newUser(server);
  await login(user, FIREFOX);
  const told = await until('a mail', () => letters(server, user.user.email, /Somebody signed in/)[0]);
  assert.match(told.text, /Firefox on Linux/);
  await login(user, FIREFOX);
  await login(user, IPHONE);
  await until('a second mail', () => letters(server, user.user.email, /Somebody signed in/).length === 2);
});

/* ---- cookies ---- */

const TLS = { 'X-Forwarded-Proto': 'https', 'Sec-Fetch-Site': 'same-origin' };
const form = (fields) => new URLSearchParams(fields).toString();
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

const register = (shop) => exchange(shop.origin, 'POST', '/register', { ...TLS, ...FORM },
  form({ name: 'Tess Tls', email: newEmail(), password: PASSWORD }));

test('over TLS the cookies of the login are __Host-, and others of their name count for nothing', async (t) => {
  const shop = await open({ demo: 0, log: 'security-tls', env: { SOUK_PROXIES: '127.0.0.1' } });
  t.after(() => shop.close());
  const reply = await register(shop);
  assert.equal(reply.status, 303);
  const set = reply.headers['set-cookie'];
  for (const name of ['souk_at', 'souk_rt']) {
    const cookie = set.find((c) => c.startsWith(`__Host-${name}=`));
    assert.match(cookie, /; Path=\/; .*HttpOnly/);
    assert.match(cookie, /; Secure/);
    assert.doesNotMatch(cookie, /Domain=/i);
  }
  const token = set.find((c) => c.startsWith('__Host-souk_at=')).split(';')[0].split('=')[1];
  const account = async (cookie, headers) =>
    (await exchange(shop.origin, 'GET', '/account', { Cookie: cookie, ...headers })).status;
  assert.equal(await account(`a=1; __Host-souk_at=${token}`, TLS), 200);
  assert.equal(await account(`souk_at=${token}`, TLS), 303);
  assert.equal(await account(`__Host-souk_at=x; souk_at=${token}`, TLS), 303);
  assert.equal(await account(`souk_at=${token}`, {}), 200);
});

test('nobody but a proxy that is named says that a visitor came over TLS', async () => {
  const reply = await register(server);
  assert.equal(reply.status, 303);
  assert.equal(reply.headers['strict-transport-security'], undefined);
  assert.ok(reply.headers['set-cookie'].every((c) => !/__Host-|Secure/.test(c)), reply.headers['set-cookie'].join('\n'));
});

test('signing out ends the session, with its refresh token or without, and leaves nothing', async () => {
  for (const kept of [['souk_at', 'souk_rt'], ['souk_at'], ['souk_rt']]) {
    const user = await newUser(server);
    const jar = { souk_at: user.token, souk_rt: user.session.refreshToken };
    const reply = await exchange(server.origin, 'POST', '/signout', { Origin: server.origin,
      'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': 0,
      Cookie: kept.map((name) => `${name}=${jar[name]}`).join('; ') });
    assert.equal(reply.status, 303, kept.join());
    assert.equal(reply.headers['clear-site-data'], '"storage"');
    for (const name of ['souk_at', 'souk_rt', 'souk_n', 'souk_look'])
      assert.ok(reply.headers['set-cookie'].some((c) => c.startsWith(`${name}=;`)), name);
    expect(await user.get('/users/me'), 401);
    expect(await new Client(server).post('/auth/refresh', { refreshToken: jar.souk_rt }), 401);
  }
});

test('without TLS there is no Secure, which a browser would drop', async () => {
  const body = form({ name: 'Petra Plain', email: newEmail(), password: PASSWORD });
  const reply = await exchange(server.origin, 'POST', '/register', FORM, body);
  for (const cookie of reply.headers['set-cookie']) assert.doesNotMatch(cookie, /Secure|__Host-/);
});

/* ---- guessing ---- */

test('who guesses waits, longer each time; the owner elsewhere does not', async () => {
  const other = await open({ demo: 0, env: { SOUK_PROXIES: '127.0.0.1, 192.0.2.1' } });
  try {
    const client = new Client(other);
    const user = await newUser(other), unknown = newEmail();
    const login = (email, password, ip) => client.post('/auth/login', { email, password },
      { headers: { 'X-Forwarded-For': `203.0.113.77, ${ip}` } });
    /* Guesses until there are some seconds to wait, so that a slow machine sees them too. */
    const guess = async (email) => {
      for (let refused = 0, i = 0; i < 30; i++) {
        const told = await login(email, 'something else', '198.51.100.9');
        if (told.status === 401) {
          expect(told, 401, 'invalid_credentials');
          assert.ok(refused > 0 || i < 16, `${i} guesses without a wait`);
          continue;
        }
        expect(told, 429, 'too_many_attempts');
        const wait = Number(told.headers['retry-after']);
        refused++;
        if (wait >= 4) return;
        await new Promise((done) => setTimeout(done, wait * 1000));
      }
      throw new Error('nobody was made to wait');
    };
    await guess(unknown);
    await guess(user.user.email);
    expect(await login(user.user.email, PASSWORD, '198.51.100.9'), 429);
    const page = await exchange(other.origin, 'POST', '/signin',
      { ...FORM, 'X-Forwarded-For': '198.51.100.9' }, form({ email: user.user.email, password: 'x' }));
    assert.equal(page.status, 429);
    const mine = expect(await login(user.user.email, PASSWORD, '203.0.113.5'), 200);
    const { sessions } = expect(await new Client(other, { token: mine.accessToken })
      .get('/users/me/sessions'), 200);
    assert.ok(sessions.some((s) => s.address === '203.0.113.5'));
  } finally {
    await other.close();
  }
});

test('nobody else may say where a visitor is', async () => {
  const user = await newUser(server);
  const session = expect(await api.post('/auth/login', { email: user.user.email, password: PASSWORD },
    { headers: { 'X-Forwarded-For': '203.0.113.5' } }), 200);
  const { sessions } = expect(await as(session).get('/users/me/sessions'), 200);
  assert.ok(sessions.every((s) => s.address === '127.0.0.1'));
});

test('whoever tries to come in, or to do what they may not, stands in the log: from where, as whom, and no word of theirs', async () => {
  const user = await newUser(server), wrong = 'a password that nobody has';
  const shows = (...words) => until(words.join(' '), () => readFileSync(server.logPath, 'utf8').split('\n')
    .find((line) => /\brefused\b/.test(line) && words.every((word) => line.includes(word))));
  expect(await api.post('/auth/login', { email: user.user.email, password: wrong }), 401);
  const line = await shows('identity.bad_login', '/api/v1/auth/login', '127.0.0.1', '401');
  assert.doesNotMatch(line, /@|nobody/);
  const page = await exchange(server.origin, 'POST', '/signin', { ...FORM, Origin: server.origin },
    form({ email: user.user.email, password: wrong }));
  assert.equal(page.status, 401);
  await shows('/signin', 'form');
  const [head, body] = user.token.split('.');
  expect(await new Client(server, { token: `${head}.${body}.${'A'.repeat(86)}` }).get('/users/me'), 401);
  await shows('token.invalid', '/api/v1/users/me');
  expect(await user.get('/admin/ledger'), 403);
  await shows('gateway.forbidden', '/api/v1/admin/ledger', user.user.userId);
  expect(await user.post('/auth/mfa/setup', { password: wrong }), 403);
  await shows('identity.bad_password', '/api/v1/auth/mfa/setup', user.user.userId);
  assert.ok(!readFileSync(server.logPath, 'utf8').includes(wrong));
});
