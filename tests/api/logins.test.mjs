/* SPDX-License-Identifier: Apache-2.0
 * Logins of other issuers: with a real provider from the first visit to the last removal, and with
 * one that forges, repeats, is away and says no. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, exchange, expect } from './client.mjs';
import { newUser, signIn, until } from './fixtures.mjs';
import { agree, CLIENT, forger, realIssuer, SECRET } from './issuer.mjs';
import { letters, tokenOf } from './mails.mjs';
import { freePort } from './ports.mjs';
import { open, Server } from './server.mjs';
import { totp } from './totp.mjs';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const cookieOf = (reply, name) => reply.headers['set-cookie']?.map((c) => c.split(';')[0])
  .filter((c) => c.startsWith(`${name}=`) && !c.endsWith('=')).at(-1);
/* A shop that knows its address, with one issuer set up. */
const shop = async (issuer, port, env = {}) => open({ demo: 60, env: { SOUK_LISTEN: `127.0.0.1:${port}`,
  SOUK_ORIGIN: `http://127.0.0.1:${port}`, SOUK_OIDC_ISSUER: issuer, SOUK_OIDC_NAME: 'Example',
  SOUK_OIDC_CLIENT: CLIENT, SOUK_OIDC_SECRET: SECRET, ...env } });
const get = (server, path, cookie = '') => exchange(server.origin, 'GET', path, { Cookie: cookie, Accept: 'text/html' });
const post = (server, path, fields, cookie = '') => exchange(server.origin, 'POST', path,
  { ...FORM, Origin: server.origin, Cookie: cookie }, String(new URLSearchParams(fields)));
const back = (server, url, cookie) => get(server, `${url.pathname}${url.search}`, cookie);

/* ---- a real provider ---- */

const people = {
  ada: { email: 'ada.elsewhere@example.com', email_verified: true, name: 'Ada Elsewhere' },
  bob: { email: 'bob.elsewhere@example.com', email_verified: false },
  nobody: { name: 'No Mail' },
  zoe: { email: 'zoe.elsewhere@example.com', email_verified: true, name: 'Zoe' },
};
let real, server;
before(async () => {
  const port = await freePort();
  real = await realIssuer(`http://127.0.0.1:${port}/signin/back/oidc`, people);
  server = await shop(real.origin, port);
});
after(async () => {
  await server.close();
  await real.close();
});

/* Out, agreeing there, and back; gives the shop's answer. */
const visit = async (login, { path = '/signin/with/oidc?next=/orders' } = {}) => {
  const out = await get(server, path);
  assert.equal(out.status, 303, out.text);
  const url = await agree(out.headers.location, login, server.origin);
  return { out, url, cookie: cookieOf(out, 'souk_oidc'),
    reply: await back(server, url, cookieOf(out, 'souk_oidc')) };
};

test('somebody new gets an account, and the same one the next time', async () => {
  assert.match((await get(server, '/signin?next=/orders')).text, /href="\/signin\/with\/oidc\?next=%2Forders">Continue with Example/);
  const { out, url, cookie, reply } = await visit('ada');
  const asked = new URL(out.headers.location).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.match(asked.get('state'), /^[\w-]{43}$/);
  assert.notEqual(asked.get('state'), asked.get('nonce'));
  assert.match(out.headers['set-cookie'][0], /HttpOnly/);
  assert.equal(url.searchParams.get('iss'), real.origin);
  assert.equal(reply.status, 303, reply.text);
  assert.equal(reply.headers.location, '/orders');
  const token = cookieOf(reply, 'souk_at').slice(8);
  const me = expect(await new Client(server, { token }).get('/users/me'), 200);
  assert.deepEqual([me.email, me.name], ['ada.elsewhere@example.com', 'Ada Elsewhere']);
  assert.notEqual(claims(token).acr, 'aal2');
  const again = await visit('ada');
  assert.equal(claims(cookieOf(again.reply, 'souk_at').slice(8)).sub, claims(token).sub);
  /* the code was used, and its cookie is gone; who kept both gets nothing */
  const replayed = await back(server, url, cookie);
  assert.equal(replayed.status, 401);
  assert.match(replayed.text, /not good/);
  const login = await new Client(server).post('/auth/login', { email: me.email, password: 'none' });
  expect(login, 401, 'invalid_credentials');
});

