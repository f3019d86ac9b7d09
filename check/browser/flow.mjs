// One tube from order to report, by keyboard and scanner alone, on the teaching laboratory.
//
// Each flow says in its name what the technologist wants, and how many keystrokes that may take.
// What must stay true: no flow knows more than what the screen shows; numbers that a later flow
// needs (the accession, the label) are read off the page as a person would.

import { sitDown } from './bench.mjs';
import { runFlows } from './flows.mjs';
import { look } from './look.mjs';
import { startDemo } from './program.mjs';

/** What one flow leaves for the next, read off the screens. */
const seen = { labels: [], mrn: `T${Date.now() % 1_000_000}` };

/** Fills the field that a selector names, reached by Tab. */
async function fill(bench, selector, text) {
  await bench.tabTo(selector);
  await bench.type(text);
}

async function signIn(bench, name) {
  await bench.open('/');
  await fill(bench, '#name', name);
  await fill(bench, '#password', 'demo');
  await bench.press('Enter');
  await bench.sees('h1', /./);
}

/** Types a word into the one box that finds anything, and opens what it finds. */
async function find(bench, words) {
  await bench.press('/');
  await bench.expectFocus('#find');
  await bench.type(words);
  await bench.press('Enter');
}

const flows = [
  {
    name: 'Sign in',
    keysMax: 12,
    async run(bench) {
      await bench.open('/');
      await look(bench, 'sign-in');
      await signIn(bench, 'cy');
      await look(bench, 'shift-board');
    },
  },
  {
    name: 'Order a CBC and a BMP, new patient',
    keysMax: 70,
    async run(bench) {
      await find(bench, 'order');
      await bench.sees('h1', 'order');
      await look(bench, 'order');
      await fill(bench, '#mrn', seen.mrn);
      await fill(bench, '#family', 'Tester');
      await fill(bench, '#given', 'Tess');
      await fill(bench, '#born', '1980-02-29');
      await fill(bench, '#sex', 'F');
      await fill(bench, '#tests', 'CBC BMP');
      await bench.press('Enter');
      await bench.sees('[role=status]', 'ordered');
      const labels = await bench.text('[data-label]');
      seen.labels = labels.match(/\b\d{13}\b/g) ?? [];
      if (seen.labels.length < 2) throw new Error(`two labels expected, the page says: ${labels}`);
      await look(bench, 'ordered');
    },
  },
  {
    name: 'Collect and receive by scanning',
    keysMax: 30,
    async run(bench) {
      await find(bench, 'collect');
      for (const label of seen.labels) {
        await bench.scan(label);
        await bench.sees('[role=status]', label);
      }
      await find(bench, 'receive');
      for (const label of seen.labels) {
        await bench.scan(label);
        await bench.sees('[role=status]', label);
      }
      await look(bench, 'receive');
    },
  },
  {
    name: 'Results arrive by themselves',
    keysMax: 20,
    async run(bench) {
      await find(bench, seen.labels[0]);
      await bench.sees('[data-row]', /\d/, 60_000);
      await look(bench, 'accession');
    },
  },
  {
    name: 'Review and verify',
    keysMax: 40,
    async run(bench) {
      await find(bench, 'review');
      await bench.sees('h1', 'review');
      await look(bench, 'review');
      await bench.press('j', 'k', 'v');
      await bench.sees('[role=status]', 'verified');
    },
  },
  {
    name: 'Open the patient report',
    keysMax: 30,
    async run(bench) {
      await find(bench, seen.labels[0]);
      await bench.tabTo('a[href*="/report"]');
      await bench.press('Enter');
      await bench.sees('h1', 'report');
      await look(bench, 'report');
    },
  },
  {
    name: 'See who did what, and when',
    keysMax: 20,
    async run(bench) {
      await find(bench, 'journal');
      await bench.sees('[data-row]', /verified/i);
      await look(bench, 'journal');
    },
  },
];

const binary = process.env.MENISCUS_BINARY;
if (!binary) throw new Error('MENISCUS_BINARY names the program; `cargo xtask browser` sets it');
const program = await startDemo(binary);
let failed = flows.length;
try {
  const bench = await sitDown(program.http, { headed: process.argv.includes('--headed') });
  failed = await runFlows(bench, flows).finally(() => bench.leave());
  if (failed > 0) console.log(`the program's last words:\n${program.said.join('\n')}`);
} finally {
  await program.stop();
}
process.exit(failed > 0 ? 1 : 0);
