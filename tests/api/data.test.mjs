/* SPDX-License-Identifier: Apache-2.0
 * Personal data at rest: nothing of a person stands in the database, rows from before are sealed
 * while the shop is used, a new key under traffic, and starts without the right master key. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expect } from './client.mjs';
import { ADDRESS, guest, line, newUser, onSale, PASSWORD, place, signIn, until } from './fixtures.mjs';
import { ENGINE, open } from './server.mjs';

const MARK = 'Quisquilia'; // a word that is in no demo data
let server;

before(async () => { server = await open({ demo: 60 }); });
after(async () => { await server?.close(); });

/* Statements on the database itself; rows as text. On SQLite only while the shop is stopped. */
const sql = (text) => {
  if (ENGINE === 'pg') {
    return execFileSync('psql', ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', server.database.direct,
      '-c', text], { encoding: 'utf8' });
  }
  const script = 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n'
    + 'for r in c.execute(sys.argv[2]).fetchall(): print("|".join(str(x) for x in r))\nc.commit()';
  return execFileSync('python3', ['-c', script, join(server.folder, 'souk.db'), text],
    { encoding: 'utf8' });
};

/* All that the database holds, as bytes: the file, or every table. */
const kept = () => {
  if (ENGINE !== 'pg') return readFileSync(join(server.folder, 'souk.db'), 'latin1');
  const schema = /search_path(?:=|%3D)(\w+)/.exec(server.database.direct)[1];
  return execFileSync('pg_dump', ['-n', schema, '-a', '--inserts', '-d', process.env.SOUK_TEST_PG],
    { encoding: 'latin1', maxBuffer: 256 * 1024 * 1024 });
};

const refuseStart = (env) => {
  try {
    execFileSync(process.env.SOUK_BIN ?? 'build/souk', ['keys', 'data'], {
      env: { ...server.env, SOUK_DB: server.database.direct, ...env }, encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (e) {
    return e.stderr;
  }
  return assert.fail('it started');
};

const email = `${MARK.toLowerCase()}@example.com`;
const address = { ...ADDRESS, name: `Ada ${MARK}`, line1: `1 ${MARK} Street`, city: `${MARK}ville` };

test('nothing of a person stands in the database', async () => {
  const user = await newUser(server, { email, name: `Ada ${MARK}` });
  expect(await user.post('/users/me/addresses', address), 201);
  const article = await onSale(server);
  const body = { shippingAddress: address };
  const order = expect(await place(user, [line(article)], body), 201);
  const g = guest(server);
  expect(await place(g, [line(article)], { ...body, email: `guest-${email}` }), 201);
  await server.stop();
  const bytes = kept();
  assert.ok(bytes.includes('{s1}'), 'this is the database');
  assert.ok(!new RegExp(MARK, 'i').test(bytes), 'the mark is in the database');
  assert.match(sql('SELECT email, email_key FROM identity_user'), /\{s1\}.*\{k1\}/);
  await server.start();
  const again = await signIn(server, email, PASSWORD);
  const seen = expect(await again.get(`/orders/${order.orderId}`), 200);
  assert.equal(seen.shippingAddress.line1, address.line1);
});

test('rows from before are sealed by and by, and readable meanwhile', async () => {
  await server.stop();
  const id = sql(`SELECT ${ENGINE === 'pg' ? 'user_id' : 'hex(user_id)'} FROM identity_user`)
    .trim().split('\n').pop();
  const where = ENGINE === 'pg' ? `user_id = '${id}'` : `hex(user_id) = '${id}'`;
  const old = `old-${email}`;
  sql(`UPDATE identity_user SET email = '${old}', email_key = '${old}', name = 'Old ${MARK}' WHERE ${where}`);
  sql('DELETE FROM vault_sweep');
  await server.start();
  const taken = await guest(server).post('/auth/register',
    { email: old, password: PASSWORD, name: 'Second' });
  assert.equal(taken.status, 409, 'the e-mail of a row in clear is taken');
  await until('all is sealed', async () => {
    if (ENGINE === 'pg') return !new RegExp(MARK, 'i').test(kept());
    await server.stop();
    const sealed = !new RegExp(MARK, 'i').test(kept());
    await server.start();
    return sealed;
  }, 30_000);
});

test('a new key is taken up while orders are placed', async () => {
  const article = await onSale(server, { stock: 60 });
  const user = await newUser(server);
  let stopped = false, placed = 0, last;
  const traffic = (async () => {
    while (!stopped) {
      last = expect(await place(user, [line(article)]), 201);
      placed += 1;
      if (placed > 40) break;
    }
  })();
  server.command('keys', 'rotate-data');
  await until('the new key is there', async () =>
    Number(sql('SELECT max(key_id) FROM vault_key')) === 2, 60_000);
  const done = () => sql('SELECT count(*) FROM vault_sweep WHERE done_ms IS NULL OR key_id < 2').trim();
  await until('all is under it', async () => done() === '0'
    && Number(sql('SELECT count(*) FROM vault_sweep')) > 5, 60_000);
  stopped = true;
  await traffic;
  assert.ok(placed > 0);
  await server.stop();
  assert.match(server.command('keys', 'data'), /key 2 seals since 20/);
  assert.equal(sql("SELECT count(*) FROM identity_user WHERE email NOT LIKE '{s2}%'").trim(), '0');
  await server.start();
  expect(await user.get(`/orders/${last.orderId}`), 200);
});

test('another master key takes the place of the first', async () => {
  const file = join(server.folder, 'master-key'), before = readFileSync(file, 'utf8');
  await server.stop();
  const keys = sql('SELECT count(*) FROM vault_key').trim();
  assert.match(server.command('keys', 'rotate-master'), new RegExp(`^${keys} keys are sealed`));
  const after = readFileSync(file, 'utf8');
  assert.notEqual(after, before);
  writeFileSync(file, before, { mode: 0o600 });
  assert.match(refuseStart({}), /is not the one of this database/);
  writeFileSync(file, after);
  await server.start();
  await signIn(server, 'admin@demo.souk');
});

test('without the right master key it says so, and loses nothing', async () => {
  await server.stop();
  const file = join(server.folder, 'master-key'), aside = `${file}.aside`;
  renameSync(file, aside);
  assert.match(refuseStart({}), /master-key is missing: put the master key of this database back/);
  assert.ok(!existsSync(file), 'no new key beside what the old one sealed');
  writeFileSync(file, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  assert.match(refuseStart({}), /is not the one of this database/);
  assert.match(refuseStart({ SOUK_MASTER_KEY: 'cd'.repeat(32) }), /of the setting is not the one/);
  rmSync(file);
  const key = readFileSync(aside, 'utf8').trim();
  server.command('keys', 'data', `--master_key=${key}`); // from the setting it is as good
  renameSync(aside, file);
  await server.start();
  await signIn(server, 'admin@demo.souk');
});