test('an e-mail that the issuer has not verified is not verified here', async () => {
  const { reply } = await visit('bob');
  const cookie = cookieOf(reply, 'souk_at');
  assert.match((await get(server, '/account/security', cookie)).text, /Not confirmed yet/);
  const ada = cookieOf((await visit('ada')).reply, 'souk_at');
  assert.doesNotMatch((await get(server, '/account/security', ada)).text, /Not confirmed yet/);
});

test('an account is not opened by its e-mail: its owner connects', async () => {
  const user = await newUser(server), { email } = user.user;
  people.eve = { email: email.toUpperCase(), email_verified: true, name: 'Eve' };
  const refused = await visit('eve');
  assert.equal(refused.reply.status, 409);
  assert.match(refused.reply.text, /There is an account with this e-mail already/);
  assert.equal(cookieOf(refused.reply, 'souk_at'), undefined);
  assert.deepEqual(expect(await user.get('/auth/logins'), 200).logins, []);

  const cookie = `souk_at=${user.token}`;
  assert.match((await get(server, '/account/security/logins', cookie)).text, /None yet[^]*Connect Example/);
  const page = await post(server, '/account/security/connect/oidc', {}, cookie);
  const href = /href="([^"]+)">Go on to Example/.exec(page.text)[1].replaceAll('&amp;', '&');
  const url = await agree(href, 'eve', server.origin), trip = cookieOf(page, 'souk_oidc');
  const stranger = await newUser(server);
  assert.equal((await back(server, url, `${trip}; souk_at=${stranger.token}`)).status, 401);
  assert.equal((await back(server, url, trip)).status, 401);
  const done = await back(server, url, `${trip}; ${cookie}`);
  assert.equal(done.headers.location, '/account/security/logins?said=added');
  assert.match((await get(server, done.headers.location, cookie)).text, /was connected[^]*Example/);
  await until('a mail', () => letters(server, email, /new way into your account/)[0]);
  const { logins: [login] } = expect(await user.get('/auth/logins'), 200);
  assert.deepEqual([login.issuer, login.name], [real.origin, 'Example']);
  const session = (await visit('eve')).reply;
  assert.equal(claims(cookieOf(session, 'souk_at').slice(8)).sub, user.user.userId);

  /* it leads into this account alone */
  const other = await newUser(server), theirs = `souk_at=${other.token}`;
  const theirPage = await post(server, '/account/security/connect/oidc', {}, theirs);
  const theirHref = /href="([^"]+)">Go on/.exec(theirPage.text)[1].replaceAll('&amp;', '&');
  const taken = await back(server, await agree(theirHref, 'eve', server.origin),
    `${cookieOf(theirPage, 'souk_oidc')}; ${theirs}`);
  assert.equal(taken.status, 409);
  assert.match(taken.text, /leads into another account/);
  expect(await other.delete(`/auth/logins/${login.loginId}`), 404, 'not_found');
  assert.equal((await post(server, `/account/security/logins/${login.loginId}`, {}, theirs)).status, 404);
  expect(await user.delete(`/auth/logins/${login.loginId}`), 204);
  assert.equal((await visit('eve')).reply.status, 409);
});

test('the last way in is not removed', async () => {
  const cookie = cookieOf((await visit('ada')).reply, 'souk_at');
  const user = new Client(server, { token: cookie.slice(8) });
  const { logins: [{ loginId }] } = expect(await user.get('/auth/logins'), 200);
  expect(await user.delete(`/auth/logins/${loginId}`), 409, 'last_way_in');
  const page = await post(server, `/account/security/logins/${loginId}`, {}, cookie);
  assert.equal(page.headers.location, '/account/security/logins?said=last');
  assert.match((await get(server, page.headers.location, cookie)).text, /only way into your account/);
  await post(server, '/forgot-password', { email: people.ada.email });
  const letter = await until('a mail', () => letters(server, people.ada.email, /Choose a new password/)[0]);
  await post(server, '/reset-password', { token: tokenOf(letter), newPassword: 'a long and quiet evening' });
  const again = new Client(server, { token: cookieOf((await visit('ada')).reply, 'souk_at').slice(8) });
  assert.equal((await post(server, `/account/security/logins/${loginId}`, {}, `souk_at=${again.token}`)).headers.location,
    '/account/security/logins?said=removed');
  assert.equal((await visit('ada')).reply.status, 409); /* the account has the e-mail, not the login */
});

