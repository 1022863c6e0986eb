import { createEffect, createSignal, For, on, onCleanup, untrack } from 'solid-js';
import { previewOf } from '../messages/text/format';
import { useChat } from '../realtime/chat.store';
import { useRooms } from '../rooms/rooms.store';
import { openRoomId } from '../routing/router';
import { useSettings } from '../settings/settings.store';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { announcementOf } from './announcement';
import { createNewsReader } from './news';

/** What comes within this time, in milliseconds, is one announcement. */
const BURST_MS = 700;
/** How long a text stays: a reader has it by then. For each character, at least and at most, in milliseconds. */
const [PER_CHARACTER_MS, LEAST_MS, MOST_MS] = [50, 3_000, 12_000];
/** Characters of a message that are read out at most. */
const MOST_CHARACTERS = 240;

/**
 * What a screen reader announces by itself: new messages, messages that were not sent, and that the connection is back. In one place that is
 * always there; nothing of it stays, least of all a text that was deleted. The log itself announces nothing, for its rows come
 * and go as the user scrolls.
 */
export function Announcer() {
  const chat = useChat();
  const rooms = useRooms();
  const settings = useSettings();
  const sentences = secondWords.announcements;
  const [lines, setLines] = createSignal<readonly string[]>([]);
  const reader = createNewsReader(chat.me);
  /** The messages whose texts stand there. */
  let shown: readonly { roomId: number; seq: number }[] = [];
  let clearing: ReturnType<typeof setTimeout> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function say(next: readonly string[]): void {
    if (next.length === 0) return;
    clearTimeout(clearing);
    setLines(next);
    const length = next.reduce((sum, line) => sum + line.length, 0);
    clearing = setTimeout(clear, Math.min(MOST_MS, Math.max(LEAST_MS, length * PER_CHARACTER_MS)));
  }

  function clear(): void {
    shown = [];
    setLines([]);
  }

  function announceNews(): void {
    waiting = undefined;
    const openId = openRoomId();
    const news = reader
      .take(chat.state())
      .filter(({ room }) => room.room.id === openId || rooms.listingOf(room).muted_until === null);
    const next = announcementOf(
      news.map(({ room, messages, count }) => ({
        name: nameOf(rooms.peerOf(room)),
        count,
        texts: room.room.id === openId ? messages.map(textOf) : null,
      })),
      settings().announcements,
      sentences,
    );
    shown = news.flatMap(({ room, messages }) => messages.map(({ seq }) => ({ roomId: room.room.id, seq })));
    say(next);
  }

  function textOf({
    text,
    attachments,
  }: {
    text: string;
    attachments?: readonly { name: string }[];
  }): string {
    const preview = previewOf(text);
    if (preview.length > MOST_CHARACTERS) return `${preview.slice(0, MOST_CHARACTERS)}…`;
    return preview || (attachments?.length ? sentences.files(attachments.length) : preview);
  }

  const isGone = ({ roomId, seq }: { roomId: number; seq: number }) =>
    chat.state().rooms[roomId]?.segments.live.messages.find((message) => message.seq === seq)?.deleted_at;

  createEffect(() => {
    const state = chat.state();
    untrack(() => {
      if (shown.some(isGone)) clear();
      if (reader.read(state)) waiting ??= setTimeout(announceNews, BURST_MS);
    });
  });

  createEffect(
    on(
      () => chat.state().outbox.filter(({ status }) => status === 'failed').length,
      (count, before = 0) => {
        if (count > before) say([sentences.notSent(count - before)]);
      },
      { defer: true },
    ),
  );

  createEffect(on(chat.isLost, (isLost) => isLost || say([sentences.connected]), { defer: true }));

  onCleanup(() => {
    clearTimeout(clearing);
    clearTimeout(waiting);
  });

  return (
    <div class="sr-only" role="status" data-announcer>
      <For each={lines()}>{(line) => <p dir="auto">{line}</p>}</For>
    </div>
  );
}
