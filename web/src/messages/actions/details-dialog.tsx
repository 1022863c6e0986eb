import { peerWatermarks, watermarksOf, type ClientRoom } from '@parley/client';
import type { MessageEdit, User } from '@parley/shared';
import { createEffect, createMemo, createSignal, For, on, Show, type JSX } from 'solid-js';
import { createRetry } from '../../api/retry';
import { useSession } from '../../auth/session';
import { useChat } from '../../realtime/chat.store';
import { Dialog } from '../../ui/dialog';
import { Drawing } from '../../ui/icon';
import { nameOf } from '../../users/name-of';
import { messageActionWords, secondWords, times, words } from '../../words/words';
import type { Bubble } from '../log/bubbles';
import { messageEdits } from '../messages.api';
import { queuedAt } from './queued-at';

const DONE = 'm5 13 5 5L20 7';
const OPEN = 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z';

interface DetailsDialogProps {
  /** Undefined once it is not loaded any more. */
  bubble: Bubble | undefined;
  room: ClientRoom;
  peer: User;
  onClose(): void;
}

/** How far a message has come, step by step, who has reacted to it, and every text that it had. */
export function DetailsDialog(props: DetailsDialogProps) {
  const chat = useChat();
  const session = useSession();
  const [edits, setEdits] = createSignal<MessageEdit[]>([]);
  const message = createMemo(() => props.bubble?.message ?? null);
  const names = new Intl.ListFormat(document.documentElement.lang);
  const namesOf = (userIds: readonly number[]) =>
    names.format(userIds.map((id) => (id === chat.me ? words.messages.you : nameOf(props.peer))));

  const loading = createRetry(async (isCurrent) => {
    const id = message()?.id;
    if (id === undefined) return;
    const loaded = await messageEdits(session, id);
    if (isCurrent()) setEdits(loaded);
  });
  createEffect(
    on(
      () => message()?.edited_at,
      (at) => at && loading.run(),
    ),
  );

  /** Each text that it had, oldest first, and since when. */
  const versions = createMemo(() => {
    const shown = message();
    if (!shown || edits().length === 0) return [];
    const { original, changed } = messageActionWords.details;
    const texts = [...edits().map(({ text }) => text), shown.text];
    const since = [shown.timestamp, ...edits().map(({ edited_at }) => edited_at)];
    return texts.map((text, index) => ({
      text,
      since: (index === 0 ? original : changed)(times.full(since[index] ?? shown.timestamp)),
    }));
  });

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
        <Show when={message()?.reactions.length}>
          <Section title={messageActionWords.details.reactions}>
            <ul class="grid gap-1">
              <For each={message()?.reactions}>
                {({ emoji, user_ids }) => (
                  <li class="flex gap-2">
                    <span>{emoji}</span>
                    <span dir="auto">{namesOf(user_ids)}</span>
                  </li>
                )}
              </For>
            </ul>
          </Section>
        </Show>
        <Show when={message()?.edited_at}>
          <Section title={messageActionWords.details.versions}>
            <Show
              when={!loading.hasFailed()}
              fallback={
                <p class="flex items-center gap-2 text-muted" role="alert">
                  {messageActionWords.details.notLoaded}
                  <button type="button" class="button-quiet text-accent" onClick={() => loading.run()}>
                    {secondWords.retry}
                  </button>
                </p>
              }
            >
              <ol class="grid gap-2">
                <For each={versions()}>
                  {({ text, since }) => (
                    <li class="rounded-xl bg-canvas px-3 py-2">
                      <p class="text-xs text-muted">{since}</p>
                      <p class="user-text" dir="auto">
                        {text}
                      </p>
                    </li>
                  )}
                </For>
              </ol>
            </Show>
          </Section>
        </Show>
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
