/** When a message was sent, in milliseconds since 1970. */
export interface Sent {
  seq: number;
  time: number;
}

/** Consecutive messages, oldest first, with `seq` among them. */
type MessagesAround = (seq: number) => Promise<readonly Sent[]>;

/**
 * The seq of the first message from `first` to `last` that was sent at `time` (milliseconds) or later; the last one when all are
 * older. Messages are in the order of their times, but for a clock that was set. It guesses by how far the time is between two known
 * ones, and halves what is left every other time: 4 or 5 requests for 100,000 messages, and 20 at most.
 */
export async function seqAt(
  time: number,
  first: number,
  last: number,
  messagesAround: MessagesAround,
): Promise<number> {
  /** What is before `low` is older; `high` is not, or is after the last one. */
  let low = first;
  let high = last + 1;
  let older: Sent | null = null;
  let later: Sent | null = null;
  for (let isHalving = false; low < high; isHalving = !isHalving) {
    const middle = Math.floor((low + high) / 2);
    const guess = isHalving || !older || !later ? middle : between(older, later, time);
    const around = await messagesAround(Math.min(Math.max(guess, low), high - 1));
    const messages = around.filter(({ seq }) => low <= seq && seq < high);
    const found = messages.find((message) => message.time >= time);
    const [oldest, newest] = [messages[0], messages.at(-1)];
    if (!oldest || !newest) throw new Error('There is no message.');
    if (!found) {
      older = newest;
      low = newest.seq + 1;
    } else if (found !== oldest || found.seq <= low) {
      return found.seq;
    } else {
      later = found;
      high = found.seq;
    }
  }
  return Math.min(low, last);
}

function between(older: Sent, later: Sent, time: number): number {
  const part = (time - older.time) / (later.time - older.time || 1);
  return Math.round(older.seq + part * (later.seq - older.seq));
}
