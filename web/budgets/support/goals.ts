/** What is long once may be so by other work of the machine: a goal is missed when it is missed so many times in a row. */
const ATTEMPTS = 5;

/** A measurement, in milliseconds. */
export interface Measured {
  ms: number;
  /** The same of what does not change with Parley, in the same run. */
  referenceMs: number;
}

/**
 * Whether a goal is kept. The goals are for the machine of docs/performance.md: one that needs longer for the reference, because it is
 * slower or has other work, may need as many times longer for Parley.
 * @param referenceMs what the reference takes there at least.
 * @throws when it is not, with all measurements.
 */
export async function isKept(
  what: string,
  goalMs: number,
  referenceMs: number,
  measure: () => Promise<Measured>,
): Promise<void> {
  const all: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const measured = await measure();
    const limitMs = goalMs * Math.max(1, measured.referenceMs / referenceMs);
    all.push(
      `${measured.ms.toFixed()} of ${limitMs.toFixed()} ms (reference ${measured.referenceMs.toFixed()})`,
    );
    // oxlint-disable-next-line no-console -- With SHOW=1 its output is what the run is for (docs/testing.md).
    if (process.env.SHOW) console.log(what, all.at(-1));
    if (measured.ms <= limitMs) return;
  }
  throw new Error(`${what} takes longer than ${goalMs} ms: ${all.join(', ')}.`);
}

export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[values.length >> 1];
  if (middle === undefined) throw new Error('Nothing was measured.');
  return middle;
}
