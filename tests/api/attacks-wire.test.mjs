/* SPDX-License-Identifier: Apache-2.0
 * Attacks below the routes, as bytes on a socket: framing that two readers could understand
 * differently, slow clients, floods, bombs, paths that climb. The server must go on for everybody
 * else. http_parse_test and http_limits_test try the same on the reader alone. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from './client.mjs';
import { guest, until } from './fixtures.mjs';
import { open } from './server.mjs';

let server, api;
before(async () => {
  server = await open();
  api = guest(server);
});
after(() => server.close());

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
/* Sends bytes, and collects what comes until the server closes or nothing has come for a while. */
const talk = (bytes, { quiet = 1500, from } = {}) => new Promise((done) => {
  let text = '', timer;
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: from });
  const end = (closed) => {
    clearTimeout(timer);
    socket.destroy();
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1]));
    done({ text, closed, statuses: statuses.filter((s) => s !== 100) });
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(() => end(false), quiet); };
  socket.on('data', (part) => { text += part.toString('latin1'); later(); });
  socket.on('close', () => end(true));
  socket.on('error', () => end(true));
  socket.on('connect', () => { socket.write(Buffer.from(bytes, 'latin1')); later(); });
});
const alive = async () => expect(await api.get('/cart'), 200);

/* ---- smuggling ---- */

const HOST = 'Host: shop.example\r\n';
const HIDDEN = `GET /livez HTTP/1.1\r\n${HOST}\r\n`;
const post = (headers, rest) => `POST /api/v1/auth/logout HTTP/1.1\r\n${HOST}`
  + `Content-Type: application/json\r\n${headers}\r\n${rest}`;
