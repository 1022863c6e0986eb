import { createEffect, createSignal, on, onMount, Show, untrack } from 'solid-js';
import { provideStep } from '../actions/ladder';
import { provideAction } from '../actions/provide';
import { useSession } from '../auth/session';
import { navigate, openSeq } from '../routing/router';
import { Drawing, Icon } from '../ui/icon';
import { dateJump } from '../messages/log/load-date-jump';
import { nameOf } from '../users/name-of';
import { searchWords, secondWords } from '../words/words';
import { provideFindAction } from './find-action';
import { createHighlights } from './highlights';
import type { InRoom } from './in-room';
import { createSearch } from './search.store';

interface RoomSearchProps {
  in: InRoom;
  onClose(): void;
}

const CALENDAR = 'M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2Zm0 3h16M8 3v4m8-4v4';

/** So many hits before the last one that is loaded, the next page is. */
const AHEAD = 5;

/**
 * The search in one chat, in place of its header. The log goes from hit to hit; Escape goes back to where it was, and the button
 * closes the search at the hit.
 */
export function RoomSearch(props: RoomSearchProps) {
  const session = useSession();
  const roomId = untrack(() => props.in.room.room.id);
  const { scroll } = untrack(() => props.in.log);
  const left = { place: scroll.place(), seq: openSeq() };
  const [text, setText] = createSignal('');
  /** Index of the hit that is shown; -1: none. */
  const [current, setCurrent] = createSignal(-1);
  const search = createSearch(session, () => ({
    q: text(),
    room: roomId,
    from: null,
    after: null,
    before: null,
  }));
  const hits = () => search.hits() ?? [];
  const [isDating, setDating] = createSignal(false);
  let field: HTMLInputElement | undefined;
  onMount(() => field?.focus());
  provideFindAction(() => field);
  provideStep('search', goBack, () => true);
  provideAction('olderHit', () => show(current() + 1));
  provideAction('newerHit', () => show(current() - 1));

  createHighlights(search.shown, () => hits()[current()]?.message.seq ?? null);

  function show(index: number): void {
    const hit = hits()[index];
    if (!hit) return;
    setCurrent(index);
    const { seq } = hit.message;
    const room = session.hrefTo(roomId);
    navigate(`${room}${room.includes('?') ? '&' : '?'}at=${seq}`, { replace: true });
    scroll.goTo({ kind: 'message', seq });
    if (index + AHEAD >= hits().length) search.more();
  }

  // The first hit of another query is shown at once; more hits of the same change nothing.
  createEffect(
    on(search.shown, () => {
      setCurrent(-1);
      show(0);
    }),
  );

  function goBack(): void {
    if (current() >= 0 || openSeq() !== left.seq) {
      navigate(session.hrefTo(roomId), { replace: true });
      scroll.goTo(left.place);
    }
    props.onClose();
  }

  const position = () => {
    if (!search.hits()) return '';
    if (hits().length === 0) return search.isLoading() ? '' : searchWords.none;
    return searchWords.position(current() + 1, hits().length, search.hasMore());
  };

  return (
    <>
      <form
        class="absolute inset-0 z-10 flex items-center gap-1 bg-panel px-2 md:px-4"
        role="search"
        aria-label={searchWords.inRoom(nameOf(props.in.peer))}
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          const step = { ArrowDown: -1, ArrowUp: 1, Enter: event.shiftKey ? -1 : 1 }[event.key];
          if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            goBack();
          } else if (step !== undefined && event.target === field) {
            event.preventDefault();
            show(current() + step);
          }
        }}
      >
        <input
          ref={(element) => (field = element)}
          type="text"
          role="searchbox"
          inputmode="search"
          enterkeyhint="search"
          class="text-field min-w-0 flex-1"
          aria-label={searchWords.inRoom(nameOf(props.in.peer))}
          placeholder={searchWords.placeholder}
          autocomplete="off"
          spellcheck={false}
          maxlength={200}
          dir="auto"
          data-search
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Show when={text() === ''}>
          <button
            type="button"
            class="button-quiet shrink-0 px-0"
            aria-label={secondWords.dateJump.title}
            aria-haspopup="dialog"
            onPointerEnter={dateJump().prepare}
            onFocus={dateJump().prepare}
            onClick={() => dateJump().demand(() => setDating(true))}
          >
            <Drawing path={CALENDAR} class="size-5" />
          </button>
        </Show>
        <span
          class="shrink-0 px-1 text-center text-sm text-muted tabular-nums"
          classList={{ 'min-w-16': text() !== '' }}
          role="status"
        >
          {position()}
        </span>
        <Show when={search.hasFailed()}>
          <button type="button" class="button-quiet text-sm text-danger" onClick={search.retry}>
            {secondWords.retry}
          </button>
        </Show>
        <button
          type="button"
          class="button-quiet px-0 disabled:opacity-40"
          aria-label={searchWords.older}
          disabled={current() + 1 >= hits().length}
          onClick={() => show(current() + 1)}
        >
          <Icon name="chevron" class="size-5 rotate-180" />
        </button>
        <button
          type="button"
          class="button-quiet px-0 disabled:opacity-40"
          aria-label={searchWords.newer}
          disabled={current() <= 0}
          onClick={() => show(current() - 1)}
        >
          <Icon name="chevron" class="size-5" />
        </button>
        <button
          type="button"
          class="button-quiet px-0"
          aria-label={searchWords.close}
          onClick={props.onClose}
        >
          <Icon name="close" />
        </button>
      </form>
      <Show when={isDating() && dateJump().content()} keyed>
        {(DateJump) => (
          <DateJump
            room={props.in.room}
            day={Date.now()}
            onFound={(seq) => {
              scroll.goTo({ kind: 'message', seq });
              props.onClose();
            }}
            onClose={() => setDating(false)}
          />
        )}
      </Show>
    </>
  );
}
