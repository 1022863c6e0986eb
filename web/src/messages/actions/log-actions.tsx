import { createMemo, createSignal, onCleanup, Show, untrack } from 'solid-js';
import type { ClientRoom } from '@parley/client';
import { useSession } from '../../auth/session';
import { useChat } from '../../realtime/chat.store';
import { MenuItems } from '../../ui/menu';
import { messageActionWords } from '../../words/words';
import type { Bubble } from '../log/bubbles';
import type { LogModel } from '../log/log.model';
import type { RoomLog } from '../log/room-log';
import { rowOf } from '../log/row-of';
import { ActionBar } from './action-bar';
import { availableActions, createMessageActions, type ActionId, type ActionTarget } from './actions';
import { copyText } from './copy';
import { DetailsDialog } from './details-dialog';
import { Layer, type Point } from './layer';
import { watchTouch } from './log-touch';

/** Those beside a message, without a menu. */
const IN_BAR: readonly ActionId[] = ['copy', 'details'];

/** Where a menu opens as a sheet: there is no room beside a finger. */
const IS_NARROW = '(max-width: 47.99rem)';

interface LogActionsProps {
  /** The one with `role=log`. */
  element: HTMLElement;
  list: {
    room: ClientRoom;
    log: RoomLog;
    onMarkUnread(seq: number): void;
  };
}

/** What is open over the messages. */
interface Open {
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
  const roomId = untrack(() => props.list.room.room.id);
  // As it is when this is loaded: the pointer and the focus came before.
  const [hovered, setHovered] = createSignal(log.querySelector<HTMLElement>('[data-bubble]:hover'));
  const [focused, setFocused] = createSignal(log.querySelector<HTMLElement>('[data-bubble]:focus-visible'));
  const [open, setOpen] = createSignal<Open | null>(null);
  const [detailed, setDetailed] = createSignal<HTMLElement | null>(null);

  const actions = createMessageActions({
    copy: ({ bubble }) => void copyText(bubble.text),
    link({ bubble }) {
      if (bubble.seq !== null) void copyText(location.origin + session.hrefTo(roomId, bubble.seq));
    },
    unread({ bubble }) {
      if (bubble.seq !== null) props.list.onMarkUnread(bubble.seq);
    },
    details: ({ row }) => setDetailed(row),
    cancel({ bubble }) {
      if (bubble.outbox) chat.client.discard(bubble.outbox.clientId);
    },
  });

  function targetOf(row: HTMLElement | null): ActionTarget | null {
    const bubble = row && bubbleOf(model, row);
    return row && bubble ? { row, bubble } : null;
  }

  function openMenu(row: HTMLElement, at: Point | null): void {
    const target = targetOf(row);
    if (target) setOpen({ target, at });
  }

  const untilCleanup = new AbortController();
  const { signal } = untilCleanup;
  onCleanup(() => untilCleanup.abort());

  log.addEventListener(
    'pointerover',
    (event) => event.pointerType === 'mouse' && event.buttons === 0 && setHovered(rowOf(event)),
    { signal },
  );
  log.addEventListener('pointerleave', () => setHovered(null), { signal });
  log.addEventListener(
    'focusin',
    (event) =>
      setFocused(
        event.target instanceof Element && event.target.matches(':focus-visible') ? rowOf(event) : null,
      ),
    { signal },
  );
  log.addEventListener(
    'focusout',
    // From a message to the bar beside it, the bar stays.
    ({ relatedTarget }) => setFocused((row) => (row?.contains(relatedTarget as Node | null) ? row : null)),
    { signal },
  );

  log.addEventListener(
    'contextmenu',
    (event) => {
      const row = rowOf(event);
      if (!row) return;
      // A finger that rests has opened the menu already.
      if ((event as PointerEvent).pointerType === 'touch') return event.preventDefault();
      if (event.shiftKey || isBrowsers(event.target)) return;
      event.preventDefault();
      const isByKey = event.button !== 2;
      openMenu(row, isByKey ? besideBubble(row) : { x: event.clientX, y: event.clientY });
    },
    { signal },
  );

  log.addEventListener(
    'keydown',
    (event) => {
      if (!(event.target instanceof HTMLElement) || event.target.dataset.bubble === undefined) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const row = event.target;
      const target = targetOf(row);
      if (!target) return;
      const isMenu =
        event.key === 'ContextMenu' || event.key === 'Enter' || (event.key === 'F10' && event.shiftKey);
      const action = availableActions(actions, target).find(({ keys }) => keys.includes(event.key));
      if (!isMenu && !action) return;
      event.preventDefault();
      if (isMenu) openMenu(row, besideBubble(row));
      else action?.run(target);
    },
    { signal },
  );

  log.addEventListener(
    'click',
    (event) => {
      const row = rowOf(event);
      if (row && event.target instanceof Element && event.target.closest('[data-details]')) setDetailed(row);
    },
    { signal },
  );

  watchTouch(
    log,
    {
      onLongPress(row, at) {
        navigator.vibrate?.(10);
        openMenu(row, matchMedia(IS_NARROW).matches ? null : at);
      },
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
      <Show when={open()} keyed>
        {({ target, at }) => (
          <Layer at={at} opener={target.row} onClose={() => setOpen(null)}>
            <MenuItems
              label={messageActionWords.menu}
              onChosen={() => setOpen(null)}
              items={availableActions(actions, target).map((action) => ({
                icon: action.icon,
                title: action.label,
                shortcut: action.shortcut,
                isDanger: action.isDanger,
                run: () => action.run(target),
              }))}
            />
          </Layer>
        )}
      </Show>
      <Show when={detailed()} keyed>
        {(row) => (
          <DetailsDialog
            bubble={bubbleOf(model, row)}
            room={props.list.room}
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
