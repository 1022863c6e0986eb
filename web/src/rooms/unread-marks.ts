import { readLocal, writeLocal } from '../ui/local-json';

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
  return readLocal(keyOf(userId)) ?? {};
}

/** Where storage is blocked, the chat has no line where the mark was. */
function save(userId: number, marks: Marks): void {
  writeLocal(keyOf(userId), marks);
}
