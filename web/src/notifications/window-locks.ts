/** What the windows of a user in this browser know of one another, as locks (ui/locks.ts). */

/** The one window that notifies; every other waits for its turn. */
export const notifierLock = (userId: number) => `parley-notifier-${userId}`;
/** Held by each window that the user uses now. */
export const attentionLock = (userId: number) => `parley-attention-${userId}`;
/** Held by each window in which the user looks at the end of this chat. */
export const attendedLock = (userId: number, roomId: number) => `parley-attended-${userId}-${roomId}`;
