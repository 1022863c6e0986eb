const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** With `npm start` one Ctrl-C arrives twice, from the terminal and from npm, within this time in milliseconds. */
const ECHO_MS = 1_000;

/** Calls `onFirst` at the first SIGINT, SIGTERM or SIGHUP, and `onSecond` at each later one that is not the same Ctrl-C. */
export function onSignals(onFirst: () => void, onSecond: () => void): void {
  let first: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        onFirst();
      } else if (Date.now() - first > ECHO_MS) {
        onSecond();
      }
    });
  }
}
