import { createEffect, createMemo, createSignal, on, onCleanup, Show, untrack } from 'solid-js';
import type { ClientRoom, MessageKey } from '@parley/client';
import { quoteOf, type Message, type User } from '@parley/shared';
import { provideAction } from '../../actions/provide';
import { useSession } from '../../auth/session';
import { useChat } from '../../realtime/chat.store';
import { openEmojiPicker } from '../../ui/emoji/open-emoji-picker';
import type { ComposerMode } from '../composer/composer-mode';
import type { Bubble } from '../log/bubbles';
import type { LogModel } from '../log/log.model';
import type { RoomLog } from '../log/room-log';
import { rowOf } from '../log/row-of';
import { ActionBar } from './action-bar';
import {
  availableActions,
  createMessageActions,
  ROWS,
  type ActionId,
  type ActionTarget,
  type MessageAction,
} from './actions';
import { copyText } from './copy';
import { DetailsDialog } from './details-dialog';
import { createJumps, ReturnButton } from './jumps';
import type { Point } from './layer';
import { watchTouch } from './log-touch';
import { MessageMenu } from './message-menu';
import { createPointedRow } from './pointed-row';
import { SwipeHint } from './swipe-hint';
import { editKeyOf } from './time-limits';
import { heldDeletions, undoDeletions } from './undo-deletion';

/** Those beside a message, without a menu. */
const IN_BAR: readonly ActionId[] = ['react', 'reply'];

/** Where a menu opens as a sheet: there is no room beside a finger. */
const IS_NARROW = '(max-width: 47.99rem)';

interface LogActionsProps {
  /** The one with `role=log`. */
  element: HTMLElement;
  list: {
    room: ClientRoom;
    peer: User;
    log: RoomLog;
    /** The user can write in the chat. */
    isWritable: boolean;
    mode: ComposerMode;
    onMarkUnread(seq: number): void;
  };
}

/** What is open over the messages. */
interface Open {
  view: 'menu' | 'reactions';
  target: ActionTarget;
  at: Point | null;
}

/**
 * What a user can do to the messages of a log, by mouse (a bar beside the message, the context menu), by finger (long press,
 * swipe) and by key on the message that has the focus.
 */
