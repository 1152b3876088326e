/* SPDX-License-Identifier: Apache-2.0
 * Buyers at their work while the server is killed (-9) again and again. On PostgreSQL there are two
 * that share the shop, one dies or both, and so do connections and the database; every other seed has
 * each service in a database of its own. Whatever was answered is there, paid once; stock and books
 * are exact. SOUK_KILLS kills, of seed SOUK_KILLS_SEED; run by ./dev kills and ./dev test. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange, expect } from '../api/client.mjs';
import { admin, onSale, setStock, until } from '../api/fixtures.mjs';
import { ENGINE, Server } from '../api/server.mjs';
import { agree } from './books.mjs';
import { Buyer, chance } from './buyer.mjs';

const KILLS = Number(process.env.SOUK_KILLS ?? 6);
const SEED = Number(process.env.SOUK_KILLS_SEED ?? Date.now() % 1e9);
const APART = SEED % 2 === 1;
const BUYERS = 16, GUESTS = 4, HOT = 12, STOCK = 100_000, WARM_MS = 1300;
/* Another process might hold what was begun on PostgreSQL: leases of 30 s run out first. */
const SETTLE_MS = ENGINE === 'pg' ? 150_000 : 60_000;

const { dice, counts } = { dice: chance(SEED), counts: { early: 0, connections: 0, restarts: 0 } };

/* ---- what befalls the database ---- */

const superuser = () => {
  const url = new URL(process.env.SOUK_TEST_PG);
  url.username = 'postgres';
  return url.href;
};
const cutConnections = () => {
  counts.connections++;
  execFileSync('psql', ['-X', '-q', '-d', superuser(), '-c',
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'souk'"],
  { stdio: ['ignore', 'ignore', 'pipe'] });
};
/* At once, as when the power goes, and up again. */
const restartDatabase = async () => {
  counts.restarts++;
  const [dir, port] = process.env.SOUK_KILLS_PG.split(' ');
  execFileSync('tools/pg.sh', ['crash', dir], { stdio: 'ignore' });
  await sleep(dice.below(400));
  execFileSync('tools/pg.sh', ['start', dir, port], { stdio: 'ignore' });
};
/* Before the kill of a round: nothing, or the database suffers and the server must go on by itself. */
const trouble = async (servers, round) => {
  if (ENGINE !== 'pg' || round % 2 === 0) return;
  if (round % 4 === 1) cutConnections();
  else await restartDatabase();
  for (const server of servers)
    await until('ready again', async () =>
      (await exchange(server.origin, 'GET', '/readyz')).status === 200, 20_000);
  await sleep(dice.below(600));
};

/* ---- rounds ---- */

/* Started, sometimes killed before it is ready, and started again. */
const start = async (server) => {
  if (dice.next() < 0.15) {
    counts.early++;
    const failed = server.start().catch((e) => e);
    await sleep(dice.below(500));
    await server.kill9();
    await failed;
  }
  await server.start();
};

const round = async (servers, buyers, n) => {
  const stop = { now: false };
  const streams = buyers.map((buyer) => buyer.until(stop));
  await sleep(150 + dice.below(WARM_MS));
  await trouble(servers, n);
  const dying = dice.next() < 0.3 ? servers : [dice.of(servers)];
  await Promise.all(dying.map((server) => server.kill9()));
  if (dying.length < servers.length) await sleep(dice.below(800)); /* the other goes on */
  stop.now = true;
  await Promise.all(streams);
  for (const server of dying) await start(server);
  await Promise.all(buyers.map(async (buyer) => { /* as a browser does that got no answer */
    for (const it of buyer.open.slice(-1)) await buyer.ask(it);
  }));
};

/* Until nothing is asked any more and no saga is on its way. */
const settle = async (server, buyers) => {
  let staff, left;
  try {
    await until('an end of all sagas', async () => {
      await Promise.all(buyers.map((buyer) => buyer.settle()));
      staff ??= await admin(server);
      const { sagas } = expect(await staff.get('/admin/sagas'), 200);
      left = { sagas, open: buyers.flatMap((buyer) => buyer.open) };
      if (sagas.length || left.open.length) await sleep(1500);
      return !sagas.length && !left.open.length;
    }, SETTLE_MS);
  } catch (e) {
    throw new Error(`${e.message}\n${JSON.stringify(left, null, 1)}`);
  }
  return staff;
};

const goodsOf = async (server, staff) => {
  const goods = [];
  for (let skip = 0; skip < 4; skip++) {
    const article = await onSale(server, { skip });
    article.stock = skip === 0 ? HOT : STOCK;
    await setStock(staff, article, article.stock);
    goods.push(article);
  }
  return goods;
};

test(`${KILLS} kills on ${ENGINE}, seed ${SEED}`, { timeout: 1_500_000 }, async (t) => {
  const env = { SOUK_SANDBOX_SLOW_MS: '150', SOUK_FRAUD: 'off', SOUK_RECORD: 'off' };
  const server = new Server({ log: 'kills', env, apart: APART });
  const servers = [server];
  if (ENGINE === 'pg') servers.push(new Server({ log: 'kills-beside', env, beside: server }));
  try {
    server.command('demo', '--products=60', '--seed=7');
    for (const one of servers) await one.start();
    const goods = await goodsOf(server, await admin(server));
    const buyers = [];
    for (let i = 0; i < BUYERS; i++) {
      buyers.push(new Buyer(servers[i % servers.length], { hot: goods[0], goods: goods.slice(1), seed: SEED + 1 + i }));
      await buyers[i].begin(i < GUESTS);
    }
    for (let i = 0; i < KILLS; i++) await round(servers, buyers, i);
    const staff = await settle(server, buyers);
    const { confirmed, cancelled } = await agree(server, staff, buyers, goods);
    const sum = (name) => buyers.reduce((n, buyer) => n + buyer[name], 0);
    t.diagnostic(`${sum('asked')} asked, ${sum('lost')} without an answer, ${sum('replays')} replays;`
      + ` ${confirmed} orders stand, ${cancelled} cancelled; ${JSON.stringify(counts)}`);
    assert.ok(confirmed > KILLS && sum('lost') > KILLS, 'too little happened to tell');
    for (const one of servers) await one.stop();
  } finally {
    for (const one of servers.slice(1)) one.abandon();
    await server.close();
  }
});
