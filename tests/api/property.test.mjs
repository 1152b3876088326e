/* SPDX-License-Identifier: Apache-2.0
 * Random requests made from openapi.json, valid and spoilt, by nobody, a customer, a seller and all
 * of the staff: no 5xx, no status that is not described, each reply as its schema says. One failing
 * case is asked again by SOUK_PROPERTY_SEED and SOUK_PROPERTY_CASE; SOUK_PROPERTY_S is for how long. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, expect } from './client.mjs';
import { admin, line, newKey, newUser, onSale, place } from './fixtures.mjs';
import { Dice, odd, spoilt, valid } from './generate.mjs';
import { description } from './schema.mjs';
import { open } from './server.mjs';
import { bodySchema, resolve } from './table.mjs';

const SECONDS = Number(process.env.SOUK_PROPERTY_S ?? 20);
const SEED = Number(process.env.SOUK_PROPERTY_SEED ?? 20261121);
const ONLY = process.env.SOUK_PROPERTY_CASE;
const AT_ONCE = 8;
const ROLES = { nobody: null, customer: 1, seller: 3, staff: 127 };

let server, doc, operations, tokens;
const ids = new Map();
const note = (value, name = '') => {
  if (typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value)) {
    const list = ids.get(name) ?? [];
    if (list.length < 50 && !list.includes(value)) ids.set(name, [...list, value]);
  } else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) note(inner, Array.isArray(value) ? name : key);
};
/* Signs in anew where it must: what ends sessions is among what is asked. */
const sign = async (role) => {
  if (ROLES[role] === null) return undefined;
  const who = role === 'staff' ? await admin(server) : await newUser(server);
  note(who.session);
  return server.signed(who.token, { roles: ROLES[role], aud: ['store', 'seller', 'admin'] });
};

before(async () => {
  server = await open();
  doc = await description(server);
  operations = Object.entries(doc.paths).flatMap(([path, methods]) => Object.keys(methods)
    .map((method) => ({ path, method: method.toUpperCase(), operation: methods[method] })))
    .filter(({ path }) => path !== '/api/v1/openapi.json');
  tokens = Object.fromEntries(await Promise.all(Object.keys(ROLES).map(async (role) => [role, await sign(role)])));
  /* something of each kind, so that ids lead somewhere */
  const buyer = await newUser(server), article = await onSale(server);
  note(article.product);
  note(expect(await place(buyer, [line(article)]), 201));
  note(expect(await buyer.post('/cart/items', line(article)), 201));
  const staff = new Client(server, { token: tokens.staff });
  for (const path of ['/admin/warehouses', '/categories', '/admin/promotions', '/users/me', '/admin/search/rules',
    '/admin/sagas', '/admin/reviews', `/products/${article.productId}/reviews`]) note((await staff.get(path)).json);
});
after(() => server.close());

