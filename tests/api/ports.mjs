/* SPDX-License-Identifier: Apache-2.0
 * Ports of 127.0.0.1 for what the tests start. A port that is chosen now and listened on later is
 * of those that no kernel gives out by itself (Linux's start at 32768, IANA's at 49152): between
 * the two nobody gets it by chance. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

const FIRST = 16_000, END = 32_000, TRIES = 50;

/* Starts to listen; the server does not keep a test file alive that has nothing else to do. */
export const listening = async (server, port = 0) => {
  server.listen(port, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
};

/* A port that is free now, for a server that must know its own address beforehand. */
export const freePort = async () => {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST, END);
    const probe = await listening(createServer(), port).catch(() => null);
    if (!probe) continue;
    await new Promise((done) => { probe.close(done); });
    return port;
  }
  throw new Error(`no free port in ${TRIES} tries`);
};
