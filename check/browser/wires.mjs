// What an instrument sends before its tube is here, and what it sends in other characters: seen,
// told, settled by keys alone.
//
// What must stay true: each flow begins on whatever page the one before left, signed in as a
// supervisor; the readings come over a connection of the laboratory's own kind.

import { expectText, goTo, orderAndCollect, until, walkTo } from './hands.mjs';
import { sendAnalyte, sendPotassium, strangeNumber } from './instrument.mjs';
import { look } from './look.mjs';
import { seen } from './path.mjs';

/** Waits on the Instruments screen until a list says a text; brings in what arrived meanwhile. */
async function listed(bench, selector, text) {
  const says = async () => {
    if (await bench.page.locator('.wait').count()) await bench.press('u');
    return text.test(await bench.text(selector));
  };
  await until(says, `${selector} says ${text}`);
}

/** Opens an instrument from its list, which stands above the one that has the focus. */
async function openInstrument(bench, name) {
  for (let back = 0; back < 20 && !(await bench.hasFocus('#instruments')); back += 1) {
    await bench.press('Shift+Tab');
  }
  await walkTo(bench, name);
  await bench.press('Enter');
}

export const wires = [
  {
    name: 'A reading before its tube is here',
    keysMax: 25,
    async run(bench) {
      seen.early = await orderAndCollect(bench, seen.record, 'ld');
      const sent = sendAnalyte(bench.mllp, seen.early, ['14804-9', 'LD', '180', 'U/L']);
      expectText(await sent, /MSA\|AA/, 'the answer');
      await goTo(bench, 'i', 'Instruments');
      await listed(bench, '#unclaimed', new RegExp(`${seen.early}[^]*has not been received`));
      expectText(await bench.text('#unclaimed'), /Receive the specimen, then read them again/, 'it');
      await look(bench, 'instruments-waiting');
    },
  },
  {
    name: 'Receive it, and read again what came',
    keysMax: 24,
    async run(bench) {
      await goTo(bench, 'r', 'Receive');
      await bench.scan(seen.early);
      await bench.sees('#flash', `Received ${seen.early}`);
      await goTo(bench, 'i', 'Instruments');
      await walkTo(bench, new RegExp(seen.early));
      await bench.press('a');
      await bench.sees('h1', /Read again/);
      await look(bench, 'unclaimed-replay');
      await bench.type('tube is here');
      await bench.press('Enter');
      await bench.sees('#flash', /read again and filed/i);
      if ((await bench.text('#unclaimed')).includes(seen.early)) throw new Error('it still waits');
      await bench.scan(seen.early);
      await bench.sees('main', /\b180\b/);
    },
  },
  {
    name: 'A message in other characters is told',
    keysMax: 4,
    async run(bench) {
      const number = strangeNumber('999905550002');
      const name = Buffer.from('Müller^Jörg', 'latin1');
      expectText(await sendPotassium(bench.mllp, number, '4.4', name), /MSA\|AA/, 'the answer');
      await goTo(bench, 'i', 'Instruments');
      await listed(bench, '#troubled', /understood in part/);
      await look(bench, 'instruments-troubled');
      const at = await bench.attribute('#troubled a[href^="/message/"]', 'href');
      await bench.open(at);
      await bench.sees('main', /not UTF-8[^]*set the character set of the instrument/);
      await look(bench, 'message-characters');
    },
  },
  {
    name: 'Set its characters and its silence',
    keysMax: 40,
    async run(bench) {
      await goTo(bench, 'i', 'Instruments');
      await openInstrument(bench, /Chemistry 1/);
      await bench.sees('h1', 'Chemistry 1');
      await bench.press('e');
      await bench.sees('h1', 'Change Chemistry 1');
      await bench.tabTo('#characters');
      await bench.type('lat');
      await bench.tabTo('#silent');
      await bench.type('90');
      await look(bench, 'instrument-characters');
      await bench.tabTo('#reason');
      await bench.type('writes Latin-1');
      await bench.press('Enter');
      await bench.sees('#flash', /Chemistry 1 is changed/);
      await openInstrument(bench, /Chemistry 1/);
      await bench.sees('main', /latin-1[^]*90 minutes without a message/);
      await look(bench, 'instrument-set');
    },
  },
];
