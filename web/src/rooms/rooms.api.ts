import type { CreateRoom, Room } from '@parley/shared';
import { getJson, postJson } from '../api/http';
import type { Asker } from '../auth/asker';

export function listRooms(asker: Asker): Promise<Room[]> {
  return getJson<Room[]>(`/api/rooms/?${asker.query}`);
}

/** The room with that user: a new one, or the one that there is. */
export function createRoom(asker: Asker, userId: number): Promise<Room> {
  const body: CreateRoom = { user_id: userId, active_user_id: asker.user.id };
  return postJson<Room>('/api/rooms/create/', body);
}