export function LogActions(props: LogActionsProps) {
  const chat = useChat();
  const session = useSession();
  const log = untrack(() => props.element);
  const { model } = untrack(() => props.list.log);
  const mode = untrack(() => props.list.mode);
  const roomId = untrack(() => props.list.room.room.id);
  const untilCleanup = new AbortController();
  const { signal } = untilCleanup;
  onCleanup(() => untilCleanup.abort());

  const { hovered, focused } = createPointedRow(log, signal);
  const [open, setOpen] = createSignal<Open | null>(null);
  const [pulled, setPulled] = createSignal<{ row: HTMLElement; part: number } | null>(null);
  const [detailed, setDetailed] = createSignal<HTMLElement | null>(null);

  const jumps = createJumps(
    untrack(() => props.list.log),
    log,
    () => props.list.room,
    chat.me,
  );

  /** The message that gets the focus back after the edit or the reply that a key has started there. */
  let origin: ActionTarget | null = null;
  createEffect(
    on(mode.current, (current) => {
      if (current || !origin) return;
      const { row, bubble } = origin;
      origin = null;
      if (row.isConnected || bubble.seq === null) row.focus();
      // At the end the user sees what they have just sent.
      else if (!props.list.log.scroll.isAtEnd()) jumps.show(bubble.seq);
    }),
  );

  const actions = createMessageActions(chat, () => props.list.isWritable, {
    reply(target) {
      const { bubble, isByKey } = target;
      if (!bubble.message) return;
      origin = isByKey ? target : null;
      mode.reply(quoteOf(bubble.message));
    },
    edit(target) {
      const { bubble, isByKey } = target;
      const key = editKeyOf(bubble, chat);
      if (key === null) return;
      origin = isByKey ? target : null;
      mode.edit(key, bubble.text);
    },
    react: (target) => setOpen({ view: 'reactions', target, at: besideBubble(target.row) }),
    copy: ({ bubble }) => void copyText(bubble.text),
    link({ bubble }) {
      if (bubble.seq !== null) void copyText(location.origin + session.hrefTo(roomId, bubble.seq));
    },
    unread({ bubble }) {
      if (bubble.seq !== null) props.list.onMarkUnread(bubble.seq);
    },
    details: ({ row }) => setDetailed(row),
    cancel({ bubble, row }) {
      if (bubble.outbox) remove(bubble.outbox.clientId);
      if (!row.isConnected) log.querySelector<HTMLElement>('[data-bubble][tabindex="0"]')?.focus();
    },
    delete({ bubble }) {
      if (bubble.message) remove(bubble.message.id);
    },
  });

  function remove(message: MessageKey): void {
    const current = mode.current();
    if (current?.kind === 'edit' && current.message === message) mode.end();
    chat.client.remove(roomId, message);
  }

  function targetOf(row: HTMLElement | null, isByKey = false): ActionTarget | null {
    const bubble = row && bubbleOf(model, row);
    return row && bubble ? { row, bubble, isByKey } : null;
  }

  function offeredFor(row: HTMLElement, id: ActionId): MessageAction | null {
    const target = targetOf(row);
    return (target && availableActions(actions, target).find((action) => action.id === id)) ?? null;
  }

  function openMenu(row: HTMLElement, at: Point | null, isByKey = false): void {
    const target = targetOf(row, isByKey);
    if (target) setOpen({ view: 'menu', target, at });
  }

  function openByFinger(row: HTMLElement, at: Point): void {
    navigator.vibrate?.(10);
    openMenu(row, matchMedia(IS_NARROW).matches ? null : at);
  }

  /** Takes the reaction back when the user has given it. */
  function react(row: HTMLElement, emoji: string): void {
    const message = bubbleOf(model, row)?.message;
    if (message) chat.client.react(roomId, message.id, emoji, !reactionsOf(message, chat.me).includes(emoji));
  }

  async function reactWithAny(row: HTMLElement): Promise<void> {
    const emoji = await openEmojiPicker(row, chat.me);
    if (emoji !== null) react(row, emoji);
    row.focus({ preventScroll: true });
  }

  // Fingers move the log up and down by themselves; sideways they are ours.
  log.classList.add('touch-pan-y', 'touch-pinch-zoom');

  log.addEventListener(
    'contextmenu',
    (event) => {
      const row = rowOf(event);
      if (!row) return;
      if ((event as PointerEvent).pointerType === 'touch') {
        event.preventDefault();
        // The finger has opened it already, unless this was loaded after it came.
        if (!open()) openByFinger(row, { x: event.clientX, y: event.clientY });
        return;
      }
      if (event.shiftKey || isBrowsers(event.target)) return;
      event.preventDefault();
      const isByKey = event.button !== 2;
      openMenu(row, isByKey ? besideBubble(row) : { x: event.clientX, y: event.clientY }, isByKey);
    },
    { signal },
  );

  const focusedTarget = () => {
    const row = document.activeElement;
    return row instanceof HTMLElement && log.contains(row) ? targetOf(row, true) : null;
  };
  for (const id of new Set(Object.values(ROWS))) {
    const offered = () => {
      const target = focusedTarget();
      return target && availableActions(actions, target).find(({ row }) => row === id);
    };
    provideAction(
      id,
      () => {
        const target = focusedTarget();
        if (target) offered()?.run(target);
      },
      () => !!offered(),
    );
  }
  provideAction(
    'messageMenu',
    () => {
      const target = focusedTarget();
      if (target) openMenu(target.row, besideBubble(target.row), true);
    },
    () => focusedTarget() !== null,
  );
  provideAction(
    'undoDelete',
    () => undoDeletions(chat),
    () => heldDeletions(chat).length > 0,
  );

  log.addEventListener(
    'click',
    (event) => {
      const button = event.target instanceof Element && event.target.closest<HTMLElement>('[data-action]');
      const target = targetOf(rowOf(event));
      if (!button || !target) return;
      const { action, emoji = '' } = button.dataset;
      if (action === 'details') setDetailed(target.row);
      else if (action === 'jump') {
        const { replyTo, seq } = target.bubble;
        if (replyTo) jumps.to(replyTo.seq, session.hrefTo(roomId, replyTo.seq), seq);
      } else if (offeredFor(target.row, 'react')) {
        react(target.row, emoji);
        // It may have been the last with this emoji.
        if (!button.isConnected) target.row.focus();
      }
    },
    { signal },
  );

  watchTouch(
    log,
    {
      onLongPress: openByFinger,
      canReply: (row) => offeredFor(row, 'reply') !== null,
      onReply(row) {
        const target = targetOf(row);
        if (target) offeredFor(row, 'reply')?.run(target);
      },
      onPull: (row, part) => setPulled(part === null ? null : { row, part }),
    },
    signal,
  );

  const barTarget = createMemo(() => {
    const opened = open();
    if (opened) return opened.at && opened.target;
    return targetOf(focused() ?? hovered());
  });
  const inBar = (target: ActionTarget) =>
    availableActions(actions, target)
      .filter(({ id }) => IN_BAR.includes(id))
      .toSorted((a, b) => IN_BAR.indexOf(a.id) - IN_BAR.indexOf(b.id));

  return (
    <>
      <ReturnButton jumps={jumps} />
      <Show when={barTarget()}>
        {(target) => (
          <ActionBar
            target={target()}
            actions={inBar(target())}
            isReachable={focused() === target().row}
            onMore={() => openMenu(target().row, besideBubble(target().row))}
          />
        )}
      </Show>
      <Show when={pulled()?.row} keyed>
        {(row) => <SwipeHint row={row} part={pulled()?.part ?? 0} />}
      </Show>
      <Show when={open()} keyed>
        {({ view, target, at }) => {
          // As it is now: buttons that change while the menu is open would lose the focus.
          const offered = availableActions(actions, target);
          const own = reactionsOf(target.bubble.message, chat.me);
          return (
            <MessageMenu
              target={target}
              at={at}
              actions={offered}
              isForReactions={view === 'reactions'}
              own={own}
              onClose={() => setOpen(null)}
              onReact={(emoji) => react(target.row, emoji)}
              onMoreReactions={() => void reactWithAny(target.row)}
            />
          );
        }}
      </Show>
      <Show when={detailed()} keyed>
        {(row) => (
          <DetailsDialog
            bubble={bubbleOf(model, row)}
            room={props.list.room}
            peer={props.list.peer}
            onClose={() => {
              setDetailed(null);
              row.focus({ preventScroll: true });
            }}
          />
        )}
      </Show>
    </>
  );
}

function bubbleOf(model: LogModel, row: HTMLElement): Bubble | undefined {
  const shown = model.row(row.dataset.bubble ?? '');
  return shown?.kind === 'bubble' ? shown : undefined;
}

/** What the browser's own menu is for: a link, or what is selected. */
function isBrowsers(target: EventTarget | null): boolean {
  const isLink = target instanceof Element && target.closest('a[href]') !== null;
  const selection = getSelection();
  return isLink || (selection !== null && !selection.isCollapsed);
}

function besideBubble(row: HTMLElement): Point {
  const { left, right, bottom } = (row.firstElementChild ?? row).getBoundingClientRect();
  const isRtl = getComputedStyle(row).direction === 'rtl';
  return { x: isRtl ? right : left, y: bottom + 4 };
}

/** The emojis of a user on a message. */
function reactionsOf(message: Message | null, userId: number): string[] {
  return (message?.reactions ?? [])
    .filter(({ user_ids }) => user_ids.includes(userId))
    .map(({ emoji }) => emoji);
}
