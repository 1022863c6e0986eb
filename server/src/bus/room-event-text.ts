import type { RoomEvent } from './event-bus.js';

/** Lines of one event. JSON has no line breaks of its own (they are escaped in its strings). */
const LINES = 4;
const NOT_TOLD = '-';

/** An event as other servers get it: several may stand one behind the other. */
export function writeEvent({ roomId, users, open, extras, seq, exceptUser }: RoomEvent): string {
  const [forA, forB] = extras;
  return `${roomId} ${users[0]} ${users[1]} ${seq ?? ''} ${exceptUser ?? ''}\n${open}\n${forA ?? NOT_TOLD}\n${forB ?? NOT_TOLD}\n`;
}

/** @throws when it is none. */
export function* readEvents(text: string): Generator<RoomEvent> {
  const lines = text.split('\n');
  for (let i = 0; i + LINES < lines.length + 1 && lines[i] !== ''; i += LINES) {
    const [head = '', open = '', forA, forB] = lines.slice(i, i + LINES);
    const [roomId, a, b, seq, exceptUser] = head
      .split(' ')
      .map((part) => (part === '' ? undefined : Number(part)));
    if (!roomId || !a || !b || !open.startsWith('{') || forB === undefined) throw new Error('no event');
    yield { roomId, users: [a, b], open, extras: [told(forA), told(forB)], seq, exceptUser };
  }
}

function told(extra: string | undefined): string | null {
  return extra === undefined || extra === NOT_TOLD ? null : extra;
}
