// What happens to a tube beside its measurement, and to a value after its release: spun, divided,
// put away and found again, sent; a critical value called, a released value corrected.
//
// What must stay true: each flow begins on whatever page the one before left; the tube is the one
// that the path brought, and what is read of it is read off the screen.

import { expectText, find, goTo, orderAndCollect, signIn, signOut, walkTo } from './hands.mjs';
import { look } from './look.mjs';
import { seen } from './path.mjs';

/** The serum tube of the patient whom the path brought. */
const serum = () => seen.labels[1];

export const tubes = [
  {
    name: 'Sign in as a supervisor',
    keysMax: 10,
    async run(bench) {
      await signIn(bench, 'dora');
      await bench.sees('h1', /./);
    },
  },
  {
    name: 'A serum tube that has not clotted',
    keysMax: 2,
    async run(bench) {
      await goTo(bench, 't', 'Process');
      await bench.expectFocus('#scan');
      await bench.scan(serum());
      await bench.sees('[data-refusal=StillClotting]', /min more to clot[^]*upright/i);
      await bench.expectFocus('#scan');
    },
  },
  {
    name: 'A coagulation tube, order to receipt',
    keysMax: 30,
    async run(bench) {
      seen.plasma = await orderAndCollect(bench, seen.record, 'pt');
      await goTo(bench, 'r', 'Receive');
      await bench.scan(seen.plasma);
      await bench.sees('#flash', `Received ${seen.plasma}`);
    },
  },
  {
    name: 'Spin, one scan',
    keysMax: 3,
    async run(bench) {
      await goTo(bench, 't', 'Process');
      await bench.sees('#process-list', new RegExp(`${seen.plasma}[^]*spin`));
      await look(bench, 'process');
      await bench.scan(seen.plasma);
      await bench.sees('#flash', `Spun ${seen.plasma}`);
      await bench.expectFocus('#scan');
      if ((await bench.text('#process-list')).includes(seen.plasma)) throw new Error('it still waits');
    },
  },
  {
    name: 'Divide a tube',
    keysMax: 25,
    async run(bench) {
      // The second choice of what a scan does: open the tube.
      await bench.press('Tab', 'ArrowDown', 'Shift+Tab');
      await bench.scan(seen.plasma);
      await bench.sees('h1', 'Tube');
      await look(bench, 'tube');
      await bench.tabTo('#volume');
      await bench.type('0.5');
      await bench.press('Tab', 'Space', 'Enter');
      await bench.sees('#flash', `from ${seen.plasma}: print its label`);
      await bench.sees('h1', 'Labels');
      seen.aliquot = (await bench.text('#flash')).match(/\b\d{13}\b/)[0];
    },
  },
  {
    name: 'Put away, two scans',
    keysMax: 16,
    async run(bench) {
      await goTo(bench, 's', 'Storage');
      await bench.expectFocus('#scan');
      await bench.scan(seen.aliquot);
      await bench.expectFocus('#position');
      await bench.type('R7 A1');
      await bench.press('Enter');
      await bench.sees('#flash', `Put ${seen.aliquot} away at R7 A1`);
      await bench.expectFocus('#scan');
      await look(bench, 'storage');
    },
  },
  {
    name: 'Where is this tube?',
    keysMax: 0,
    async run(bench) {
      await openTube(bench, seen.aliquot);
      await bench.sees('main', /Place\s+R7 A1/);
      await look(bench, 'tube-stored');
    },
  },
  {
    name: 'Send it away',
    keysMax: 40,
    async run(bench) {
      await goTo(bench, 'd', 'Dispatch');
      await bench.expectFocus('#tubes');
      await bench.scan(seen.aliquot);
      await bench.tabTo('#name');
      await bench.type('Northside Reference');
      await bench.press('Enter');
      await bench.sees('#flash', /Sent 1 tube/);
      await bench.sees('main', new RegExp(`${seen.aliquot}[^]*Northside Reference`));
      await look(bench, 'dispatch');
    },
  },
  {
    name: 'Record the call of a critical value',
    keysMax: 45,
    async run(bench) {
      await goTo(bench, 'k', 'Criticals');
      await look(bench, 'criticals');
      const row = await walkTo(bench, /\b(HH|LL|AA)\b/);
      await bench.press('c');
      await bench.sees('h1', 'Record a call');
      await bench.expectFocus('#called');
      await look(bench, 'call');
      await bench.type('Rosa Lind, RN');
      await bench.press('Enter');
      await bench.sees('#flash', /told to Rosa Lind/);
      expectText(row, /\d/, 'the row');
    },
  },
  {
    name: 'Correct a released result',
    keysMax: 60,
    async run(bench) {
      await find(bench, seen.accession);
      await bench.sees('h1', 'Accession');
      const row = await walkTo(bench, /^K /);
      const was = row.match(/\d+\.\d/)[0];
      const now = was === '4.4' ? '4.3' : '4.4';
      await bench.press('m');
      await bench.sees('h1', 'Correct a released result');
      await bench.expectFocus('#value');
      await bench.type(now);
      await bench.press('Tab');
      await bench.press('ArrowDown');
      await bench.press('Tab');
      await bench.type('Dr Ray by phone');
      await look(bench, 'correct');
      await bench.press('Enter');
      await bench.sees('#flash', 'Tester, Tess');
      await bench.sees('h1', 'Accession');
      await bench.press('p');
      await bench.sees('.status', /corrected/i);
      expectText(await bench.text('body'), new RegExp(`Potassium ${now}[^]*${was}`), 'the report');
      await look(bench, 'report-corrected', { printed: true });
    },
  },
  {
    name: 'The course of one test',
    keysMax: 3,
    async run(bench) {
      await bench.press('t');
      await bench.sees('h1', 'Chart');
      await look(bench, 'chart');
      await bench.open(await bench.attribute('main a[href*="/chart/K"]', 'href'));
      await bench.sees('h1', 'Trend of K');
      await look(bench, 'trend');
    },
  },
];

/** Opens the page of a tube from the box that finds anything. */
async function openTube(bench, label) {
  await bench.open(`/tube/${label}`);
  await bench.sees('h1', 'Tube');
}
