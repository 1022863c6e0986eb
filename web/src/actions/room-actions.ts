import { onCleanup, untrack } from 'solid-js';
import type { ComposerMode } from '../messages/composer/composer-mode';
import { insertText } from '../messages/composer/insert-text';
import type { RoomLog } from '../messages/log/room-log';
import { useChat } from '../realtime/chat.store';
import { openRoomId } from '../routing/router';
import { provideStep } from './ladder';
import { provideAction } from './provide';

/** An edit that was left with its chat. */
interface LeftEdit {
  message: number | string;
  /** Of the message, and as the user has changed it. */
  text: string;
  changed: string;
}

/** By user and chat: they go on when it is opened again. */
const leftEdits = new Map<string, LeftEdit>();

interface RoomActionsOptions {
  mode: ComposerMode;
  log: RoomLog;
  field(): HTMLTextAreaElement | undefined;
  /** Up from an empty field. */
  onUp(): void;
}

/** The keys of an open chat, and the edit that goes on in it. */
export function provideRoomActions({ mode, log, field, onUp }: RoomActionsOptions): void {
  goOnWithEdit(mode, field);
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

function goOnWithEdit(mode: ComposerMode, field: () => HTMLTextAreaElement | undefined): void {
  const key = `${useChat().me}/${untrack(openRoomId)}`;
  const left = leftEdits.get(key);
  leftEdits.delete(key);
  // What the composer does with it, it does at once only outside of an effect.
  if (left)
    queueMicrotask(() => {
      const element = field();
      if (!element || mode.current()?.kind === 'edit') return;
      mode.edit(left.message, left.text);
      element.select();
      insertText(element, left.changed);
    });
  onCleanup(() => {
    const current = mode.current();
    const element = field();
    if (current?.kind !== 'edit' || !element) return;
    leftEdits.set(key, { message: current.message, text: current.text, changed: element.value });
  });
}
