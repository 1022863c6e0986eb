import type { CreateRoom, Room } from '@parley/shared';
import { postJson } from '../api/http';
import type { Session } from '../auth/session';

/** The room with that user: a new one, or the one that there is. */
export function createRoom(session: Session, userId: number): Promise<Room> {
  const body: Partial<CreateRoom> = { user_id: userId, ...session.named };
  return postJson<Room>('/api/rooms/create/', body);
}
