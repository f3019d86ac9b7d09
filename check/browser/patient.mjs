// A patient from registration to merge, the directory, and an order as a whole: ordered with what
// belongs to it, doubted, collected by the wristband, cancelled and credited.
//
// What must stay true: each flow begins on whatever page the one before left; no patient stands in
// an address; what is read of a patient is read off the screen.

import { expectText, find, goTo, signIn, signOut } from './hands.mjs';
import { look } from './look.mjs';

const ADA = { record: 'Q471201', family: 'Quill', given: 'Ada', born: '1980-02-29', sex: 'F' };
const TWIN = { record: 'Q471202', family: 'Quil', given: 'Ada', born: '1980-02-28', sex: 'F' };
/** The accessions that were ordered, as the labels said. */
const ordered = [];

/** Fails where the address names a patient. */
async function expectUnnamed(bench) {
  const address = bench.page.url();
  for (const text of [ADA.record, TWIN.record, 'uil']) {
    if (address.includes(text)) throw new Error(`the address names a patient: ${address}`);
  }
}

/** Fills the patient and the tests of the order form that is on the page. */
async function order(bench, { record, family, given, born, sex }, tests) {
  for (const typed of [record, family, given, born, sex, tests]) {
    await bench.type(typed);
    await bench.press('Tab');
  }
}

/** What the labels said of the order that was just placed. */
async function placed(bench) {
  await bench.sees('#flash', /Ordered/);
  ordered.push((await bench.text('.head')).match(/\b\d{13}\b/)[0]);
}

/** Goes to a patient's page by any number, from any page. */
async function open(bench, number) {
  await find(bench, number);
  if (!/Patient/.test(await bench.text('h1'))) await bench.press('i');
  await bench.sees('h1', 'Patient');
}

/** Walks down, into whatever grid follows, to the row that says a text. */
async function standOn(bench, text) {
  for (let walked = 0; walked < 30; walked += 1) {
    if (text.test(await bench.text('table.lead tr.at'))) return;
    await bench.press('j');
  }
  throw new Error(`no row says ${text}`);
}

