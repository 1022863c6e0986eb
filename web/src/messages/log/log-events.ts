import { onCleanup } from 'solid-js';
import type { Chunk } from '../../ui/chunk';
import type { MessageActionParts } from '../actions/load-message-actions';
import type { LogModel } from './log.model';
import { onLogKey } from './log.keyboard';
import { rowOf } from './row-of';

/** What can be done to a message is loaded this long after a chat was opened, in milliseconds, if not before. */
const PREPARE_MS = 20_000;

/** The element with `role=log`, or one in it. */
type InLog<E extends Event> = E & { currentTarget: HTMLElement; target: Element };

interface LogEventsOptions {
  model: LogModel;
  /** Loaded when the user comes to the messages. */
  actions: Chunk<MessageActionParts>;
  /** The name of the user, or of the other. */
  senderOf(isMine: boolean): string;
  /** The focus is in the row with this key; null for none. */
  onFocus(key: string | null): void;
  /** The user leaves the messages by key. */
  onLeave(): void;
}

/** What keys, pointer and focus do in a log. */
export function createLogEvents({ model, actions, senderOf, onFocus, onLeave }: LogEventsOptions) {
  // Also for a user who does not come to the messages before the network goes.
  const timer = setTimeout(actions.prepare, PREPARE_MS);
  onCleanup(() => clearTimeout(timer));

  return {
    onPointerEnter: actions.prepare,
    onFocusIn(event: FocusEvent): void {
      onFocus(rowOf(event)?.dataset.bubble ?? null);
      actions.prepare();
    },
    onKeyDown: (event: InLog<KeyboardEvent>) => onLogKey(event, event.currentTarget, onLeave),
    onCopy: (event: InLog<ClipboardEvent>) =>
      actions.content()?.copyMessages(event, event.currentTarget, model, senderOf),
    // Without the actions, the first menu comes when they are loaded, or a notice says why not.
    onContextMenu(event: InLog<MouseEvent>): void {
      if (actions.content() || !rowOf(event)) return;
      event.preventDefault();
      const { target } = event;
      actions.demand(() => target.dispatchEvent(new MouseEvent('contextmenu', event)));
    },
  };
}
