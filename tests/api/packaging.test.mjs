/* SPDX-License-Identifier: Apache-2.0
 * What stands around a shop: nginx with the printed configuration (a purchase through it), the unit
 * for systemd, and the process that has given up what it does not need. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:http2';
import { connect as tlsConnect } from 'node:tls';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, exchange, expect, trust } from './client.mjs';
import { newEmail, newUser, onSale, PASSWORD, until } from './fixtures.mjs';
import { Visitor } from './browser.mjs';
import { freePort } from './ports.mjs';
import { open } from './server.mjs';

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));
let folder, server, nginx, front, http, tlsPort, ca;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'souk-front-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
  ca = readFileSync(join(folder, 'cert.pem'));
  trust(ca);
  [tlsPort, http] = [await freePort(), await freePort()];
  front = `https://localhost:${tlsPort}`;
  server = await open({ env: { SOUK_ORIGIN: front, SOUK_PROXIES: '127.0.0.1', SOUK_SANDBOX: 'on' } });
  assert.ok(NGINX, 'nginx is missing (./dev deps test)');
  const text = server.command('nginx', `--listen=127.0.0.1:${server.port}`, `--certificate=${folder}/cert.pem`,
    `--key=${folder}/key.pem`, `--cache=${folder}/cache`, `--http-port=127.0.0.1:${http}`, `--https-port=127.0.0.1:${tlsPort}`);
  writeFileSync(join(folder, 'souk.conf'), text);
  mkdirSync(join(folder, 'body'));
  writeFileSync(join(folder, 'nginx.conf'), `daemon off;\npid ${folder}/pid;\nerror_log stderr warn;\n`
    + `${process.getuid() === 0 ? 'user root;\n' : ''}events {}\nhttp {\naccess_log off;\n`
    + ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${folder}/body/${t};\n`).join('')
    + `include ${folder}/souk.conf;\n}\n`);
  nginx = spawn(NGINX, ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  nginx.words = '';
  nginx.stderr.on('data', (part) => { nginx.words += part; });
  await until('nginx answers', async () => (await exchange(front, 'GET', '/livez').catch(() => ({}))).status === 200);
});
after(async () => {
  if (nginx && nginx.exitCode === null) {
    nginx.kill('SIGQUIT');
    await once(nginx, 'exit');
  }
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('nginx takes the configuration without a word', () => {
  const got = spawnSync(NGINX, ['-t', '-e', 'stderr', '-c', join(folder, 'nginx.conf')], { encoding: 'utf8' });
  assert.equal(got.status, 0, got.stderr);
  assert.doesNotMatch(got.stderr, /warn|emerg/);
  assert.doesNotMatch(nginx.words, /warn|error|emerg/);
});

test('TLS 1.3 and no other, HTTP/2, and plain http leads there', async () => {
  const shake = (options) => new Promise((done) => {
    const socket = tlsConnect({ port: tlsPort, host: '127.0.0.1', servername: 'localhost', ca, ...options },
      () => { done({ version: socket.getProtocol(), alpn: socket.alpnProtocol }); socket.destroy(); });
    socket.on('error', (e) => done({ error: e.code ?? e.message }));
  });
  assert.deepEqual(await shake({ ALPNProtocols: ['h2'] }), { version: 'TLSv1.3', alpn: 'h2' });
  assert.ok((await shake({ maxVersion: 'TLSv1.2' })).error);
  const session = connect(front, { ca });
  const stream = session.request({ ':path': '/' });
  const [headers] = await once(stream, 'response');
  assert.equal(headers[':status'], 200);
  assert.match(headers['strict-transport-security'], /max-age/);
  stream.resume();
  await once(stream, 'end');
  session.close();
  const plain = await exchange(`http://127.0.0.1:${http}`, 'GET', '/p/x?a=b', { Host: 'evil.example' });
  assert.equal(plain.status, 308);
  assert.equal(plain.headers.location, `${front}/p/x?a=b`);
  for (const path of ['/api/v1/users/me', '/oauth/token', '/api/']) /* programs are not led on */
    assert.equal((await exchange(`http://127.0.0.1:${http}`, 'GET', path)).status, 403, path);
});

test('a guest buys through it by forms, with cookies that are __Host-', async () => {
  const v = new Visitor({ origin: front });
  const one = await onSale(server);
  await v.go(`/p/${one.productId}?v=${one.variantId}`);
  await v.submit(/^\/cart\/items/);
  assert.ok([...v.jar.keys()].some((name) => name === '__Host-souk_cart'), [...v.jar.keys()].join());
  await v.go('/checkout');
  const home = { name: 'Nora Nginx', line1: '1 Front Street', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'US' };
  const fields = { ...home, email: newEmail() };
  await v.go('/checkout/address', { method: 'POST',
    body: new URLSearchParams({ ...v.form('/checkout').fields, ...fields }).toString() });
  await v.submit('/checkout', fields);
  assert.match(v.path, /^\/orders\/[0-9a-f-]+\/thanks/, v.html.slice(0, 2000));
});