/* In a URL, of at most so many characters; halves of pairs have no UTF-8. */
const encoded = (value, most) => encodeURIComponent(String(value).slice(0, most)
  .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'));

const query = (dice, { operation }) => {
  const parts = [];
  for (const p of operation.parameters.filter((one) => one.in === 'query'))
    if (p.required ? dice.odds(95) : dice.odds(40)) {
      const value = dice.odds(75) ? valid(dice, doc, p.schema, ids, p.name) : odd(dice);
      parts.push(`${p.name}=${encoded(value, 1000)}`);
    }
  if (dice.odds(5)) parts.push(dice.of(['x=1', 'q=%ff', '&&', '=', '%', 'page=1&page=2']));
  while (parts.join('&').length > 10_000) parts.pop(); /* beyond it is 431, of the wire and not of a route */
  return parts.length ? `?${parts.join('&')}` : '';
};
/* One request, from nothing but its number and what ids are known. */
const make = (n) => {
  const dice = new Dice(SEED * 1_000_003 + n);
  const op = operations[n % operations.length];
  const path = op.path.replace(/\{([^}]+)\}/g, (_, name) => {
    const { schema } = op.operation.parameters.find((p) => p.in === 'path' && p.name === name);
    const value = dice.odds(90) ? valid(dice, doc, schema, ids, name) : odd(dice);
    return encoded(value, 200) || 'x';
  });
  const headers = {};
  for (const p of op.operation.parameters.filter((one) => one.in === 'header'))
    if (dice.odds(70) && !/^(authorization|idempotency-key)$/i.test(p.name))
      headers[p.name] = String(valid(dice, doc, p.schema, ids, p.name)).replace(/[^\x20-\x7e]/g, '?');
  const schema = bodySchema(doc, op);
  let body;
  if (schema && dice.odds(97)) {
    const value = valid(dice, doc, schema, ids);
    body = dice.odds(50) ? JSON.stringify(value) : spoilt(dice, value);
    headers['Content-Type'] = dice.odds(97) ? 'application/json' : dice.of(['text/plain', 'application/xml', 'x']);
  }
  return { op, role: dice.of(Object.keys(ROLES)), method: op.method, path: path.replace('/api/v1', '') + query(dice, op),
    headers, body, key: dice.odds(92) ? newKey() : dice.of([undefined, 'short', 'x'.repeat(300)]) };
};

const run = async (n, seen) => {
  const { op, role, method, path, headers, body, key } = make(n);
  const told = `SOUK_PROPERTY_SEED=${SEED} SOUK_PROPERTY_CASE=${n}: ${role}: ${method} ${path.slice(0, 500)}\n${body?.slice(0, 2000)}`;
  let reply;
  try {
    reply = await new Client(server, { token: tokens[role] }).send(method, path,
      { headers, body, key: method === 'GET' ? undefined : key });
    assert.ok(reply.status < 500, `${reply.status} ${reply.text}`);
    if (reply.status === 404 || reply.status === 405) assert.equal(reply.json?.status, reply.status);
  } catch (e) {
    e.message = `${told}\n${e.message}`;
    throw e;
  }
  if (reply.status < 300) note(reply.json);
  if (reply.status === 401 && role !== 'nobody') tokens[role] = await sign(role);
  const at = `${op.method} ${op.path}`;
  seen.set(at, (seen.get(at) ?? new Set()).add(reply.status));
};

test('requests made from the description get replies that it describes', { timeout: SECONDS * 1000 + 120_000 }, async (t) => {
  const seen = new Map();
  if (ONLY !== undefined) return run(Number(ONLY), seen);
  const end = Date.now() + SECONDS * 1000;
  const failures = [];
  let n = 0;
  /* at least once each, however slow the machine */
  const work = async () => {
    while ((Date.now() < end || n < operations.length) && failures.length < 5)
      await run(n++, seen).catch((e) => failures.push(e.message));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const good = [...seen.values()].filter((s) => [...s].some((code) => code < 300)).length;
  t.diagnostic(`${n} requests to ${seen.size} operations, ${good} of them with success`);
  assert.deepEqual(failures, []);
  assert.equal(seen.size, operations.length);
  assert.ok(good > operations.length / 4, `${good} operations succeeded at all`);
});

test('the generator makes what the schemas let through, and the same again from the same seed', async () => {
  const ajv = new (await import('ajv/dist/2020.js')).default({ strict: false, validateSchema: false });
  (await import('ajv-formats')).default(ajv);
  ajv.addSchema(doc, 'souk');
  for (const op of operations.filter((one) => bodySchema(doc, one))) {
    const schema = bodySchema(doc, op);
    const check = ajv.compile(schema.$ref ? { $ref: `souk${schema.$ref}` } : resolve(doc, schema));
    for (let i = 0; i < 20; i++) {
      const value = valid(new Dice(i), doc, schema, new Map());
      assert.ok(check(JSON.parse(JSON.stringify(value))), `${op.method} ${op.path}: ${ajv.errorsText(check.errors)} ${JSON.stringify(value)}`);
      assert.deepEqual(valid(new Dice(i), doc, schema, new Map()), value);
    }
  }
});