test('who opened an account with an address that is not theirs loses it to its owner', async () => {
  const mallory = cookieOf((await visit('bob')).reply, 'souk_at');
  assert.ok(mallory);
  await post(server, '/forgot-password', { email: people.bob.email });
  const letter = await until('a mail', () => letters(server, people.bob.email, /Choose a new password/)[0]);
  await post(server, '/reset-password', { token: tokenOf(letter), newPassword: 'a long and quiet evening' });
  assert.equal((await visit('bob')).reply.status, 409);
});

test('a second factor is asked for after another issuer too', async () => {
  people.tom = { email: 'tom.elsewhere@example.com', email_verified: true, name: 'Tom' };
  const user = new Client(server, { token: cookieOf((await visit('tom')).reply, 'souk_at').slice(8) });
  await post(server, '/forgot-password', { email: people.tom.email });
  const letter = await until('a mail', () => letters(server, people.tom.email, /Choose a new password/)[0]);
  const password = 'a long and quiet evening';
  await post(server, '/reset-password', { token: tokenOf(letter), newPassword: password });
  const signed = await signIn(server, people.tom.email, password);
  const { secret } = expect(await signed.post('/auth/mfa/setup', { password }), 200);
  expect(await signed.post('/auth/mfa/confirm', { code: totp(secret) }), 200);
  const { reply } = await visit('tom');
  assert.equal(reply.status, 200);
  assert.match(reply.text, /action="\/signin\/code"/);
  assert.equal(cookieOf(reply, 'souk_at'), undefined);
  const token = /name="token" value="([^"]+)"/.exec(reply.text)[1];
  const done = await post(server, '/signin/code', { token, code: totp(secret, 1), next: '/orders' });
  assert.equal(done.headers.location, '/orders');
  assert.equal(claims(cookieOf(done, 'souk_at').slice(8)).acr, 'aal2');
  assert.ok(user);
});

test('who has no e-mail there is told what to do', async () => {
  const { reply } = await visit('nobody');
  assert.equal(reply.status, 422);
  assert.match(reply.text, /told us no e-mail/);
});

test('an answer that this browser did not ask for is refused', async () => {
  const out = await get(server, '/signin/with/oidc');
  const url = await agree(out.headers.location, 'zoe', server.origin), cookie = cookieOf(out, 'souk_oidc');
  const other = cookieOf(await get(server, '/signin/with/oidc'), 'souk_oidc');
  const with_ = (changes) => {
    const copy = new URL(url);
    for (const [k, v] of Object.entries(changes)) if (v === null) copy.searchParams.delete(k); else copy.searchParams.set(k, v);
    return copy;
  };
  for (const [name, u, c] of [['no cookie', url, ''], ['another browser\'s', url, other],
    ['another state', with_({ state: 'x'.repeat(43) }), cookie], ['no state', with_({ state: null }), cookie],
    ['a spoilt cookie', url, `${cookie.slice(0, -4)}AAAA`], ['another issuer', with_({ iss: 'https://evil.example' }), cookie],
    ['no issuer, though it says so always', with_({ iss: null }), cookie], ['no code', with_({ code: null }), cookie]]) {
    const reply = await back(server, u, c);
    assert.equal(reply.status, 401, name);
    assert.equal(cookieOf(reply, 'souk_at'), undefined, name);
  }
  /* to the address of another issuer: whoever sent it there is not who was asked */
  const mixed = new URL(url);
  mixed.pathname = '/signin/back/google';
  assert.equal((await back(server, mixed, cookie)).status, 401);
  assert.equal(new URL(out.headers.location).searchParams.get('redirect_uri'), `${server.origin}/signin/back/oidc`);
  const denied = await back(server, with_({ code: null, error: 'access_denied' }), cookie);
  assert.match(denied.text, /You did not agree/);
  assert.equal((await back(server, url, cookie)).headers.location, '/');
  assert.equal((await get(server, '/signin/with/elsewhere')).status, 404);
  assert.equal((await get(server, '/signin/with/oidc?next=https://evil.example')).status, 303);
});

