/* SPDX-License-Identifier: Apache-2.0
 * A small client over node:http, which hides nothing: headers as they came, no redirects followed.
 * Every reply of the API is checked against the server's own description of it. */
import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import assert from 'node:assert/strict';
import { checkReply } from './schema.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 100 });
const TIMEOUT_MS = 30_000;
let tlsAgent;
/* The certificate of a server over https; from then on it alone is trusted. */
export const trust = (ca) => { tlsAgent = new TlsAgent({ keepAlive: true, ca }); };

/* One exchange; body is text or bytes. */
export const exchange = async (origin, method, path, headers = {}, body = undefined) => {
  const tls = origin.startsWith('https:');
  const call = (tls ? tlsRequest : request)(origin + path,
    { method, headers, agent: tls ? tlsAgent : agent, timeout: TIMEOUT_MS });
  call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
  call.end(body);
  const [message] = await once(call, 'response');
  const parts = [];
  for await (const part of message) parts.push(part);
  const bytes = Buffer.concat(parts);
  return { status: message.statusCode, headers: message.headers, bytes, text: bytes.toString() };
};

/* What must stand in no log, a line each: tools/secrets.py looks for it after the run. */
const SECRETS = process.env.SOUK_TEST_SECRETS;
const SECRET = /^(accessToken|refreshToken|cartToken|secret|uri|recoveryCodes|codes|key|apiKey|clientSecret|code|challenge)$/;
const secretsOf = (value, name = '', found = []) => {
  if (typeof value === 'string') {
    if (SECRET.test(name) && value.length > 12) found.push(value);
  } else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) secretsOf(inner, Array.isArray(value) ? name : key, found);
  return found;
};

export class Client {
  constructor(server, { token, cart } = {}) {
    this.server = server;
    this.token = token;
    this.cart = cart;
  }

  /* Path under /api/v1. `json` is sent as JSON, `body` as it is. */
  async send(method, path, { json, body, headers = {}, key, check = true } = {}) {
    const all = { ...headers };
    if (this.token) all.Authorization ??= `Bearer ${this.token}`;
    if (this.cart) all['X-Cart-Token'] ??= this.cart;
    if (key !== undefined) all['Idempotency-Key'] = key;
    if (json !== undefined) all['Content-Type'] ??= 'application/json';
    const bytes = json === undefined ? body : JSON.stringify(json);
    if (bytes !== undefined) all['Content-Length'] = Buffer.byteLength(bytes);
    const reply = await exchange(this.server.origin, method, `/api/v1${path}`, all, bytes);
    const type = reply.headers['content-type'] ?? '';
    if (/json/.test(type) && !reply.headers['content-encoding'] && reply.text)
      reply.json = JSON.parse(reply.text);
    if (SECRETS && reply.status < 300 && reply.json)
      for (const secret of secretsOf(reply.json)) appendFileSync(SECRETS, `${secret}\n`);
    if (reply.status === 201) assert.match(reply.headers.location, /^\/api\/v1\//, `${path}: what was made is where`);
    if (check) await checkReply(this.server, method, path, reply);
    return reply;
  }

  get(path, opts) { return this.send('GET', path, opts); }
  post(path, json, opts) { return this.send('POST', path, { json, ...opts }); }
  put(path, json, opts) { return this.send('PUT', path, { json, ...opts }); }
  patch(path, json, opts) { return this.send('PATCH', path, { json, ...opts }); }
  delete(path, opts) { return this.send('DELETE', path, opts); }
}

/* The status, and for a refusal its code; gives the reply's JSON. */
export const expect = (reply, status, code) => {
  assert.equal(reply.status, status, `status ${reply.status} instead of ${status}: ${reply.text}`);
  if (code) assert.equal(reply.json?.code, code, reply.text);
  return reply.json;
};
