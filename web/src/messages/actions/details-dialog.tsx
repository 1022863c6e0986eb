import { peerWatermarks, watermarksOf, type ClientRoom } from '@parley/client';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { Dialog } from '../../ui/dialog';
import { Drawing } from '../../ui/icon';
import { messageActionWords, times, words } from '../../words/words';
import type { Bubble } from '../log/bubbles';
import { queuedAt } from './queued-at';

const DONE = 'm5 13 5 5L20 7';
const OPEN = 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z';

interface DetailsDialogProps {
  /** Undefined once it is not loaded any more. */
  bubble: Bubble | undefined;
  room: ClientRoom;
  onClose(): void;
}

/** How far a message has come, step by step. */
export function DetailsDialog(props: DetailsDialogProps) {
  return (
    <Dialog title={messageActionWords.details.title} onClose={props.onClose}>
      <div class="slim-scrollbar grid gap-5 overflow-y-auto px-5 pb-5">
        <Show when={props.bubble?.text}>
          {(text) => (
            <p
              class="user-text slim-scrollbar max-h-40 overflow-y-auto rounded-xl bg-canvas px-3 py-2"
              dir="auto"
              tabIndex={0}
              aria-label={messageActionWords.details.text}
            >
              {text()}
            </p>
          )}
        </Show>
        <Section title={messageActionWords.details.delivery}>
          <Steps bubble={props.bubble} room={props.room} />
        </Section>
      </div>
    </Dialog>
  );
}

function Section(props: { title: string; children: JSX.Element }) {
  return (
    <section class="grid gap-1.5">
      <h3 class="text-sm font-semibold text-muted">{props.title}</h3>
      {props.children}
    </section>
  );
}

/** Queued, stored, delivered, read: each with its time where the server keeps one. */
function Steps(props: { bubble: Bubble | undefined; room: ClientRoom }) {
  const chat = useChat();
  const steps = createMemo(() => {
    const { bubble, room } = props;
    if (!bubble) return [];
    const { details } = messageActionWords;
    const seq = bubble.seq ?? Number.POSITIVE_INFINITY;
    const { delivered, read } = bubble.isMine ? peerWatermarks(room, chat.me) : watermarksOf(room, chat.me);
    const queued = bubble.outbox ? bubble.at : bubble.isMine ? queuedAt(bubble.message) : null;
    return [
      ...(queued === null ? [] : [{ name: details.queued, isDone: true, at: queued }]),
      {
        name: bubble.seq === null ? words.messages.status.sent : details.stored(String(bubble.seq)),
        isDone: bubble.seq !== null,
        at: bubble.seq === null ? null : bubble.at,
      },
      { name: details.delivered, isDone: seq <= delivered, at: null },
      { name: details.read, isDone: seq <= read, at: null },
    ];
  });

  return (
    <ol class="grid gap-1">
      <For each={steps()}>
        {({ name, isDone, at }) => (
          <li class="flex items-center gap-2">
            <Drawing path={isDone ? DONE : OPEN} class={`size-4 ${isDone ? 'text-accent' : 'text-muted'}`} />
            <span classList={{ 'text-muted': !isDone }}>{name}</span>
            <span class="ms-auto text-sm text-muted tabular-nums">
              {at === null ? messageActionWords.details[isDone ? 'done' : 'notYet'] : times.full(at)}
            </span>
          </li>
        )}
      </For>
    </ol>
  );
}
