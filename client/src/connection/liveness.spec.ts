import {
  ACTIVE_MS,
  ANSWER_MS,
  GIVE_UP_MS,
  LivenessMonitor,
  QUIET_IN_SIGHT_MS,
  QUIET_MS,
} from './liveness.js';

/** An open connection whose server answers pings after `answerMs` as long as it is up, and what became of it. */
function setUp({ answerMs = 20 } = {}) {
  const line = { up: true, answerMs };
  const seen = { pings: 0, dead: 0, silent: [] as boolean[] };
  const monitor = new LivenessMonitor({
    ping() {
      seen.pings++;
      if (line.up) setTimeout(() => line.up && monitor.received(), line.answerMs);
    },
    onSilent: (isSilent) => seen.silent.push(isSilent),
    onDead: () => {
      seen.dead++;
      monitor.closed();
    },
    random: () => 0.5,
  });
  monitor.opened();
  return { monitor, line, seen };
}

const after = (ms: number) => jest.advanceTimersByTime(ms);

describe('LivenessMonitor', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('says within 2 s that the connection is silent while the user is active', () => {
    const { line, seen } = setUp();
    after(3_000);
    expect(seen.silent).toEqual([]);
    line.up = false;
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('says it within 2 s of a request that is not answered, however long the window was in the background', () => {
    const { monitor, line, seen } = setUp();
    monitor.setInSight(false);
    after(60_000);
    const { pings } = seen;
    line.up = false;
    after(60_000);
    expect(seen.pings).toBe(pings);
    monitor.pending(1);
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('says it within 2 s of the first key when the user comes back to a dead connection', () => {
    const { monitor, line, seen } = setUp();
    after(ACTIVE_MS * 2);
    line.up = false;
    after(100);
    monitor.acted();
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('says it within 2 s for the next connection too, however long the reconnect took', () => {
    for (const closedMs of [10, 1_000, 20_000]) {
      const { monitor, line, seen } = setUp();
      after(100);
      monitor.closed();
      after(closedMs);
      monitor.opened();
      line.up = false;
      monitor.acted();
      after(2_000);
      expect(seen.silent).toEqual([true]);
    }
  });

  it('takes any frame as a sign of life, and asks nothing while frames come', () => {
    const { monitor, seen } = setUp();
    for (let n = 0; n < 100; n++) {
      after(QUIET_MS / 2);
      monitor.received();
    }
    expect(seen).toMatchObject({ pings: 0, silent: [] });
  });

  it('pings rarely when the user only has the window in sight, and never in the background', () => {
    const { monitor, seen } = setUp();
    after(ACTIVE_MS);
    seen.pings = 0;
    after(60_000);
    expect(seen.pings).toBeLessThanOrEqual(60_000 / QUIET_IN_SIGHT_MS);
    expect(seen.pings).toBeGreaterThan(0);
    monitor.setInSight(false);
    after(QUIET_IN_SIGHT_MS);
    seen.pings = 0;
    after(600_000);
    expect(seen.pings).toBe(0);
  });

  it('does not take a server for silent that is busy with a request and answers pings', () => {
    const { monitor, seen } = setUp();
    monitor.pending(1);
    after(60_000);
    expect(seen).toMatchObject({ silent: [], dead: 0 });
  });

  it('takes back what it said when something comes after all, and is patient with a slow network from then on', () => {
    const { monitor, line, seen } = setUp();
    line.answerMs = ANSWER_MS + 300;
    monitor.acted();
    after(10_000);
    expect(seen.silent).toEqual([true, false]);
    expect(seen.dead).toBe(0);
  });

  it('gives a silent connection up after a while, not all clients at the same time', () => {
    const { line, seen } = setUp();
    line.up = false;
    after(QUIET_MS + ANSWER_MS + GIVE_UP_MS);
    expect(seen.dead).toBe(0);
    after(GIVE_UP_MS);
    expect(seen.dead).toBe(1);
    after(60_000);
    expect(seen.dead).toBe(1);
  });

  it('asks at once and does not wait when the network has changed', () => {
    const { monitor, line, seen } = setUp();
    monitor.suspect();
    after(ANSWER_MS);
    expect(seen).toMatchObject({ silent: [], dead: 0 });
    line.up = false;
    monitor.suspect();
    after(ANSWER_MS);
    expect(seen).toMatchObject({ silent: [true, false], dead: 1 });
  });

  it('does not blame the network when the page itself stood still', () => {
    const { monitor, line, seen } = setUp();
    line.up = false;
    after(QUIET_MS + 10);
    // The answer is there, but the page slept: its timer fires before the answer is read.
    const now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now + 5_000);
    jest.advanceTimersToNextTimer();
    expect(seen.silent).toEqual([]);
    monitor.received();
    expect(seen.silent).toEqual([]);
    jest.restoreAllMocks();
  });
});
