import type { ChangeRoomSettings } from '@parley/shared';
import { HttpError } from '../api/http';
import type { Session } from '../auth/session';
import { dismissNotice, showNotice } from '../ui/notices';
import { secondWords, words } from '../words/words';
import { changeRoomSettings } from './room-settings.api';
import { setMark, takeMark } from './unread-marks';

/** The notice about the last change of how a chat is kept. */
export const LISTING_NOTICE = 'chat-listing';

/** Changes how the user keeps a chat. A failure is said, with a button to try again. @returns whether it is done. */
export async function changeListing(
  session: Session,
  roomId: number,
  change: ChangeRoomSettings,
): Promise<boolean> {
  try {
    await changeRoomSettings(session, roomId, change);
    dismissNotice(LISTING_NOTICE);
    return true;
  } catch (error) {
    const isFull = error instanceof HttpError && error.problem?.code === 'too_many';
    const action = { label: words.tryAgain, run: () => void changeListing(session, roomId, change) };
    showNotice({
      id: LISTING_NOTICE,
      text: isFull ? secondWords.listing.tooManyPinned : secondWords.listing.failed,
      ...(isFull ? {} : { action }),
    });
    return false;
  }
}

/** Marks a chat as unread from this message on. Null: takes the mark away. */
export function markRoom(session: Session, roomId: number, seq: number | null): void {
  if (seq === null) takeMark(session.user.id, roomId);
  else setMark(session.user.id, roomId, seq);
  void changeListing(session, roomId, { marked_unread: seq !== null });
}
