import type { ChatState, ClientRoom } from '@parley/client';
import type { Message } from '@parley/shared';

/** What came into a room after the message `after`, from the other and not deleted since. */
export interface RoomNews {
  room: ClientRoom;
  messages: readonly Message[];
  /** Of them and those that are not loaded. */
  count: number;
}

/** Follows which messages are new: those that come while the page is there, never those that are loaded from before. */
export interface NewsReader {
  /** Reads a state. @returns whether there is something new. */
  read(state: ChatState): boolean;
  /** What is new since the last time, as it is now. */
  take(state: ChatState): RoomNews[];
}

export function createNewsReader(me: number): NewsReader {
  /** The newest message of each room that is no news any more, by room id. */
  const known = new Map<number, number>();
  const changed = new Set<number>();
  let before: ChatState['rooms'] | null = null;

  function afterOf({ room }: ClientRoom): number {
    // A room that appears later: what is unread in it is new.
    return known.get(room.id) ?? room.last_seq - room.unread_count;
  }

  return {
    read({ ready, rooms }) {
      if (!ready || rooms === before) return changed.size > 0;
      for (const room of Object.values(rooms)) {
        const { id, last_seq } = room.room;
        if (before === null) known.set(id, last_seq);
        else if (before[id] !== room && last_seq > afterOf(room)) {
          known.set(id, afterOf(room));
          changed.add(id);
        }
      }
      before = rooms;
      return changed.size > 0;
    },
    take({ rooms }) {
      const news = [...changed].flatMap((id) => {
        const room = rooms[id];
        if (!room) return [];
        const after = afterOf(room);
        const since = room.segments.live.messages.filter(({ seq }) => seq > after);
        const messages = since.filter((message) => message.sender.id !== me && message.deleted_at === null);
        // What is not loaded: of the other as far as it is unread.
        const missing = Math.max(
          0,
          Math.min(room.room.last_seq - after, room.room.unread_count) - since.length,
        );
        known.set(id, room.room.last_seq);
        return [{ room, messages, count: messages.length + missing }];
      });
      changed.clear();
      return news.filter(({ count }) => count > 0);
    },
  };
}
