import type { Me, ReportRoom, RoomSettings, Sharing, User } from '@parley/shared';
import type { Session } from '../auth/session';
import { getJson, patchJson, post, put, remove } from '../api/http';

/** From now on the other sees that messages arrive and are read, and the chat is among the others. */
export function acceptRequest(roomId: number): Promise<void> {
  return post(`/api/rooms/${roomId}/accept/`);
}

/** Removes the request; the other does not learn of it. */
export function declineRequest(roomId: number): Promise<void> {
  return post(`/api/rooms/${roomId}/decline/`);
}

export function reportRoom(roomId: number, report: ReportRoom): Promise<void> {
  return post(`/api/rooms/${roomId}/report/`, report);
}

export function blockUser(userId: number): Promise<void> {
  return post(`/api/users/${userId}/block/`);
}

export function unblockUser(userId: number): Promise<void> {
  return remove(`/api/users/${userId}/block/`);
}

export function listBlocked(): Promise<User[]> {
  return getJson<User[]>('/api/me/blocked/');
}

/** What the user shares where a chat does not say otherwise. */
export function getSharing(): Promise<Me> {
  return getJson<Me>('/api/me/');
}

export function changeSharing(change: Partial<Sharing>): Promise<Me> {
  return patchJson<Me>('/api/me/', change);
}

export function getRoomSettings(roomId: number): Promise<RoomSettings> {
  return getJson<RoomSettings>(`/api/rooms/${roomId}/settings/`);
}

export function changeRoomSettings(roomId: number, change: Partial<RoomSettings>): Promise<RoomSettings> {
  return patchJson<RoomSettings>(`/api/rooms/${roomId}/settings/`, change);
}

/** @param seconds after which new messages of the chat disappear, for both; null: never. */
export function setTimer(session: Session, roomId: number, seconds: number | null): Promise<void> {
  return put(session.urlOf(`/api/rooms/${roomId}/timer/`), { seconds });
}