/* ---- one that forges ---- */

test('a forged, stale or foreign id_token lets nobody in', async (t) => {
  const evil = await forger();
  const local = await shop(evil.origin, await freePort());
  t.after(async () => { await local.close(); await evil.close(); });
  const attempt = async (next) => {
    const out = await get(local, '/signin/with/oidc');
    const asked = new URL(out.headers.location).searchParams;
    evil.nonce = asked.get('nonce');
    evil.next = next;
    return get(local, `/signin/back/oidc?code=abc&state=${asked.get('state')}`, cookieOf(out, 'souk_oidc'));
  };
  const now = Math.floor(Date.now() / 1000);
  const cases = {
    'another key under the same name': { key: 'other' },
    'a key that is not named': { key: 'other', header: { kid: 'other' } },
    'a spoilt signature': { spoil: true },
    'no signature': { none: true, header: { alg: 'none' } },
    'no signature, as if it had one': { none: true },
    'an HMAC with the public key': { hmac: true, header: { alg: 'HS256' } },
    'an algorithm of another key': { header: { alg: 'RS256' } },
    'another issuer': { claims: { iss: 'https://evil.example' } },
    'another client': { claims: { aud: 'another' } },
    'made for another client': { claims: { aud: [CLIENT, 'another'], azp: 'another' } },
    'several clients, none named': { claims: { aud: [CLIENT, 'another'] } },
    'run out': { claims: { exp: now - 100 } },
    'no end': { claims: { exp: undefined } },
    'from the future': { claims: { iat: now + 3600 } },
    'not good yet': { claims: { nbf: now + 3600 } },
    'another nonce': { claims: { nonce: 'x' } },
    'no nonce': { claims: { nonce: undefined } },
    'no subject': { claims: { sub: '' } },
    'no token': { reply: { token_type: 'Bearer' } },
    'no JSON': { reply: 'hello' },
    'something else': { token: 'a.b.c' },
    'a code that was used': { status: 400 },
  };
  for (const [name, next] of Object.entries(cases)) {
    const reply = await attempt(next);
    assert.ok([401, 502].includes(reply.status), `${name}: ${reply.status}`);
    assert.equal(cookieOf(reply, 'souk_at'), undefined, name);
  }
  assert.ok(evil.asked.keys <= 2, `keys were asked for ${evil.asked.keys} times`);
  const good = await attempt({});
  assert.equal(good.headers.location, '/', good.text);
  assert.equal(evil.sent.get('client_secret'), SECRET);
  assert.equal(evil.sent.get('grant_type'), 'authorization_code');
  assert.equal((await attempt({ claims: { aud: [CLIENT], azp: CLIENT } })).headers.location, '/');
  const big = await attempt({ reply: JSON.stringify({ id_token: 'x'.repeat(300_000) }) });
  assert.equal(big.status, 502);
  assert.equal((await attempt({ status: 500 })).status, 502);
});

test('an issuer that is away, or says it is another, is told as such', async (t) => {
  const evil = await forger();
  evil.away = true;
  const local = await shop(evil.origin, await freePort());
  t.after(async () => { await local.close(); await evil.close(); });
  const first = await get(local, '/signin/with/oidc');
  assert.equal(first.status, 502);
  assert.match(first.text, /does not work at the moment/);
  evil.away = false;
  assert.equal((await get(local, '/signin/with/oidc')).status, 502); /* it was away a moment ago */
  assert.equal(evil.asked.discovery, 0);
  assert.equal((await get(local, '/signin')).status, 200);

  for (const doc of [{ issuer: 'https://evil.example' }, { token_endpoint: 'http://10.0.0.1/token' },
    { jwks_uri: 'file:///etc/passwd' }, { authorization_endpoint: 'http://127.0.0.1.evil.example/' }]) {
    const odd = await forger();
    odd.doc = doc;
    const place = await shop(odd.origin, await freePort());
    assert.equal((await get(place, '/signin/with/oidc')).status, 502, JSON.stringify(doc));
    await place.close();
    await odd.close();
  }
});