test('somebody signs in, stays so, and the shop knows the address that nginx saw', async () => {
  const user = await newUser(server);
  const v = new Visitor({ origin: front });
  await v.go('/signin');
  await v.submit('/signin', { email: user.user.email, password: PASSWORD });
  for (const name of ['__Host-souk_at', '__Host-souk_rt']) assert.ok(v.jar.has(name), [...v.jar.keys()].join());
  assert.equal((await v.go('/account/security')).status, 200);
  const cookie = [...v.jar].map(([k, value]) => `${k}=${value}`).join('; ');
  await exchange(front, 'GET', '/account', { Cookie: cookie, 'X-Forwarded-For': '6.6.6.6', Forwarded: 'for=6.6.6.6' });
  const { sessions } = expect(await user.get('/users/me/sessions'), 200);
  assert.ok(sessions.length >= 2);
  assert.doesNotMatch(JSON.stringify(sessions), /6\.6\.6\.6/);
});

test('assets are kept by nginx, personal pages are not', async () => {
  const { text } = await exchange(front, 'GET', '/');
  const [, asset] = text.match(/href="(\/assets\/[^"]+\.css)"/);
  for (let i = 0; i < 3; i++) assert.equal((await exchange(front, 'GET', asset)).status, 200);
  assert.ok(execFileSync('find', [join(folder, 'cache'), '-type', 'f'], { encoding: 'utf8' }).trim().length > 0);
  assert.match((await exchange(front, 'GET', '/cart')).headers['cache-control'], /no-store/);
});

test('who signs in too often is told so at the door', async () => {
  const client = new Client({ origin: front });
  const replies = await Promise.all(Array.from({ length: 120 }, () =>
    exchange(front, 'POST', '/api/v1/auth/logout', { 'Content-Type': 'application/json' }, '{"refreshToken":"x"}')));
  assert.ok(client && replies.some((r) => r.status === 429), 'nobody was refused');
  assert.ok(replies.some((r) => r.status !== 429));
  assert.equal((await exchange(front, 'GET', '/livez')).status, 200);
});

/* ---- least privilege ---- */

test('the shop that serves has no rights, no way to more, and is in the filter', () => {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  const said = (name) => status.match(new RegExp(`^${name}:\\s+(\\S+)`, 'm'))[1];
  assert.equal(said('Seccomp'), '2');
  assert.equal(said('NoNewPrivs'), '1');
  for (const name of ['CapEff', 'CapPrm', 'CapBnd', 'CapAmb']) assert.match(said(name), /^0+$/, name);
  const limits = readFileSync(`/proc/${server.child.pid}/limits`, 'utf8');
  assert.match(limits, /Max core file size\s+0\s+0/);
  const line = JSON.parse(readFileSync(server.logPath, 'utf8').split('\n').find((row) => row.includes('"message":"sandbox"')));
  assert.ok(line.landlock >= 1 && line.seccomp === 1 && line.capabilities_dropped === 1, JSON.stringify(line));
});

test('sandbox=off leaves it as it was but for cores, another word is refused', async () => {
  const core = (shop) => /Max core file size\s+(\S+)/.exec(readFileSync(`/proc/${shop.child.pid}/limits`, 'utf8'))[1];
  const loose = await open({ demo: 0, env: { SOUK_SANDBOX: 'off' }, log: 'packaging-off' });
  try {
    assert.match(readFileSync(`/proc/${loose.child.pid}/status`, 'utf8'), /^Seccomp:\s+0/m);
    assert.equal(core(loose), '0');
  } finally {
    await loose.close();
  }
  const debug = await open({ demo: 0, env: { SOUK_SANDBOX: 'off', SOUK_CORE_DUMPS: 'on' }, log: 'packaging-cores' });
  try {
    const ours = /Max core file size\s+(\S+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1];
    assert.equal(core(debug), ours, 'as it was given');
  } finally {
    await debug.close();
  }
  await assert.rejects(open({ demo: 0, env: { SOUK_CORE_DUMPS: 'on' }, log: 'packaging-both' }), /wants sandbox=off/);
  await assert.rejects(open({ demo: 0, env: { SOUK_SANDBOX: 'perhaps' }, log: 'packaging-perhaps' }), /auto, on or off/);
});

test('the unit for systemd is one, and leaves little open', (t) => {
  const unit = join(folder, 'souk.service');
  writeFileSync(unit, server.command('systemd'));
  assert.match(readFileSync(unit, 'utf8'), /^ExecStart=\/\S+souk serve$/m);
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return t.skip('no systemd-analyze here');
  const verify = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  assert.doesNotMatch(verify.stderr, /souk\.service:\d+/, verify.stderr);
  const secure = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' });
  const exposure = Number(secure.stdout.match(/exposure level for souk\.service: ([\d.]+)/)?.[1]);
  assert.ok(exposure < 2, secure.stdout + secure.stderr);
});
