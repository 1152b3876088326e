/* SPDX-License-Identifier: Apache-2.0
 * A full disk: what writes gets a clear 503, what reads goes on, and room makes it well again. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './client.mjs';
import { guest, line, newUser, onSale, place } from './fixtures.mjs';
import { ENGINE, open } from './server.mjs';

const SIZE_MB = 24;

const mountSmall = () => {
  const folder = mkdtempSync(join(tmpdir(), 'souk-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
};

/* Fills the file system to the last block. */
const fill = (path) => {
  const fd = openSync(path, 'w');
  for (let size = 1 << 20; size >= 512;) {
    try {
      if (writeSync(fd, Buffer.alloc(size)) < size) size >>= 1;
    } catch {
      size >>= 1;
    }
  }
  closeSync(fd);
};

test('the disk is full', { timeout: 60_000 }, async (t) => {
  if (ENGINE !== 'sqlite') return t.skip('the data of PostgreSQL lies elsewhere');
  const folder = mountSmall();
  if (!folder) return t.skip('only root can mount a small file system');
  let server;
  try {
    server = await open({ folder });
    const user = await newUser(server);
    const article = await onSale(server);
    const ballast = join(folder, 'ballast');
    fill(ballast);
    assert.ok(existsSync(ballast));
    let refused;
    for (let i = 0; i < 200 && !refused; i++) {
      const reply = await place(user, [line(article)]);
      if (reply.status !== 201) refused = reply;
    }
    expect(refused, 503);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.doesNotMatch(refused.text, /sqlite|disk|SQL/i);
    const added = await user.post('/cart/items', line(article));
    expect(added, 503, 'service_unavailable');
    expect(await user.get(`/users/${user.user.userId}/orders`), 200);
    expect(await guest(server).get(`/search?q=${encodeURIComponent(article.product.title)}`), 200);
    expect(await guest(server).get('/products?limit=3'), 200);
    rmSync(ballast);
    const again = await place(user, [line(article)]);
    expect(again, 201);
  } finally {
    await server?.close().finally(() => {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
