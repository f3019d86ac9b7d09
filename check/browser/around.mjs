// What happens beside the straight path: held results, wrong tubes, strangers' readings, a form
// sent twice, a person who left the bench.
//
// What must stay true: each flow begins on whatever page the one before left, signed in as an MLS.

import { expectText, find, goTo, markPage, signIn, signOut, until, walkTo } from './hands.mjs';
import { sendPotassium, strangeNumber } from './instrument.mjs';
import { look } from './look.mjs';
import { FLAG, seen } from './path.mjs';

const STRANGE = strangeNumber('999905550001');

/** The number of the accession in a row. */
function accessionIn(row) {
  return row.match(/\b\d{13}\b/)[0];
}

/** Opens the form of a rejection for the tube that was received last. */
async function startRejecting(bench) {
  await goTo(bench, 'r', 'Receive');
  await bench.press('Escape', 'j', 'x');
  await bench.sees('h1', 'Reject specimen');
  await bench.expectFocus('#reason');
}

/** Rejects the tube that was received last; false where it was released meanwhile. */
async function rejected(bench) {
  await startRejecting(bench);
  await bench.type('H');
  await bench.press('Control+Enter');
  await bench.sees('#flash, [data-refusal=WrongState]', /./);
  return (await bench.text('#flash')).includes('Rejected');
}

export const around = [
  {
    name: 'Verify a held result, with the reason',
    keysMax: 90,
    async run(bench) {
      await goTo(bench, 'v', 'Review');
      // A value that may go out with a reason: the instrument marked it, it is critical, or it
      // differs from the one before. The day brings one sooner or later.
      const held = /\bHEM\b|flag|critical|\bdelta\b/i;
      const waits = async () => {
        await bench.page.waitForTimeout(1_000);
        await bench.open('/review');
        return held.test(await bench.text('#review'));
      };
      await until(waits, 'a held value that may go out', 240_000);
      await goTo(bench, 'b', 'Shift board');
      await goTo(bench, 'v', 'Review');
      await look(bench, 'review');
      await walkTo(bench, held);
      await bench.press('v');
      await bench.sees('h1', 'Verify a held result');
      await bench.expectFocus('#reason');
      await look(bench, 'reason');
      await bench.type('Repeated, ward told');
      await bench.press('Enter');
      await bench.sees('#flash', 'Verified');
      await bench.sees('h1', 'Review');
      if (!(await bench.hasFocus('tr[data-row]'))) throw new Error('one stands on no row');
    },
  },
  {
    name: 'Hold and rerun, with the reason',
    keysMax: 13,
    async run(bench) {
      for (const [key, heading, reason, answer] of [
        ['h', 'Hold a result', 'Clot?', 'Held'], ['r', 'Rerun a test', 'Clot', 'Rerun asked for'],
      ]) {
        await bench.press(key);
        await bench.sees('h1', heading);
        await bench.type(reason);
        await bench.press('Enter');
        await bench.sees('#flash', answer);
        await bench.sees('h1', 'Review');
      }
    },
  },
  {
    name: 'Flags on the report',
    keysMax: 90,
    async run(bench) {
      const row = await walkTo(bench, FLAG);
      await bench.press('v');
      if (/held/.test(await bench.text('h1'))) {
        await bench.type('Ward told');
        await bench.press('Enter');
      }
      await bench.sees('#flash', 'Verified');
      await bench.scan(accessionIn(row));
      await bench.sees('h1', 'Accession');
      await bench.press('p');
      await bench.sees('.status', /final|preliminary/i);
      expectText(await bench.text('body'), new RegExp(` ${row.match(FLAG)[1]} `), 'the report');
      await look(bench, 'report-flags', { printed: true });
      await bench.open('/');
    },
  },
  {
    name: 'What are the keys?',
    keysMax: 4,
    async run(bench) {
      await goTo(bench, 'v', 'Review');
      await bench.press('?');
      await bench.sees('#keys', /Verify[^]*Rerun[^]*Hold/);
      await look(bench, 'keys');
      await bench.press('Escape');
      if (await bench.page.locator('#keys').isVisible()) throw new Error('the list stays open');
    },
  },
  {
    name: 'Find among many',
    keysMax: 5,
    async run(bench) {
      await find(bench, 'm');
      await bench.sees('h1', 'Find');
      await look(bench, 'find');
      await bench.press('j', 'Enter');
      await bench.sees('h1', 'Accession');
    },
  },
  {
    name: 'Readings that found no place',
    keysMax: 24,
    async run(bench) {
      await goTo(bench, 'i', 'Instruments');
      await bench.sees('#instruments', /XN-1000[^]*connected/);
      const same = await markPage(bench);
      expectText(await sendPotassium(bench.mllp, STRANGE, '4.1'), /MSA\|AA/, 'the answer');
      const listed = async () => {
        if (await bench.page.locator('.wait').count()) await bench.press('u');
        return (await bench.text('#unclaimed')).includes(STRANGE);
      };
      await until(listed, 'the unclaimed reading');
      if (!(await same())) throw new Error('the page was loaded anew');
      await look(bench, 'instruments');
      await walkTo(bench, new RegExp(STRANGE));
      await bench.press('x');
      await bench.sees('h1', 'Discard readings');
      await look(bench, 'discard');
      await bench.type('Test of the line');
      await bench.press('Enter');
      await bench.sees('#flash', /discarded/i);
      if ((await bench.text('#unclaimed')).includes(STRANGE)) throw new Error('it is still listed');
    },
  },
  {
    name: 'Reject a tube',
    keysMax: 60,
    async run(bench) {
      await goTo(bench, 'r', 'Receive');
      await look(bench, 'receive-list');
      // What came last; it may be measured and released before one has said why: then the next.
      for (let tries = 1; !(await rejected(bench)); tries += 1) {
        if (tries === 5) throw new Error('every tube was released before it could be rejected');
      }
      await startRejecting(bench);
      await look(bench, 'reject');
    },
  },
  {
    name: 'A person who left the bench',
    keysMax: 29,
    async run(bench) {
      await goTo(bench, 'o', 'Order');
      await bench.type('R77');
      await bench.press('Tab');
      await bench.type('Unsent');
      // The quarter of an hour shortened: the page is told that it ends in 62 s, then in none.
      await bench.page.evaluate(() => { document.body.dataset.idle = '62'; });
      await bench.sees('#idle[open]', /Still there/, 15_000);
      await look(bench, 'idle');
      await bench.press('Enter');
      await until(async () => !(await bench.page.locator('#idle').isVisible()), 'one stays');
      await bench.page.evaluate(() => { document.body.dataset.idle = '0'; });
      await bench.sees('button', 'Sign in', 15_000);
      await signIn(bench, 'cy');
      await bench.sees('h1', 'Order');
      await bench.sees('.restored', /put back/);
      const kept = await bench.page.locator('#family').inputValue();
      if (kept !== 'Unsent') throw new Error(`"Unsent" was typed, "${kept}" came back`);
      await signOut(bench);
    },
  },
];
