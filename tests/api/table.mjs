/* SPDX-License-Identifier: Apache-2.0
 * The server's own table of routes, and the least that each of them takes. Called by the tests that
 * walk all routes; must never leave one out. */
import { randomUUID } from 'node:crypto';

/* While a server has not started: no other process may have its database. */
export const routesOf = (server) => server.command('routes').split('\n').filter(Boolean).map((row) => {
  const [method, path, scope] = row.trim().split(/\s+/);
  return { method, path, scope, api: path.startsWith('/api/'), name: `${method} ${path}` };
});

/* A path with ids in it; those that are not given are nobody's. */
export const fill = (path, ids = {}) => path.replace(/\{([^}*]+)\*?\}/g, (_, name) => ids[name]
  ?? (name.endsWith('Id') ? randomUUID() : 'x'));

export const resolve = (doc, schema) => (schema.$ref
  ? resolve(doc, schema.$ref.split('/').slice(1).reduce((at, key) => at[key], doc)) : schema);
export const typeOf = (schema) => [schema.type].flat().find((t) => t !== 'null');

/* The least value that a schema lets through. */
export const least = (doc, ref) => {
  const schema = resolve(doc, ref), type = typeOf(schema);
  if (schema.enum) return schema.enum[0];
  if (schema.format === 'uuid') return randomUUID();
  if (type === 'object') return Object.fromEntries((schema.required ?? [])
    .map((key) => [key, least(doc, schema.properties[key])]));
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => least(doc, schema.items));
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1);
  return 'DE'.padEnd(schema.minLength ?? 0, 'x');
};

/* The schema of what an operation takes, or undefined. */
export const bodySchema = (doc, { path, method }) => {
  const content = doc.paths[path]?.[method.toLowerCase()]?.requestBody?.content;
  return content ? Object.values(content)[0].schema : undefined;
};
