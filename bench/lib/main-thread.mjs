/**
 * What the page's main thread does while `act` runs: the CPU time of each task in milliseconds, which other processes do not
 * change.
 */
export async function mainThreadTasks(browser, page, act) {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  return traceEvents
    .filter(({ ph, pid, tid, tdur }) => ph === 'X' && pid === main.pid && tid === main.tid && tdur > 0)
    .map(({ tdur }) => tdur / 1_000);
}
