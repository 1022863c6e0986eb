import { untrack } from 'solid-js';
import type { ComposerMode } from '../messages/composer/composer-mode';
import { goOnWithEdit } from '../messages/composer/left-edits';
import type { RoomLog } from '../messages/log/room-log';
import { useChat } from '../realtime/chat.store';
import { openRoomId } from '../routing/router';
import { provideStep } from './ladder';
import { provideAction } from './provide';

interface RoomActionsOptions {
  mode: ComposerMode;
  log: RoomLog;
  field(): HTMLTextAreaElement | undefined;
  /** Up from an empty field. */
  onUp(): void;
}

/** The keys of an open chat, and the edit that goes on in it. */
export function provideRoomActions({ mode, log, field, onUp }: RoomActionsOptions): void {
  goOnWithEdit(`${useChat().me}/${untrack(openRoomId)}`, mode, field);
  provideAction('editNewest', onUp, () => field()?.value === '');
  provideStep(
    'mode',
    () => {
      field()?.focus();
      mode.end();
    },
    () => mode.current() !== null,
  );
  provideStep(
    'past',
    () => {
      log.scroll.goTo({ kind: 'end' });
      field()?.focus();
    },
    () => !log.scroll.isAtEnd(),
  );
}