export const patient = [
  {
    name: 'Sign in, to keep patients',
    keysMax: 10,
    async run(bench) {
      await bench.open('/');
      await signIn(bench, 'dora');
      await bench.sees('h1', /./);
    },
  },
  {
    name: 'List a provider',
    keysMax: 30,
    async run(bench) {
      await goTo(bench, 'f', 'Directory');
      await bench.press('n');
      await bench.expectFocus('#name');
      await bench.type('Osei, Ama, MD');
      await bench.press('Tab');
      await bench.type('555-0101');
      await look(bench, 'directory-provider');
      await bench.press('Enter');
      await bench.sees('#flash', /Osei, Ama, MD is kept/);
      await look(bench, 'directory');
    },
  },
  {
    name: 'List a ward',
    keysMax: 45,
    async run(bench) {
      await bench.tabTo('a[href="/directory?of=location"]');
      await bench.press('Enter', 'n');
      await bench.expectFocus('#code');
      await bench.type('4B');
      await bench.press('Tab');
      await bench.type('Ward 4B');
      await bench.press('Enter');
      await bench.sees('#flash', /4B is kept/);
    },
  },
  {
    name: 'Order from a ward, new patient',
    keysMax: 90,
    async run(bench) {
      await goTo(bench, 'o', 'Order');
      await order(bench, ADA, 'bmp');
      await bench.press('Tab');
      await bench.type('osei, ama, md');
      await bench.tabTo('#location');
      await bench.type('4b');
      await bench.tabTo('#diagnoses');
      await bench.type('e119');
      await look(bench, 'order-beside');
      await bench.press('Enter');
      await placed(bench);
      await bench.press('a');
      await bench.sees('.said', /4B Ward 4B[^]*555-0101[^]*E11\.9/);
      await look(bench, 'accession-said');
    },
  },
  {
    name: 'A test for the other sex, with the reason',
    keysMax: 45,
    async run(bench) {
      await goTo(bench, 'o', 'Order');
      await bench.type(ADA.record);
      await bench.press('Enter');
      await bench.sees('.patient', ADA.record);
      await bench.expectFocus('#tests');
      await bench.type('psa');
      await bench.tabTo('#provider');
      await bench.type('Dr Ray');
      await bench.press('Enter');
      await bench.sees('[data-refusal=WrongSex]', /PSA is for men/);
      await bench.expectFocus('#reason');
      await look(bench, 'order-in-doubt');
      await bench.type('Urology');
      await bench.press('Enter');
      await placed(bench);
    },
  },
  {
    name: 'The patient by any number',
    keysMax: 60,
    async run(bench) {
      await open(bench, ADA.record);
      await expectUnnamed(bench);
      await bench.sees('#orders', new RegExp(`${ordered[1]}[^]*${ordered[0]}`));
      await bench.press('a');
      await bench.expectFocus('#value');
      await bench.type('INS-900777');
      await bench.tabTo('#reason');
      await bench.type('Card');
      await look(bench, 'patient-number');
      await bench.press('Enter');
      await bench.sees('#identifiers', /INS-900777/);
      await bench.scan('INS-900777');
      await bench.sees('h1', 'Patient');
      await expectUnnamed(bench);
    },
  },
  {
    name: 'A stay on the ward',
    keysMax: 30,
    async run(bench) {
      await bench.press('e');
      await bench.expectFocus('#number');
      await bench.type('E-700');
      await bench.tabTo('#location');
      await bench.type('4B');
      await look(bench, 'encounter');
      await bench.press('Enter');
      await bench.sees('#encounters', /E-700[^]*4B Ward 4B[^]*open/);
    },
  },
  {
    name: 'Correct a name',
    keysMax: 40,
    async run(bench) {
      await bench.press('m');
      await bench.expectFocus('#family');
      await bench.press('Tab', 'End');
      await bench.type(' M');
      await bench.tabTo('#reason');
      await bench.type('Card');
      await look(bench, 'patient-amend');
      await bench.press('Enter');
      await bench.sees('.patient', /Quill, Ada M/);
      await look(bench, 'patient');
    },
  },
  {
    name: 'What are the keys of the patient?',
    keysMax: 2,
    async run(bench) {
      await bench.press('?');
      const list = await bench.text('#keys-here');
      const keys = await bench.page.locator('main [data-key]').evaluateAll(
        (all) => all.map((one) => one.dataset.key),
      );
      for (const key of keys) expectText(list, new RegExp(`(^|\\s)${key}\\s`), `the key ${key}`);
      await bench.press('Escape');
    },
  },
  {
    name: 'Register a patient twice',
    keysMax: 70,
    async run(bench) {
      await goTo(bench, 'o', 'Order');
      await order(bench, TWIN, 'cbc');
      await bench.press('Tab');
      await bench.type('Dr Ray');
      await bench.press('Enter');
      await placed(bench);
    },
  },
  {
    name: 'Merge two registrations',
    keysMax: 50,
    async run(bench) {
      await open(bench, ADA.record);
      await bench.press('w');
      await bench.type(TWIN.record);
      await bench.press('Enter');
      await bench.sees('#both', /Q471201[^]*Q471202/);
      await bench.sees('#both', /differs/);
      await look(bench, 'merge');
      await bench.expectFocus('#reason');
      await bench.type('Same card');
      await bench.tabTo('#although');
      await bench.press('Space', 'Enter');
      await bench.sees('#flash', /Merged Q471202/);
      await bench.sees('#orders', ordered[2]);
      await look(bench, 'patient-merged');
      await find(bench, TWIN.record);
      await bench.sees('#flash', /was merged into Q471201/);
      await expectUnnamed(bench);
    },
  },
  {
    name: 'Undo the merge',
    keysMax: 40,
    async run(bench) {
      await standOn(bench, /Same card/);
      await bench.press('z');
      await bench.sees('h1', 'Undo a merge');
      await bench.expectFocus('#reason');
      await look(bench, 'unmerge');
      await bench.type('Cousins');
      await bench.press('Enter');
      await bench.sees('#flash', /Undid the merge: 1 order/);
      if ((await bench.text('#orders')).includes(ordered[2])) throw new Error('it did not go back');
    },
  },
  {
    name: 'Collect by the wristband',
    keysMax: 5,
    async run(bench) {
      await goTo(bench, 'c', 'Collect');
      await bench.sees('#places', /4B \d/);
      await look(bench, 'collect-places');
      await bench.open(`/collect/${ordered[0]}`);
      await bench.scan(TWIN.record);
      await bench.sees('[data-refusal=OtherWristband]', /Stop/);
      await look(bench, 'wristband-wrong');
      await bench.scan(ADA.record);
      await bench.sees('#wristband', ADA.record);
      const tube = (await bench.text('form#collecting')).match(/\b\d{13}\b/)[0];
      await bench.scan(tube);
      await bench.sees('form#collecting', /scanned/);
      await look(bench, 'wristband');
      await bench.press('Enter');
      await bench.sees('#flash', /Collected 1 specimen/);
    },
  },
  {
    name: 'Cancel a whole order',
    keysMax: 4,
    async run(bench) {
      await bench.open(`/accession/${ordered[1]}`);
      await bench.press('w');
      await bench.expectFocus('#code');
      await bench.type('O');
      await look(bench, 'order-cancel');
      await bench.press('Control+Enter');
      await bench.sees('#flash', /Cancelled 1 test/);
    },
  },
  {
    name: 'Credit what was cancelled',
    keysMax: 12,
    async run(bench) {
      await bench.press('f');
      await bench.expectFocus('#reason');
      await look(bench, 'order-credit');
      await bench.type('Not done');
      await bench.press('Enter');
      await bench.sees('.said', /Credited[^]*PSA/);
    },
  },
  {
    name: 'Find among several kinds of things',
    keysMax: 6,
    async run(bench) {
      await find(bench, 'os');
      await bench.sees('#listed', /Osei, Ama, MD[^]*555-0101/);
      await look(bench, 'find-directory');
    },
  },
  {
    name: 'Sign out, patients kept',
    keysMax: 8,
    async run(bench) {
      await signOut(bench);
    },
  },
];
