import type { CreateRoom, Room } from '@parley/shared';
import { getJson, postJson } from '../api/http';
import type { Session } from '../auth/session';

export function listRooms(session: Session): Promise<Room[]> {
  return getJson<Room[]>(`/api/rooms/?${session.query}`);
}

/** The room with that user: a new one, or the one that there is. */
export function createRoom(session: Session, userId: number): Promise<Room> {
  const body: CreateRoom = { user_id: userId, active_user_id: session.user.id };
  return postJson<Room>('/api/rooms/create/', body);
}
