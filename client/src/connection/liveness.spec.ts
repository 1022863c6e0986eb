import {
  ACTIVE_MS,
  PING_TIMEOUT_MS,
  GIVE_UP_MS,
  LivenessMonitor,
  QUIET_VISIBLE_MS,
  QUIET_MS,
} from './liveness.js';

/** A monitor of an open connection whose server answers pings after `answerMs` while it is up, and its reports. */
function setUp({ answerMs = 20 } = {}) {
  const network = { up: true, answerMs };
  const seen = { pings: 0, dead: 0, silent: [] as boolean[] };
  const monitor = new LivenessMonitor({
    ping() {
      seen.pings++;
      if (network.up) setTimeout(() => network.up && monitor.received(), network.answerMs);
    },
    onSilent: (isSilent) => seen.silent.push(isSilent),
    onDead: () => {
      seen.dead++;
      monitor.closed();
    },
    random: () => 0.5,
  });
  monitor.opened();
  return { monitor, network, seen };
}

const after = (ms: number) => jest.advanceTimersByTime(ms);

describe('LivenessMonitor', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reports a silent connection within 2 s when the user is active', () => {
    const { network, seen } = setUp();
    after(3_000);
    expect(seen.silent).toEqual([]);
    network.up = false;
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('reports a silent connection within 2 s of a request when the window was in the background for long', () => {
    const { monitor, network, seen } = setUp();
    monitor.setVisible(false);
    after(60_000);
    const { pings } = seen;
    network.up = false;
    after(60_000);
    expect(seen.pings).toBe(pings);
    monitor.pending(1);
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('reports a silent connection within 2 s of the first key when the user was inactive', () => {
    const { monitor, network, seen } = setUp();
    after(ACTIVE_MS * 2);
    network.up = false;
    after(100);
    monitor.userActive();
    after(2_000);
    expect(seen.silent).toEqual([true]);
  });

  it('reports a silent connection within 2 s on the next connection too when the reconnect took long', () => {
    for (const closedMs of [10, 1_000, 20_000]) {
      const { monitor, network, seen } = setUp();
      after(100);
      monitor.closed();
      after(closedMs);
      monitor.opened();
      network.up = false;
      monitor.userActive();
      after(2_000);
      expect(seen.silent).toEqual([true]);
    }
  });

  it('sends no ping when frames arrive', () => {
    const { monitor, seen } = setUp();
    for (let n = 0; n < 100; n++) {
      after(QUIET_MS / 2);
      monitor.received();
    }
    expect(seen).toMatchObject({ pings: 0, silent: [] });
  });

  it('pings less often when the window is only visible, and never when it is in the background', () => {
    const { monitor, seen } = setUp();
    after(ACTIVE_MS);
    seen.pings = 0;
    after(60_000);
    expect(seen.pings).toBeLessThanOrEqual(60_000 / QUIET_VISIBLE_MS);
    expect(seen.pings).toBeGreaterThan(0);
    monitor.setVisible(false);
    after(QUIET_VISIBLE_MS);
    seen.pings = 0;
    after(600_000);
    expect(seen.pings).toBe(0);
  });

  it('does not report a silent connection when a request takes long and pings are answered', () => {
    const { monitor, seen } = setUp();
    monitor.pending(1);
    after(60_000);
    expect(seen).toMatchObject({ silent: [], dead: 0 });
  });

  it('ends the silence and lengthens its timeout when a late answer arrives', () => {
    const { monitor, network, seen } = setUp();
    network.answerMs = PING_TIMEOUT_MS + 300;
    monitor.userActive();
    after(10_000);
    expect(seen.silent).toEqual([true, false]);
    expect(seen.dead).toBe(0);
  });

  it('reports a dead connection after a random time when it stays silent', () => {
    const { network, seen } = setUp();
    network.up = false;
    after(QUIET_MS + PING_TIMEOUT_MS + GIVE_UP_MS);
    expect(seen.dead).toBe(0);
    after(GIVE_UP_MS);
    expect(seen.dead).toBe(1);
    after(60_000);
    expect(seen.dead).toBe(1);
  });

  it('pings at once, and reports a dead connection after one timeout, when the network has changed', () => {
    const { monitor, network, seen } = setUp();
    monitor.networkChanged();
    after(PING_TIMEOUT_MS);
    expect(seen).toMatchObject({ silent: [], dead: 0 });
    network.up = false;
    monitor.networkChanged();
    after(PING_TIMEOUT_MS);
    expect(seen).toMatchObject({ silent: [true, false], dead: 1 });
  });

  it('does not report a silent connection when the process was suspended', () => {
    const { monitor, network, seen } = setUp();
    network.up = false;
    after(QUIET_MS + 10);
    // After a suspension the timer fires before the answer, which has arrived, is read.
    const now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now + 5_000);
    jest.advanceTimersToNextTimer();
    expect(seen.silent).toEqual([]);
    monitor.received();
    expect(seen.silent).toEqual([]);
    jest.restoreAllMocks();
  });
});
