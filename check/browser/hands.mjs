// What a person at the bench does again and again: sign in, go to a station, find, stand on a row.
//
// What must stay true: only keys and scans; each waits for what the page answers.

import { PATIENCE_MS } from './bench.mjs';

/** Where letters are text. */
const FIELD = 'input:not([type=checkbox], [type=radio]), select, textarea';
/** The password of everybody in the teaching laboratory. */
const PASSWORD = 'demo';

/** Signs in at the form that is on the page, and is led to where one was going. */
export async function signIn(bench, name) {
  await bench.expectFocus('#name');
  await bench.type(name);
  await bench.press('Tab');
  await bench.type(PASSWORD);
  await bench.press('Enter');
  await bench.sees('.who', /./);
}

/** Signs out from any page: the button stands behind the box that finds anything. */
export async function signOut(bench) {
  if (await bench.hasFocus('input')) await bench.press('Escape');
  await bench.press('/');
  await bench.tabTo('#sign-out');
  await bench.press('Enter');
  await bench.sees('button', 'Sign in');
}

/** Goes to a station by its letter; out of a field first, where letters are text. */
export async function goTo(bench, letter, heading) {
  if (await bench.hasFocus(FIELD)) await bench.press('Escape');
  await bench.press('g', letter);
  await bench.sees('h1', heading);
}

/** Orders for a known patient and collects the one tube at once; gives its number. */
export async function orderAndCollect(bench, record, tests) {
  await goTo(bench, 'o', 'Order');
  await bench.type(record);
  await bench.press('Enter');
  await bench.tabTo('#tests');
  await bench.type(tests);
  await bench.tabTo('#provider');
  await bench.type('Dr Ray');
  await bench.press('Enter');
  await bench.sees('#flash', /Ordered \d tests? on 1 specimen/);
  const label = await bench.attribute('[data-label]', 'data-label');
  await bench.press('c', 'Space', 'Enter');
  await bench.sees('#flash', /Collected 1 specimen/);
  return label;
}

/** Types into the one box that finds anything. */
export async function find(bench, words) {
  if (await bench.hasFocus(FIELD)) await bench.press('Escape');
  await bench.press('/');
  await bench.expectFocus('#find');
  await bench.type(words);
  await bench.press('Enter');
}

/** Walks down the grid, by `j`, to the first row that says a text; gives what the row says. */
export async function walkTo(bench, text, limit = 100) {
  let before = '';
  for (let walked = 0; walked <= limit; walked += 1) {
    const row = await bench.text('tr.at');
    if (text.test(row)) return row;
    if (walked > 0 && row === before) break;
    before = row;
    await bench.page.keyboard.press('j');
    bench.keys += 1;
    await bench.page.waitForFunction(
      (was) => {
        const now = document.querySelector('tr.at')?.innerText ?? '';
        return now.replace(/\s+/g, ' ').trim() !== was;
      },
      row,
      { timeout: 500 },
    ).catch(() => {});
  }
  throw new Error(`no row says ${text}; the last says: ${before}`);
}

/** Says whether the page is still the one that was marked: nothing was loaded anew. */
export async function markPage(bench) {
  await bench.page.evaluate(() => { window.markedPage = true; });
  return () => bench.page.evaluate(() => window.markedPage === true);
}

/** Waits until something asked of the page holds. */
export async function until(ask, what, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const held = await ask();
    if (held) return held;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${patience / 1000} s in vain: ${what}`);
}

/** Fails unless a text holds a pattern. */
export function expectText(text, pattern, where) {
  if (!pattern.test(text)) throw new Error(`${where} should say ${pattern}; it says: ${text}`);
}
