export function median(values) {
  return quantile(values, 0.5);
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
