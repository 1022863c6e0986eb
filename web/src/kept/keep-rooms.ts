import type { ClientRoom, Segment } from '@parley/client';
import { hasExpired, type Message } from '@parley/shared';
import { createEffect, on, onCleanup } from 'solid-js';
import type { Session } from '../auth/session';
import type { Chat } from '../realtime/chat.store';
import type { Rooms } from '../rooms/rooms.store';
import { takePicture } from '../first-frame/take-picture';
import { openRoomId } from '../routing/router';
import { writeLocal } from '../ui/local-json';
import { showNotice } from '../ui/notices';
import { secondWords } from '../words/words';
import { fetchRecent, hasPage } from './fetch-recent';
import { finished, openKept, PAGES, ROOMS, type KeptRoom } from './kept-database';
import { LAST_VIEW, type KeptPage, type LastView } from './last-view';

/** Messages of a chat that are kept, at most. */
const KEPT_MESSAGES = 200;
/** Rows of the list and messages of the open chat that the next window shows at once: as many as a chat opens with. */
const SHOWN_ROOMS = 20;
const SHOWN_MESSAGES = 60;
/** What has changed is written together, after this, in milliseconds. */
const WRITE_MS = 1_000;

/**
 * Keeps the user's chats in this browser, to be read before the server answers, or without one. Each record is a room as of
 * one revision, so that two windows that write may overtake each other: a `sync` leads on from either. Ends with its owner.
 */
