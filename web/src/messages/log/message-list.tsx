import { peerWatermarks, type ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Switch,
  untrack,
} from 'solid-js';
import type { Chunk } from '../../ui/chunk';
import type { MessageActionParts } from '../actions/load-message-actions';
import { useSession } from '../../auth/session';
import { useChat } from '../../realtime/chat.store';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { MessagesSkeleton } from '../../ui/skeleton';
import { nameOf } from '../../users/name-of';
import { times, words } from '../../words/words';
import { createSeenObserver } from '../receipts/seen-observer';
import type { Row } from './bubbles';
import { HistoryEdge } from './history-edge';
import { JumpToLatest } from './jump-to-latest';
import { LogDivider } from './log-divider';
import { onLogKey } from './log.keyboard';
import { MessageItem } from './message-item';
import type { RoomLog } from './room-log';
import { rowOf } from './row-of';

/** What can be done to a message is loaded this long after a chat was opened, in milliseconds, if not before. */
const PREPARE_MS = 20_000;

interface MessageListProps {
  room: ClientRoom;
  peer: User;
  log: RoomLog;
  /** The message that the URL names. */
  targetSeq: number | null;
  /** What can be done to a message: loaded when the user comes to the messages. */
  actions: Chunk<MessageActionParts>;
  onMarkUnread(seq: number): void;
  /** The user leaves the messages by key: the composer takes the focus. */
  onLeave(): void;
}

/** The messages of a room. */
export function MessageList(props: MessageListProps) {
  const chat = useChat();
  const session = useSession();
  const { model, history, scroll, readMark, isFilled, hasUnreadAbove } = untrack(() => props.log);
  const [element, setElement] = createSignal<HTMLDivElement>();
  const [current, setCurrent] = createSignal<string | null>(null);
  const isFirstLoad = () => !isFilled() && !history.hasFailed();

  const lastKey = createMemo(() => model.keys().findLast((key) => model.row(key)?.kind === 'bubble'));
  const currentKey = () => {
    const key = current();
    return key !== null && model.row(key) ? key : lastKey();
  };
  const watermarks = createMemo(() => peerWatermarks(props.room, chat.me));

  onMount(() => {
    const log = element();
    if (!log) return;
    scroll.attach(log);
    createEffect(on([model.keys, isFirstLoad], () => scroll.onLayout()));
    createEffect(on(history.isLoading, () => scroll.onLayout(), { defer: true }));
  });

  /** A message as it is copied with others. */
  const lineOf = (key: string) => {
    const bubble = asBubble(model.row(key));
    if (!bubble?.text) return null;
    const sender = nameOf(bubble.isMine ? session.user : props.peer);
    return words.messages.copied(times.stamp(bubble.at), sender, bubble.text);
  };

  const observer = createMemo(() => {
    const log = element();
    return log && createSeenObserver(log, (seqs) => readMark.seen(seqs));
  });

  function onFocusIn(event: FocusEvent): void {
    setCurrent(rowOf(event)?.dataset.bubble ?? null);
    props.actions.prepare();
  }

  // Without them, the first menu comes when they are loaded, or a notice says why not.
  function demandActions(event: MouseEvent & { target: Element }): void {
    if (props.actions.content() || !rowOf(event)) return;
    event.preventDefault();
    props.actions.demand(() => event.target.dispatchEvent(new MouseEvent('contextmenu', event)));
  }

  // Also for a user who does not come to the messages before the network goes.
  onMount(() => {
    const timer = setTimeout(props.actions.prepare, PREPARE_MS);
    onCleanup(() => clearTimeout(timer));
  });

  return (
    <div class="relative min-h-0 flex-1">
      <div
        ref={setElement}
        class="slim-scrollbar flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none]"
        role="log"
        aria-label={words.messages.title(nameOf(props.peer))}
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={history.isLoading()}
        onScroll={() => scroll.onScroll()}
        onCopy={(event) => props.actions.content()?.copyMessages(event, event.currentTarget, lineOf)}
        onPointerEnter={props.actions.prepare}
        onFocusIn={onFocusIn}
        onContextMenu={demandActions}
        onKeyDown={(event) => onLogKey(event, event.currentTarget, () => props.onLeave())}
      >
        <div class="flex min-h-full w-full flex-col">
          <Switch>
            <Match when={isFirstLoad()}>
              <MessagesSkeleton />
            </Match>
            <Match when={model.keys().length === 0 && props.room.room.last_seq === 0}>
              <Notice
                icon={<Icon name="chat" class="size-7" />}
                title={words.messages.none}
                text={words.messages.sayHello(nameOf(props.peer))}
              />
            </Match>
            <Match when={observer()} keyed>
              {(seen) => (
                <ol class="mx-auto mt-auto w-full max-w-4xl px-1 pt-4 pb-2 sm:px-3">
                  <HistoryEdge
                    history={history}
                    hasMore={history.hasOlder()}
                    failed={words.messages.olderNotLoaded}
                  >
                    {words.messages.beginning}
                  </HistoryEdge>
                  <For each={model.keys()}>
                    {(key) => {
                      const row = createMemo<Row | undefined>((before) => model.row(key) ?? before);
                      const bubble = () => asBubble(row());
                      return (
                        <Show when={bubble()} fallback={<LogDivider row={row()} />}>
                          {(shown) => (
                            <MessageItem
                              bubble={shown()}
                              peerName={nameOf(props.peer)}
                              peer={watermarks()}
                              isNewestOwn={model.newestOwn() === key}
                              isCurrent={currentKey() === key}
                              observer={seen}
                              readSeq={readMark.seq()}
                              isTarget={shown().seq !== null && shown().seq === props.targetSeq}
                            />
                          )}
                        </Show>
                      );
                    }}
                  </For>
                  <Show when={history.hasNewer()}>
                    <HistoryEdge history={history} hasMore failed={words.messages.newerNotLoaded} />
                  </Show>
                </ol>
              )}
            </Match>
          </Switch>
        </div>
      </div>
      <Show when={props.actions.content()} keyed>
        {({ LogActions }) => (
          <Show when={element()}>{(log) => <LogActions element={log()} list={props} />}</Show>
        )}
      </Show>
      <Show when={(!scroll.isAtEnd() || hasUnreadAbove()) && !isFirstLoad()}>
        <JumpToLatest
          unread={props.room.room.unread_count}
          onClick={() => {
            readMark.readAll();
            scroll.goTo({ kind: 'end' });
          }}
        />
      </Show>
    </div>
  );
}

function asBubble(row: Row | undefined) {
  return row?.kind === 'bubble' ? row : undefined;
}
