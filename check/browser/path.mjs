// One tube from order to report: what each person at the bench does on the way, and what the
// screen must answer.
//
// What must stay true: no flow knows more than what the screen shows; numbers that a later flow
// needs (the accession, the labels) are read off the page as a person would.

import { readFile } from 'node:fs/promises';
import { expectText, find, goTo, markPage, signIn, signOut, until, walkTo } from './hands.mjs';
import { strangeNumber } from './instrument.mjs';
import { look } from './look.mjs';

/** The patient whom the flows bring, and what was read off the screens for later flows. */
export const seen = { record: 'T4711', family: 'Tester', labels: [], accession: '', orders: [] };

/** Longest wait for an instrument to measure and send, in milliseconds. */
const INSTRUMENT_MS = 60_000;
/** A flag of a value, as it stands by itself in a row. */
export const FLAG = /\s(HH|LL|H|L)\s/;
const STRANGE = strangeNumber();

/** Remembers each order as it is sent, for the flow that sends one twice. */
function watchOrders(bench) {
  bench.page.on('request', (request) => {
    const isOrder = request.method() === 'POST' && new URL(request.url()).pathname === '/order';
    if (isOrder) seen.orders.push(request.postData());
  });
}

async function order(bench, { record, family, given, born, sex, tests, priority, provider }) {
  await goTo(bench, 'o', 'Order');
  await bench.expectFocus('#record');
  await look(bench, 'order');
  for (const typed of [record, family, given, born]) {
    await bench.type(typed);
    await bench.press('Tab');
  }
  await bench.type(sex);
  await bench.press('Tab');
  await bench.type(tests);
  await bench.sees('#tests-read', new RegExp(tests.split(' ').join('[^]*'), 'i'));
  await bench.press('Tab');
  await bench.type(priority);
  await bench.press('Tab');
  await bench.type(provider);
}

/** What the results grid of an accession says, row by row. */
async function rows(bench) {
  return (await bench.text('#results tr[data-row]')).split('\n').filter((row) => row !== '');
}

/** Presses `p` and reads what comes; a busy browser now and then gives up a download: once more. */
async function printed(bench) {
  for (let tries = 1; ; tries += 1) {
    const coming = bench.page.waitForEvent('download');
    await bench.press('p');
    const download = await coming;
    const failure = await download.failure();
    if (!failure) return readFile(await download.path(), 'utf8');
    if (tries === 3) throw new Error(`the labels did not come: ${failure}`);
  }
}

/** Runs in the page: sends a form twice more, and gives where each answer led. */
async function sendAgain(sent) {
  const ends = [];
  for (const body of [sent, sent]) {
    const answer = await fetch('/order', { method: 'POST', body: new URLSearchParams(body) });
    await answer.text();
    ends.push(answer.url);
  }
  return ends;
}

