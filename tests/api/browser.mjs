/* SPDX-License-Identifier: Apache-2.0
 * A visitor without JavaScript: cookies, links, forms, redirects. Called by the tests of pages. */
import assert from 'node:assert/strict';
import { exchange } from './client.mjs';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
export const unescape = (text) => text.replace(/&(#?\w+);/g, (all, name) => {
  if (name in ENTITIES) return ENTITIES[name];
  const [, hex, dec] = name.match(/^#(?:x([0-9a-f]+)|(\d+))$/i) ?? [];
  return hex || dec ? String.fromCodePoint(parseInt(hex ?? dec, hex ? 16 : 10)) : all;
});

const attributes = (tag) => Object.fromEntries(
  [...tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].slice(1).map((m) => [m[1], unescape(m[2] ?? '')]));

/* Forms of a page with what they would send: { action, method, fields }. */
export const formsOf = (html) => [...html.matchAll(/<form\b[^>]*>(.*?)<\/form>/gs)].map((match) => {
  const form = attributes(match[0].slice(0, match[0].indexOf('>') + 1));
  const fields = {};
  for (const [tag] of match[1].matchAll(/<input\b[^>]*>/g)) {
    const input = attributes(tag);
    const choice = input.type === 'radio' || input.type === 'checkbox';
    if (input.name && (!choice || 'checked' in input)) fields[input.name] = input.value ?? '';
  }
  for (const [, head, body] of match[1].matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)) {
    const options = [...body.matchAll(/<option\b[^>]*>/g)].map(([o]) => attributes(o));
    const chosen = options.find((o) => 'selected' in o) ?? options[0];
    fields[attributes(`<select ${head}>`).name] = chosen?.value ?? '';
  }
  return { action: form.action ?? '', method: (form.method ?? 'get').toUpperCase(), fields,
    html: match[0] };
});

export class Visitor {
  constructor(server) {
    this.server = server;
    this.jar = new Map();
    this.path = '/';
  }

  /* One request; cookies are kept, redirects followed. */
  async go(path, { method = 'GET', body } = {}) {
    for (let hops = 0; hops < 8; hops++) {
      const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' };
      if (this.jar.size)
        headers.Cookie = [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ');
      if (body !== undefined) {
        headers['Content-Type'] = 'application/x-www-form-urlencoded';
        headers['Content-Length'] = Buffer.byteLength(body);
        headers.Origin = this.server.origin;
      }
      this.path = path;
      const reply = await exchange(this.server.origin, method, path, headers, body);
      for (const cookie of reply.headers['set-cookie'] ?? []) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
        const gone = /max-age=0/i.test(cookie) || value === '';
        if (gone) this.jar.delete(name);
        else this.jar.set(name, value);
      }
      if (![301, 302, 303, 307].includes(reply.status)) {
        this.reply = reply;
        this.html = reply.text;
        return reply;
      }
      assert.ok(reply.headers.location.startsWith('/'), `sent away to ${reply.headers.location}`);
      path = reply.headers.location;
      method = 'GET';
      body = undefined;
    }
    throw new Error(`too many redirects at ${path}`);
  }

  form(action) {
    const found = formsOf(this.html).find((f) => f.action === action ||
      (action instanceof RegExp && action.test(f.action)));
    assert.ok(found, `no form to ${action} on ${this.path}`);
    return found;
  }

  /* Fills in the form that goes to `action` and sends it. */
  async submit(action, values = {}) {
    const form = this.form(action);
    const fields = { ...form.fields, ...values };
    for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
    const query = new URLSearchParams(fields).toString();
    return form.method === 'POST' ? this.go(form.action, { method: 'POST', body: query })
      : this.go(`${form.action}?${query}`);
  }

  has(pattern) {
    assert.match(this.html, pattern instanceof RegExp ? pattern : new RegExp(pattern));
  }
}
