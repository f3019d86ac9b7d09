// Looking at a screen: an automated accessibility check and screenshots, in light and dark, on a
// five-year-old laptop and on a 1080p monitor.
//
// What must stay true: any violation fails; the page is left as it was found.

import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Width and height of the window; a narrow one is looked at in light only. */
const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 420, height: 900 },
];
const SCHEMES = ['light', 'dark'];
/** WCAG 2.2 up to AA, and what its authors call best practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCREEN_TAGS = [...TAGS, 'best-practice'];
/** Largest acceptable cumulative layout shift; "good" ends at 0.1 (web.dev/articles/cls). */
const LAYOUT_SHIFT_MAX = 0.1;

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const axeSource = await readFile(axePath, 'utf8');
/** Where screenshots and counts are kept. */
export const folder =
  process.env.MENISCUS_SCREENS ?? fileURLToPath(new URL('../../target/screens', import.meta.url));
await mkdir(folder, { recursive: true });

/**
 * Looks at the page: screenshots in every size and scheme; fails with all that is wrong. A page
 * that is `printed` is a sheet of paper: light only, never narrow, without the rules for screens.
 */
export async function look(bench, name, { printed = false } = {}) {
  const { page } = bench;
  const before = page.viewportSize();
  const wrong = [];
  for (const colorScheme of printed ? ['light'] : SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const narrow = colorScheme === 'light' && !printed;
    for (const size of SIZES.filter(({ width }) => width > 1000 || narrow)) {
      await page.setViewportSize(size);
      await bench.settle();
      const file = `${name}-${colorScheme}-${size.width}x${size.height}.png`;
      await page.screenshot({ path: join(folder, file) });
      wrong.push(...(await overflow(page, `${name} ${colorScheme} ${size.width}`)));
    }
    await page.setViewportSize(before);
    const rules = colorScheme === 'dark' ? { type: 'rule', values: ['color-contrast'] } : undefined;
    const tags = { type: 'tag', values: printed ? TAGS : SCREEN_TAGS };
    const found = await violations(page, rules ?? tags);
    wrong.push(...found.map((line) => `${name} ${colorScheme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await bench.settle();
  const shift = await page.evaluate(() => window.layoutShift);
  if (shift > LAYOUT_SHIFT_MAX) wrong.push(`${name}: layout shift ${shift.toFixed(3)}`);
  if (wrong.length > 0) throw new Error([...new Set(wrong)].join('\n'));
}

/** Every violation that axe finds, one line for each node. */
export async function violations(page, runOnly = { type: 'tag', values: SCREEN_TAGS }) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const { violations: found } = await page.evaluate(
    async (only) => window.axe.run(document, { runOnly: only, resultTypes: ['violations'] }),
    runOnly,
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
  );
}

/** A page never scrolls sideways. */
async function overflow(page, where) {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  return over > 0 ? [`${where}: the page is ${over} px wider than the window`] : [];
}
