/* SPDX-License-Identifier: Apache-2.0
 * The audit trail from outside: sensitive acts stand in it with who, where from and why, the page
 * finds them, and `souk audit verify` finds what somebody changed who has the database. */
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { addPasskey } from './authenticator.mjs';
import { exchange, expect } from './client.mjs';
import { admin, line, newEmail, newKey, newUser, onSale, PASSWORD, place, until } from './fixtures.mjs';
import { ENGINE, open } from './server.mjs';

let server, staff;
before(async () => {
  server = await open();
  staff = await admin(server);
});
after(() => server.close());

const query = (sql) => execFileSync(...(ENGINE === 'pg'
  ? ['psql', ['-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1', '-d', server.database.direct, '-c', sql]]
  : ['sqlite3', [server.database.direct.slice('sqlite:'.length), sql]]), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const page = (path, client = staff) => exchange(server.origin, 'GET', path,
  { Accept: 'text/html', Cookie: `souk_at=${client.token}` });
/* Rows of the page as texts, newest first. */
const rows = async (path) => {
  const reply = await page(path);
  assert.equal(reply.status, 200);
  return [...reply.text.matchAll(/<tr role="row">(<td.*?)<\/tr>/gs)].map(([, row]) => row
    .replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim());
};
const find = (path, pattern) => until(`${pattern} in ${path}`, async () => (await rows(path)).find((row) => pattern.test(row)));
const verify = () => {
  try {
    return { ok: true, text: server.command('audit', 'verify') };
  } catch (e) {
    return { ok: false, text: e.message };
  }
};

test('what staff do stands in the trail, with why; and what people change of their accounts', async () => {
  const buyer = await newUser(server), article = await onSale(server);
  const { orderId } = expect(await place(buyer, [line(article)]), 201);
  expect(await staff.post(`/admin/orders/${orderId}/status`, { status: 'processing', reason: 'first of the day' }), 200);
  expect(await staff.post(`/admin/orders/${orderId}/refunds`, { amount: '1.00', reason: 'a scratch' }, { key: newKey() }), 200);
  const moved = await find(`/admin/audit?object=${orderId}`, /status=processing/);
  assert.match(moved, /POST \/api\/v1\/admin\/orders\/\{orderId\}\/status/);
  assert.match(moved, /first of the day/);
  assert.match(moved, /127\.0\.0\.1/);
  assert.match(moved, new RegExp(staff.user.userId.slice(-8)));
  assert.match(await find(`/admin/audit?object=${orderId}`, /refunds/), /amount=1\.00 .*a scratch/);
  /* a refused move is none */
  expect(await staff.post(`/admin/orders/${orderId}/status`, { status: 'delivered' }), 409);
  expect(await buyer.post('/users/me/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD}, and new` }), 204);
  expect(await buyer.post('/users/me/email', { email: newEmail(), password: `${PASSWORD}, and new` }), 202);
  const { passkeyId } = await addPasskey(buyer, 'Nobody must read this');
  expect(await buyer.delete(`/auth/passkeys/${passkeyId}`), 204);
  for (const act of ['email_asked', 'way_added passkey', 'way_removed passkey'])
    await find(`/admin/audit?actor=${buyer.user.userId}`, new RegExp(`identity\\.${act.replace(' ', '.*')}`));
  const mine = await rows(`/admin/audit?actor=${buyer.user.userId}`);
  assert.ok(mine.some((row) => /identity\.password_changed/.test(row)));
  assert.ok(mine.some((row) => /identity\.signed_in/.test(row)));
  /* with orders in a database of their own an act is noted before it, so the refused one too */
  assert.equal((await rows(`/admin/audit?object=${orderId}`)).length, server.apart.orders ? 3 : 2);
  /* names and addresses of mail are nowhere in it */
  const all = query("SELECT act || before_text || after_text || object FROM audit_entry");
  assert.doesNotMatch(all, /@|Test Person|Nobody must read this/);
});

test('the page has filters and pages, for whoever may read it alone', async () => {
  for (let i = 0; i < 35; i++) await newUser(server);
  const [, older] = await until('a full page', async () =>
    (await page('/admin/audit?act=identity.signed_in')).text.match(/href="([^"]+)" rel="next"/));
  const second = await rows(older.replaceAll('&amp;', '&'));
  assert.match(older, /before=\d+/);
  assert.ok(second.length > 0 && second.every((row) => /identity\.signed_in/.test(row)));
  assert.ok(!(await rows('/admin/audit?act=identity.signed_in')).includes(second[0]));
  assert.equal((await page('/admin/audit?actor=nobody')).status, 422);
  assert.equal((await page('/admin/audit', await newUser(server))).status, 403);
});

test('verify finds a changed and a removed row, and the database refuses both to begin with', async () => {
  const run = (...statements) => query(statements.join('; '));
  await until('all is chained', async () => Number(query('SELECT count(*) FROM audit_waiting')) === 0);
  if (ENGINE === 'sqlite') await server.stop(); /* one process has the file */
  const sound = verify();
  assert.ok(sound.ok, sound.text);
  const [, seq] = sound.text.match(/(\d+) rows, 0 findings/);
  const head = `${seq}:${sound.text.match(/head ([0-9a-f]{64})/)[1]}`;
  assert.match(server.command('audit', 'verify', `--head=${head}`), /0 findings/);
  for (const statement of ["UPDATE audit_entry SET after_text = 'x' WHERE seq = 2", 'DELETE FROM audit_entry WHERE seq = 3'])
    assert.throws(() => run(statement), /only added to/);
  const free = ENGINE === 'pg' ? ['ALTER TABLE audit_entry DISABLE TRIGGER ALL']
    : ['DROP TRIGGER audit_entry_kept', 'DROP TRIGGER audit_entry_fixed'];
  run(...free, "UPDATE audit_entry SET after_text = 'x' WHERE seq = 2", 'DELETE FROM audit_entry WHERE seq = 4',
    `DELETE FROM audit_entry WHERE seq = ${seq}`);
  const found = verify();
  assert.ok(!found.ok);
  assert.match(found.text, /row 2 was changed/);
  assert.match(found.text, /row 4 was removed/);
  assert.throws(() => server.command('audit', 'verify', `--head=${head}`), new RegExp(`row ${seq} is not the one that was known`));
  if (ENGINE === 'sqlite') await server.start();
});
