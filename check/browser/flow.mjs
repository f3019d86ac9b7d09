// The teaching laboratory, by keyboard and scanner alone: one tube from order to report, and what
// happens beside the path.
//
// Each flow says in its name what the person at the bench wants, and how many keystrokes that may
// take. What must stay true: the instruments are the simulated ones, over their real connections;
// the counts are printed and kept beside the screenshots.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { around } from './around.mjs';
import { sitDown } from './bench.mjs';
import { runFlows } from './flows.mjs';
import { folder } from './look.mjs';
import { path } from './path.mjs';
import { patient } from './patient.mjs';
import { startDemo } from './program.mjs';
import { rules } from './rules.mjs';
import { screens } from './screens.mjs';
import { tubes } from './tubes.mjs';
import { web } from './web.mjs';
import { wires } from './wires.mjs';

/**
 * A quiet morning twenty times as fast: an instrument takes two seconds a tube, and the simulated
 * staff leave what waits alone for two minutes and more.
 */
const DAY = ['--days', '1', '--tubes', '120', '--speed', '20'];

const binary = process.env.MENISCUS_BINARY;
if (!binary) throw new Error('MENISCUS_BINARY names the program; `cargo xtask browser` sets it');
const program = await startDemo(binary, DAY);
// A few of them alone, by the names of their files: MENISCUS_FLOWS=web.
const parts = { path, around, rules, tubes, wires, screens, web, patient };
const named = process.env.MENISCUS_FLOWS?.split(',') ?? Object.keys(parts);
const flows = named.flatMap((name) => parts[name]);
let failed = flows.length;
try {
  const bench = await sitDown(program.http, { headed: process.argv.includes('--headed') });
  bench.mllp = program.mllp;
  const keep = (lines) =>
    writeFile(join(folder, 'keystrokes.json'), `${JSON.stringify(lines, null, 2)}\n`);
  failed = await runFlows(bench, flows, { keep }).finally(() => bench.leave());
  if (failed > 0) console.log(`the program's last words:\n${program.said.join('\n')}`);
} finally {
  await program.stop();
}
process.exit(failed > 0 ? 1 : 0);
