import { createEffect, createMemo, onCleanup, Show, untrack } from 'solid-js';
import { times, words } from '../../words/words';
import { statusOf, type Bubble } from './bubbles';
import { messageActions } from '../actions/load-message-actions';
import { MessageFiles } from './message-files';
import { MessageText } from './message-text';
import { secondLoad } from '../../second-load/second-load';
import { Later } from '../../ui/later';
import { useChat } from '../../realtime/chat.store';
import type { Watermarks } from '@parley/client';
import type { SeenObserver } from '../receipts/seen-observer';
import { Ticks } from '../receipts/ticks';

interface MessageItemProps {
  bubble: Bubble;
  peerName: string;
  peer: Watermarks;
  /** The newest own message says its status in a word that everybody sees, below it: in it, it would change its size. */
  isNewestOwn: boolean;
  /** The row that the Tab key finds. */
  isCurrent: boolean;
  /** The message that the URL names. */
  isTarget: boolean;
  /** Undefined until its code is there. */
  observer: SeenObserver | undefined;
  readSeq: number;
}

/** One message. */
export function MessageItem(props: MessageItemProps) {
  let row: HTMLLIElement | undefined;
  const { me, isLost } = useChat();
  const actions = messageActions();
  /** What the user has done to it waits for a connection; with one it takes no time that is worth a sign. */
  const isWaiting = () => props.bubble.isChanging && isLost();
  const status = createMemo(() => (isWaiting() ? 'sending' : statusOf(props.bubble, props.peer)));
  const tabIndex = () => (props.isCurrent ? 0 : -1);
  /** A refused one has its reason there. */
  const isInWords = () => props.isNewestOwn && status() !== 'failed';

  createEffect(() => {
    const { observer } = props;
    const { seq, isMine } = untrack(() => props.bubble);
    if (!observer || !row || isMine || seq === null || seq <= untrack(() => props.readSeq)) return;
    const element = row;
    observer.watch(element, seq);
    onCleanup(() => observer.unwatch(element));
  });

  /** When it was sent, and how far it has come. */
  const meta = () => (
    <span class="bubble-meta">
      <Show when={props.bubble.text && props.bubble.message?.edited_at}>
        <button type="button" class="-my-2 py-2 hover:underline" tabIndex={tabIndex()} data-action="details">
          {words.messages.edited}
        </button>
      </Show>
      <time
        // Not that of the text, which would turn «7:18 AM» around.
        dir="auto"
        // Once in a run of messages. It is the first that says it: which is the last would change with each new one.
        classList={{ 'sr-only': !props.bubble.isFirst }}
        datetime={props.bubble.at}
      >
        {times.clock(props.bubble.at)}
      </time>
      <Show when={props.bubble.isMine || isWaiting()}>
        <Ticks status={status()} silent={isInWords()} />
      </Show>
    </span>
  );

  return (
    <li
      ref={(element) => (row = element)}
      // Contained: when the log scrolls on, the browser does not walk through rows that only move.
      class="message-row"
      classList={{
        'own-row': props.bubble.isMine,
        'run-start': props.bubble.isFirst,
        'run-end': props.bubble.isLast,
      }}
      data-bubble={props.bubble.key}
      data-seq={props.bubble.seq ?? undefined}
      aria-current={props.isTarget || undefined}
      aria-labelledby={`b-${props.bubble.key}`}
      tabIndex={tabIndex()}
    >
      <div
        id={`b-${props.bubble.key}`}
        class="bubble"
        classList={{ 'outline-1 outline-danger': status() === 'failed' }}
      >
        <span class="sr-only">
          {words.messages.from(props.bubble.isMine ? words.messages.you : props.peerName)}{' '}
        </span>
        <Show when={props.bubble.replyTo}>
          {(quote) => (
            <Later chunk={actions} fallback={<div class="h-12" />}>
              {({ Quote }) => (
                <Quote
                  quote={quote()}
                  name={quote().sender_id === me ? words.messages.you : props.peerName}
                  tabIndex={tabIndex()}
                />
              )}
            </Later>
          )}
        </Show>
        <Show when={props.bubble.files.length > 0}>
          <MessageFiles bubble={props.bubble} />
        </Show>
        <Show
          when={props.bubble.text}
          fallback={
            <>
              <Show when={props.bubble.files.length === 0}>
                <em class="text-muted">{words.messages.deleted}</em>
              </Show>
              {meta()}
            </>
          }
        >
          <MessageText text={props.bubble.text}>{meta()}</MessageText>
        </Show>
      </div>
      <Show when={isInWords()}>
        <span class={`status-word tick-${status()}`}>{words.messages.status[status()]}</span>
      </Show>
      <Show when={props.bubble.message?.reactions.length}>
        <Later chunk={actions} fallback={<div class="h-6" />}>
          {({ Reactions }) => (
            <Reactions
              reactions={props.bubble.message?.reactions ?? []}
              peerName={props.peerName}
              tabIndex={tabIndex()}
            />
          )}
        </Later>
      </Show>
      <Show when={status() === 'failed' && props.bubble.outbox}>
        {(outbox) => (
          <Later chunk={secondLoad()} fallback={<div class="h-11" />}>
            {({ RefusedMessage }) => <RefusedMessage clientId={outbox().clientId} reason={outbox().reason} />}
          </Later>
        )}
      </Show>
    </li>
  );
}
