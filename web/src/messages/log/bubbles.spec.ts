import { arrange, confirmedBubble, statusOf, waitingBubble, type Bubble, type Row } from './bubbles';
import { ME, ModelServer, PEER } from '@parley/client/testing';

const now = Date.UTC(2026, 0, 5);

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
