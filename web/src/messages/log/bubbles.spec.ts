import type { MessageTimer } from '@parley/shared';
import { arrange, confirmedBubble, statusOf, waitingBubble, type Bubble, type Row } from './bubbles';
import { withUnsent } from './with-unsent';
import { ME, ModelServer, PEER } from '@parley/client/testing';

const now = Date.UTC(2026, 0, 5);

const minute = (n: number) => new Date(2026, 0, 2, 10, n).toISOString();

function timerAt(after_seq: number, changed_at = minute(after_seq)): MessageTimer {
  return { seconds: 60, user_id: ME, changed_at, after_seq };
}

function bubble(change: Partial<Bubble> & { seq: number; minute?: number }): Bubble {
  const message = new ModelServer().send(PEER, null).message;
  const at = new Date(2026, 0, 2, 10, change.minute ?? change.seq).toISOString();
  return { ...confirmedBubble(message, ME), key: `m${change.seq}`, at, ...change };
}

function shape(rows: Row[]): string[] {
  return rows.map((row) => {
    if (row.kind !== 'bubble') return row.kind;
    return `${row.key}${row.isFirst ? ' first' : ''}${row.isLast ? ' last' : ''}`;
  });
}

/** The rows of messages with these seqs, with a timer among them. */
function place(seqs: number[], timer: MessageTimer, unreadAfter: number | null = null): string[] {
  const bubbles = seqs.map((seq) => bubble({ seq }));
  return shape(arrange(bubbles, unreadAfter, now, timer)).map((row) => row.split(' ')[0]!);
}

describe('arrange', () => {
  it('puts messages of one sender within five minutes together', () => {
    const rows = arrange([bubble({ seq: 1 }), bubble({ seq: 2 }), bubble({ seq: 3, minute: 20 })], null, now);
    expect(shape(rows)).toEqual(['day', 'm1 first', 'm2 last', 'm3 first last']);
  });

  it('parts the two senders', () => {
    const rows = arrange([bubble({ seq: 1 }), bubble({ seq: 2, isMine: true })], null, now);
    expect(shape(rows)).toEqual(['day', 'm1 first last', 'm2 first last']);
  });

  it('starts every day with its name', () => {
    const nextDay = new Date(2026, 0, 3, 0, 1).toISOString();
    const rows = arrange([bubble({ seq: 1 }), bubble({ seq: 2, at: nextDay })], null, now);
    expect(shape(rows)).toEqual(['day', 'm1 first last', 'day', 'm2 first last']);
  });

  it('draws the line before the first new message of the other, once', () => {
    const bubbles = [
      bubble({ seq: 1 }),
      bubble({ seq: 2, isMine: true }),
      bubble({ seq: 3 }),
      bubble({ seq: 4 }),
    ];
    expect(shape(arrange(bubbles, 1, now))).toEqual([
      'day',
      'm1 first last',
      'm2 first last',
      'unread',
      'm3 first',
      'm4 last',
    ]);
  });

  describe('with a timer', () => {
    it('puts its change after the message at which it was made, and parts what stands there', () => {
      expect(shape(arrange([bubble({ seq: 1 }), bubble({ seq: 2 })], null, now, timerAt(1)))).toEqual([
        'day',
        'm1 first last',
        'timer',
        'm2 first last',
      ]);
      expect(place([1, 2], timerAt(2))).toEqual(['day', 'm1', 'm2', 'timer']);
      expect(place([1, 2], timerAt(0))).toEqual(['day', 'timer', 'm1', 'm2']);
    });

    it('puts it before new messages, and where messages have disappeared since', () => {
      expect(place([1, 2], timerAt(1), 1)).toEqual(['day', 'm1', 'timer', 'unread', 'm2']);
      expect(place([1, 2, 9], timerAt(5, minute(3)))).toEqual(['day', 'm1', 'm2', 'timer', 'm9']);
      expect(place([1, 2], timerAt(5, minute(3)))).toEqual(['day', 'm1', 'm2', 'timer']);
    });

    it('puts it before what is on its way', () => {
      const rows = arrange([bubble({ seq: 1 }), { ...bubble({ seq: 2 }), seq: null }], null, now, timerAt(1));
      expect(rows.map(({ kind }) => kind)).toEqual(['day', 'bubble', 'timer', 'bubble']);
    });

    it('shows it on its day', () => {
      expect(place([1], timerAt(1, new Date(2026, 0, 3).toISOString()))).toEqual([
        'day',
        'm1',
        'day',
        'timer',
      ]);
    });

    it('does not show it where its place lies above what is shown, nor without messages', () => {
      expect(place([8, 9], timerAt(5))).toEqual(['day', 'm8', 'm9']);
      expect(arrange([], null, now, timerAt(0))).toEqual([]);
    });
  });

  it('keeps the key of a message from the outbox to the room', () => {
    const entry = {
      kind: 'send',
      client_id: 'c1',
      room_id: 7,
      text: '',
      reply_to: null,
      created_at: '',
      status: 'waiting',
      reason: null,
      seq: null,
    } as const;
    const confirmed = new ModelServer().send(ME, 'c1').message;
    expect(waitingBubble(entry).key).toBe(confirmedBubble(confirmed, ME).key);
  });
});

const keysOf = (bubbles: Bubble[]) => bubbles.map(({ key }) => key);

describe('withUnsent', () => {
  const unsent = (key: string, at: number, status: 'waiting' | 'failed'): Bubble => ({
    ...bubble({ seq: 0, isMine: true }),
    key,
    seq: null,
    at: minute(at),
    outbox: { clientId: key, status, reason: null },
  });
  const confirmed = [bubble({ seq: 1 }), bubble({ seq: 4, isMine: true }), bubble({ seq: 6 })];

  it('keeps what was refused among the messages of its time, and what waits at the end', () => {
    const outbox = [unsent('refused', 3, 'failed'), unsent('waits', 2, 'waiting')];
    expect(keysOf(withUnsent(confirmed, outbox, 0))).toEqual(['m1', 'refused', 'm4', 'm6', 'waits']);
  });

  it('knows that the clock of this device is ahead of the server', () => {
    const refused = unsent('refused', 5, 'failed');
    expect(keysOf(withUnsent(confirmed, [refused], 2 * 60_000))).toEqual(['m1', 'refused', 'm4', 'm6']);
  });

  it('does not move the change of a timer before older messages', () => {
    const bubbles = withUnsent(confirmed, [unsent('refused', 3, 'failed')], 0);
    const rows = shape(arrange(bubbles, null, now, timerAt(5))).map((row) => row.split(' ')[0]);
    expect(rows).toEqual(['day', 'm1', 'refused', 'm4', 'timer', 'm6']);
  });
});

describe('statusOf', () => {
  it('follows the marks of the other', () => {
    const statuses = [1, 2, 3].map((seq) =>
      statusOf(bubble({ seq, isMine: true }), { read: 1, delivered: 2 }),
    );
    expect(statuses).toEqual(['read', 'delivered', 'sent']);
  });

  it.each([
    ['waiting', 'sending'],
    ['sent', 'sent'],
    ['failed', 'failed'],
  ] as const)('shows what is %s as %s', (status, text) => {
    const outbox = { clientId: 'c1', status, reason: null };
    expect(statusOf(bubble({ seq: 1, outbox }), { read: 9, delivered: 9 })).toBe(text);
  });
});
