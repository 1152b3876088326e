/* SPDX-License-Identifier: Apache-2.0
 * Replies against openapi.json: whatever a test asks for, the answer must be as described. Called
 * by the client on every reply; must never be lenient about a problem's shape. */
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { exchange } from './client.mjs';

const described = new WeakMap();

/* The description with a validator for it, once a server. */
const describe = async (server) => {
  if (!described.has(server)) {
    described.set(server, (async () => {
      const reply = await exchange(server.origin, 'GET', '/api/v1/openapi.json');
      assert.equal(reply.status, 200);
      const doc = JSON.parse(reply.text);
      const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
      formats(ajv);
      ajv.addSchema(doc, 'souk');
      const routes = Object.keys(doc.paths).map((path) => ({
        path,
        literals: path.split('/').filter((part) => !part.startsWith('{')).length,
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      })).sort((a, b) => b.literals - a.literals);
      return { doc, ajv, routes };
    })());
  }
  return described.get(server);
};

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
/* Who asks in snake_case is answered so: the same schema, other names. */
const camelKeys = (value) => {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [camel(k), camelKeys(v)]));
};
const isSnake = (value) => JSON.stringify(value).match(/"[a-z0-9]+_[a-z0-9_]+":/) !== null;

const PROBLEM = ['type', 'title', 'status', 'code', 'request_id'];

export const checkProblem = (reply) => {
  assert.equal(reply.headers['content-type'], 'application/problem+json', reply.text);
  for (const name of PROBLEM) assert.ok(name in reply.json, `a problem without ${name}: ${reply.text}`);
  assert.equal(reply.json.status, reply.status);
  assert.match(reply.json.code, /^[a-z0-9_]+$/);
  assert.match(reply.json.type, /^\/problems\/|^https?:/);
  assert.equal(reply.json.request_id, reply.headers['x-request-id']);
  for (const fault of reply.json.errors ?? []) {
    assert.match(fault.pointer, /^(\/|$)/);
    assert.ok(fault.code && fault.detail, reply.text);
  }
};

export const checkReply = async (server, method, path, reply) => {
  assert.ok(reply.headers['x-request-id'], `${method} ${path}: no X-Request-Id`);
  if (method === 'HEAD' || reply.status === 304) return;
  const { doc, ajv, routes } = await describe(server);
  const plain = `/api/v1${path.replace(/\?.*/s, '')}`;
  if (reply.status >= 400) checkProblem(reply);
  const route = routes.find((r) => r.pattern.test(plain) && doc.paths[r.path][method.toLowerCase()]);
  if (!route || reply.status === 404 || reply.status === 405) return;
  const operation = doc.paths[route.path][method.toLowerCase()];
  const told = operation.responses[reply.status] ?? (reply.status < 300 && operation.responses.default);
  assert.ok(told, `${method} ${route.path}: ${reply.status} is not described: ${reply.text}`);
  const media = Object.keys(told.content ?? {})[0];
  if (!media || !reply.json) return;
  const escaped = (s) => encodeURIComponent(s.replace(/~/g, '~0').replace(/\//g, '~1'));
  const at = ['paths', route.path, method.toLowerCase(), 'responses', String(reply.status),
    'content', media, 'schema'].map(escaped).join('/');
  const validate = ajv.getSchema(`souk#/${at}`);
  assert.ok(validate, `no schema at ${at}`);
  const snakeRoute = route.path === '/api/v1/products/search';
  const value = reply.status < 400 && !snakeRoute && isSnake(reply.json) ? camelKeys(reply.json)
    : reply.json;
  assert.ok(validate(value),
    `${method} ${route.path} ${reply.status}: ${ajv.errorsText(validate.errors)}\n${reply.text}`);
};

export const description = async (server) => (await describe(server)).doc;
