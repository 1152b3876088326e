/* SPDX-License-Identifier: Apache-2.0
 * A server of the tests' own: a fresh data folder, a fresh database, a free port. Called by every
 * test file. Must never leave a process, a folder or a schema behind. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createSign, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const BIN = resolve(ROOT, process.env.SOUK_BIN ?? 'build/souk');
const START_MS = 240_000; /* only what hangs takes as long, on any machine */
const STOP_MS = 120_000;

export const SERVICES_APART = ['inventory', 'orders', 'payments', 'promotions', 'ledger', 'cart', 'fraud'];
const APART = process.env.SOUK_TEST_APART === 'on';
export const ENGINE = process.env.SOUK_ENGINE ?? 'sqlite';
export const DEMO_PASSWORD = 'correct horse battery';

const running = new Set();
process.on('exit', () => {
  for (const server of [...running].reverse()) server.abandon(); /* who is beside another goes first */
});

/* ---- a database of one's own ---- */

const psql = (sql) => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d',
  process.env.SOUK_TEST_PG, '-c', sql], { stdio: ['ignore', 'ignore', 'pipe'] });

/* through: a port of ours that leads to the database. */
const newDatabase = (folder, through, name = 'souk') => {
  if (ENGINE !== 'pg') {
    const url = `sqlite:${join(folder, `${name}.db`)}`;
    return { url, direct: url, drop() {} };
  }
  if (!process.env.SOUK_TEST_PG) throw new Error('SOUK_ENGINE=pg needs SOUK_TEST_PG');
  const schema = `souk_api_${process.pid}_${randomBytes(4).toString('hex')}`;
  psql(`CREATE SCHEMA ${schema}`);
  const joint = process.env.SOUK_TEST_PG.includes('?') ? '&' : '?';
  const options = encodeURIComponent(`-csearch_path=${schema}`);
  const direct = `${process.env.SOUK_TEST_PG}${joint}options=${options}`;
  const url = new URL(direct);
  if (through) url.port = String(through);
  return {
    url: url.href, direct,
    drop: () => psql(`SET client_min_messages = warning; DROP SCHEMA ${schema} CASCADE`),
  };
};

/* What the caller's shell has set for itself is not for the server: it refuses unknown keys. */
const cleanEnv = () => Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('SOUK_')));

export class Server {
  /* beside: another server, whose folder and PostgreSQL it shares; closed before that one. */
  constructor({ folder, env = {}, log, through, apart = APART, beside } = {}) {
    this.ownFolder = !folder && !beside;
    this.folder = beside?.folder ?? folder ?? mkdtempSync(join(tmpdir(), 'souk-api-'));
    this.database = beside?.database ?? newDatabase(this.folder, through);
    this.beside = beside;
    mkdirSync(join(ROOT, 'build/log'), { recursive: true });
    const name = log ?? basename(process.argv[1] ?? 'test', '.test.mjs');
    this.logPath = join(ROOT, `build/log/server-${name}-${ENGINE}-${process.pid}.log`);
    this.env = {
      ASAN_OPTIONS: 'abort_on_error=1:detect_stack_use_after_return=1',
      UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
      ...cleanEnv(),
      SOUK_DATA: this.folder, SOUK_DB: this.database.url, SOUK_LISTEN: '127.0.0.1:0',
      SOUK_LOG: 'json', SOUK_RECORD: 'on', SOUK_LIMITS: 'off', SOUK_SANDBOX_SLOW_MS: '700',
      SOUK_SECOND_FACTOR: 'offered', /* most tests sign in as staff by password; founded.mjs does not */
      SOUK_DEMO_PASSWORD: DEMO_PASSWORD, ...env,
    };
    this.apart = { ...beside?.apart };
    for (const name of apart && !beside ? SERVICES_APART : []) /* each in a database of its own */
      this.apart[name] = newDatabase(this.folder, undefined, name);
    for (const [name, own] of Object.entries(this.apart)) this.env[`SOUK_DB_${name.toUpperCase()}`] = own.url;
    this.child = null;
    running.add(this);
  }

  /* A command of the same binary on the same data; gives its output, throws when it fails. */
  command(...args) {
    try {
      return execFileSync(BIN, args,
        { env: { ...this.env, SOUK_DB: this.database.direct }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: START_MS });
    } catch (e) {
      throw new Error(`souk ${args.join(' ')}: ${e.status ?? e.signal ?? e.message}`
        + `\n${e.stdout ?? ''}${e.stderr ?? ''}`);
    }
  }

  async start() {
    this.child = spawn(BIN, ['serve'], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.exited = new Promise((done) => {
      this.child.on('exit', (code, signal) => done({ code, signal }));
    });
    const log = openSync(this.logPath, 'a');
    this.child.stderr.on('close', () => closeSync(log));
    this.tail = '';
    const port = await new Promise((found, failed) => {
      const timer = setTimeout(() => failed(new Error(`no server after ${START_MS} ms`)), START_MS);
      let seen = '';
      this.child.stderr.setEncoding('utf8');
      this.child.stderr.on('data', (text) => {
        writeSync(log, text);
        this.tail = (this.tail + text).slice(-20_000);
        if (seen === null) return;
        seen += text;
        const match = seen.match(/listening on port (\d+)/);
        if (!match) return;
        seen = null;
        clearTimeout(timer);
        found(Number(match[1]));
      });
      this.exited.then(({ code, signal }) => {
        clearTimeout(timer);
        failed(new Error(`the server ended (${code ?? signal})\n${this.lastWords()}`));
      });
    });
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
    return this;
  }

  /* Ends the server as an operator would; a leak or a fault found by a sanitizer is an error. */
  async stop() {
    if (!this.child) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS);
    const { code, signal } = await this.exited;
    clearTimeout(timer);
    this.child = null;
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}\n${this.lastWords()}`);
  }

  /* What stood in the log last that is no line of the record. */
  lastWords() {
    return this.tail.split('\n').filter((row) => !row.startsWith('{"time"')
      || /"level":"(warn|error)"/.test(row)).join('\n');
  }

  async kill9() {
    this.child.kill('SIGKILL');
    await this.exited;
    this.child = null;
  }

  /* Stops, looks whether all that is kept agrees with itself, and takes everything away. */
  async close() {
    try {
      await this.stop();
      this.command('check-data');
    } finally {
      this.abandon();
    }
  }

  abandon() {
    running.delete(this);
    this.child?.kill('SIGKILL');
    this.child = null;
    if (this.beside) return;
    try {
      this.database.drop();
      for (const own of Object.values(this.apart)) own.drop();
    } catch { /* the database server may be gone already */ }
    if (this.ownFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  /* An access token with other claims, signed with our key. */
  signed(token, changes) {
    const [head, body] = token.split('.').slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url')));
    const text = [head, { ...body, ...changes }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const key = readFileSync(join(this.folder, 'token-key.pem'), 'utf8');
    return `${text}.${createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' })
      .toString('base64url')}`;
  }

  /* What the sandbox provider did: one line a fact. */
  payments() {
    try {
      return readFileSync(join(this.folder, 'sandbox-payments.log'), 'utf8').split('\n')
        .filter(Boolean);
    } catch {
      return [];
    }
  }
}

/* A running shop. demo: number of products of the demo shop; 0 for an empty one. */
export const open = async ({ demo = 60, ...opts } = {}) => {
  const server = new Server(opts);
  try {
    if (demo) server.command('demo', `--products=${demo}`, '--seed=7');
    return await server.start();
  } catch (e) {
    server.abandon();
    throw e;
  }
};
