/* SPDX-License-Identifier: Apache-2.0
 * Issuers of logins for tests, on loopback: a real one (oidc-provider) with a browser that agrees to
 * everything, and one that forges what it is told to. Never reached from elsewhere. */
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { createSecretKey, generateKeyPairSync, createHmac, sign } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { freePort, listening } from './ports.mjs';

export const CLIENT = 'souk-shop', SECRET = 'a secret of the tests, long enough';

const closing = (server) => () => new Promise((done) => { server.close(done); server.closeAllConnections(); });

/* ---- the real one ---- */

/* people: by login name, what is known of them. */
export const realIssuer = async (redirect, people) => {
  const port = await freePort(), origin = `http://127.0.0.1:${port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(origin, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirect],
      grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['for the tests alone'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  const server = await listening(createServer(provider.callback()), port);
  return { origin, close: closing(server) };
};

/* A browser that is at the issuer's: follows its redirects, signs in as `login` and agrees. Gives
 * the address that leads back to the shop, or the form that does. */
export const agree = async (start, login, stop) => {
  const jar = new Map();
  let url = new URL(start), form;
  for (let i = 0; i < 12; i++) {
    if (url.href.startsWith(stop)) return url;
    const headers = { Cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') };
    if (form) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    const call = request(url, { method: form ? 'POST' : 'GET', headers });
    call.end(form);
    const [reply] = await once(call, 'response');
    let text = '';
    for await (const part of reply) text += part;
    for (const cookie of reply.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) jar.set(name, value); else jar.delete(name);
    }
    if (reply.headers.location) {
      url = new URL(reply.headers.location, url);
      form = undefined;
      continue;
    }
    const action = /action="([^"]+)"/.exec(text)?.[1], prompt = /name="prompt" value="([^"]+)"/.exec(text)?.[1];
    if (action?.startsWith(stop)) /* by a form of its own (response_mode=form_post) */
      return { href: action, fields: Object.fromEntries([...text.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map((m) => m.slice(1))) };
    if (!action) throw new Error(`${url}: ${reply.statusCode} ${text.slice(0, 400)}`);
    url = new URL(action, url);
    form = prompt === 'login' ? `prompt=login&login=${login}&password=x` : 'prompt=consent';
  }
  throw new Error(`no way back from ${start}`);
};

/* ---- the forger ---- */

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/* Answers as a provider does. `next` says what the next id_token is like, and how it is signed. */
export const forger = async () => {
  const pairs = { good: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    other: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const jwk = (name) => ({ ...pairs[name].publicKey.export({ format: 'jwk' }), kid: name, alg: 'ES256', use: 'sig' });
  const state = { keys: [jwk('good')], asked: { discovery: 0, keys: 0, token: 0 }, next: {}, doc: {}, away: false };
  const tokenOf = () => {
    const { claims = {}, header = {}, key = 'good', spoil, none, hmac } = state.next;
    const now = Math.floor(Date.now() / 1000);
    const head = part({ alg: 'ES256', kid: 'good', ...header });
    const body = part({ iss: state.origin, aud: CLIENT, sub: 'mallory', exp: now + 300, iat: now,
      nonce: state.nonce, email: 'mallory@example.com', email_verified: true, ...claims });
    const text = `${head}.${body}`;
    if (none) return `${text}.`;
    if (hmac) {
      const pem = pairs.good.publicKey.export({ type: 'spki', format: 'pem' });
      return `${text}.${createHmac('sha256', createSecretKey(Buffer.from(pem))).update(text).digest('base64url')}`;
    }
    const signed = sign('sha256', Buffer.from(text), { key: pairs[key].privateKey, dsaEncoding: 'ieee-p1363' });
    if (spoil) signed[5] ^= 1;
    return `${text}.${signed.toString('base64url')}`;
  };
  const server = await listening(createServer(async (req, res) => {
    const json = (value, status = 200) => {
      res.writeHead(status, { 'Content-Type': 'application/json' });
      res.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    if (state.away) return req.socket.destroy();
    if (req.url.startsWith('/.well-known/')) {
      state.asked.discovery++;
      return json({ issuer: state.origin, authorization_endpoint: `${state.origin}/auth`,
        token_endpoint: `${state.origin}/token`, jwks_uri: `${state.origin}/keys`,
        token_endpoint_auth_methods_supported: ['client_secret_post'], ...state.doc });
    }
    if (req.url === '/keys') {
      state.asked.keys++;
      return json({ keys: state.keys });
    }
    let body = '';
    for await (const piece of req) body += piece;
    state.asked.token++;
    state.sent = new URLSearchParams(body);
    if (state.next.status) return json(state.next.body ?? { error: 'invalid_grant' }, state.next.status);
    return json(state.next.reply ?? { token_type: 'Bearer', id_token: state.next.token ?? tokenOf() });
  }));
  state.origin = `http://127.0.0.1:${server.address().port}`;
  state.jwk = jwk;
  state.close = closing(server);
  return state;
};
