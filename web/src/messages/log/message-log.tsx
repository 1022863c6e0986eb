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
} from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { peerWatermarks, type RoomState, watermarksOf } from '@parley/client';
import { hasAttention } from '../../ui/attention';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { MessagesSkeleton } from '../../ui/skeleton';
import type { Bubble, Row } from './bubbles';
import type { History } from './history.store';
import { HistoryTop } from './history-top';
import { LogDivider } from './log-divider';
import type { LogModel } from './log.model';
import { createLogScroll, type LogScroll } from './log.scroll';
import { MessageRow } from './message-row';
import { useReceipts } from '../receipts/receipts.store';
import { SeenObserver } from '../receipts/seen-observer';
import { words } from '../../words/words';

interface MessageLogProps {
  room: RoomState;
  peer: User;
  model: LogModel;
  history: History;
  /** Hands out the scroll, so that sending can jump to the end. */
  ref(scroll: LogScroll): void;
  /** The reader has had enough of moving through messages. */
  onLeave(): void;
}

/** The messages of a room. */
export function MessageLog(props: MessageLogProps) {
  const chat = useChat();
  const receipts = useReceipts();
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
  const marks = createMemo(() => peerWatermarks(props.room, chat.me));
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
    if (!element) return undefined;
    const made = new SeenObserver(element, (seq) => receipts.saw(props.room.room.id, seq));
    createEffect(on(hasAttention, () => made.review()));
    onCleanup(() => made.close());
    return made;
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onLeave();
    const rows = [...(log()?.querySelectorAll<HTMLElement>('[data-bubble]') ?? [])];
    const index = rows.findIndex((row) => row === event.target);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (index < 0 || target === undefined) return;
    event.preventDefault();
    if (target >= rows.length) props.onLeave();
    else rows[Math.max(0, target)]?.focus();
  }

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
        onKeyDown={onKeyDown}
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
            <Match when={observer()}>
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
                              peer={marks()}
                              isNewestOwn={props.model.newestOwn() === key}
                              isCurrent={currentKey() === key}
                              observer={seen()}
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
        <button
          type="button"
          class="absolute right-4 bottom-3 flex min-h-11 min-w-11 animate-rise items-center justify-center gap-1.5 rounded-full border border-line bg-raised px-3 font-semibold text-accent shadow-float hover:bg-hover"
          onClick={() => scroll.jumpToEnd()}
        >
          <Show
            when={props.room.room.unread_count > 0}
            fallback={<span class="sr-only">{words.messages.jumpToLatest}</span>}
          >
            <span>
              {words.messages.newCount(props.room.room.unread_count)}
              <span class="sr-only">{words.messages.newCountJump}</span>
            </span>
          </Show>
          <Icon name="down" class="size-4.5" />
        </button>
      </Show>
    </div>
  );
}

function asBubble(row: Row | undefined): Bubble | undefined {
  return row?.kind === 'bubble' ? row : undefined;
}
