import type { ClientRoom } from '@parley/client';
import { createEffect, createMemo, createSignal, on, onCleanup, Show, untrack } from 'solid-js';
import { useSession } from '../auth/session';
import { messageActions } from '../messages/actions/load-message-actions';
import { Composer } from '../messages/composer/composer';
import { createComposerMode } from '../messages/composer/composer-mode';
import { MessageList } from '../messages/log/message-list';
import { createRoomLog } from '../messages/log/room-log';
import { privacyParts } from '../privacy/load-privacy';
import { useChat } from '../realtime/chat.store';
import { openSeq } from '../routing/router';
import { secondLoad } from '../second-load/second-load';
import { Later } from '../ui/later';
import { nameOf } from '../users/name-of';
import { words } from '../words/words';
import { RoomHeader } from './room-header';
import { useRooms } from './rooms.store';

/** The composer gets the focus on opening only where that raises no keyboard over half of the screen. */
const HAS_KEYBOARD = '(hover: hover) and (min-width: 48rem)';

/** One room: its peer, its messages and the composer. Created for each room that is opened. */
export function RoomView(props: { room: ClientRoom }) {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const peer = () => rooms.peerOf(props.room);
  const roomId = untrack(() => props.room.room.id);
  const [marked, setMarked] = createSignal<number | null>(null);
  const mark = (seq: number | null) =>
    secondLoad().demand(() => secondLoad().content()?.markRoom(session, roomId, seq));
  // To open a chat that is marked as unread takes the mark away.
  untrack(() => {
    if (!rooms.listingOf(props.room).marked_unread) return;
    setMarked(secondLoad().content()?.takeMark(chat.me, roomId) ?? null);
    mark(null);
  });
  /**
   * From the state itself, as the outbox is: what shows both may run before `props.room` is as new, and a message that is
   * confirmed would be in neither.
   */
  const room = createMemo(() => chat.state().rooms[roomId] ?? props.room);
  const log = createRoomLog(
    chat,
    session,
    room,
    rooms.asSeen,
    openSeq,
    rooms.places.get(roomId),
    marked,
    () => secondLoad().content()?.withUnsent,
  );
  const mode = createComposerMode(chat.me, roomId);
  const actions = messageActions();
  let field: HTMLTextAreaElement | undefined;
  let section: HTMLElement | undefined;

  // What arrives in view is read within a second: a badge for that time would only flicker.
  createEffect(() => rooms.setAttended(log.isAttended() ? roomId : null));
  onCleanup(() => {
    rooms.setAttended(null);
    rooms.places.set(roomId, log.scroll.place());
  });

  /** A request that is not accepted, or the other is blocked or has no account any more: the user cannot write. */
  const isClosed = createMemo(() => !!(props.room.room.request || props.room.room.blocked || peer().deleted));

  // Also when the composer comes or goes: with it goes what had the focus.
  createEffect(
    on(isClosed, (closed) => {
      if (!closed && window.matchMedia(HAS_KEYBOARD).matches) field?.focus();
      else section?.querySelector('h1')?.focus();
    }),
  );

  const goToLog = () => section?.querySelector<HTMLElement>('[data-bubble][tabindex="0"]')?.focus();

  /** Up from an empty field: edits the newest own message while that is possible, else goes into the messages. */
  function onUp(): void {
    if (log.model.newestOwn() === null) goToLog();
    else actions.demand(() => actions.content()?.editNewest(chat, props.room, mode) || goToLog());
  }

  createEffect(() =>
    secondLoad()
      .content()
      ?.provideRoomActions({ mode, log, field: () => field, onUp }),
  );

  return (
    <section
      ref={(element) => (section = element)}
      class="flex h-full min-w-0 flex-col"
      aria-label={words.chat.title(nameOf(peer()))}
    >
      <RoomHeader room={props.room} peer={peer()} log={log} />
      <MessageList
        room={props.room}
        peer={peer()}
        log={log}
        targetSeq={openSeq()}
        isWritable={!isClosed()}
        mode={mode}
        onMarkUnread={(seq) => {
          setMarked(seq);
          mark(seq);
        }}
        onLeave={() => field?.focus()}
      />
      <Show when={props.room.room.timer?.seconds}>
        {(seconds) => (
          <Later chunk={privacyParts()} fallback={<div class="h-6" />}>
            {({ TimerNote }) => <TimerNote seconds={seconds()} />}
          </Later>
        )}
      </Show>
      <Later chunk={secondLoad()} fallback={<div class="h-6" />}>
        {({ TypingStatus }) => <TypingStatus username={nameOf(peer())} isTyping={rooms.isTyping(roomId)} />}
      </Later>
      <Show
        when={isClosed()}
        fallback={
          <>
            <Show when={mode.current()}>
              {(current) => (
                <Later chunk={actions} fallback={<div class="h-12" />}>
                  {({ ComposingBar }) => (
                    <ComposingBar
                      mode={current()}
                      peerName={nameOf(peer())}
                      log={log}
                      onCancel={() => {
                        field?.focus();
                        mode.end();
                      }}
                    />
                  )}
                </Later>
              )}
            </Show>
            <Composer
              ref={(element) => (field = element)}
              roomId={roomId}
              peerName={nameOf(peer())}
              mode={mode}
              onSent={() => log.scroll.goTo({ kind: 'end' })}
            />
          </>
        }
      >
        <Later chunk={privacyParts()} fallback={<div class="h-20" />}>
          {({ ComposerBar }) => <ComposerBar room={props.room} peer={peer()} />}
        </Later>
      </Show>
    </section>
  );
}
