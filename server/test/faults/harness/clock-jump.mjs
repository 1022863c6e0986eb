// Imported into a server before its own code (NODE_OPTIONS=--import=…): every SIGUSR2 sets the wall clock as this
// process sees it to the next of these offsets. Timers and performance.now() go on evenly, as on a real machine.
const HOUR_MS = 3_600_000;
const OFFSETS = [HOUR_MS, -HOUR_MS, 0];
const RealDate = Date;

let jumps = 0;
let offsetMs = 0;

class JumpingDate extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + offsetMs);
    else super(...values);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
}

// A Proxy, because Date() without `new` is a call, which a class refuses.
globalThis.Date = new Proxy(JumpingDate, { apply: () => new JumpingDate().toString() });

process.on('SIGUSR2', () => {
  offsetMs = OFFSETS[jumps % OFFSETS.length];
  jumps += 1;
  process.stdout.write(`clock jump ${jumps}: ${offsetMs} ms off\n`);
});
