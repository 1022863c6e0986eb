/** The tag of the notification of a chat: the browser shows one of each, whether a window or the service worker is its maker. */
export function tagOf(userId: number, roomId: number): string {
  return `parley-${userId}-${roomId}`;
}

/** What the service worker sends to a window of the user when a notification of a chat is clicked, with a port for any answer. */
export interface OpenRoom {
  type: 'open-room';
  user_id: number;
  room_id: number;
}
