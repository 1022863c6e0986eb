const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C in `npm start` comes twice, from the terminal and passed on by npm: one wish, not two. */
const ECHO_MS = 1_000;

/** Calls `onFirst` at the first signal to end, and `onSecond` at one that comes after that: someone is impatient. */
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
