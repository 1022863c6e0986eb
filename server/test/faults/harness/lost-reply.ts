import type { Fate, TcpProxy } from './tcp-proxy.js';

/** Lets the next statement of this name reach PostgreSQL, waits until it is committed, and loses the answer. */
export function cutReplyOf(statement: string): TcpProxy['inspect'] {
  let isDone = false;
  return (chunk, direction, link): Fate => {
    if (direction === 'up') {
      if (!isDone && chunk.includes(statement)) link.notes.add('doomed');
      return 'pass';
    }
    if (isDone || !link.notes.has('doomed')) return 'pass';
    isDone = chunk.includes(READY_FOR_QUERY);
    return isDone ? 'cut' : 'drop';
  };
}

/** The last of every answer: the transaction is over. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
