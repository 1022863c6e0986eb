import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from 'solid-js';
import type { Point } from '../messages/actions/layer';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { holdOrder } from './held-order';
import { watchLongPress } from './long-press';
import { moveRows } from './order-motion';
import { roveFocus } from './roving-focus';
import { useRooms } from './rooms.store';

interface OpenMenu {
  isMuting: boolean;
  row: HTMLElement;
  roomId: number;
  at: Point | null;
}

const rowAt = ({ target }: Event) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-room]') : null;
const linkOf = (row: HTMLElement) => row.querySelector('a') ?? row;

const linksIn = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>('[data-room] a')];

/** The arrow keys go from one chat to the next. With Alt they do so for the chat that is open. */
function moveFocus(event: KeyboardEvent, list: HTMLElement): void {
  if (event.altKey) return;
  const links = linksIn(list);
  const index = links.findIndex((link) => link === document.activeElement);
  const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: links.length - 1 }[event.key];
  if (target === undefined || !links[target]) return;
  event.preventDefault();
  links[target].focus();
}

/**
 * The menu of the chats in a list, over the rows and not in them: by a right click, a finger that rests, the menu key or
 * Shift+F10, and by a button at the row that is pointed at or has the focus.
 */
export function RoomTools(props: { list: HTMLElement }) {
  const rooms = useRooms();
  const menu = createChunk(secondWords.listing.notLoaded, () => import('./room-menu'));
  const [pointed, setPointed] = createSignal<HTMLElement | null>(null);
  const [focused, setFocused] = createSignal<HTMLElement | null>(null);
  const [open, setOpen] = createSignal<OpenMenu | null>(null);
  const row = () => {
    const shown = open()?.row ?? pointed() ?? focused();
    return shown?.isConnected ? shown : null;
  };
  const roomOf = (of: HTMLElement | null) => (of ? rooms.get(Number(of.dataset.room)) : undefined);
  /** A request has other tools. */
  const room = createMemo(() => {
    const found = roomOf(row());
    return found?.room.request ? undefined : found;
  });

  // Where the button is, there is no time.
  createEffect(
    on(
      () => (room() ? row() : null),
      (shown, before) => {
        before?.removeAttribute('data-tools');
        shown?.setAttribute('data-tools', '');
      },
    ),
  );

  function openAt(target: HTMLElement, at: Point | null): void {
    const found = roomOf(target);
    if (!found || found.room.request) return;
    menu.demand(() => setOpen({ row: target, roomId: found.room.id, at, isMuting: false }));
  }

  const reopen = (closed: OpenMenu) => () => setOpen({ ...closed, isMuting: true });

  function onContextMenu(event: MouseEvent): void {
    const target = rowAt(event);
    if (!target || roomOf(target)?.room.request) return;
    event.preventDefault();
    // That of a finger comes by the long press, that of a key has no place.
    if (event instanceof PointerEvent && event.pointerType === 'touch') return;
    if (event.button === 2) openAt(target, { x: event.clientX, y: event.clientY });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const target = rowAt(event);
    if (target) moveFocus(event, props.list);
    if (!target || !(event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) return;
    event.preventDefault();
    const { left, bottom } = linkOf(target).getBoundingClientRect();
    openAt(target, { x: left + 48, y: bottom - 8 });
  }

  onMount(() => {
    const { list } = props;
    const untilCleanup = new AbortController();
    const { signal } = untilCleanup;
    onCleanup(() => untilCleanup.abort());
    list.addEventListener('contextmenu', onContextMenu, { signal });
    list.addEventListener('keydown', onKeyDown, { signal });
    list.addEventListener(
      'pointerover',
      (event) => {
        if (event.pointerType === 'mouse' && !isOwnButton(event)) setPointed(rowAt(event));
      },
      { signal },
    );
    list.addEventListener('pointerleave', () => setPointed(null), { signal });
    list.addEventListener('focusin', (event) => isOwnButton(event) || setFocused(rowAt(event)), { signal });
    list.addEventListener(
      'focusout',
      ({ relatedTarget }) => list.contains(relatedTarget as Node | null) || setFocused(null),
      { signal },
    );
    roveFocus(
      list,
      () => linksIn(list),
      () => list.querySelector<HTMLElement>('[role=tab][aria-selected=true]'),
      signal,
    );
    watchLongPress(list, rowAt, (target) => openAt(target, null), signal);
    holdOrder(rooms, list);
    moveRows(rooms, list);
  });
  let button: HTMLButtonElement | undefined;
  const isOwnButton = ({ target }: Event) => target instanceof Node && !!button?.contains(target);

  return (
    <>
      <Show when={room()}>
        {(shown) => (
          <button
            ref={(element) => (button = element)}
            type="button"
            tabIndex={-1}
            class="row-button absolute end-4 grid place-items-center rounded-lg border border-line bg-raised hover:bg-hover coarse:hidden"
            style={{ top: `${row()?.offsetTop ?? 0}px` }}
            aria-haspopup="menu"
            aria-label={secondWords.listing.menu(nameOf(rooms.peerOf(shown())))}
            onPointerEnter={menu.prepare}
            onClick={(event) => {
              const target = row();
              const { left, bottom } = event.currentTarget.getBoundingClientRect();
              if (target) openAt(target, { x: left, y: bottom });
            }}
          >
            <Icon name="more" class="size-4.5" />
          </button>
        )}
      </Show>
      <Show when={open()}>
        {(shown) => (
          <Show when={rooms.get(shown().roomId)}>
            {(of) => (
              <Show when={menu.content()} keyed>
                {({ RoomMenu }) => (
                  <RoomMenu
                    room={of()}
                    at={shown().at}
                    opener={linkOf(shown().row)}
                    isMuting={shown().isMuting}
                    onMute={reopen(shown())}
                    onClose={() => setOpen(null)}
                  />
                )}
              </Show>
            )}
          </Show>
        )}
      </Show>
    </>
  );
}
