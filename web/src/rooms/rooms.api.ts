import type { Room } from '@parley/shared';
import { getJson } from '../api/http';
import type { Session } from '../auth/session';

export function listRooms(session: Session): Promise<Room[]> {
  return getJson<Room[]>(session.urlOf('/api/rooms/'));
}
