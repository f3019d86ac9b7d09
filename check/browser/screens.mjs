// Every screen that the flows do not pass: opened by its address, looked at in every size and
// scheme, and searched for what keeps anybody from using it.
//
// What must stay true: a screen says in its heading what it is; nobody signs in or acts here.

import { expectText, signOut } from './hands.mjs';
import { look } from './look.mjs';
import { seen } from './path.mjs';

/** The first address on a page that begins so. */
async function first(bench, page, begins) {
  await bench.open(page);
  const address = await bench.attribute(`main a[href^="${begins}"]`, 'href');
  if (!address) throw new Error(`no address on ${page} begins with ${begins}`);
  return address;
}

/** Name of the picture, what the heading says, and where it is. */
const SCREENS = [
  ['journal-of-tube', 'Journal', () => `/journal?number=${seen.labels[0]}`],
  ['who-looked', 'Who looked', () => `/journal/looks?number=${seen.labels[0]}`],
  ['storage-place', /./, (bench) => first(bench, '/storage', '/storage/')],
  ['catalog', 'Catalog', () => '/catalog'],
  ['catalog-test', 'Potassium', () => '/catalog/test/K'],
  ['catalog-draft', 'Draft', () => '/catalog/draft'],
  ['people', 'People', () => '/people'],
  ['person', /./, (bench) => first(bench, '/people', '/people/')],
  ['who-may', 'Who may do what', () => '/may'],
  ['own-password', 'password', () => '/password'],
  ['instrument', /./, (bench) => first(bench, '/instruments', '/instrument/')],
  ['instrument-change', /./, async (b) => `${await first(b, '/instruments', '/instrument/')}/change`],
  ['instrument-map', 'Map a code', async (b) => `${await first(b, '/instruments', '/instrument/')}/map`],
  ['instrument-add', 'Connect an instrument', () => '/instruments/add'],
  ['message', 'Message', async (b) => first(b, await first(b, '/instruments', '/instrument/'), '/message/')],
];

export const screens = [
  ...SCREENS.map(([name, heading, where]) => ({
    name: `Look at: ${name}`,
    keysMax: 0,
    async run(bench) {
      await bench.open(await where(bench));
      expectText(await bench.text('h1'), heading instanceof RegExp ? heading : new RegExp(heading), 'it');
      await look(bench, name);
    },
  })),
  { name: 'Sign out as a supervisor', keysMax: 7, async run(bench) { await bench.open('/'); await signOut(bench); } },
];
