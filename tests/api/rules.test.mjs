/* SPDX-License-Identifier: Apache-2.0
 * Rules on requests that look like attacks, refusing and logging; rates by class of route. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { exchange, expect } from './client.mjs';
import { guest, newEmail, newKey, newUser, PASSWORD, until } from './fixtures.mjs';
import { open } from './server.mjs';

let strict, lenient;
before(async () => {
  strict = await open({ demo: 0, env: { SOUK_REQUEST_RULES: 'refuse', SOUK_LIMITS: 'on' } });
  lenient = await open({ demo: 0 });
});
after(() => Promise.all([strict.close(), lenient.close()]));

const attacks = [['/.git/config', 'probe'], ['/wp-login.php', 'probe'], [`/search?q=${encodeURIComponent("1' or '1'='1")}`, 'sql'],
  ['/search?q=%3Cscript%3E', 'script'], ['/c/%2e%2e%2fetc', 'climb'], ['/?u=http://169.254.169.254/', 'inside'],
  ['/api/v1/products?q=union+select+1', 'sql']];
for (const [path, rule] of attacks)
  test(`a rule: ${path}: refused where rules refuse, logged where they log`, async () => {
    const raw = { Accept: 'application/json' };
    const refused = await exchange(strict.origin, 'GET', path.replace('%2e%2e%2f', '..%2f'), raw);
    assert.equal(refused.status, 403, refused.text);
    assert.equal(JSON.parse(refused.text).code, 'request_refused');
    assert.doesNotMatch(refused.text, new RegExp(rule), 'which rule it was is for the log');
    const id = `rule-test-${newKey()}`;
    const passed = await exchange(lenient.origin, 'GET', path.replace('%2e%2e%2f', '..%2f'), { ...raw, 'X-Request-Id': id });
    assert.notEqual(passed.status, 403);
    const line = await until('the line', () => readFileSync(lenient.logPath, 'utf8').split('\n')
      .find((row) => row.includes(id) && row.includes('"message":"rule"')));
    assert.equal(JSON.parse(line).rule, rule);
  });

test('a scanner is known by its name; people are not refused', async () => {
  assert.equal((await exchange(strict.origin, 'GET', '/', { 'User-Agent': 'sqlmap/1.7' })).status, 403);
  for (const path of ['/', '/search?q=drop+leaf+table', '/search?q=o%27brien', '/search?q=union%20jack%20%26%20select', '/signin'])
    assert.notEqual((await exchange(strict.origin, 'GET', path, { 'User-Agent': 'Mozilla/5.0' })).status, 403, path);
  const user = await newUser(strict, { name: '<script>alert(1)</script>' });
  assert.equal(expect(await user.get('/users/me'), 200).name, '<script>alert(1)</script>', 'bodies are nobody\'s business here');
});

test('another word for the rules is refused', async () => {
  await assert.rejects(open({ demo: 0, env: { SOUK_REQUEST_RULES: 'maybe' }, log: 'rules-maybe' }), /log, refuse or off/);
});

/* The class of each kind of route, and how many a minute it lets through at most. */
const classes = [
  ['signing in', (c) => c.post('/auth/login', { email: newEmail(), password: 'x' }), 'login', 300],
  ['signing up', (c) => c.post('/auth/register', { email: 'x', password: PASSWORD, name: 'A' }), 'login', 300],
  ['a forgotten password', (c) => c.post('/auth/password-reset', { email: 'x' }), 'login', 300],
  ['codes', (c) => c.post('/auth/password-reset/confirm', { token: 'x', newPassword: PASSWORD }), 'code', 60],
  ['coupons', (c) => c.post('/cart/coupons', { code: 'NONE' }), 'login', 300],
  ['orders', (c) => c.post('/orders', {}, { key: newKey() }), 'payment', 30_000],
  ['anything else', (c) => c.get('/cart'), 'default', 60_000],
];
for (const [name, ask, policy, most] of classes)
  test(`rates: ${name} are of the class "${policy}"`, async () => {
    const { headers } = await ask(guest(strict));
    const [, said, quota] = headers['ratelimit-policy'].match(/^"(\w+)";q=(\d+)/);
    assert.equal(said, policy);
    assert.ok(Number(quota) <= most, quota);
  });

test('rates: somebody who pays again and again waits, others do not', async () => {
  const [user, other] = [await newUser(strict), await newUser(strict)];
  const replies = await Promise.all(Array.from({ length: 140 }, () => user.post('/orders', {}, { key: newKey() })));
  const refused = replies.filter((r) => r.status === 429);
  assert.ok(refused.length >= 15 && refused.length <= 25, `${refused.length} refused`);
  expect(refused[0], 429, 'rate_limited');
  assert.notEqual((await other.post('/orders', {}, { key: newKey() })).status, 429);
  expect(await user.get('/cart'), 200);
});
