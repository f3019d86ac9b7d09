// The technologist's bench: what is pending, results entered by hand, a differential counted, the
// open problems of the shift.
//
// What must stay true: the flows bring their own patient, so that they may be run alone; each
// begins on whatever page the one before left.

import { expectText, goTo, signIn, signOut } from './hands.mjs';
import { look } from './look.mjs';

/** The patient whom these flows bring, and the labels of her tubes. */
const brought = { record: 'W100', family: 'Bencher', labels: [], hematology: '' };

/** Goes to the page on which the results of a tube are entered, by scanning it. */
async function enterBy(bench, label) {
  await goTo(bench, 'e', 'Enter');
  await bench.scan(label);
  await bench.sees('.head', label);
}

/** Types into the field of a test, which is reached by going down. */
async function typeFor(bench, code, text) {
  for (let down = 0; down < 40; down += 1) {
    const at = await bench.page.evaluate(() => document.activeElement?.ariaLabel ?? '');
    if (at.startsWith(`Result of ${code}`)) return bench.type(text);
    await bench.press('ArrowDown');
  }
  throw new Error(`no field for ${code}`);
}

export const web = [
  {
    name: 'Bring blood and urine to the bench',
    keysMax: 80,
    async run(bench) {
      await bench.open('/');
      await signIn(bench, 'ben');
      await goTo(bench, 'o', 'Order');
      const typed = [brought.record, brought.family, 'Ida', '1971-06-05', 'F', 'cbc mdiff esr uhcg', 'S'];
      for (const text of typed) {
        await bench.type(text);
        await bench.press('Tab');
      }
      await bench.type('Dr Ray');
      await bench.press('Enter');
      await bench.sees('#flash', /Ordered \d+ tests/);
      const labels = await bench.page.locator('[data-label]').all();
      brought.labels = await Promise.all(labels.map((label) => label.getAttribute('data-label')));
      await bench.press('c', 'Space', 'Enter');
      await bench.sees('#flash', /Collected/);
      await goTo(bench, 'r', 'Receive');
      for (const label of brought.labels) {
        await bench.scan(label);
        await bench.sees('#flash', `Received ${label}`);
      }
    },
  },
  {
    name: 'What is pending on my bench?',
    keysMax: 8,
    async run(bench) {
      await goTo(bench, 'w', 'Pending');
      await look(bench, 'pending');
      await bench.press(']');
      await bench.sees('.head', 'Hematology');
      await bench.sees('#pending tr[data-row]', /STAT[^]*Bencher/);
      const first = (await bench.text('#pending tr[data-row]')).split('\n')[0];
      expectText(first, /STAT/, 'the first row');
      await look(bench, 'pending-hematology');
    },
  },
  {
    name: 'Enter a result, refused once',
    keysMax: 40,
    async run(bench) {
      for (const label of brought.labels) {
        await enterBy(bench, label);
        if (/ESR/.test(await bench.text('#entries'))) brought.hematology = label;
        if (brought.hematology) break;
      }
      await bench.expectFocus('[data-entry]');
      await typeFor(bench, 'ESR', 'fast');
      await bench.press('Control+Enter');
      await bench.sees('#flash', 'Nothing was filed');
      await bench.sees('td .error', /number such as/);
      await bench.expectFocus('[data-entry][aria-invalid]');
      await look(bench, 'enter-refused');
      await bench.press('Control+a');
      await bench.type('12');
      await bench.sees('#judged', /ESR[^]*12/);
      await look(bench, 'enter');
      await bench.press('Control+Enter');
      await bench.sees('#flash', 'Filed ESR');
    },
  },
  {
    name: 'Count a differential',
    keysMax: 110,
    async run(bench) {
      if (await bench.hasFocus('input')) await bench.press('Escape');
      await bench.press('d');
      await bench.sees('h1', 'Differential');
      await look(bench, 'differential');
      await bench.type(`${'s'.repeat(61)}${'l'.repeat(28)}nn${'m'.repeat(7)}`);
      await bench.press('Backspace');
      await bench.type('eeea');
      await bench.sees('#counted', /99 of 100/);
      await bench.press('b');
      await bench.sees('#counted', /100 of 100/);
      await look(bench, 'differential-counted');
      await bench.expectFocus('button.first');
      await bench.press('Enter');
      await bench.sees('#flash', 'Filed 12 results');
    },
  },
  {
    name: 'Choose an answer by its first letter',
    keysMax: 12,
    async run(bench) {
      await goTo(bench, 'e', 'Enter');
      await look(bench, 'enter-choose');
      await bench.type('uhcg');
      await bench.press('Enter');
      await bench.sees('#entries', brought.family);
      await bench.press('p');
      const shown = await bench.page.locator('[data-entry]').first().inputValue();
      expectText(shown, /^Positive$/, 'the field');
      await look(bench, 'enter-test');
      await bench.press('Control+Enter');
      await bench.sees('#flash', 'Filed UHCG');
    },
  },
  {
    name: 'The open problems of the shift',
    keysMax: 9,
    async run(bench) {
      await goTo(bench, 'b', 'Shift board');
      await bench.sees('#turnaround', /Hematology/);
      await look(bench, 'shift-board');
      await signOut(bench);
    },
  },
];
