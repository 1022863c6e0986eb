import type { Browser, Page } from 'playwright-core';
import { isKept, median } from './goals';
import { openReference, pressReference, SLOWDOWN } from './reference';

/** What the reference takes at least on the machine of docs/performance.md, in milliseconds of such a CPU. */
const REFERENCE_MS = 30;
/** The reference is measured so often for each goal. */
const TIMES = 3;

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

/** One of the browser's. */
const threadOf = ({ pid, tid }: { pid: number; tid: number }) => `${pid} ${tid}`;

/** The main threads of the pages of a browser. */
export class MainThreads {
  private constructor(
    private readonly browser: Browser,
    private readonly reference: Page,
  ) {}

  static async of(browser: Browser): Promise<MainThreads> {
    return new MainThreads(browser, await openReference(await browser.newContext()));
  }

  /** Whether the longest task that `act` causes keeps a goal, in milliseconds, with a CPU four times as slow. */
  areFree(what: string, goalMs: number, act: () => Promise<void>): Promise<void> {
    return isKept(what, goalMs, REFERENCE_MS, async () => {
      const references: number[] = [];
      for (let n = 0; n < TIMES; n++)
        references.push(await this.#longestTask(() => pressReference(this.reference)));
      return { ms: await this.#longestTask(act), referenceMs: median(references) };
    });
  }

  /** The CPU time of the longest task while `act` runs, which other processes do not change, on that CPU. */
  async #longestTask(act: () => Promise<void>): Promise<number> {
    await this.browser.startTracing(undefined, { categories: ['toplevel', '__metadata'] });
    await act();
    // What follows in later frames.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { traceEvents } = JSON.parse((await this.browser.stopTracing()).toString()) as Trace;
    const mains = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
        .map(threadOf),
    );
    const tasks = traceEvents.filter((event) => event.ph === 'X' && mains.has(threadOf(event)));
    return SLOWDOWN * Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
  }
}
