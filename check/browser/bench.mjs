// A technologist at the bench: a real browser of which only the keyboard and the scanner are used.
//
// Keystrokes and scans are counted per flow. What must stay true: no method here moves a pointer,
// and a pointer event that happens all the same fails the flow; a fault in the page (a script
// error, a refused request, a 5xx answer) is never overlooked.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Chromium without sandbox (it may run as root) and without calls to any other machine. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--font-render-hinting=none',
];
/** Time between two characters of a hand scanner, in milliseconds. */
const SCANNER_MS = 3;
/** Time between two keystrokes of a fast typist (about 150 words a minute), in milliseconds. */
const TYPING_MS = 60;
/** Longest wait for the page to become quiet or to say something, in milliseconds. */
export const PATIENCE_MS = 10_000;
/**
 * A page is quiet when no request was under way for this long, in milliseconds. A letter waits
 * 40 ms before it does anything, since a scan may have begun.
 */
const QUIET_MS = 120;
/** Keys that only move the focus: nothing is asked of the server. */
const MOVES = /^(Shift\+)?(Tab|Arrow\w+)$/;

/** Opens a browser with one page and gives the bench in front of it. */
export async function sitDown(origin, { headed = false } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'meniscus-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.MENISCUS_CHROMIUM ?? '/usr/bin/chromium',
    headless: !headed,
    args: FLAGS,
    viewport: { width: 1366, height: 768 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
    acceptDownloads: true,
  });
  await context.addInitScript(watchPointer);
  const page = context.pages()[0] ?? (await context.newPage());
  const devtools = await context.newCDPSession(page);
  const leave = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return new Bench(origin, { page, devtools, leave });
}

