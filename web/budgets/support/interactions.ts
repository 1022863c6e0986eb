import type { BrowserContext, Page } from 'playwright-core';
import { median } from './goals';
import { openReference, pressReference, SLOWDOWN } from './reference';

/** Until the next paint has been reported, in milliseconds. */
const REPORTED_MS = 300;
/** The browser reports no shorter interaction, in milliseconds. */
const SHORTEST_MS = 16;
/** What the reference takes at least on the machine of docs/performance.md, in milliseconds. */
export const REFERENCE_MS = 56;

interface Presses {
  presses: number[];
}

/** In the page: how long each interaction takes to the next paint, as Interaction to Next Paint (INP) has it. */
function watchPresses(shortest: number): void {
  const presses: number[] = [];
  Object.assign(window, { presses });
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries() as (PerformanceEntry & {
      interactionId: number;
    })[])
      if (interactionId) presses.push(duration);
  }).observe({ type: 'event', durationThreshold: shortest } as PerformanceObserverInit);
}

/** What a user does in a page on a slow CPU, by the Event Timing of the browser. */
export class Interactions {
  private constructor(
    readonly page: Page,
    private readonly reference: Page,
  ) {}

  /** Before the page of `context` is opened. */
  static async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(watchPresses, SHORTEST_MS);
  }

  static async of(page: Page): Promise<Interactions> {
    const context = page.context();
    const reference = await openReference(context);
    for (const each of [page, reference]) {
      const devtools = await context.newCDPSession(each);
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    }
    await page.bringToFront();
    return new Interactions(page, reference);
  }

  /** How long the longest interaction of `act` takes to the next paint, in milliseconds. */
  async longest(act: (page: Page) => Promise<void>, page = this.page): Promise<number> {
    await take(page);
    await act(page);
    await page.waitForTimeout(REPORTED_MS);
    return Math.max(SHORTEST_MS, ...(await take(page)));
  }

  /** The same of the reference, the median of so many presses. */
  async referenceMs(times: number): Promise<number> {
    await this.reference.bringToFront();
    const all: number[] = [];
    for (let n = 0; n < times; n++) all.push(await this.longest(pressReference, this.reference));
    await this.page.bringToFront();
    if (median(all) === SHORTEST_MS) throw new Error('The browser reports no interactions.');
    return median(all);
  }
}

function take(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Presses).presses.splice(0));
}
