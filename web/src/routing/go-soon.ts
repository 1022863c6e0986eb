import { batch } from 'solid-js';
import { answerFirst } from '../ui/answer-first';
import { parseRoute, roomIdOf } from './route';
import { markRoom, navigate, openRoomId } from './router';

let cancel: (() => void) | undefined;

/**
 * Goes to another page as `navigate` does. Where that is another room, the list says so first, in the next frame, and the room is
 * shown after it: to make its messages takes a slow device as long as a user notices, and who presses something is to see at
 * once that it was pressed. A second call in between takes the place of the first.
 */
export function goSoon(href: string): void {
  cancel?.();
  const url = new URL(href, location.href);
  const roomId = roomIdOf(parseRoute(url.pathname, url.search));
  const go = () =>
    batch(() => {
      markRoom(null);
      navigate(href);
    });
  if (roomId === null || roomId === openRoomId()) return go();
  markRoom(roomId);
  cancel = answerFirst(go);
}
