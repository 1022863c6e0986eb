import { onCleanup } from 'solid-js';
import { isKeyOf, placeOf } from '../../actions/key-listener';
import { provideStep } from '../../actions/ladder';
import type { ActionId } from '../../actions/table';
import { messageActions } from '../actions/load-message-actions';
import type { LogModel } from './log.model';
import { onLogKey } from './log.keyboard';
import { rowOf } from './row-of';

/** What can be done to a message is loaded this long after a chat was opened, in milliseconds, if not before. */
const PREPARE_MS = 20_000;

/** What keys on a row do to its message. */
const ACTING = [
  'messageMenu',
  'reply',
  'edit',
  'react',
  'delete',
  'undoDelete',
] as const satisfies readonly ActionId[];

/** The element with `role=log`, or one in it. */
type InLog<E extends Event> = E & { currentTarget: HTMLElement; target: Element };

interface LogEventsOptions {
  model: LogModel;
  /** The name of the user, or of the other. */
  senderOf(isMine: boolean): string;
  /** The focus is in the row with this key; null for none. */
  onFocus(key: string | null): void;
  /** The user leaves the messages by key. */
  onLeave(): void;
}

/** What keys, pointer and focus do in a log. */
export function createLogEvents({ model, senderOf, onFocus, onLeave }: LogEventsOptions) {
  const actions = messageActions();

  /** Without the actions, what is asked of them first happens when they are loaded, or a notice says why not. */
  function demandActions(event: InLog<MouseEvent | KeyboardEvent>): void {
    if (actions.content()) return;
    event.preventDefault();
    const { target, type } = event;
    // Of the same kind: a context menu knows whether it was a finger.
    const Kind = event.constructor as new (type: string, init: Event) => Event;
    const again = new Kind(type, event);
    actions.demand(() => target.dispatchEvent(again));
  }

  provideStep('messages', onLeave, () => !!document.activeElement?.closest('[role="log"]'));

  // Also for a user who does not come to the messages before the network goes.
  const timer = setTimeout(actions.prepare, PREPARE_MS);
  onCleanup(() => clearTimeout(timer));

  return {
    onPointerEnter: actions.prepare,
    onFocusIn(event: FocusEvent): void {
      onFocus(rowOf(event)?.dataset.bubble ?? null);
      actions.prepare();
    },
    onKeyDown(event: InLog<KeyboardEvent>): void {
      onLogKey(event, event.currentTarget, onLeave);
      if (
        ACTING.some((id) => isKeyOf(id, event, placeOf(event.target)) && placeOf(event.target) === 'messages')
      )
        demandActions(event);
    },
    onCopy: (event: InLog<ClipboardEvent>) =>
      actions.content()?.copyMessages(event, event.currentTarget, model, senderOf),
    onClick: (event: InLog<MouseEvent>) => event.target.closest('[data-action]') && demandActions(event),
    onContextMenu: (event: InLog<MouseEvent>) => rowOf(event) && demandActions(event),
  };
}
