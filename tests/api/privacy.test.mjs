/* SPDX-License-Identifier: Apache-2.0
 * What people can ask of their data: the archive, what they agreed to, and the end of the account,
 * also through a crash; by the API and by the page without scripts. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { formsOf, Visitor } from './browser.mjs';
import { Client, expect } from './client.mjs';
import { ADDRESS, admin, line, newEmail, newUser, onSale, PASSWORD, place, until } from './fixtures.mjs';
import { letters, tokenOf } from './mails.mjs';
import { ENGINE, open } from './server.mjs';

let server;
before(async () => { server = await open({ demo: 60, env: { SOUK_ERASE_DAYS: '0' } }); });
after(async () => { await server?.close(); });

const sql = (text, database = server.database) => {
  if (ENGINE === 'pg') {
    return execFileSync('psql', ['-X', '-A', '-t', '-d', database.direct, '-c', text],
      { encoding: 'utf8' }).trim();
  }
  const script = 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n'
    + 'for r in c.execute(sys.argv[2]).fetchall(): print("|".join(str(x) for x in r))';
  return execFileSync('python3', ['-c', script, database.url?.replace('sqlite:', '') ?? join(server.folder, 'souk.db'), text],
    { encoding: 'utf8' }).trim();
};

const address = { ...ADDRESS, name: 'Ada Erasmia', line1: '7 Erasmia Street' };

/* Somebody with a proved e-mail, an address and an order. */
const somebody = async () => {
  const email = newEmail();
  const user = await newUser(server, { email, name: 'Ada Erasmia' });
  await until('the mail', async () => letters(server, email).length > 0);
  expect(await user.post('/auth/verify-email', { token: tokenOf(letters(server, email)[0]) }), 204);
  expect(await user.post('/users/me/addresses', address), 201);
  const order = expect(await place(user, [line(await onSale(server))],
    { shippingAddress: address }), 201);
  return { user, email, order };
};

const filesOf = (zip) => {
  const path = join(server.folder, 'export.zip');
  writeFileSync(path, zip);
  const script = 'import zipfile,sys,json\nz=zipfile.ZipFile(sys.argv[1])\n'
    + 'print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
  return JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }));
};

test('an archive holds what every service knows, and is its owner\'s alone', async () => {
  const { user, email, order } = await somebody();
  expect(await user.put('/users/me/consents', { purpose: 'marketing', granted: true }), 200);
  expect(await user.patch('/users/me/preferences', { appearance: 'dark' }), 200);
  const asked = expect(await user.post('/users/me/exports'), 202);
  expect(await user.get(`/users/me/exports/${asked.exportId}`), asked.ready ? 200 : 404);
  const again = await user.post('/users/me/exports');
  if (again.status !== 202) expect(again, 409, 'export_running');
  await until('the archive', async () =>
    expect(await user.get('/users/me/exports'), 200).exports.every((x) => x.ready), 20_000);
  await until('the mail', async () => letters(server, email, /data is ready/).length > 0);
  const reply = await user.get(`/users/me/exports/${asked.exportId}`);
  assert.equal(reply.headers['content-type'], 'application/zip');
  const files = filesOf(reply.bytes);
  assert.equal(JSON.parse(files['identity/profile.json'])[0].email, email);
  assert.equal(JSON.parse(files['identity/addresses.json'])[0].line1, address.line1);
  assert.match(JSON.parse(files['orders/orders.json'])[0].address, /7 Erasmia Street/);
  assert.equal(JSON.parse(files['orders/lines.json'])[0].order_id, order.orderId);
  assert.equal(JSON.parse(files['privacy/consents.json'])[0].purpose, 'marketing');
  assert.equal(JSON.parse(files['identity/preferences.json'])[0].appearance, 'dark');
  assert.ok(JSON.parse(files['notify/messages.json']).some((m) => m.recipient === email));
  for (const name of ['identity/sessions', 'cart/items', 'payments/payments', 'reviews/reviews',
    'fraud/orders', 'behaviour/choice']) assert.ok(Array.isArray(JSON.parse(files[`${name}.json`])), name);
  const other = await newUser(server);
  expect(await other.get(`/users/me/exports/${asked.exportId}`), 404, 'not_found');
});

