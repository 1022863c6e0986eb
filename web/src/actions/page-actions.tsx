import { createEffect, createSignal, on, onCleanup, onMount, Show } from 'solid-js';
import { Announcer } from '../announcer/announcer';
import { useSession } from '../auth/session';
import { AppLaunch } from '../install/app-launch';
import { NewChat } from '../rooms/new-chat';
import { useRooms } from '../rooms/rooms.store';
import { REQUESTS } from '../routing/route';
import { goSoon } from '../routing/go-soon';
import { isList, navigate, openRoomId, setFollow } from '../routing/router';
import { watchSwipeBack } from '../routing/swipe-back';
import { openSettings } from '../settings/open-settings';
import { createChunk } from '../ui/chunk';
import { keepAboveKeyboard } from '../ui/keyboard-room';
import { loadNewChatWords, loadSearchWords, loadSettingsWords, secondWords } from '../words/words';
import { loadActionWords } from './action-words';
import { listenForKeys } from './key-listener';
import { nextStep, provideStep } from './ladder';
import { provideAction } from './provide';

/** What can be done wherever the user is: the keys of the whole page, and what they open. */
export function PageActions() {
  const rooms = useRooms();
  const session = useSession();
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  const sheet = createChunk(secondWords.notLoaded.actions, async () => {
    const [{ ShortcutSheet }] = await Promise.all([import('./sheet/shortcut-sheet'), loadActionWords()]);
    return ShortcutSheet;
  });
  const [isPaletteOpen, setPaletteOpen] = createSignal(false);
  const palette = createChunk(secondWords.notLoaded.palette, loadPalette);

  setFollow(goSoon);
  listenForKeys();
  onMount(() => {
    const untilCleanup = new AbortController();
    const { signal } = untilCleanup;
    onCleanup(() => untilCleanup.abort());
    for (const pane of document.querySelectorAll<HTMLElement>('main > div')) watchSwipeBack(pane, signal);
    keepAboveKeyboard(signal);
  });
  provideAction('palette', () => palette.demand(() => setPaletteOpen(true)));
  provideAction('shortcuts', () => sheet.demand(() => setSheetOpen(true)));
  provideAction('settings', () => openSettings());
  provideAction(
    'leave',
    () => nextStep()?.run(),
    () => nextStep() !== undefined,
  );
  provideAction(
    'requests',
    () => navigate(REQUESTS),
    () => rooms.requests().length > 0,
  );

  const isUnread = (id: number) => {
    const room = rooms.get(id);
    return !!room && (rooms.unreadOf(room) > 0 || rooms.listingOf(room).marked_unread);
  };
  /** The next one in the list, and from its end on from its beginning. */
  const unreadNeighbour = (step: 1 | -1) => {
    const listed = step > 0 ? ids() : ids().toReversed();
    const index = listed.indexOf(openRoomId() ?? 0);
    return [...listed.slice(index + 1), ...listed.slice(0, Math.max(0, index))].find(isUnread);
  };
  const goTo = (id: number | undefined) => id !== undefined && goSoon(session.hrefTo(id));

  for (const [id, find, step] of [
    ['nextChat', neighbour, 1],
    ['previousChat', neighbour, -1],
    ['nextUnread', unreadNeighbour, 1],
    ['previousUnread', unreadNeighbour, -1],
  ] as const) {
    provideAction(
      id,
      () => goTo(find(step)),
      () => find(step) !== undefined,
    );
  }

  // Back from a chat, the focus returns to where it came from.
  createEffect(
    on(openRoomId, (roomId, before) => {
      if (roomId === null && before)
        document.querySelector<HTMLElement>(`.list-pane a[href="${session.hrefTo(before)}"]`)?.focus();
    }),
  );

  provideStep('chat', leaveChat, () => !isList() && canLeaveChat());

  return (
    <>
      <Announcer />
      <Show when={isPaletteOpen() && palette.content()} keyed>
        {(Palette) => <Palette onClose={() => setPaletteOpen(false)} />}
      </Show>
      <Show when={isSheetOpen() && sheet.content()} keyed>
        {(ShortcutSheet) => <ShortcutSheet onClose={() => setSheetOpen(false)} />}
      </Show>
      <NewChat />
      <AppLaunch />
    </>
  );
}

/** The palette, once it has its words. */
async function loadPalette() {
  const [{ Palette }] = await Promise.all([
    import('./palette/palette'),
    loadActionWords(),
    loadNewChatWords(),
    loadSearchWords(),
    loadSettingsWords(),
  ]);
  return Palette;
}

/** The chats as the list shows them, in the view that is chosen, or the requests. */
function ids(): number[] {
  return [...document.querySelectorAll<HTMLElement>('nav [data-room]')].map(({ dataset }) =>
    Number(dataset.room),
  );
}

/** The chat before or after the open one; from none on the first or the last. */
function neighbour(step: 1 | -1): number | undefined {
  const openId = openRoomId();
  const index = openId === null ? -1 : ids().indexOf(openId);
  return index < 0 ? ids().at(step > 0 ? 0 : -1) : ids()[index + step];
}

/** On a phone, where a chat has the page to itself. */
function backLink(): HTMLElement | undefined {
  const link = document.querySelector<HTMLElement>('a[data-back]');
  return link?.getClientRects().length ? link : undefined;
}

/** Where the list is beside the chat, the focus goes there, but not from what the user writes. */
function canLeaveChat(): boolean {
  if (backLink()) return true;
  const focused = document.activeElement;
  return !(focused instanceof HTMLTextAreaElement && focused.value !== '') && !focused?.closest('nav');
}

function leaveChat(): void {
  const link = backLink();
  if (link) link.click();
  else document.querySelector<HTMLElement>('nav a[aria-current="page"], nav a')?.focus();
}
