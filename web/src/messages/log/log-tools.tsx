import { firstUnread, type ClientRoom } from '@parley/client';
import { createEffect, createSignal, on, onCleanup, Show, untrack, type JSX } from 'solid-js';
import { provideAction } from '../../actions/provide';
import { useChat } from '../../realtime/chat.store';
import { Drawing } from '../../ui/icon';
import { secondWords } from '../../words/words';
import { dateJump } from './load-date-jump';
import { moveLog } from './log-motion';
import type { Place } from './place';
import type { RoomLog } from './room-log';
import { topIn } from './scroll-anchor';

const DOWN = 'M12 5v14m6-6-6 6-6-6';

interface LogToolsProps {
  /** The one with `role=log`. */
  element: HTMLElement;
  room: ClientRoom;
  log: RoomLog;
}

/** What leads through a log from above it: to the first unread message, to the latest one, and to a date. */
export function LogTools(props: LogToolsProps) {
  const chat = useChat();
  const log = untrack(() => props.element);
  const { model, scroll, readMark, hasUnreadAbove } = untrack(() => props.log);
  moveLog(log, model, scroll);
  const unreadSeq = () => firstUnread(props.room, chat.me, readMark.seq());
  const [isUnreadBelow, setUnreadBelow] = createSignal(false);
  /** The day from which the user goes to a date, in milliseconds since 1970; null: the user does not. */
  const [day, setDay] = createSignal<number | null>(null);

  /** Whether the first unread message comes after those in sight. */
  function look(): void {
    const seq = unreadSeq();
    const first = scroll.firstVisible();
    if (seq === null || first === null || seq <= first) return void setUnreadBelow(false);
    const row = log.querySelector(`[data-seq="${seq}"]`);
    setUnreadBelow(!row || topIn(log, row) > log.clientHeight);
  }
  createEffect(on([unreadSeq, scroll.firstVisible, model.keys], look));

  const untilCleanup = new AbortController();
  onCleanup(() => untilCleanup.abort());
  log.addEventListener('scroll', look, untilCleanup);
  log.addEventListener(
    'click',
    ({ target }) => {
      const clicked = target instanceof Element ? target.closest<HTMLElement>('[data-day]') : null;
      if (clicked) dateJump().demand(() => setDay(Date.parse(clicked.dataset.day ?? '')));
    },
    untilCleanup,
  );

  provideAction('jumpToDate', () => dateJump().demand(() => setDay(Date.now())));

  /** Where the focus is to go, once that is loaded. */
  let focusAt: Place | null = null;

  function moveFocus(): void {
    if (!focusAt) return;
    const rows = [...log.querySelectorAll<HTMLElement>('[data-bubble]')];
    const seq = focusAt.kind === 'end' ? null : String(focusAt.seq);
    const row = seq === null ? rows.at(-1) : rows.find(({ dataset }) => dataset.seq === seq);
    if (!row) return;
    focusAt = null;
    row.focus({ preventScroll: true });
  }
  createEffect(on(model.keys, moveFocus));

  /** `event`: when it is of a key, the focus goes along, as the button goes away. */
  function goTo(place: Place, event: MouseEvent): void {
    scroll.goTo(place);
    focusAt = event.detail === 0 ? place : null;
    moveFocus();
  }

  return (
    <>
      <div
        class="log-tools pointer-events-none absolute bottom-3 flex flex-col items-end gap-2 *:pointer-events-auto"
        data-later
      >
        <Show when={hasUnreadAbove() || isUnreadBelow()}>
          <JumpButton
            isUp={hasUnreadAbove()}
            onClick={(event) => {
              const seq = unreadSeq();
              if (seq !== null) goTo({ kind: 'unread', seq }, event);
            }}
          >
            {secondWords.firstUnread}
          </JumpButton>
        </Show>
        <Show when={!scroll.isAtEnd() || hasUnreadAbove()}>
          <JumpButton
            isUp={false}
            onClick={(event) => {
              readMark.readAll();
              goTo({ kind: 'end' }, event);
            }}
          >
            <Show
              when={props.room.room.unread_count}
              fallback={<span class="sr-only">{secondWords.jumpToLatest}</span>}
            >
              {(count) => (
                <span>
                  {secondWords.newCount(count())}
                  <span class="sr-only">{secondWords.newCountJump}</span>
                </span>
              )}
            </Show>
          </JumpButton>
        </Show>
      </div>
      <Show when={day() !== null && dateJump().content()} keyed>
        {(DateJump) => (
          <DateJump
            room={props.room}
            day={day() ?? Date.now()}
            onFound={(seq) => scroll.goTo({ kind: 'message', seq })}
            onClose={() => setDay(null)}
          />
        )}
      </Show>
    </>
  );
}

function JumpButton(props: { isUp: boolean; onClick(event: MouseEvent): void; children: JSX.Element }) {
  return (
    <button
      type="button"
      class="flex min-h-12 w-14 animate-rise flex-col-reverse items-center justify-center rounded-2xl border border-line-strong bg-raised py-1 text-center text-xs leading-tight font-semibold text-accent shadow-float hover:bg-hover"
      onClick={(event) => props.onClick(event)}
    >
      {props.children}
      <Drawing path={DOWN} class={`size-4.5 ${props.isUp ? 'rotate-180' : ''}`} />
    </button>
  );
}