export const path = [
  {
    name: 'Sign in',
    keysMax: 9,
    async run(bench) {
      watchOrders(bench);
      await bench.open('/');
      await look(bench, 'sign-in');
      await signIn(bench, 'amy');
      await look(bench, 'shift-board-reception');
    },
  },
  {
    name: 'Order a CBC and a BMP, new patient',
    keysMax: 50,
    async run(bench) {
      const { record, family } = seen;
      await order(bench, {
        record, family, given: 'Tess', born: '1980-02-29', sex: 'F', tests: 'cbc bmp',
        priority: 'S', provider: 'Dr Ray',
      });
      await look(bench, 'order-filled');
      await bench.press('Enter');
      await bench.sees('#flash', /Ordered \d+ tests on 2 specimens for Tester, Tess/);
      await look(bench, 'labels');
      const labels = await bench.page.locator('[data-label]').all();
      seen.labels = await Promise.all(labels.map((label) => label.getAttribute('data-label')));
      seen.accession = (await bench.text('.head')).match(/\b\d{13}\b/)[0];
      if (seen.labels.length !== 2) throw new Error(`two labels expected: ${seen.labels}`);
    },
  },
  {
    name: 'Print the labels',
    keysMax: 3,
    async run(bench) {
      const zpl = await printed(bench);
      const count = zpl.split('^XZ').length - 1;
      if (count !== 2) throw new Error(`two labels expected, ${count} came: ${zpl}`);
      for (const part of [...seen.labels, seen.record, seen.family]) {
        // The number stands under the bars in groups, as a person reads it out.
        const holds = zpl.replaceAll(' ', '').includes(part);
        if (!holds) throw new Error(`the labels do not hold ${part}: ${zpl}`);
      }
    },
  },
  {
    name: 'Print on a plain printer',
    keysMax: 2,
    async run(bench) {
      const before = bench.page.url();
      await bench.press('Tab', 'Enter');
      const file = await bench.page.context().request.get(bench.page.url());
      const head = (await file.body()).subarray(0, 5).toString();
      expectText(head, /^%PDF-/, 'the file for the printer');
      await bench.open(`${before}?sheet=1`);
      await bench.sees('body', /Tester, Tess[^]*Tester, Tess/);
      await look(bench, 'label-sheet', { printed: true });
      await bench.open(before);
    },
  },
  {
    name: 'Sent twice, done once; find by name',
    keysMax: 9,
    async run(bench) {
      const ends = await bench.page.evaluate(sendAgain, seen.orders[0]);
      for (const end of ends) expectText(end, new RegExp(`/label/${seen.accession}$`), 'it');
      // Had another accession come of it, the name would lead to a list.
      await find(bench, seen.family);
      await bench.sees('h1', 'Accession');
      await bench.sees('.patient', /Tester, Tess[^]*1980-02-29[^]*T4711/);
      await bench.press('l');
      await bench.sees('h1', 'Labels');
    },
  },
  {
    name: 'Collect',
    keysMax: 3,
    async run(bench) {
      await bench.press('c');
      await bench.expectFocus('#identified');
      await bench.sees('.patient', seen.record);
      await look(bench, 'collect-one');
      await bench.press('Space', 'Enter');
      await bench.sees('#flash', /Collected 2 specimens/);
      await look(bench, 'collect');
    },
  },
  {
    name: 'Reception has no review',
    keysMax: 2,
    async run(bench) {
      const before = bench.page.url();
      await bench.press('g', 'v');
      if (bench.page.url() !== before) throw new Error('g v led away');
      const stations = await bench.text('#stations');
      if (/review|instruments/i.test(stations)) throw new Error(`stations of others: ${stations}`);
      await bench.open('/review');
      await bench.sees('[data-refusal=NotPermitted]', /./);
      await look(bench, 'refused');
    },
  },
  { name: 'Sign out', keysMax: 6, run: signOut },
  {
    name: 'Receive by scanning',
    keysMax: 11,
    async run(bench) {
      await signIn(bench, 'ben');
      await goTo(bench, 'r', 'Receive');
      for (const label of seen.labels) {
        await bench.scan(label);
        await bench.sees('#flash', `Received ${label}`);
        await bench.sees('#received', label);
        await bench.expectFocus('#scan');
      }
    },
  },
  {
    name: 'A scan anywhere opens its accession',
    keysMax: 3,
    async run(bench) {
      await goTo(bench, 'b', 'Shift board');
      await bench.scan(seen.labels[1]);
      await bench.sees('h1', 'Accession');
      await bench.sees('.patient', seen.record);
    },
  },
  {
    name: 'Results arrive by themselves',
    keysMax: 0,
    async run(bench) {
      const same = await markPage(bench);
      await look(bench, 'accession-waiting');
      const all = async () => {
        const said = await rows(bench);
        return said.length > 15 && said.every((row) => /to verify|held|verified/i.test(row)) && said;
      };
      seen.results = await until(all, 'results on the accession page', INSTRUMENT_MS);
      if (!(await same())) throw new Error('the page was loaded anew');
      await bench.sees('#link', 'Live');
      await bench.sees('#journal', /XN-1000/);
      await look(bench, 'accession');
    },
  },
  {
    name: 'Tubes that do not fit',
    keysMax: 9,
    async run(bench) {
      await goTo(bench, 'r', 'Receive');
      await bench.scan(STRANGE);
      await bench.sees(`#side [data-scanned="${STRANGE}"]`, /./);
      await bench.expectFocus('#scan');
      await bench.scan(`${STRANGE.slice(0, 12)}${(Number(STRANGE[12]) + 1) % 10}`);
      await bench.sees('#side', /check digit/);
      const code = await bench.attribute(`#side [data-scanned="${STRANGE}"]`, 'data-refusal');
      if (code !== 'NoSuch') throw new Error(`an unknown tube is on the list as ${code}`);
      await look(bench, 'receive');
      await signOut(bench);
    },
  },
  {
    name: 'Sign in as an MLS',
    keysMax: 8,
    async run(bench) {
      await signIn(bench, 'cy');
      await look(bench, 'shift-board');
    },
  },
  {
    name: 'Verify what nothing holds',
    keysMax: 1,
    async run(bench) {
      await bench.scan(seen.labels[0]);
      await bench.sees('h1', 'Accession');
      await bench.press('a');
      await bench.sees('#flash', /Verified \d+ results of Tester, Tess/);
    },
  },
  {
    name: 'Open the patient report',
    keysMax: 1,
    async run(bench) {
      await releaseHeld(bench);
      await bench.press('p');
      await bench.sees('.status', /final/i);
      const text = await bench.text('body');
      for (const part of [/Tester, Tess/, /T4711/, /Hemoglobin 1?\d\.\d/, /Potassium \d\.\d/]) {
        expectText(text, part, 'the report');
      }
      for (const row of seen.results) {
        const value = row.match(/\d+(\.\d+)?/)[0];
        if (!text.includes(value)) throw new Error(`the report lacks ${value} of ${row}`);
        const flag = row.match(FLAG)?.[1];
        if (flag) expectText(text, new RegExp(`${value} ${flag} `), 'the report');
      }
      expectText(text, /12\.0–16\.0[^]*3\.5–5\.1/, 'the report');
      await look(bench, 'report', { printed: true });
    },
  },
  {
    name: 'See who did what, and when',
    keysMax: 0,
    async run(bench) {
      await bench.open(`/accession/${seen.accession}`);
      const story = await bench.text('#journal');
      const parts = [
        /ordered[^]*Amy Achterberg/i, /collected[^]*Amy Achterberg/i, /received[^]*Ben Okafor/i,
        /XN-1000/, /Chemistry 1/, /verified[^]*Cy Lindqvist/i, /released[^]*by the rule/i,
        /\d\d:\d\d:\d\d/,
      ];
      parts.forEach((part) => expectText(story, part, 'the journal'));
      await look(bench, 'journal');
    },
  },
];

/** Releases what is held of the accession on the page, each with a reason; mostly nothing is. */
async function releaseHeld(bench) {
  const held = (await rows(bench)).filter((row) => /\bheld\b/i.test(row)).length;
  for (let left = held; left > 0; left -= 1) {
    await walkTo(bench, /\bheld\b/i);
    await bench.press('v');
    await bench.sees('h1', 'Verify a held result');
    await bench.type('Repeated');
    await bench.press('Enter');
    await bench.sees('#flash', 'Verified');
  }
}
