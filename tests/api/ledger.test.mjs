/* SPDX-License-Identifier: Apache-2.0
 * The books over HTTP: who may see them, the trial balance, statements and their pages. What is in
 * an entry is tested in src/services/ledger; here only what an order leaves must balance. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { admin, line, newUser, onSale, place, signIn } from './fixtures.mjs';
import { open } from './server.mjs';

const KINDS = ['provider', 'sales', 'commission', 'commission_tax', 'tax', 'shipping', 'discount', 'refund',
  'payout', 'loss'];
const OWNED = ['buyer', 'seller', 'wallet', 'gift_card', 'reserve'];
const SOMEBODY = '01890000-0000-7000-8000-000000000000';

let server, staff;
before(async () => {
  server = await open();
  staff = await admin(server);
  const buyer = await newUser(server);
  const one = await onSale(server);
  for (let i = 0; i < 3; i++) expect(await place(buyer, [line(one)]), 201);
});
after(() => server.close());

const cents = (amount) => Math.round(amount * 100);
const onSide = (row, sum) => (row.side === 'debit' ? sum : 0 - sum);
const trial = async () => expect(await staff.get('/admin/ledger'), 200).accounts;

for (const path of ['/admin/ledger', '/admin/ledger/provider?currency=USD'])
  test(`${path} is for staff only`, async () => {
    expect(await new Client(server).get(path), 401, 'authentication_required');
    expect(await (await newUser(server)).get(path), 403, 'forbidden');
    expect(await (await signIn(server, 'seller@demo.souk')).get(path), 403, 'forbidden');
  });

test('debits are credits, in each currency', async () => {
  const sums = {};
  for (const row of await trial()) {
    const sum = cents(row.debit) - cents(row.credit);
    assert.equal(cents(row.balance), onSide(row, sum), JSON.stringify(row));
    sums[row.currency] = (sums[row.currency] ?? 0) + sum;
  }
  for (const [currency, sum] of Object.entries(sums)) assert.equal(sum, 0, currency);
});

for (const kind of KINDS)
  test(`the statement of ${kind} adds up to its balance, page by page`, async () => {
    let sum = 0, pages = 0, token = '', seen = new Set(), page;
    do {
      page = expect(await staff.get(`/admin/ledger/${kind}?currency=USD&limit=2${token}`), 200);
      for (const entry of page.entries) {
        assert.ok(!seen.has(entry.postingId), 'an entry came twice');
        seen.add(entry.postingId);
        sum += cents(entry.debit ?? 0) - cents(entry.credit ?? 0);
      }
      token = `&pageToken=${page.nextPageToken}`;
    } while (page.nextPageToken && ++pages < 1000);
    assert.equal(cents(page.balance), onSide(page, sum));
    assert.equal(page.available, page.balance);
    const row = (await trial()).find((r) => r.kind === kind && r.currency === 'USD');
    assert.equal(row?.balance ?? 0, page.balance);
  });

for (const kind of OWNED)
  test(`${kind} is somebody's`, async () => {
    expect(await staff.get(`/admin/ledger/${kind}?currency=USD`), 422);
    const page = expect(await staff.get(`/admin/ledger/${kind}?currency=USD&owner=${SOMEBODY}`), 200);
    assert.deepEqual([page.kind, page.owner, page.balance, page.entries.length],
      [kind, SOMEBODY, 0, 0]);
  });

for (const [what, path, ...statuses] of [
  ['an unknown account', '/admin/ledger/petty_cash?currency=USD', 404, 422],
  ['no currency', '/admin/ledger/sales', 400],
  ['an unknown currency', '/admin/ledger/sales?currency=XQX', 422],
  ['an owner where there is none', `/admin/ledger/sales?currency=USD&owner=${SOMEBODY}`, 422],
  ['too long a page', '/admin/ledger/sales?currency=USD&limit=101', 422],
  ['a token that is none', '/admin/ledger/sales?currency=USD&pageToken=x', 422],
])
  test(`refused: ${what}`, async () => {
    const reply = await staff.get(path);
    assert.ok(statuses.includes(reply.status), `${reply.status} ${reply.text}`);
  });

test('souk ledger prints the same sums, and the statement of an account', async () => {
  const sales = (await trial()).find((row) => row.kind === 'sales');
  await server.stop();
  const rows = server.command('ledger').split('\n');
  assert.match(rows[0], /account +debit +credit +balance/);
  if (sales) assert.ok(rows.some((row) => row.includes(' sales ') && row.includes(sales.balance.toFixed(2))));
  assert.match(server.command('ledger', 'sales'), /^sales USD: balance [\d.]+, available /);
  assert.match(server.command('ledger', 'seller', SOMEBODY), /^seller USD: balance 0.00/);
  assert.throws(() => server.command('ledger', 'seller'), /usage: souk ledger/);
  assert.throws(() => server.command('ledger', 'petty_cash'), /usage: souk ledger/);
  await server.start();
});
