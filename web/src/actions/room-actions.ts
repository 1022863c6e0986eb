import type { ComposerMode } from '../messages/composer/composer-mode';
import type { RoomLog } from '../messages/log/room-log';
import { provideStep } from './ladder';
import { provideAction } from './provide';

interface RoomActionsOptions {
  mode: ComposerMode;
  log: RoomLog;
  field(): HTMLTextAreaElement | undefined;
  /** Up from an empty field. */
  onUp(): void;
}

/** The keys of an open chat. */
export function provideRoomActions({ mode, log, field, onUp }: RoomActionsOptions): void {
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
