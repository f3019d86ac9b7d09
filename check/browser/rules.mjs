// The rules of release, a dilution, and a value that is told before it is final.
//
// What must stay true: each flow begins on whatever page the one before left; what the rules say of a
// result is read off the screen; the rules are on again at the end, as the day began.

import { expectText, goTo, signIn, signOut, until, walkTo } from './hands.mjs';
import { look } from './look.mjs';

/** A row that a rule left to a person just now: the simulated staff leaves those alone for a while. */
const FRESH = /lies outside.*\b0 min/;

/** Opens the review once it has such a row, and walks there. */
async function walkToFresh(bench) {
  const there = async () => {
    await bench.page.waitForTimeout(500);
    await bench.open('/review');
    const rows = await bench.page.locator('#review tr[data-row]').allInnerTexts();
    return rows.some((row) => FRESH.test(row.replace(/\s+/g, ' ')));
  };
  await until(there, 'a value that a rule leaves to a person', 240_000);
  return walkTo(bench, FRESH);
}

export const rules = [
  {
    name: 'Sign in at the bench',
    keysMax: 8,
    async run(bench) {
      await bench.open('/');
      await signIn(bench, 'cy');
      await bench.sees('h1', /./);
    },
  },
  {
    name: 'Why did it not go out?',
    keysMax: 90,
    async run(bench) {
      await goTo(bench, 'v', 'Review');
      const row = await walkToFresh(bench);
      expectText(row, /\d lies outside \d/, 'the row');
    },
  },
  {
    name: 'Tell a value before it is final',
    keysMax: 1,
    async run(bench) {
      await bench.press('e');
      await bench.sees('#flash', 'Told before it is final');
      await bench.sees('h1', 'Review');
    },
  },
  {
    name: 'Run it diluted',
    keysMax: 66,
    async run(bench) {
      await look(bench, 'review-rules');
      await walkToFresh(bench);
      await bench.press('d');
      await bench.sees('h1', 'Rerun a test diluted');
      await bench.expectFocus('#reason');
      await look(bench, 'dilute');
      await bench.type('1:10');
      await bench.press('Enter');
      await bench.sees('#flash', 'Dilution asked for');
      await bench.sees('h1', 'Review');
    },
  },
  {
    name: 'Stop the rules at once',
    keysMax: 14,
    async run(bench) {
      await goTo(bench, 'u', 'Rules');
      await bench.sees('#at-work', /The rules release what they name/);
      await bench.expectFocus('#reason');
      await look(bench, 'rules');
      await bench.type('Drift');
      await bench.press('Enter');
      await bench.sees('#flash', 'The rules release nothing');
      await bench.sees('#at-work', /a person verifies every result[^]*Cy Lindqvist[^]*Drift/);
      if (await bench.page.locator('#switch').count()) throw new Error('an MLS may turn them on');
      await look(bench, 'rules-off');
      await signOut(bench);
    },
  },
  {
    name: 'Let the rules go on',
    keysMax: 29,
    async run(bench) {
      await signIn(bench, 'eli');
      await goTo(bench, 'u', 'Rules');
      await bench.type('Calibrated');
      await bench.press('Enter');
      await bench.sees('#flash', 'The rules release results from now on');
      await signOut(bench);
    },
  },
];
