import * as fc from 'fast-check';
import {
  MAX_RECONNECT_DELAY_MS,
  nextConnection,
  RESTART_SPREAD_MS,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-machine.js';

const open: ConnectionState = { name: 'open', attempt: 0 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

function closed(code: number, openMs = 0): ConnectionEvent {
  return { type: 'closed', code, openMs };
}

describe('nextConnection', () => {
  it('is open when hello arrives, not before', () => {
    const connecting = nextConnection({ name: 'idle' }, { type: 'start' }, 0);
    expect(connecting).toEqual({ name: 'connecting', attempt: 0 });
    expect(nextConnection(connecting, { type: 'hello' }, 0)).toEqual({ name: 'open', attempt: 0 });
  });

  it.each([
    [1008, 'policy'],
    [4401, 'unauthorized'],
    [4403, 'notAMember'],
    [4404, 'noSuchRoom'],
  ])('stops with a reason when the server closes with %i', (code, reason) => {
    const stopped = nextConnection(open, closed(code), 0.5);
    expect(stopped).toEqual({ name: 'stopped', reason });
    expect(nextConnection(stopped, { type: 'wake' }, 0)).toBe(stopped);
    expect(nextConnection(stopped, { type: 'start' }, 0).name).toBe('connecting');
  });

  it.each([1000, 1001, 1006, 1009, 1011, 1013])('reconnects when the server closes with %i', (code) => {
    expect(nextConnection(open, closed(code), 0.5).name).toBe('waiting');
  });

  it('reconnects after a random time up to five seconds when the server restarts', () => {
    fc.assert(
      fc.property(random, (chance) => {
        const delayMs = Math.floor(chance * RESTART_SPREAD_MS);
        expect(nextConnection(open, closed(1012), chance)).toEqual({ name: 'waiting', attempt: 1, delayMs });
      }),
    );
  });

  it('waits a random time below a limit that doubles up to twenty seconds when attempts fail', () => {
    fc.assert(
      fc.property(fc.nat(40), random, (attempt, chance) => {
        const next = nextConnection({ name: 'connecting', attempt }, closed(1006), chance);
        const ceiling = Math.min(MAX_RECONNECT_DELAY_MS, 500 * 2 ** attempt);
        expect(next).toEqual({
          name: 'waiting',
          attempt: attempt + 1,
          delayMs: Math.floor(chance * ceiling),
        });
      }),
    );
  });

  it('resets the number of failures when a socket was open for long', () => {
    const afterFailures: ConnectionState = { name: 'open', attempt: 9 };
    expect(nextConnection(afterFailures, closed(1006, 60_000), 0.999)).toEqual({
      name: 'waiting',
      attempt: 1,
      delayMs: 499,
    });
    expect(nextConnection(afterFailures, closed(1006, 10), 0.999)).toMatchObject({
      name: 'waiting',
      attempt: 10,
    });
  });

  it('reconnects at once when it is woken while it waits', () => {
    const waiting: ConnectionState = { name: 'waiting', attempt: 3, delayMs: 9_000 };
    expect(nextConnection(waiting, { type: 'wake' }, 0)).toEqual({ name: 'connecting', attempt: 3 });
    for (const state of [open, { name: 'connecting', attempt: 1 }, { name: 'idle' }] as const) {
      expect(nextConnection(state, { type: 'wake' }, 0)).toBe(state);
    }
  });

  it('ignores a socket that closes after a stop', () => {
    const idle = nextConnection(open, { type: 'stop' }, 0);
    expect(nextConnection(idle, closed(1006), 0)).toBe(idle);
  });
});
