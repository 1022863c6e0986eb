import { peerWatermarks, watermarksOf, type RoomState } from '@parley/client';
import type { User } from '@parley/shared';
import { createEffect, createMemo, createSignal, For, Match, on, onMount, Show, Switch } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { MessagesSkeleton } from '../../ui/skeleton';
import { words } from '../../words/words';
import { createSeenObserver } from '../receipts/seen-observer';
import type { Row } from './bubbles';
import type { History } from './history.store';
import { HistoryTop } from './history-top';
import { JumpToLatest } from './jump-to-latest';
import { LogDivider } from './log-divider';
import { onLogKey } from './log.keyboard';
import type { LogModel } from './log.model';
import { createLogScroll, type LogScroll } from './log.scroll';
import { MessageRow } from './message-row';

interface MessageLogProps {
  room: RoomState;
  peer: User;
  model: LogModel;
  history: History;
  /** Hands out the scroll, so that sending can jump to the end. */
  ref(scroll: LogScroll): void;
  /** The user leaves the messages by key: the composer takes the focus. */
  onLeave(): void;
}

/** The messages of a room. */
export function MessageLog(props: MessageLogProps) {
  const chat = useChat();
  const [log, setLog] = createSignal<HTMLDivElement>();
  const [current, setCurrent] = createSignal<string | null>(null);
  const isFirstLoad = () =>
    props.history.isLoading() && !props.history.hasFailed() && props.room.messages.length <= 1;
  const scroll = createLogScroll(props.model, props.history, () => !isFirstLoad());
  props.ref(scroll);

  const lastKey = createMemo(() =>
    props.model.keys().findLast((key) => props.model.row(key)?.kind === 'bubble'),
  );
  const currentKey = () => {
    const key = current();
    return key !== null && props.model.row(key) ? key : lastKey();
  };
  const watermarks = createMemo(() => peerWatermarks(props.room, chat.me));
  const readSeq = () => watermarksOf(props.room, chat.me).read;

  onMount(() => {
    const element = log();
    if (!element) return;
    scroll.attach(element);
    createEffect(on([props.model.keys, isFirstLoad], () => scroll.onLayout()));
    createEffect(on(props.history.isLoading, () => scroll.onLayout(), { defer: true }));
  });

  const observer = createMemo(() => {
    const element = log();
    return element && createSeenObserver(element, (seq) => chat.client.markRead(props.room.room.id, seq));
  });

  return (
    <div class="relative min-h-0 flex-1">
      <div
        ref={setLog}
        class="slim-scrollbar flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none]"
        role="log"
        aria-label={words.messages.title(props.peer.username)}
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={props.history.isLoading()}
        onScroll={() => scroll.onScroll()}
        onKeyDown={(event) => onLogKey(event, event.currentTarget, () => props.onLeave())}
        onFocusIn={(event) =>
          setCurrent(event.target.closest<HTMLElement>('[data-bubble]')?.dataset.bubble ?? null)
        }
      >
        <div class="flex min-h-full w-full flex-col">
          <Switch>
            <Match when={isFirstLoad()}>
              <MessagesSkeleton />
            </Match>
            <Match when={props.model.keys().length === 0}>
              <Notice
                icon={<Icon name="chat" class="size-7" />}
                title={words.messages.none}
                text={words.messages.sayHello(props.peer.username)}
              />
            </Match>
            <Match when={observer()} keyed>
              {(seen) => (
                <ol class="mx-auto mt-auto w-full max-w-4xl px-1 pt-4 pb-2 sm:px-3">
                  <HistoryTop history={props.history} />
                  <For each={props.model.keys()}>
                    {(key) => {
                      const row = createMemo<Row | undefined>((before) => props.model.row(key) ?? before);
                      const bubble = () => asBubble(row());
                      return (
                        <Show when={bubble()} fallback={<LogDivider row={row()} />}>
                          {(shown) => (
                            <MessageRow
                              bubble={shown()}
                              peer={watermarks()}
                              isNewestOwn={props.model.newestOwn() === key}
                              isCurrent={currentKey() === key}
                              observer={seen}
                              readSeq={readSeq()}
                            />
                          )}
                        </Show>
                      );
                    }}
                  </For>
                </ol>
              )}
            </Match>
          </Switch>
        </div>
      </div>
      <Show when={!scroll.isAtEnd() && !isFirstLoad()}>
        <JumpToLatest unread={props.room.room.unread_count} onClick={() => scroll.jumpToEnd()} />
      </Show>
    </div>
  );
}

function asBubble(row: Row | undefined) {
  return row?.kind === 'bubble' ? row : undefined;
}
