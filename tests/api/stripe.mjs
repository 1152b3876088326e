/* SPDX-License-Identifier: Apache-2.0
 * The stand-in of Stripe as a process of its own, and what tests do with it. Called by test files;
 * must never outlive them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = resolve(fileURLToPath(import.meta.url), '../../stripe/server.mjs');

export class Stripe {
  async open() {
    this.child = spawn(process.execPath, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = await once(this.child.stdout, 'data');
    this.origin = `http://127.0.0.1:${Number(String(port))}`;
    return this;
  }

  /* What a server of ours is told to pay with it. */
  get env() {
    return { SOUK_PAY: 'stripe', SOUK_STRIPE_URL: this.origin, SOUK_STRIPE_KEY: 'sk_test_stand_in',
      SOUK_STRIPE_WEBHOOK_SECRET: 'whsec_stand_in', SOUK_ORIGIN: 'http://127.0.0.1:1' };
  }

  async control(what, body = {}) {
    const reply = await fetch(`${this.origin}/control/${what}`,
      { method: 'POST', body: JSON.stringify(body) });
    return reply.json();
  }

  /* All that it has to tell, signed now: [{ signature, body, event }], oldest first. */
  async events() {
    const list = await this.control('events');
    return list.map((row) => ({ ...row, event: JSON.parse(row.body) }));
  }

  close() {
    this.child.stdin.end();
    this.child.kill();
  }
}
