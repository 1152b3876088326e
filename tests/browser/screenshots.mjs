/* SPDX-License-Identifier: Apache-2.0
 * Pictures of every page at three widths, light and dark, into build/screenshots (or --out=DIR);
 * --only=NAME for pages whose names begin so. Run by ./dev screenshots; must never be needed by a test. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from '../api/server.mjs';
import { launch, newPage, WIDTHS } from './chrome.mjs';
import { furnish, ROOMS_ENV } from './rooms.mjs';

const options = Object.fromEntries(process.argv.slice(2).map((a) => a.replace(/^--/, '').split('=')));
const out = resolve(options.out ?? fileURLToPath(new URL('../../build/screenshots', import.meta.url)));
mkdirSync(out, { recursive: true });

const server = await open({ demo: 300, env: ROOMS_ENV, log: 'screenshots' });
const browser = await launch();
try {
  const rooms = Object.entries(await furnish(server))
    .filter(([name]) => !options.only || name.startsWith(options.only));
  for (const [width, size] of Object.entries(WIDTHS))
    for (const scheme of ['light', 'dark']) {
      for (const [name, room] of rooms) {
        const page = await newPage(browser, server, { size, scheme });
        if (room.cookies) await page.context().addCookies(room.cookies);
        await page.goto(room.path, { waitUntil: 'networkidle' });
        await page.evaluate(async () => { /* what is further down would stay empty */
          const images = [...document.images];
          for (const image of images) image.loading = 'eager';
          await Promise.all(images.map((image) => image.decode().catch(() => {})));
        });
        await page.screenshot({ path: `${out}/${name}-${size.width}-${scheme}.png`, fullPage: true });
        await page.context().close();
      }
      console.log(`${width} ${scheme}: ${rooms.length} pages`);
    }
  console.log(out);
} finally {
  await browser.close();
  await server.close();
}
