import type { ChangeRoomSettings, RoomSettings } from '@parley/shared';
import { patchJson } from '../api/http';
import type { Session } from '../auth/session';

/** Changes how the user keeps a chat. Every window of the user gets it as a frame, this one too. */
export function changeRoomSettings(
  session: Session,
  roomId: number,
  change: ChangeRoomSettings,
): Promise<RoomSettings> {
  return patchJson<RoomSettings>(session.urlOf(`/api/rooms/${roomId}/settings/`), change);
}