test('an issuer that answers by a form: only the browser that asked gets in', async (t) => {
  const port = await freePort();
  const issuer = await realIssuer(`http://127.0.0.1:${port}/signin/back/oidc`, people);
  const local = await shop(issuer.origin, port, { SOUK_OIDC_FORM_POST: 'on' });
  t.after(async () => { await local.close(); await issuer.close(); });
  const out = await get(local, '/signin/with/oidc?next=/orders');
  assert.equal(new URL(out.headers.location).searchParams.get('response_mode'), 'form_post');
  const form = await agree(out.headers.location, 'ada', local.origin), cookie = cookieOf(out, 'souk_oidc');
  assert.equal(form.href, `${local.origin}/signin/back/oidc`);
  assert.deepEqual(Object.keys(form.fields).sort(), ['code', 'iss', 'state']);
  /* as a browser sends it: from the issuer's site, without our cookies; Apple adds the person */
  const sent = (fields, headers) => exchange(local.origin, 'POST', '/signin/back/oidc', { ...FORM,
    Origin: issuer.origin, 'Sec-Fetch-Site': 'cross-site', ...headers }, String(new URLSearchParams(fields)));
  const person = JSON.stringify({ name: { firstName: 'Ada', lastName: 'Lovelace' } });
  const posted = await sent({ ...form.fields, user: person });
  assert.equal(posted.status, 303, posted.text);
  assert.equal(posted.headers['set-cookie'], undefined);
  const there = new URL(posted.headers.location, local.origin);
  assert.equal(there.origin + there.pathname, `${local.origin}/signin/back/oidc`);
  assert.deepEqual(Object.fromEntries(there.searchParams), form.fields);

  /* with everything of a signed-in visitor it does no more; nor does it lead elsewhere */
  const { token } = await newUser(local);
  const loaded = await sent(form.fields, { Cookie: `souk_at=${token}; ${cookie}` });
  assert.deepEqual([loaded.status, loaded.headers['set-cookie']], [303, undefined]);
  for (const code of ['//evil.example', 'x&state=y#z', 'a\\b?c=d%0a']) {
    const { headers, status } = await sent({ code, state: 'x' });
    assert.equal(status, 303);
    const at = new URL(headers.location, local.origin);
    assert.deepEqual([at.origin, at.pathname, at.searchParams.get('code'), at.searchParams.get('state'), at.hash],
      [local.origin, '/signin/back/oidc', code, 'x', '']);
  }
  assert.equal((await sent({ code: 'x\r\nSet-Cookie: a=b', state: 'x' })).status, 422);
  /* another browser, and one that asked for something else, are refused; then who asked gets in */
  assert.equal((await back(local, there, '')).status, 401);
  const other = cookieOf(await get(local, '/signin/with/oidc'), 'souk_oidc');
  assert.equal((await back(local, there, other)).status, 401);
  const done = await back(local, there, cookie);
  assert.equal(done.headers.location, '/orders', done.text);
  assert.ok(cookieOf(done, 'souk_at'));
  assert.equal((await back(local, there, cookie)).status, 401, 'a code is good once');
  const denied = await sent({ error: 'user_cancelled_authorize', state: 'x' });
  assert.equal(denied.headers.location, '/signin/back/oidc?state=x&error=user_cancelled_authorize');
  assert.equal((await sent({})).headers.location, '/signin/back/oidc');
});

test('settings half given, or an issuer without TLS, do not start', () => {
  for (const env of [{ SOUK_OIDC_ISSUER: 'https://id.example' },
    { SOUK_OIDC_ISSUER: 'http://id.example', SOUK_OIDC_CLIENT: 'x' },
    { SOUK_OIDC_ISSUER: 'http://127.0.0.1@id.example', SOUK_OIDC_CLIENT: 'x' },
    { SOUK_GOOGLE_CLIENT: 'x', SOUK_GOOGLE_SECRET: 'file:/nowhere' }]) {
    const place = new Server({ env });
    assert.throws(() => place.command('routes'), /oidc|secret|https/, JSON.stringify(env));
    place.abandon();
  }
});
