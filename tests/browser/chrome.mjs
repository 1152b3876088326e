/* SPDX-License-Identifier: Apache-2.0
 * Debian's Chromium, driven by playwright-core, with ears for everything that goes wrong in a page.
 * Called by the browser tests and by screenshots.mjs; must never reach another host. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const WIDTHS = { phone: { width: 390, height: 844 }, tablet: { width: 768, height: 1024 },
  desktop: { width: 1440, height: 900 } };

const executable = () => {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch { /* the next */ }
  throw new Error('there is no chromium');
};

export const launch = () => chromium.launch({
  executablePath: executable(),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/* What moved although nobody had touched anything (Layout Instability API). */
const watchShifts = () => {
  window.shifted = 0;
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      window.shifted += entry.value;
      window.moved.push(...entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? '?'));
    }
  }).observe({ type: 'layout-shift', buffered: true });
};

/* A page whose `faults` holds console errors, refused policies, failed and foreign requests. */
export const newPage = async (browser, server, { size = WIDTHS.desktop, scripts = true, scheme = 'light' } = {}) => {
  const context = await browser.newContext({ viewport: size, javaScriptEnabled: scripts,
    colorScheme: scheme, baseURL: server.origin, reducedMotion: 'reduce' });
  const faults = [];
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.faults = faults;
  page.expected = new Set(); /* statuses that a test asks for */
  page.on('console', (m) => {
    const status = Number(m.text().match(/status of (\d+)/)?.[1]);
    if (m.type() === 'error' && !page.expected.has(status)) faults.push(`console: ${m.text()}`);
    if (/Content Security Policy/i.test(m.text())) faults.push(`policy: ${m.text()}`);
  });
  page.on('pageerror', (e) => faults.push(`script: ${e.message}`));
  page.on('request', (r) => {
    const url = r.url();
    if (!url.startsWith(server.origin) && !url.startsWith('data:')) faults.push(`foreign: ${url}`);
  });
  page.on('response', (r) => {
    if (r.status() >= 400 && !page.expected.has(r.status()))
      faults.push(`${r.status()}: ${r.request().method()} ${r.url()}`);
  });
  page.on('requestfailed', (r) => {
    if (r.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`failed: ${r.url()}`);
  });
  if (scripts) await page.addInitScript(watchShifts);
  return page;
};

export const layoutShift = (page) => page.evaluate(() => ({ sum: window.shifted, moved: window.moved }));

/* Violations of axe's rules, or of those named, in a form that can be read. The evaluation goes
 * around the page's policy, as the tools of a browser do. */
export const axe = async (page, rules) => {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate((o) => window.axe.run(document, o), options);
  return violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n    ` + v.nodes.slice(0, 4)
    .map((n) => `${n.html.slice(0, 160)}\n      ${n.any.concat(n.all, n.none).map((c) => c.message).slice(0, 2).join('; ')}`)
    .join('\n    '));
};

/* No element may be wider than the window. */
export const overflow = async (page) => {
  await page.waitForLoadState(); /* with its styles */
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? wide : 0;
  });
};

/* With pictures in SOUK_TEST_SHOTS, a folder, for who wants to look. */
export const look = async (page, name, scripts) => {
  if (process.env.SOUK_TEST_SHOTS)
    await page.screenshot({ path: `${process.env.SOUK_TEST_SHOTS}/${name}.png`, fullPage: true });
  if (!scripts) return;
  assert.equal(await overflow(page), 0, `${name} is wider than the window`);
  assert.deepEqual(await axe(page), [], name);
};
