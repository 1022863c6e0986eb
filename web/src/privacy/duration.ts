const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A number of seconds in the largest unit of which it is a whole number. */
export function durationOf(seconds: number): { count: number; unit: (typeof UNITS)[number][0] } {
  const [unit, length] = UNITS.find(([, size]) => seconds % size === 0)!;
  return { count: seconds / length, unit };
}
