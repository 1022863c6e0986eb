export function median(values) {
  return quantile(values, 0.5);
}

/** The median of each figure over several runs. */
export function medians(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]));
}

/** The value that this share of the values does not exceed. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** One goal: what was measured, as a ratio (or in its own unit), and what it may be at most. */
export function goal(name, value, atMost) {
  return { name, value, atMost };
}
