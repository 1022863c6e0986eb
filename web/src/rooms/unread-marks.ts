import { createSignal } from 'solid-js';

/** The message from which on the user has marked each chat as unread, by room id, in this browser. */
type Marks = Readonly<Record<number, number>>;

/** Chats that are unread because the user says so: for the server, and for the other, they stay read. */
export interface UnreadMarks {
  has(roomId: number): boolean;
  set(roomId: number, seq: number): void;
  /** Removes the mark of a chat that is opened. @returns the seq of its message; null without a mark. */
  take(roomId: number): number | null;
}

export function createUnreadMarks(userId: number): UnreadMarks {
  const key = `parley-unread-${userId}`;
  const [marks, setMarks] = createSignal(load(key));

  function change(next: Marks): void {
    setMarks(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Blocked: then they last until the window is closed.
    }
  }

  return {
    has: (roomId) => roomId in marks(),
    set: (roomId, seq) => change({ ...marks(), [roomId]: seq }),
    take(roomId) {
      const { [roomId]: seq = null, ...others } = marks();
      if (seq !== null) change(others);
      return seq;
    },
  };
}

function load(key: string): Marks {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Marks;
  } catch {
    // As above.
    return {};
  }
}
