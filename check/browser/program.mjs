// The program under test: started on free ports with a teaching laboratory of its own, and
// stopped when the flows are done.
//
// What must stay true: nothing of one run is seen by the next, and no process outlives its test.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Longest time from start to the `ready` line. */
const READY_SECONDS_MAX = 60;
/** Longest time from SIGTERM to the end. */
const STOP_SECONDS_MAX = 10;

/**
 * Starts `meniscus demo` and waits for its `ready` line.
 * Gives `{ http, astm, mllp, said, stop }`; `stop` ends it and removes its folder.
 */
export async function startDemo(binary, extra = []) {
  const folder = await mkdtemp(join(tmpdir(), 'meniscus-browser-'));
  const ports = ['--http', '--astm', '--mllp'].flatMap((port) => [port, '127.0.0.1:0']);
  const words = ['demo', '--data', join(folder, 'laboratory'), ...ports, ...extra];
  const child = spawn(binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => keepLast(said, line));
  const ended = new Promise((resolve) => {
    child.once('error', (fault) => resolve(String(fault)));
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if ((await within(STOP_SECONDS_MAX, ended)) === undefined) {
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const gone = ended.then((how) => ({ gone: how }));
  const answer = await within(READY_SECONDS_MAX, Promise.race([readyLine(child.stdout), gone]));
  if (!answer || answer.gone) {
    await stop();
    const why = answer ? `it ended (${answer.gone})` : `nothing for ${READY_SECONDS_MAX} s`;
    throw new Error(`no \`ready\` line: ${why}\n${said.join('\n')}`);
  }
  return { ...answer, said, stop };
}

/** The addresses of `ready http=… astm=…`, by name. */
export function addresses(line) {
  const pairs = line.trim().split(/\s+/).slice(1).map((word) => word.split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name, address]) => [name, address]));
}

function readyLine(stream) {
  return new Promise((resolve) => {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve(addresses(line));
    });
  });
}

function keepLast(lines, line) {
  lines.push(line);
  if (lines.length > 40) lines.shift();
}

/** What a promise gives, or `undefined` when the time is up. */
function within(seconds, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
