import { createEffect, createSignal, onCleanup, onMount, untrack } from 'solid-js';
import { useSession } from '../auth/session';
import { Composer } from '../messages/composer/composer';
import { createHistory } from '../messages/log/history.store';
import { createLogModel } from '../messages/log/log.model';
import type { LogScroll } from '../messages/log/log.scroll';
import { MessageLog } from '../messages/log/message-log';
import { type RoomState, watermarksOf } from '@parley/client';
import { TypingStatus } from '../presence/typing-status';
import { useChat } from '../realtime/chat.store';
import { hasAttention } from '../ui/attention';
import { RoomHeader } from './room-header';
import { useRooms } from './rooms.store';
import { words } from '../words/words';

/** The composer gets the focus on opening only where that raises no keyboard over half of the screen. */
const HAS_KEYBOARD = '(hover: hover) and (min-width: 48rem)';

/** One room: its peer, its messages and the composer. Created for each room that is opened. */
export function RoomView(props: { room: RoomState }) {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const peer = () => rooms.peerOf(props.room);
  const history = createHistory(chat, session, () => props.room);
  const unreadAfter = untrack(() =>
    props.room.room.unread_count > 0 ? watermarksOf(props.room, chat.me).read : null,
  );
  const model = createLogModel({
    me: session.user,
    outbox: () => chat.state().outbox,
    room: () => props.room,
    unreadAfter,
  });
  const [scroll, setScroll] = createSignal<LogScroll>();
  let field: HTMLTextAreaElement | undefined;
  let section: HTMLElement | undefined;

  // What arrives in view is read within a second: a badge for that time would only flicker.
  createEffect(() => rooms.setAttended(scroll()?.isAtEnd() && hasAttention() ? props.room.room.id : null));
  onCleanup(() => rooms.setAttended(null));

  onMount(() => {
    if (window.matchMedia(HAS_KEYBOARD).matches) field?.focus();
    else section?.querySelector('h1')?.focus();
  });

  return (
    <section
      ref={(element) => (section = element)}
      class="flex h-full min-w-0 flex-col"
      aria-label={words.chat.title(peer().username)}
    >
      <RoomHeader peer={peer()} />
      <MessageLog
        ref={setScroll}
        room={props.room}
        peer={peer()}
        model={model}
        history={history}
        onLeave={() => field?.focus()}
      />
      <TypingStatus username={peer().username} isTyping={rooms.isTyping(props.room.room.id)} />
      <Composer
        ref={(element) => (field = element)}
        roomId={props.room.room.id}
        peerName={peer().username}
        onSent={() => scroll()?.jumpToEnd()}
        onUp={() => section?.querySelector<HTMLElement>('[data-bubble][tabindex="0"]')?.focus()}
      />
    </section>
  );
}