const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
/* What it is, the bytes, the one status that may come back. Each has a second request in it. */
const smuggled = [
  ['CL.TE', post(`Content-Length: 6\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\nG${HIDDEN}`), 400],
  ['TE.CL', post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `${chunk(HIDDEN)}`), 400],
  ['TE.TE, the second unknown', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['two codings in one header', post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['chunked, identity', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['xchunked', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['a vertical tab before the value', post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['a folded header', post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['a header that begins with a blank', post(' Transfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`), 400],
  ['a NUL in a header', post('X: a\x00b\r\n', HIDDEN), 400],
  ['a bare CR in a header', post('X: a\rTransfer-Encoding: chunked\r\n', HIDDEN), 400],
  ['a bare LF ends a header', post('X: a\nTransfer-Encoding: chunked\r\n', HIDDEN), 400],
  ['a bare LF ends the head', `POST /api/v1/auth/logout HTTP/1.1\n${HOST}\n${HIDDEN}`, 400],
  ['lengths that differ', post('Content-Length: 0\r\nContent-Length: 40\r\n', HIDDEN), 400],
  ['lengths that agree', post('Content-Length: 0\r\nContent-Length: 0\r\n', HIDDEN), 400],
  ['a list of lengths', post('Content-Length: 0, 0\r\n', HIDDEN), 400],
  ['a length with a sign', post('Content-Length: +0\r\n', HIDDEN), 400],
  ['a negative length', post('Content-Length: -1\r\n', HIDDEN), 400],
  ['a length in hexadecimal', post('Content-Length: 0x0\r\n', HIDDEN), 400],
  ['an empty length', post('Content-Length: \r\n', HIDDEN), 400],
  ['a length of 30 digits', post(`Content-Length: ${'0'.repeat(30)}\r\n`, HIDDEN), 400],
  ['a chunk size with 0x', post('Transfer-Encoding: chunked\r\n', `0x0\r\n\r\n${HIDDEN}`), 400],
  ['a chunk size with a sign', post('Transfer-Encoding: chunked\r\n', `-1\r\n\r\n${HIDDEN}`), 400],
  ['a chunk size that overflows', post('Transfer-Encoding: chunked\r\n', `100000000000000000\r\n\r\n${HIDDEN}`), 400],
  ['a chunk size line that ends in LF', post('Transfer-Encoding: chunked\r\n', `0\n\r\n${HIDDEN}`), 400],
  ['a chunk that is longer than it says', post('Transfer-Encoding: chunked\r\n', `2\r\n{}x\r\n0\r\n\r\n${HIDDEN}`), 400],
  ['an extension with a bare LF', post('Transfer-Encoding: chunked\r\n', `0;a\nb\r\n\r\n${HIDDEN}`), 400],
  ['HTTP/1.0 with chunks', `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['two hosts', `GET /livez HTTP/1.1\r\n${HOST}Host: other.example\r\n\r\n${HIDDEN}`, 400],
  ['no host', `GET /livez HTTP/1.1\r\n\r\n${HIDDEN}`, 400],
  ['a host with a path', `GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n${HIDDEN}`, 400],
  ['a target of another server', `GET http://other.example/livez HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 400],
  ['a target with a blank', `GET /livez /x HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 400],
  ['a version that is none', `GET /livez HTTP/1.15\r\n${HOST}\r\n${HIDDEN}`, 400],
  ['the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`, 505],
  ['HTTP/0.9', `GET /livez\r\n${HIDDEN}`, 400],
];
for (const [name, bytes, status] of smuggled)
  test(`smuggling: ${name}: one refusal, and the connection ends`, async () => {
    const { statuses, closed, text } = await talk(bytes);
    assert.deepEqual(statuses, [status], text);
    assert.ok(closed, 'the connection stayed open');
    assert.doesNotMatch(text, /"status":"ok"/, 'the hidden request was answered');
  });

test('smuggling: what a GET carries is its body, and no request', async () => {
  const { statuses } = await talk(`GET /livez HTTP/1.1\r\n${HOST}Content-Length: ${HIDDEN.length}\r\n`
    + `Connection: close\r\n\r\n${HIDDEN}`);
  assert.equal(statuses.length, 1);
  await alive();
});

test('two requests on one connection are two answers, in order', async () => {
  const { text, statuses } = await talk(`GET /nothing HTTP/1.1\r\n${HOST}\r\n`
    + `GET /livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  assert.deepEqual(statuses, [404, 200]);
  assert.ok(text.indexOf('not_found') < text.indexOf('"ok"'));
});

/* ---- floods ---- */

const headers = (n, size = 1) => Array.from({ length: n }, (_, i) => `X-${i}: ${'a'.repeat(size)}\r\n`).join('');
const floods = [
  ['a hundred and one headers', `GET /livez HTTP/1.1\r\n${HOST}${headers(100)}\r\n`, 431],
  ['headers of 17 KiB', `GET /livez HTTP/1.1\r\n${HOST}${headers(17, 1000)}\r\n`, 431],
  ['one header of 1 MiB', `GET /livez HTTP/1.1\r\n${HOST}X: ${'a'.repeat(1 << 20)}\r\n\r\n`, 431],
  ['a path of 20 KiB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ['a request line without an end', 'G'.repeat(100_000), 431],
  ['a body that is announced too large', post(`Content-Length: ${1 << 30}\r\n`, '{'), 413],
  ['a body of 15 digits', post('Content-Length: 999999999999999\r\n', '{'), 413],
  ['chunks without an end', post('Transfer-Encoding: chunked\r\n', `${'400\r\n'}${'a'.repeat(1024)}\r\n`.repeat(200)), 413],
  ['a trailer of 5 KiB', post('Transfer-Encoding: chunked\r\n', `0\r\nX: ${'a'.repeat(5000)}\r\n\r\n`), 431],
  ['an expectation that is none', post('Expect: 200-maybe\r\nContent-Length: 2\r\n', '{}'), 417],
];
for (const [name, bytes, status] of floods)
  test(`flood: ${name}: ${status}`, async () => {
    const { statuses, text } = await talk(bytes);
    assert.deepEqual(statuses, [status], text.slice(0, 300));
    await alive();
  });

test('flood: connections of one address end at its limit, others are served', async () => {
  const held = [];
  for (let i = 0; i < 330; i++) {
    const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.9' });
    socket.gone = false;
    socket.on('error', () => { socket.gone = true; });
    socket.on('close', () => { socket.gone = true; });
    held.push(socket);
  }
  try {
    await until('some are refused', () => held.filter((s) => s.gone).length >= 330 - 256);
    assert.equal(held.filter((s) => !s.gone).length, 256);
    for (let i = 0; i < 20; i++) await alive();
  } finally {
    for (const socket of held) socket.destroy();
  }
  await until('the address is served again', async () =>
    (await talk(HIDDEN.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), { from: '127.0.0.9' }))
      .statuses[0] === 200);
});

/* ---- slow clients ---- */

const drip = (first, byte, ms) => new Promise((done) => {
  const socket = connect(server.port, '127.0.0.1');
  const began = Date.now();
  let text = '';
  socket.on('data', (part) => { text += part; });
  socket.on('error', () => {});
  const timer = setInterval(() => socket.writable && socket.write(byte), ms);
  socket.on('connect', () => socket.write(first));
  socket.on('close', () => { clearInterval(timer); done({ text, ms: Date.now() - began }); });
});

test('slow headers and slow bodies are let go with 408, and nobody waits for them', async () => {
  const slow = [...Array.from({ length: 60 }, () => drip(`GET / HTTP/1.1\r\n${HOST}X: `, 'a', 700)),
    ...Array.from({ length: 60 }, () => drip(post('Content-Length: 60000\r\n', '{'), ' ', 700)),
    ...Array.from({ length: 20 }, () => drip(post('Transfer-Encoding: chunked\r\n', '1\r\n '), '', 700))];
  const times = [];
  for (let i = 0; i < 100; i++) {
    const began = Date.now();
    await alive();
    times.push(Date.now() - began);
    await wait(20);
  }
  times.sort((a, b) => a - b);
  const gone = await Promise.all(slow);
  const first = Math.min(...gone.map(({ ms }) => ms)); /* who waits for them waits as long */
  assert.ok(times[97] < first / 2, `98 of 100 within ${times[97]} ms, the first let go after ${first} ms`);
  for (const { text, ms } of gone) {
    assert.match(text, /^HTTP\/1\.1 408 /);
    assert.ok(ms < 30_000, `${ms} ms`);
  }
});

/* ---- bombs ---- */

const rss = () => existsSync(`/proc/${server.child.pid}/status`)
  && Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const large = Buffer.alloc(48 << 20, ' ');
const bombs = { gzip: gzipSync(large), deflate: deflateSync(large), br: brotliCompressSync(large),
  'x-gzip': gzipSync(large), 'gzip, gzip': gzipSync(gzipSync(large)), zstd: Buffer.from('anything') };
for (const [coding, body] of Object.entries(bombs))
  test(`bomb: a body under Content-Encoding ${coding} is not unpacked: 415`, async () => {
    const before_ = rss();
    for (const path of ['/auth/register', '/orders', '/cart/items', '/products/search/events']) {
      const reply = await api.send('POST', path, { body: body.subarray(0, 60_000), check: false,
        headers: { 'Content-Type': 'application/json', 'Content-Encoding': coding, 'Idempotency-Key': 'a-bomb-of-mine' } });
      assert.ok([404, 415].includes(reply.status), `${path}: ${reply.status} ${reply.text}`);
    }
    assert.ok(rss() - before_ < 40, `${rss() - before_} MiB more`);
  });

const nested = [['lists', '['.repeat(60_000)], ['objects', '{"a":'.repeat(12_000)],
  ['lists in a known field', `{"items":${'['.repeat(30_000)}`],
  ['a number of 60,000 digits', `{"quantity":${'9'.repeat(60_000)}}`],
  ['30,000 keys', `{${Array.from({ length: 4000 }, (_, i) => `"k${i}":1`).join()}}`],
  ['one key again and again', `{${Array.from({ length: 8000 }, () => '"a":1').join()}}`],
  ['escapes alone', `{"email":"${'\\u0041'.repeat(10_000)}"}`]];
for (const [name, body] of nested)
  test(`bomb: JSON of ${name}: refused at once`, async () => {
    const began = Date.now();
    for (const path of ['/auth/register', '/cart/items', '/orders']) {
      const reply = await api.send('POST', path, { body,
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'nested-json' } });
      assert.ok([400, 422].includes(reply.status), `${path}: ${reply.status} ${reply.text.slice(0, 200)}`);
      assert.ok(reply.text.length < 20_000, `${reply.text.length} bytes of answer`);
    }
    assert.ok(Date.now() - began < 5000);
  });

/* ---- paths that climb ---- */

const climbs = ['../', '..%2f', '%2e%2e/', '%2e%2e%2f', '..%5c', '..\\', '%252e%252e%252f', '....//',
  '..;/', '%c0%ae%c0%ae/', '.%00./', '%2e%2e%c0%af', '/./.././'];
const wanted = ['etc/passwd', 'token-key.pem', 'souk.db', 'souk.conf'];
const roots = ['/', '/assets/', '/assets/x/', '/media/b/', '/media/k/', '/media/p/x/', '/c/', '/p/', '/api/v1/', '/.well-known/'];
/* As it is: an URL of Node would be tidied first. */
const get = async (path) => {
  const { statuses, text } = await talk(`GET ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  return { status: statuses[0], text };
};
test('path traversal: nothing outside of what is served comes back', async () => {
  let asked = 0;
  for (const root of roots)
    for (const climb of climbs)
      for (const file of wanted) {
        const path = `${root}${climb.repeat(6)}${file}`;
        const { status, text } = await get(path);
        assert.ok([400, 404].includes(status), `${path}: ${status}`);
        assert.doesNotMatch(text, /root:|PRIVATE KEY|SQLite format/, path);
        asked++;
      }
  for (const path of ['/media/b/..', '/media/b/.', '/media/b/%2e%2e', '/media/b/a%2fb', '/media/b/%00', '/media/k/.svg',
    '/media/b//etc/passwd', '/media/b/blobs', '//etc/passwd', '/~root', '/.git/config', '/.env', '/souk.conf',
    '/server-status', '/metrics', '/assets/..', '/assets/../souk.css']) {
    const { status } = await get(path);
    assert.ok([400, 404].includes(status), `${path}: ${status}`);
    asked++;
  }
  assert.ok(asked > 500);
});
