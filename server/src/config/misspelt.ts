/** In names shorter than this a wrong letter is no slip, because names of other programs differ by one (POST, SERVER_IP). */
const SHORT = 10;
/** One slip is allowed for this many letters, at least one. */
const LETTERS_PER_SLIP = 5;

/**
 * The setting of which `name` is probably a misspelling; undefined when it looks like the name of another program. The
 * environment has many of those, so only small differences count: letters missing, added, wrong or exchanged.
 */
export function meantBy(name: string, settings: Iterable<string>): string | undefined {
  const upper = name.toUpperCase();
  // One of several (REDIS_URL_2, PORT1): a name of its own.
  const withoutNumber = /^(.*?)_?\d+$/.exec(upper)?.[1];
  let nearest: string | undefined;
  let least = Infinity;
  for (const setting of settings) {
    if (setting === withoutNumber) return undefined;
    const most = Math.max(1, Math.floor(setting.length / LETTERS_PER_SLIP));
    if (Math.abs(setting.length - upper.length) > most) continue;
    const slips = slipsBetween(upper, setting, setting.length < SHORT ? 2 : 1);
    if (slips <= most && slips < least) [nearest, least] = [setting, slips];
  }
  return nearest;
}

/**
 * Letters to leave out, add, change or exchange with their neighbour (optimal string alignment distance).
 * @param wrong what a changed letter counts.
 */
function slipsBetween(a: string, b: string, wrong: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const options = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : wrong)];
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isExchanged) options.push((beforeLast[j - 2] ?? 0) + 1);
      row.push(Math.min(...options));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