export function keepRooms(chat: Chat, rooms: Rooms, session: Session): void {
  const { client } = chat;
  /** The rooms as they are kept. */
  const written = new Map<number, ClientRoom>();
  /** Rooms whose kept messages are in the state, or of which none are kept. */
  const joined = new Set<number>();
  const opening = openKept(chat.me);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;

  /** Adds the kept messages of a room to the state, unless they are out of date there. */
  async function join(database: IDBDatabase, id: number): Promise<void> {
    if (isEnded || joined.has(id)) return;
    joined.add(id);
    const transaction = database.transaction(PAGES);
    const request: IDBRequest<KeptPage | undefined> = transaction.objectStore(PAGES).get(id);
    const page = await finished(transaction, () => request.result);
    if (!page || isEnded) return;
    const results = [...page.messages];
    client.dispatch({ type: 'page-loaded', roomId: id, requestedAtRev: page.rev, page: { results } });
  }

  async function write(): Promise<void> {
    timer = undefined;
    const database = await opening;
    if (!client.state.ready) return;
    const isChanged = (room: ClientRoom) => written.get(room.room.id) !== room;
    for (const { room } of Object.values(client.state.rooms).filter(isChanged)) await join(database, room.id);
    const { rooms: known, isRestored } = client.state;
    const transaction = database.transaction([ROOMS, PAGES], 'readwrite');
    const [heads, pages] = [transaction.objectStore(ROOMS), transaction.objectStore(PAGES)];
    const changed = Object.values(known).filter(isChanged);
    for (const each of changed) {
      const [{ room }, { live }] = [each, each.segments];
      const due = dueOf(live.messages);
      heads.put({ ...room, due, hasPage: hasPage(each) } satisfies KeptRoom);
      // The newest message alone is in the head.
      if (live.messages.length > 1 || (live.messages.length > 0 && hasPage(each)))
        pages.put(pageOf(room, live, KEPT_MESSAGES));
      else pages.delete(room.id);
    }
    const gone = isRestored ? [] : [...written.keys()].filter((id) => !(id in known));
    for (const id of gone) for (const store of [heads, pages]) store.delete(id);
    await finished(transaction, () => undefined);
    for (const room of changed) written.set(room.room.id, room);
    for (const id of gone) written.delete(id);
    keepView();
  }

  function keepView(): void {
    if (!isEnded && client.state.ready) writeLocal(LAST_VIEW, viewNow());
  }

  function viewNow(): LastView {
    const shown = rooms.ids().slice(0, SHOWN_ROOMS);
    const open = client.state.rooms[openRoomId() ?? 0];
    return {
      me: chat.me,
      rooms: shown.flatMap((id) => rooms.get(id)?.room ?? []),
      page: open && pageOf(open.room, open.segments.live, SHOWN_MESSAGES),
      picture: isHidden() && !shown.some((id) => rooms.isTyping(id)) ? takePicture(firstDue()) : undefined,
    };
  }

  /** When the first of all known messages expires. */
  function firstDue(): string | undefined {
    const known = Object.values(client.state.rooms);
    const newest = known.flatMap(({ room }) => room.last_message ?? []);
    return dueOf([...newest, ...known.flatMap(({ segments }) => segments.live.messages)]);
  }

  /**
   * Those that are kept as they are now need not be written again.
   * @returns the rooms of which a page is kept, or all messages
   */
  async function compare(): Promise<Set<number>> {
    const database = await opening;
    const transaction = database.transaction([ROOMS, PAGES]);
    const heads: IDBRequest<KeptRoom[]> = transaction.objectStore(ROOMS).getAll();
    const ids: IDBRequest<IDBValidKey[]> = transaction.objectStore(PAGES).getAllKeys();
    const kept = await finished(transaction, () => ({ heads: heads.result, ids: ids.result }));
    const { rooms: loaded } = client.state;
    for (const head of kept.heads) {
      const known = loaded[head.id];
      const isSame = known?.room.created_at === head.created_at && versionOf(known.room) === versionOf(head);
      // One that is not in the state any more is removed by the first write after a `sync`.
      if (!known || isSame) written.set(head.id, known ?? ({ room: head } as ClientRoom));
    }
    const stored = new Set(kept.ids as number[]);
    // What has expired meanwhile leaves the state, and the disk with the next write.
    const now = new Date().toISOString();
    for (const { id, due } of kept.heads) if (due && due <= now) await join(database, id);
    for (const id of Object.keys(loaded).map(Number)) if (!stored.has(id)) joined.add(id);
    return new Set(kept.heads.filter((head) => head.hasPage).map(({ id }) => id));
  }

  function schedule(): void {
    timer ??= setTimeout(() => void write().catch(fail), WRITE_MS);
  }

  /** Nothing is kept any more in this window. */
  function fail(error: unknown): void {
    end();
    // Blocked, or removed by another window, in which the session has ended: the outbox says what that means.
    if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) return;
    showNotice({ id: 'kept', text: secondWords.notStored.chats }, { once: true });
  }

  const unsubscribe = client.subscribe((after, before) => {
    if (after.rooms !== before.rooms || after.isRestored !== before.isRestored) schedule();
  });

  // Also when it is closed: then nothing else is sure to be called.
  const onHide = () => isHidden() && keepView();
  document.addEventListener('visibilitychange', onHide);

  function end(): void {
    isEnded = true;
    document.removeEventListener('visibilitychange', onHide);
    clearTimeout(timer);
    unsubscribe();
  }

  const isReady = compare();
  isReady.then((withPage) => {
    schedule();
    if (!isEnded)
      fetchRecent(
        chat,
        session,
        (id) => withPage.has(id),
        () => isEnded,
      );
  }, fail);
  createEffect(
    on(openRoomId, (id) => {
      if (id === null) return schedule();
      void opening
        .then((database) => join(database, id))
        .then(schedule)
        .catch(fail);
    }),
  );
  onCleanup(() => {
    end();
    void opening.then((database) => database.close()).catch(() => undefined);
  });
}

const isHidden = () => document.visibilityState === 'hidden';

/** What a room is at a revision, and where it is in the list, which has revisions of its own. */
function versionOf({ rev, listing }: ClientRoom['room']): string {
  return JSON.stringify([rev, listing]);
}

function dueOf(messages: readonly Message[]): string | undefined {
  const times = messages.flatMap((message) =>
    message.expires_at && !hasExpired(message) ? message.expires_at : [],
  );
  return times.toSorted()[0];
}

function pageOf({ id, rev }: ClientRoom['room'], { messages }: Segment, most: number): KeptPage {
  return { id, rev, messages: messages.slice(-most) };
}
