import { peerWatermarks, type ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import {
  createEffect,
  createMemo,
  createSelector,
  createSignal,
  For,
  Match,
  on,
  onMount,
  Show,
  Switch,
  untrack,
} from 'solid-js';
import { privacyParts } from '../../privacy/load-privacy';
import { useSession } from '../../auth/session';
import { messageActions } from '../actions/load-message-actions';
import type { ComposerMode } from '../composer/composer-mode';
import { useChat } from '../../realtime/chat.store';
import { secondLoad } from '../../second-load/second-load';
import { Icon } from '../../ui/icon';
import { Later } from '../../ui/later';
import { Notice } from '../../ui/notice';
import { nameOf } from '../../users/name-of';
import { words } from '../../words/words';
import type { Row } from './bubbles';
import { HistoryEdge } from './history-edge';
import { LogDivider } from './log-divider';
import { MessageItem } from './message-item';
import type { RoomLog } from './room-log';

interface MessageListProps {
  room: ClientRoom;
  peer: User;
  log: RoomLog;
  /** The message that the URL names. */
  targetSeq: number | null;
  /** The user can write in the chat. */
  isWritable: boolean;
  mode: ComposerMode;
  onMarkUnread(seq: number): void;
  /** The user leaves the messages by key: the composer takes the focus. */
  onLeave(): void;
}

/** The messages of a room. */
export function MessageList(props: MessageListProps) {
  const chat = useChat();
  const actions = messageActions();
  const session = useSession();
  const { model, history, scroll, readMark, isFilled } = untrack(() => props.log);
  const [element, setElement] = createSignal<HTMLDivElement>();
  const [current, setCurrent] = createSignal<string | null>(null);
  const isFirstLoad = createMemo(() => !isFilled() && !history.hasFailed());

  const lastKey = createMemo(() => model.keys().findLast((key) => model.row(key)?.kind === 'bubble'));
  const currentKey = () => {
    const key = current();
    return key !== null && model.row(key) ? key : lastKey();
  };
  /** Of the two rows that change only: the key moves on with each step of a long room. */
  const isCurrent = createSelector(currentKey);
  const watermarks = createMemo(() => peerWatermarks(props.room, chat.me));

  onMount(() => {
    const log = element();
    if (!log) return;
    scroll.attach(log);
    createEffect(on([model.keys, isFirstLoad], () => scroll.onLayout()));
    createEffect(on(history.isLoading, () => scroll.onLayout(), { defer: true }));
  });

  const observer = createMemo(() => {
    const log = element();
    const parts = secondLoad().content();
    return log && parts?.createSeenObserver(log, (seqs) => readMark.seen(seqs));
  });

  createEffect(() => {
    const log = element();
    const parts = secondLoad().content();
    if (log)
      parts?.handleLogEvents(log, {
        model,
        senderOf: (isMine) => nameOf(isMine ? session.user : props.peer),
        onFocus: setCurrent,
        onLeave: () => props.onLeave(),
      });
  });

  /** A click on what answers only with the second load is repeated when that is there. */
  function onEarlyClick({ target }: { target: Element }): void {
    // The actions of a message may be there before.
    if (
      !secondLoad().content() &&
      target.matches(actions.content() ? '[data-day]' : '[data-day],[data-action]')
    )
      secondLoad().demand(() => (target as HTMLElement).click());
  }

  const tools = createMemo(() => {
    const log = !isFirstLoad() && element();
    const parts = secondLoad().content();
    return log && parts && { log, LogTools: parts.LogTools };
  });

  return (
    <div class="relative min-h-0 flex-1">
      <div
        ref={setElement}
        class="log-scroller slim-scrollbar"
        role="log"
        aria-label={words.messages.title(nameOf(props.peer))}
        // Its rows come and go with scrolling. What is new is said by the announcer.
        aria-live="off"
        aria-busy={history.isLoading()}
        onScroll={() => scroll.onScroll()}
        onClick={onEarlyClick}
      >
        <div class="flex min-h-full w-full flex-col">
          <Switch>
            <Match when={isFirstLoad()}>
              <Later chunk={secondLoad()} fallback={null}>
                {({ MessagesSkeleton }) => <MessagesSkeleton />}
              </Later>
            </Match>
            <Match when={model.keys().length === 0 && props.room.room.last_seq === 0}>
              <Notice
                icon={<Icon name="chat" class="size-7" />}
                title={words.messages.none}
                text={words.messages.sayHello(nameOf(props.peer))}
              />
            </Match>
            <Match when={element()}>
              <ol class="chat-column mt-auto px-1 pt-4 pb-2 sm:px-2">
                <HistoryEdge history={history} hasMore={history.hasOlder()}>
                  <Show when={chat.limits().retention_seconds} fallback={words.messages.beginning}>
                    <Later chunk={privacyParts()} fallback={null}>
                      {({ RetentionNote }) => <RetentionNote />}
                    </Later>
                  </Show>
                </HistoryEdge>
                <For each={model.keys()}>
                  {(key) => {
                    const row = model.watchRow(key);
                    const bubble = () => asBubble(row());
                    return (
                      <Show when={bubble()} fallback={<LogDivider row={row()} peer={props.peer} />}>
                        {(shown) => (
                          <MessageItem
                            bubble={shown()}
                            peerName={nameOf(props.peer)}
                            peer={watermarks()}
                            isNewestOwn={model.endsAtNewest() && model.newestOwn() === key}
                            isCurrent={isCurrent(key)}
                            observer={observer()}
                            readSeq={readMark.seq()}
                            isTarget={shown().seq !== null && shown().seq === props.targetSeq}
                          />
                        )}
                      </Show>
                    );
                  }}
                </For>
                <Show when={history.hasNewer()}>
                  <HistoryEdge history={history} hasMore isNewer />
                </Show>
              </ol>
            </Match>
          </Switch>
        </div>
      </div>
      <Show when={actions.content()} keyed>
        {({ LogActions }) => (
          <Show when={element()}>{(log) => <LogActions element={log()} list={props} />}</Show>
        )}
      </Show>
      <Show when={tools()} keyed>
        {({ log, LogTools }) => <LogTools element={log} room={props.room} log={props.log} />}
      </Show>
    </div>
  );
}

function asBubble(row: Row | undefined) {
  return row?.kind === 'bubble' ? row : undefined;
}
