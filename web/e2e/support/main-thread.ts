import type { Browser, Page } from 'playwright-core';

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
export async function longestTask(browser: Browser, page: Page, act: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await act();
  // What follows in later frames.
  await page.waitForTimeout(200);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && pid === main?.pid && tid === main.tid);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
}

/**
 * Slows the CPU of the page down, and measures how long its interactions take until they are painted, by the Event Timing API.
 * @param act one interaction. @returns the median of several, in milliseconds: at least 16, which is the shortest that browsers report.
 */
export async function interactionMs(
  page: Page,
  slowdown: number,
  act: (time: number) => Promise<void>,
): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { interactions: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        if (entry.interactionId) seen.push(entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const durations: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    await page.evaluate(
      () => ((globalThis as unknown as { interactions: number[] }).interactions.length = 0),
    );
    await act(time);
    await page.waitForTimeout(400);
    const seen = await page.evaluate(
      () => (globalThis as unknown as { interactions: number[] }).interactions,
    );
    durations.push(Math.max(SHORTEST_MS, ...seen));
  }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.detach();
  return durations.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)]!;
}

const TIMES = 7;
const SHORTEST_MS = 16;
