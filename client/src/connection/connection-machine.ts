import { CLOSE_CODES } from '@parley/shared';

type CloseCodes = typeof CLOSE_CODES;

/** Why the client does not reconnect: the name of a close code that forbids it. */
export type StopReason = {
  [Name in keyof CloseCodes]: CloseCodes[Name]['reconnect'] extends false ? Name : never;
}[keyof CloseCodes];

/**
 * State of the client's socket:
 *
 *     idle ──start──▶ connecting ──hello──▶ open
 *                      ▲      │               │
 *           due / wake │      └────closed─────┤
 *                      │                      ▼
 *                   waiting ◀──── closed, may reconnect
 *
 *     any ──stop──▶ idle        any ──closed, must not reconnect──▶ stopped ──start──▶ connecting
 */
export type ConnectionState =
  | { name: 'idle' }
  | { name: 'connecting'; attempt: number }
  | { name: 'open'; attempt: number }
  | { name: 'waiting'; attempt: number; delayMs: number }
  | { name: 'stopped'; reason: StopReason };

export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'stop' }
  /** The first frame of the server has arrived. */
  | { type: 'hello' }
  | { type: 'closed'; code: number; openMs: number }
  /** The wait is over. */
  | { type: 'due' }
  /** The network is back, or the window has become visible. */
  | { type: 'wake' };

/** Upper end of the first wait before a reconnect, in milliseconds. It doubles with each failure (full jitter). */
export const FIRST_DELAY_MS = 500;
/** Limit of that upper end, in milliseconds. */
export const MAX_RECONNECT_DELAY_MS = 20_000;
/** After a restart of the server, clients reconnect after a random time up to this, in milliseconds. */
export const RESTART_SPREAD_MS = 5_000;
/** A socket that was open for this long, in milliseconds, resets the number of failures. */
export const STEADY_MS = 5_000;

const STOP_REASONS = (Object.keys(CLOSE_CODES) as (keyof CloseCodes)[]).filter(
  (name): name is StopReason => !CLOSE_CODES[name].reconnect,
);

/** The next state. Pure: chance comes in as `random`, a number from 0 up to 1. No wait is over `maxDelayMs`. */
export function nextConnection(
  state: ConnectionState,
  event: ConnectionEvent,
  random: number,
  maxDelayMs = MAX_RECONNECT_DELAY_MS,
): ConnectionState {
  switch (event.type) {
    case 'start':
      return state.name === 'idle' || state.name === 'stopped' ? { name: 'connecting', attempt: 0 } : state;
    case 'stop':
      return { name: 'idle' };
    case 'hello':
      return state.name === 'connecting' ? { name: 'open', attempt: state.attempt } : state;
    case 'closed':
      return afterClose(state, event, random, maxDelayMs);
    case 'due':
    case 'wake':
      return state.name === 'waiting' ? { name: 'connecting', attempt: state.attempt } : state;
  }
}

function afterClose(
  state: ConnectionState,
  { code, openMs }: { code: number; openMs: number },
  random: number,
  maxDelayMs: number,
): ConnectionState {
  if (state.name !== 'connecting' && state.name !== 'open') return state;
  const reason = stopReasonOf(code);
  if (reason) return { name: 'stopped', reason };
  if (code === CLOSE_CODES.restart.code) {
    return {
      name: 'waiting',
      attempt: 1,
      delayMs: Math.floor(random * Math.min(RESTART_SPREAD_MS, maxDelayMs)),
    };
  }
  const failed = openMs >= STEADY_MS ? 0 : state.attempt;
  const ceiling = Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** failed);
  return { name: 'waiting', attempt: failed + 1, delayMs: Math.floor(random * ceiling) };
}

function stopReasonOf(code: number): StopReason | null {
  for (const name of STOP_REASONS) if (CLOSE_CODES[name].code === code) return name;
  return null;
}
