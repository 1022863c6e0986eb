/**
 * From which message on a chat is marked as unread, by room id, in this browser. The mark itself is on the server: it may have gone
 * meanwhile, and was perhaps set by a device that named no message.
 */
type Marks = Readonly<Record<number, number>>;

const keyOf = (userId: number) => `parley-unread-${userId}`;

/** Notes from which message on the user has marked a chat. */
export function setMark(userId: number, roomId: number, seq: number): void {
  save(userId, { ...load(userId), [roomId]: seq });
}

/** Forgets it. @returns the seq of the message; null when none is known. */
export function takeMark(userId: number, roomId: number): number | null {
  const { [roomId]: seq = null, ...others } = load(userId);
  if (seq !== null) save(userId, others);
  return seq;
}

function load(userId: number): Marks {
  try {
    return JSON.parse(localStorage.getItem(keyOf(userId)) ?? '{}') as Marks;
  } catch {
    // Storage is blocked: then the chat has no line where the mark was.
    return {};
  }
}

function save(userId: number, marks: Marks): void {
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify(marks));
  } catch {
    // As above.
  }
}
