/**
 * What the page's main thread does while `act` runs: the CPU time of each task in milliseconds, which other processes do not
 * change. Now and then Chromium gives more of it than the task took by the clock, which cannot be: then the clock counts.
 */
export async function mainThreadTasks(browser, page, act) {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  return traceEvents
    .filter(({ ph, pid, tid, tdur }) => ph === 'X' && pid === main.pid && tid === main.tid && tdur > 0)
    .map(({ dur, tdur }) => Math.min(dur, tdur) / 1_000);
}
