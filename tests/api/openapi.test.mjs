/* SPDX-License-Identifier: Apache-2.0
 * The description of the API against the rules of OpenAPI and against what is served. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { exchange } from './client.mjs';
import { open, Server } from './server.mjs';

let server, doc;
before(async () => {
  server = await open({ demo: 0 });
  doc = JSON.parse((await exchange(server.origin, 'GET', '/api/v1/openapi.json')).text);
});
after(() => server.close());

test('openapi.json keeps the rules of OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(doc));
  assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
  assert.match(doc.openapi, /^3\.1/);
});

const operations = () => Object.entries(doc.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));

test('each route of the API is described, and no other', () => {
  const other = new Server(); /* while one serves, no other process may have its database */
  const routes = other.command('routes', '--plain').split('\n').filter((r) => r.includes(' /api/'));
  other.abandon();
  const told = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(told.sort(), routes.sort());
});

test('parameters: those of the path are there, and none is told twice', () => {
  for (const { path, method, operation } of operations()) {
    const names = operation.parameters.map((p) => `${p.in} ${p.name.toLowerCase()}`);
    assert.equal(new Set(names).size, names.length, `${method} ${path}: ${names}`);
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      assert.ok(operation.parameters.some((p) => p.in === 'path' && p.name === name && p.required),
        `${method} ${path}: ${name}`);
  }
});

test('every reference leads somewhere, and every schema is used', () => {
  const text = JSON.stringify(doc);
  const used = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]));
  assert.deepEqual([...used].sort(), Object.keys(doc.components.schemas).sort());
});

test('what an endpoint that was given must have', () => {
  const given = ['get /products', 'post /products', 'get /products/{productId}', 'get /search',
    'get /products/search', 'get /search/autocomplete', 'post /cart/items', 'get /cart',
    'put /cart/items/{itemId}', 'delete /cart/items/{itemId}', 'post /orders', 'get /orders/{orderId}',
    'get /users/{userId}/orders', 'post /orders/{orderId}/cancel', 'post /orders/{orderId}/return',
    'post /auth/register', 'post /auth/login', 'post /auth/refresh'];
  const told = operations().map(({ path, method }) => `${method} ${path.replace('/api/v1', '')}`);
  for (const one of given) assert.ok(told.includes(one), one);
});

test('each operation says what it is for, who owns it, and how it refuses', () => {
  for (const { path, method, operation } of operations()) {
    assert.ok(operation.summary?.length > 5, `${method} ${path}`);
    assert.equal(operation.tags.length, 1);
    assert.ok(Object.keys(operation.responses).some((s) => s >= 200 && s < 300));
    if (path.includes('/admin/')) assert.ok(operation.security, `${method} ${path} is open`);
  }
});
