/* SPDX-License-Identifier: Apache-2.0
 * What a shop must survive. Both tests mostly wait for leases to run out, so they wait together. */
import { describe, it } from 'node:test';
import { away } from './away.mjs';
import { killed } from './crash.mjs';

describe('the shop survives', { concurrency: 2 }, () => {
  it('kill -9 in the middle of things', { timeout: 120_000 }, killed);
  it('a database that is away for a while', { timeout: 120_000 }, away);
});
