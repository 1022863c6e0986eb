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

interface LogEventsOptions {
  model: LogModel;
  /** The name of the user, or of the other. */
  senderOf(isMine: boolean): string;
  /** The focus is in the row with this key; null for none. */
  onFocus(key: string | null): void;
  /** The user leaves the messages by key. */
  onLeave(): void;
}

/** Lets keys, pointer and focus do what they do in a log, the element with `role=log`. */
export function handleLogEvents(
  log: HTMLElement,
  { model, senderOf, onFocus, onLeave }: LogEventsOptions,
): void {
  const actions = messageActions();

  /** Without the actions, what is asked of them first happens when they are loaded, or a notice says why not. */
  function demandActions(event: MouseEvent | KeyboardEvent): void {
    if (actions.content()) return;
    event.preventDefault();
    const { target, type } = event;
    // Of the same kind: a context menu knows whether it was a finger.
    const Kind = event.constructor as new (type: string, init: Event) => Event;
    const again = new Kind(type, event);
    actions.demand(() => target?.dispatchEvent(again));
  }

  provideStep('messages', onLeave, () => !!document.activeElement?.closest('[role="log"]'));

  // Also for a user who does not come to the messages before the network goes.
  const timer = setTimeout(actions.prepare, PREPARE_MS);
  const untilCleanup = new AbortController();
  onCleanup(() => {
    clearTimeout(timer);
    untilCleanup.abort();
  });

  function on<K extends keyof HTMLElementEventMap>(
    type: K,
    handle: (event: HTMLElementEventMap[K]) => void,
  ): void {
    log.addEventListener(type, handle, untilCleanup);
  }

  on('pointerenter', actions.prepare);
  on('focusin', (event) => {
    onFocus(rowOf(event)?.dataset.bubble ?? null);
    actions.prepare();
  });
  on('keydown', (event) => {
    onLogKey(event, log, onLeave);
    if (!(event.target instanceof Element) || placeOf(event.target) !== 'messages') return;
    if (ACTING.some((id) => isKeyOf(id, event, 'messages'))) demandActions(event);
  });
  on('copy', (event) => actions.content()?.copyMessages(event, log, model, senderOf));
  on('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-action]')) demandActions(event);
  });
  on('contextmenu', (event) => {
    if (rowOf(event)) demandActions(event);
  });
}
