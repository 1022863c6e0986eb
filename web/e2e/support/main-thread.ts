import type { Browser, Page } from 'playwright-core';

/** How much slower a phone is than this machine. */
const SLOWDOWN = 4;
/** What takes 100 ms is felt as at once. A third more, as the cores of the machines of tests differ by as much from day to day. */
const AT_ONCE_MS = 130;
/** A log that scrolls without a longer task, in milliseconds, does so smoothly: the goal is 50, and machines of tests have other work. */
const SMOOTH_MS = 70;

interface Trace {
  traceEvents: {
    name: string;
    ph: string;
    pid: number;
    tid: number;
    tdur?: number;
    args: { name?: string };
  }[];
}

/** The CPU time of the longest task of the page's main thread while `act` runs, in milliseconds: other processes do not change it. */
async function longestTask(browser: Browser, page: Page, act: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await act();
  // What follows in later frames.
  await page.waitForTimeout(200);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && pid === main?.pid && tid === main.tid);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
}

/** The same on a CPU that is four times as slow. */
export async function slowTask(browser: Browser, page: Page, act: () => Promise<void>): Promise<number> {
  return SLOWDOWN * (await longestTask(browser, page, act));
}

/** Takes three attempts before it fails: what is short once is not long by itself. */
async function isWithin(limitMs: number, measured: () => Promise<number>): Promise<void> {
  const all: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    all.push(await measured());
    if (all.at(-1)! <= limitMs) return;
  }
  throw new Error(`It takes ${all.join(', ')} ms.`);
}

export function isAtOnce(measured: () => Promise<number>): Promise<void> {
  return isWithin(AT_ONCE_MS, measured);
}

export function isSmooth(measured: () => Promise<number>): Promise<void> {
  return isWithin(SMOOTH_MS, measured);
}
