// Flows and their report: each flow is a name, the most keystrokes it may take, and what is done.
//
// What must stay true: a failed flow ends the run (the next begins where it stopped), leaves a
// screenshot, and the closing line counts every flow.

import { join } from 'node:path';
import { folder } from './look.mjs';

/**
 * Runs flows on one bench, in order. A flow is `{ name, keysMax, run(bench) }`; keystrokes beyond
 * `keysMax` fail it. Says each line of its report, gives the lines to `keep`; returns the number
 * of failures.
 */
export async function runFlows(bench, flows, { say = console.log, keep = () => {} } = {}) {
  const lines = [];
  let failed = 0;
  for (const flow of flows) {
    if (failed > 0) {
      lines.push({ name: flow.name, result: 'not reached' });
      failed += 1;
      continue;
    }
    const start = performance.now();
    const result = await attempt(bench, flow);
    const seconds = (performance.now() - start) / 1000;
    failed += result === 'ok' ? 0 : 1;
    lines.push({ name: flow.name, keysMax: flow.keysMax, seconds, result, ...bench.counted });
  }
  await keep(lines);
  table(lines).forEach((line) => say(line));
  say(`\n${flows.length - failed} passed, ${failed} failed`);
  return failed;
}

async function attempt(bench, flow) {
  bench.takeCounts();
  bench.counted = undefined;
  try {
    await flow.run(bench);
    bench.counted = bench.takeCounts();
    await bench.expectNoFault();
    if (bench.counted.keys > flow.keysMax) {
      return `${bench.counted.keys} keystrokes, ${flow.keysMax} is the most`;
    }
    return 'ok';
  } catch (fault) {
    bench.counted ??= bench.takeCounts();
    const file = join(folder, 'failed.png');
    await bench.page.screenshot({ path: file }).catch(() => {});
    return `${fault.message}\n    at ${bench.page.url()}, see ${file}`;
  }
}

function table(lines) {
  const row = ({ name, keys = '', keysMax = '', scans = '', seconds = '', result }) =>
    [
      name.padEnd(38),
      ...[keys, keysMax, scans].map((count) => String(count).padStart(6)),
      (typeof seconds === 'number' ? seconds.toFixed(1) : seconds).padStart(8),
      ` ${result}`,
    ].join(' ');
  const head = { name: 'flow', keys: 'keys', keysMax: 'most', scans: 'scans', seconds: 'seconds' };
  return [{ ...head, result: 'result' }, ...lines].map(row);
}
