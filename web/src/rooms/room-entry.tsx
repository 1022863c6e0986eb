import { createMemo, Show } from 'solid-js';
import { useSession } from '../auth/session';
import { peerWatermarks, type ClientRoom } from '@parley/client';
import { hasExpired, type Message } from '@parley/shared';
import { confirmedBubble, outboxStatusOf, statusOf } from '../messages/log/bubbles';
import { Ticks } from '../messages/receipts/ticks';
import { previewOf } from '../messages/text/format';
import { useChat } from '../realtime/chat.store';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { nameOf } from '../users/name-of';
import { secondLoad } from '../second-load/second-load';
import { useRooms } from './rooms.store';
import { onlineText } from '../presence/presence-text';
import { secondWords, times, words } from '../words/words';

/** What the badge says at most. */
const BADGE_MAX = 99;

/** The text of a message, else the name of its first file: without its waveform (voice-name.ts). */
const shortOf = (message?: Shortened | null) =>
  message &&
  (message.text ||
    (message.attachments ?? message.files)?.map(
      ({ name }) => `📎 ${name.replace(/ [0-9a-f]{40}\.\w+$/, '')}`,
    )[0]);

interface Shortened {
  text: string;
  attachments?: readonly { name: string }[];
  files?: readonly { name: string }[];
}

const later = () => secondLoad().content();

/** One room of the list. Its accessible name is what it shows, the other's name first. */
export function RoomEntry(props: { room: ClientRoom; isOpen: boolean }) {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const peer = () => rooms.peerOf(props.room);
  const unread = () => rooms.unreadOf(props.room);
  const isTyping = () => rooms.isTyping(props.room.room.id);
  const last = createMemo(() => {
    const { last_message } = props.room.room;
    return last_message && rooms.asSeen(last_message);
  });
  /** That of the open chat is in its composer. */
  const draft = () => !props.isOpen && later()?.draftOf(chat.me, props.room.room.id);
  const waiting = () => rooms.lastQueuedOf(props.room);

  const status = () => {
    if (draft()) return null;
    const entry = waiting();
    if (entry) return outboxStatusOf(entry);
    const message = last();
    if (!message || message.sender.id !== chat.me) return null;
    return statusOf(confirmedBubble(message, chat.me), peerWatermarks(props.room, chat.me));
  };

  const preview = () =>
    previewOf(draft() || (shortOf(waiting()) ?? removalOf(last()) ?? shortOf(last()) ?? words.messages.none));

  return (
    <a
      href={session.hrefTo(props.room.room.id)}
      class="row-box"
      classList={{ 'bg-selected': props.isOpen, 'hover:bg-hover': !props.isOpen }}
      aria-current={props.isOpen ? 'page' : undefined}
    >
      <Avatar user={peer()} online={peer().online} stale={!rooms.isPresenceKnown()} />
      <span class="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
        <span class="flex items-baseline gap-2">
          <span class="truncate font-semibold" dir="auto">
            {(later()?.nameInList ?? nameOf)(peer(), chat)}
          </span>
          <Show when={peer().online}>
            <span class="sr-only">, {onlineText(rooms.isPresenceKnown())}</span>
          </Show>
          <Show when={last()?.timestamp}>
            {(at) => (
              <time
                class="ms-auto shrink-0 text-xs"
                classList={{ 'font-semibold': unread() > 0, 'text-muted': unread() === 0 }}
                datetime={at()}
              >
                {times.short(at(), now())}
              </time>
            )}
          </Show>
        </span>
        <span class="flex items-center gap-1.5 text-sm text-muted">
          <Show
            when={!isTyping()}
            fallback={<span class="truncate font-medium text-ink">{words.presence.typing}</span>}
          >
            <Show when={status()}>{(shown) => <Ticks status={shown()} silent />}</Show>
            <span class="truncate" dir="auto">
              <Show when={draft()}>
                <span class="text-danger">{secondWords.listing.draft} </span>
              </Show>
              <Show when={status()}>{words.chats.you} </Show>
              {preview()}
            </span>
          </Show>
          <span class="ms-auto flex shrink-0 items-center gap-1.5">
            <Show when={later()} keyed>
              {({ RoomSigns }) => <RoomSigns room={props.room} />}
            </Show>
            <Show when={unread() > 0}>
              <span
                class="unread-badge grid h-5 min-w-5 place-items-center rounded-full px-1.5 text-xs font-bold tabular-nums"
                classList={{
                  [rooms.listingOf(props.room).muted_until ? 'bg-selected' : 'bg-badge text-badge-text']:
                    true,
                }}
              >
                <span aria-hidden="true">{unread() > BADGE_MAX ? `${BADGE_MAX}+` : unread()}</span>
                <span class="sr-only">{words.chats.unread(unread())}</span>
              </span>
            </Show>
          </span>
        </span>
      </span>
    </a>
  );
}

/** In place of the text of a message that has none any more. */
function removalOf(message: Message | null): string | null {
  if (!message?.deleted_at) return null;
  return hasExpired(message) ? words.messages.disappeared : words.messages.deleted;
}
