// The harness tried on a page of its own, so that a failure of the flows is never its fault.
//
// Each check plants what must be noticed: a missing label, a used pointer, a script error, too many
// keystrokes, a scan that arrives as a burst, an update that comes later by itself.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { sitDown } from './bench.mjs';
import { runFlows } from './flows.mjs';
import { look, violations } from './look.mjs';
import { addresses } from './program.mjs';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Self-test</title><link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; } :focus-visible { outline: 2px solid; }
  table { border-collapse: collapse; } td { padding: 4px 12px; }
</style></head><body><main>
<h1>Pending</h1>
<form id="form"><label for="find">Find</label> <input id="find" autocomplete="off"></form>
<p role="status" id="said"></p>
<table><caption>Worklist</caption><tbody>
<tr data-row tabindex="0"><td>K</td><td>4.1</td></tr>
<tr data-row tabindex="-1"><td>Na</td><td>140</td></tr></tbody></table>
</main><script>
  const said = document.getElementById('said'); const find = document.getElementById('find');
  const times = [];
  addEventListener('keydown', (e) => {
    if (e.key === '/') { e.preventDefault(); find.focus(); }
    if (e.key === 'j') document.querySelectorAll('[data-row]')[1].focus();
  });
  find.addEventListener('keydown', () => times.push(performance.now()));
  document.getElementById('form').addEventListener('submit', async (e) => {
    e.preventDefault();
    const pace = times.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : 0;
    const answer = await (await fetch('/slow')).text();
    said.textContent = find.value + ' ' + answer + (pace < 20 ? ' scanned' : ' typed');
    find.value = ''; times.length = 0;
  });
  new EventSource('/live').onmessage = (e) => { said.dataset.live = e.data; };
</script></body></html>`;

function serve(request, response) {
  if (request.url === '/live') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: later\n\n');
  } else if (request.url === '/slow') {
    setTimeout(() => response.end('received'), 120);
  } else if (request.url === '/unlabeled') {
    response.setHeader('content-type', 'text/html');
    response.end(PAGE.replace('<label for="find">Find</label>', ''));
  } else if (request.url === '/broken') {
    response.setHeader('content-type', 'text/html');
    response.end(PAGE.replace('const times', 'missing(); const times'));
  } else {
    response.setHeader('content-type', 'text/html');
    response.end(PAGE);
  }
}

const server = createServer(serve);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const bench = await sitDown(`http://127.0.0.1:${server.address().port}`);

test('the ready line gives its addresses', () => {
  const found = addresses('ready http=http://127.0.0.1:8080 astm=127.0.0.1:12001');
  assert.deepEqual(found, { http: 'http://127.0.0.1:8080', astm: '127.0.0.1:12001' });
});

test('keys and scans are counted, and the page is waited for', async () => {
  await bench.open('/');
  await bench.press('/');
  await bench.expectFocus('#find');
  await bench.scan('2632800001017');
  assert.match(await bench.text('[role=status]'), /^2632800001017 received scanned$/);
  await bench.type('abc');
  await bench.press('Enter');
  await bench.sees('[role=status]', 'abc received typed');
  await bench.press('Shift+Tab', 'j');
  assert.deepEqual(bench.takeCounts(), { keys: 7, scans: 1 });
  await bench.page.waitForFunction(() => document.querySelector('#said').dataset.live === 'later');
  await bench.expectNoFault();
});

test('a clean page passes and is photographed', async () => {
  await bench.open('/');
  await look(bench, 'self-test');
});

test('a field without a label is noticed', async () => {
  await bench.open('/unlabeled');
  assert.match((await violations(bench.page)).join('\n'), /label/);
});

test('a script error is noticed', async () => {
  await bench.open('/broken');
  await assert.rejects(bench.expectNoFault(), /missing is not defined/);
});

test('a text that never comes is named', async () => {
  await bench.open('/');
  await assert.rejects(bench.sees('h1', 'Review', 200), /h1 should say Review; it says: Pending/);
});

test('too many keystrokes fail a flow, and the rest is not reached', async () => {
  const flows = [
    { name: 'short', keysMax: 1, run: (b) => b.press('j') },
    { name: 'long', keysMax: 1, run: (b) => b.press('j', 'j') },
    { name: 'after', keysMax: 1, run: (b) => b.press('j') },
  ];
  const said = [];
  assert.equal(await runFlows(bench, flows, { say: (line) => said.push(line) }), 2);
  assert.match(said.join('\n'), /2 keystrokes, 1 is the most/);
  assert.match(said.join('\n'), /after .* not reached/);
});

test('a pointer is noticed', async () => {
  await bench.open('/');
  await bench.page.click('#find');
  await assert.rejects(bench.expectNoFault(), /a pointer was used/);
});

test.after(async () => {
  await bench.leave();
  server.closeAllConnections();
  server.close();
});