/** Runs in the page: remembers that a pointer was used, and sums up layout shifts. */
function watchPointer() {
  const note = () => sessionStorage.setItem('pointer-used', 'yes');
  for (const kind of ['pointerdown', 'mousedown', 'touchstart']) {
    addEventListener(kind, note, true);
  }
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.layoutShift += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** The bench: keys, scans, looks. */
export class Bench {
  constructor(origin, { page, devtools, leave }) {
    this.origin = origin;
    this.page = page;
    this.devtools = devtools;
    this.leave = leave;
    this.keys = 0;
    this.scans = 0;
    this.faults = [];
    this.underWay = new Set();
    this.#watch();
  }

  #watch() {
    const lasting = (request) => request.resourceType() === 'eventsource';
    const done = (request) => this.underWay.delete(request);
    this.page.on('request', (request) => lasting(request) || this.underWay.add(request));
    this.page.on('requestfinished', done);
    // What a page had asked for is of no account once the next has come, whenever it asked: a part
    // it fetched while it was being left may never be answered nor said to have failed.
    this.page.on('framenavigated', (frame) => {
      const all = frame === this.page.mainFrame() ? [...this.underWay] : [];
      const next = all.findLast((request) => request.isNavigationRequest());
      all.filter((request) => request !== next).forEach(done);
    });
    this.page.on('requestfailed', (request) => {
      done(request);
      const why = request.failure()?.errorText ?? '';
      if (!why.includes('ERR_ABORTED')) this.faults.push(`${request.url()}: ${why}`);
    });
    this.page.on('response', (response) => {
      // A form may be answered with 404: the thing it names does not exist, and the page says so.
      const missing = response.status() === 404 && response.request().method() === 'GET';
      if (response.status() >= 500 || missing) {
        this.faults.push(`${response.status()} for ${response.url()}`);
      }
    });
    this.page.on('pageerror', (fault) => this.faults.push(`script: ${fault.message}`));
    this.page.on('console', (message) => {
      // A refusal (4xx) is an answer; the browser reports it as an error of the network.
      const ofNetwork = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !ofNetwork) this.faults.push(`console: ${message.text()}`);
    });
  }

  /** Opens an address by typing it: the one thing a flow does without counting, at its start. */
  async open(path) {
    await this.page.goto(new URL(path, this.origin).href);
    await this.settle();
  }

  /** Presses keys one after another, each counted: `press('Tab', 'Enter', 'Shift+Tab')`. */
  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      this.keys += 1;
      if (!MOVES.test(key)) await this.settle();
    }
  }

  /** Types text at the pace of a person; each character is a keystroke. */
  async type(text) {
    await this.page.keyboard.type(text, { delay: TYPING_MS });
    this.keys += [...text].length;
  }

  /**
   * A hand scanner: the characters in a burst, then Enter. Counted as one scan, no keystroke. The
   * events carry the scanner's own times, so that a busy machine does not make a typist of it.
   */
  async scan(barcode) {
    const began = Date.now() / 1000;
    const keys = [...barcode].map((text) => ({ key: text, text, code: `Digit${text}` }));
    keys.push({ key: 'Enter', text: '\r', code: 'Enter', windowsVirtualKeyCode: 13 });
    const events = keys.flatMap((key, n) => {
      const timestamp = began + (n * SCANNER_MS) / 1000;
      const down = { type: 'keyDown', timestamp, ...key };
      return [down, { ...down, type: 'keyUp', text: '' }];
    });
    const sent = events.map((event) => this.devtools.send('Input.dispatchKeyEvent', event));
    await Promise.all(sent);
    this.scans += 1;
    await this.settle();
  }

  /** Presses Tab until the element that `selector` names has the focus. */
  async tabTo(selector, limit = 40) {
    for (let pressed = 0; pressed <= limit; pressed += 1) {
      if (await this.hasFocus(selector)) return;
      await this.press('Tab');
    }
    throw new Error(`${limit} times Tab did not reach ${selector}`);
  }

  /** Whether the focus stands on, or within, what `selector` names. */
  async hasFocus(selector) {
    return this.page.evaluate((s) => document.activeElement?.closest(s) != null, selector);
  }

  /** Fails unless the focus stands there and can be seen. */
  async expectFocus(selector) {
    if (!(await this.hasFocus(selector))) {
      const where = await this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
      throw new Error(`the focus should stand on ${selector}, it stands on ${where}`);
    }
    const seen = await this.page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
      return outlined || style.boxShadow !== 'none';
    });
    if (!seen) throw new Error(`the focus on ${selector} cannot be seen`);
  }

  /** Waits until no request is under way, no swap is pending, and the page has been drawn. */
  async settle() {
    const end = Date.now() + PATIENCE_MS;
    let quietSince = Date.now();
    while (Date.now() - quietSince < QUIET_MS) {
      if (Date.now() > end) {
        const open = [...this.underWay].map((request) => request.url());
        throw new Error(`the page did not settle: ${open.join(', ') || 'a swap stays pending'}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
      const drawn = await this.page.evaluate(isQuiet).catch(() => false);
      const quiet = drawn && this.underWay.size === 0;
      if (!quiet) quietSince = Date.now();
    }
  }

  /** Waits until an element that can be seen says a text (a string, or a regular expression). */
  async sees(selector, text, patience = PATIENCE_MS) {
    const pattern = text instanceof RegExp ? [text.source, text.flags] : [escaped(text), 'i'];
    const holds = ([s, [source, flags]]) =>
      [...document.querySelectorAll(s)].some(
        (e) => e.checkVisibility() && new RegExp(source, flags).test(e.innerText),
      );
    const wanted = [selector, pattern];
    await this.page.waitForFunction(holds, wanted, { timeout: patience }).catch(async () => {
      const says = await this.text(selector);
      const short = says.slice(0, 400) || 'nothing';
      throw new Error(`${selector} should say ${text}; it says: ${short}`);
    });
  }

  /** What the elements of a selector say, one line each. */
  async text(selector) {
    const lines = await this.page.locator(selector).allInnerTexts();
    return lines.map((line) => line.replace(/\s+/g, ' ').trim()).join('\n');
  }

  /** An attribute of the first such element. */
  async attribute(selector, name) {
    return this.page.locator(selector).first().getAttribute(name);
  }

  /** Fails if a pointer was used, or if the page had a fault since the last call. */
  async expectNoFault() {
    const pointer = await this.page.evaluate(() => sessionStorage.getItem('pointer-used'));
    const faults = this.faults.splice(0);
    if (pointer) faults.push('a pointer was used');
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  /** The counts since the last call. */
  takeCounts() {
    const counts = { keys: this.keys, scans: this.scans };
    this.keys = 0;
    this.scans = 0;
    return counts;
  }
}

function isQuiet() {
  const busy = '.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, [aria-busy=true]';
  return document.readyState === 'complete' && !document.querySelector(busy);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