test('open orders keep an account; then it goes, through a crash as well', async () => {
  const { user, email, order } = await somebody();
  const { userId } = expect(await user.get('/users/me'), 200);
  const change = (currentPassword, newPassword) =>
    user.post('/users/me/password', { currentPassword, newPassword });
  expect(await change(PASSWORD, 'seventeen green herons'), 204); /* stands in the audit trail */
  expect(await change('seventeen green herons', PASSWORD), 204);
  expect(await user.patch('/users/me/preferences', { appearance: 'dark' }), 200);
  const liked = () => sql(`SELECT count(*) FROM identity_preference WHERE user_id = ${
    ENGINE === 'pg' ? `'${userId}'` : `x'${userId.replaceAll('-', '')}'`}`);
  assert.equal(liked(), '1');
  expect(await user.post('/users/me/erasure'), 409, 'open_orders');
  expect(await user.post(`/orders/${order.orderId}/cancel`, {}), 200);
  assert.equal(expect(await user.get('/users/me/erasure'), 200).asked, false);
  expect(await user.post('/users/me/erasure'), 202);
  await server.kill9();
  await server.start();
  const staff = await admin(server);
  await until('the order is nobody\'s', async () => {
    const seen = await staff.get(`/orders/${order.orderId}`);
    return seen.status === 200 && !/Erasmia/.test(seen.text) && !seen.text.includes(email);
  }, 30_000);
  await until('nobody can sign in', async () =>
    (await new Client(server).post('/auth/login', { email, password: PASSWORD })).status === 401);
  await until('the session is over', async () => (await user.get('/users/me')).status === 401, 15_000);
  const seen = expect(await staff.get(`/orders/${order.orderId}`), 200);
  assert.deepEqual(seen.total, order.total, 'the amounts stay');
  assert.equal(seen.lines?.length, order.lines?.length);
  const paid = (text) => sql(text, server.apart.payments ?? server.database);
  await until('all services are through', async () => // the service's job, then ours, each in turn
    sql('SELECT count(*) FROM privacy_erasure WHERE done_ms IS NULL OR email IS NOT NULL') === '0'
    && paid('SELECT count(*) FROM payments_erased') === '1'
    && paid("SELECT count(*) FROM payments_payment WHERE token = ''") === '1', 60_000);
  await server.stop();
  assert.equal(sql("SELECT count(*) FROM privacy_erasure WHERE done_ms IS NULL OR email IS NOT NULL"), '0');
  assert.equal(sql("SELECT count(*) FROM identity_user WHERE email = '' AND phone IS NULL"), '1');
  assert.equal(liked(), '0');
  const trail = 'FROM audit_entry e LEFT JOIN audit_detail d ON d.entry_id = e.entry_id';
  assert.notEqual(sql(`SELECT count(*) ${trail} WHERE e.object = '${userId}'`), '0');
  assert.equal(sql(`SELECT count(d.peer) ${trail} WHERE e.object = '${userId}'`), '0', 'from where');
  assert.equal(sql("SELECT count(*) FROM orders_order WHERE email = '' AND address LIKE '%Erased%'",
    server.apart.orders), '1');
  assert.equal(paid('SELECT count(*) FROM payments_erased'), '1', 'wherever payments are');
  assert.equal(paid("SELECT count(*) FROM payments_payment WHERE token = '' AND last4 IS NULL"), '1');
  assert.notEqual(paid("SELECT count(*) FROM payments_payment WHERE token <> ''"), '0', 'others stay');
  await server.start();
  const second = expect(await new Client(server).post('/auth/register',
    { email, password: PASSWORD, name: 'New Person' }), 201);
  assert.ok(second, 'the e-mail is free again');
});

test('what one agreed to is noted each time', async () => {
  const user = await newUser(server);
  const of = (reply, purpose) => expect(reply, 200).consents.find((c) => c.purpose === purpose);
  assert.equal(of(await user.get('/users/me/consents'), 'personalisation').granted, false);
  await user.put('/users/me/consents', { purpose: 'personalisation', granted: true });
  assert.equal(expect(await user.get('/users/me/personal-ranking'), 200).personal, true);
  const back = of(await user.put('/users/me/consents', { purpose: 'personalisation', granted: false }),
    'personalisation');
  assert.equal(back.granted, false);
  assert.ok(back.changedAt);
  assert.equal(expect(await user.get('/users/me/personal-ranking'), 200).personal, false);
  expect(await user.put('/users/me/consents', { purpose: 'telepathy', granted: true }), 422);
  expect(await user.delete('/users/me/erasure'), 204); // nothing was asked: nothing happens
});

test('the page does the same without scripts', async () => {
  const email = newEmail();
  await newUser(server, { email });
  const v = new Visitor(server);
  await v.go('/signin');
  await v.submit('/signin', { email, password: PASSWORD });
  await v.go('/account');
  v.has('/account/privacy');
  await v.go('/account/privacy');
  v.has('Not agreed');
  const marketing = formsOf(v.html).find((f) => f.fields.purpose === 'marketing');
  await v.go('/account/privacy/consents', { method: 'POST',
    body: new URLSearchParams(marketing.fields).toString() });
  v.has('Your choice is noted');
  v.has('Agreed since');
  const own = formsOf(v.html).find((f) => f.fields.purpose === 'personalisation');
  await v.go('/account/privacy/consents', { method: 'POST',
    body: new URLSearchParams(own.fields).toString() });
  assert.equal(v.jar.get('souk_own'), '1', 'searches of one\'s own are not the ones kept for all');
  await v.submit('/account/privacy/export');
  v.has('a mail will tell');
  await v.submit('/account/privacy/export'); // asked twice: said, or made already
  v.has(/being made/);
  await until('the archive', async () => {
    await v.go('/account/privacy');
    return /href="\/account\/privacy\/exports\/[^"]+"/.test(v.html);
  }, 20_000);
  const href = /href="(\/account\/privacy\/exports\/[^"]+)"/.exec(v.html)[1];
  const reply = await v.go(href);
  assert.match(reply.headers['content-disposition'], /your-data\.zip/);
  assert.equal(JSON.parse(filesOf(reply.bytes)['identity/profile.json'])[0].email, email);
  await v.go('/account/privacy');
  await v.go('/account/privacy/keep', { method: 'POST', body: new URLSearchParams(
    { csrf: marketing.fields.csrf ?? '' }).toString() });
  v.has('Your account stays');
  await v.submit('/account/privacy/erase');
  await until('nobody can sign in', async () =>
    (await new Client(server).post('/auth/login', { email, password: PASSWORD })).status === 401, 20_000);
});
