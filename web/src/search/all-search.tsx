import type { FoundMessage, User } from '@parley/shared';
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js';
import { useSession } from '../auth/session';
import { isList, leaveLayer, navigate, openLayer, openRoomId, openSeq } from '../routing/router';
import { watchSwipeBack } from '../routing/swipe-back';
import { useRooms } from '../rooms/rooms.store';
import { Avatar } from '../ui/avatar';
import { previewOf } from '../messages/text/format';
import { now } from '../ui/clock';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { nameOf } from '../users/name-of';
import { searchWords, secondWords, times } from '../words/words';
import { excerptOf } from './excerpt';
import { createFilters, Filters } from './filters';
import { provideFindAction } from './find-action';
import { createSearch } from './search.store';

/** A hit with so few characters says little alone: its neighbours are shown too. */
const SHORT = 60;
/** A neighbour belongs to the same conversation when it was sent within this time, in milliseconds. */
const NEAR_MS = 3_600_000;

/** The list is the whole page, and the search covers it: it is what Back leaves. */
const IS_PAGE = '(width < 48rem)';

/** The search in all chats, over their list. It stays open while hits are looked at. */
export function AllSearch(props: { onClose(): void }) {
  const session = useSession();
  const [text, setText] = createSignal('');
  const filters = createFilters();
  const search = createSearch(session, () => ({ q: text(), ...filters.query() }));
  let panel: HTMLElement | undefined;
  let field: HTMLInputElement | undefined;
  onMount(() => {
    field?.focus();
    const untilCleanup = new AbortController();
    onCleanup(() => untilCleanup.abort());
    if (panel) watchSwipeBack(panel, untilCleanup.signal);
  });
  provideFindAction(() => field, isList);
  const close = () => props.onClose();
  // Also when the user comes back to it from a hit.
  createEffect(() => {
    if (!isList() || !matchMedia(IS_PAGE).matches) return;
    openLayer(close);
    onCleanup(() => leaveLayer(close));
  });

  const links = () => [...(panel?.querySelectorAll('a') ?? [])];

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      return props.onClose();
    }
    if (event.target instanceof HTMLSelectElement) return;
    const stops: HTMLElement[] = [...(field ? [field] : []), ...links()];
    const index = stops.findIndex((stop) => stop === document.activeElement);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (index < 0 || target === undefined || !stops[target]) return;
    event.preventDefault();
    stops[target].focus();
  }

  const status = () => {
    const hits = search.hits();
    if (!hits || search.isLoading()) return '';
    return hits.length === 0 ? searchWords.none : searchWords.found(hits.length, search.hasMore());
  };

  return (
    <section
      ref={(element) => (panel = element)}
      class="absolute inset-0 z-10 flex animate-rise flex-col bg-panel"
      aria-label={searchWords.all}
      onKeyDown={onKeyDown}
    >
      <form
        class="flex min-h-16 items-center gap-1 pe-3 ps-1"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          links()[0]?.click();
        }}
      >
        <button
          type="button"
          class="button-quiet px-0"
          aria-label={searchWords.close}
          data-back
          onClick={props.onClose}
        >
          <Icon name="back" class="size-6" />
        </button>
        <input
          ref={(element) => (field = element)}
          type="text"
          role="searchbox"
          inputmode="search"
          enterkeyhint="search"
          class="text-field"
          aria-label={searchWords.all}
          placeholder={searchWords.all}
          autocomplete="off"
          spellcheck={false}
          maxlength={200}
          dir="auto"
          data-search
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
      <Filters filters={filters} />
      <p class="sr-only" role="status">
        {status()}
      </p>
      <div
        class="slim-scrollbar min-h-0 flex-1 overflow-y-auto overscroll-contain border-t border-line"
        aria-busy={search.isLoading()}
      >
        <Show when={search.hasFailed()}>
          <p class="flex items-center justify-between px-5 py-1 text-sm text-danger" role="alert">
            {searchWords.failed}
            <button type="button" class="button-quiet text-accent" onClick={search.retry}>
              {secondWords.retry}
            </button>
          </p>
        </Show>
        <Switch>
          <Match when={search.hits()?.length}>
            <ol class="p-2 transition-opacity" classList={{ 'opacity-60': search.isLoading() }}>
              <For each={search.hits()}>{(hit) => <Result hit={hit} query={search.shown()} />}</For>
            </ol>
            <Show when={search.hasMore()}>
              <More onSeen={search.more} />
            </Show>
          </Match>
          <Match when={search.hits() && !search.isLoading()}>
            <Notice
              icon={<Icon name="search" class="size-7" />}
              title={searchWords.none}
              text={filters.isSet() ? searchWords.withFilters : searchWords.noneFor(text().trim())}
            />
          </Match>
          <Match when={search.isLoading() && !search.hasFailed()}>
            <p class="p-6 text-center text-muted">{searchWords.searching}</p>
          </Match>
          <Match when={!search.hits() && !search.hasFailed()}>
            <p class="p-6 text-center text-muted">{searchWords.hint}</p>
          </Match>
        </Switch>
      </div>
    </section>
  );
}

/** Loads the next page when it comes into view, or by key. */
function More(props: { onSeen(): void }) {
  let button: HTMLButtonElement | undefined;
  onMount(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && props.onSeen());
    if (button) observer.observe(button);
    onCleanup(() => observer.disconnect());
  });
  return (
    <button
      ref={(element) => (button = element)}
      type="button"
      class="button-quiet mb-2 w-full text-muted"
      onClick={props.onSeen}
    >
      {searchWords.more}
    </button>
  );
}

/** A hit: whose chat, when, and the text around it. */
function Result(props: { hit: FoundMessage; query: string }) {
  const session = useSession();
  const rooms = useRooms();
  const message = () => props.hit.message;
  const peer = (): User => {
    const room = rooms.get(message().room_id);
    const { sender, receiver } = message();
    return room ? rooms.peerOf(room) : sender.id === session.user.id ? receiver : sender;
  };
  const href = () => {
    const room = session.hrefTo(message().room_id);
    return `${room}${room.includes('?') ? '&' : '?'}at=${message().seq}`;
  };
  const isOpen = () => openRoomId() === message().room_id && openSeq() === message().seq;
  const neighbour = (other: FoundMessage['before']) => {
    const isNear =
      other?.text && Math.abs(Date.parse(other.timestamp) - Date.parse(message().timestamp)) < NEAR_MS;
    return isNear && message().text.length <= SHORT ? other : null;
  };
  const pieces = createMemo(() => excerptOf(message().text, props.query));

  return (
    <li>
      <a
        class="flex items-start gap-3 rounded-2xl px-3 py-2.5 -outline-offset-2 transition-colors"
        classList={{ 'bg-selected': isOpen(), 'hover:bg-hover': !isOpen() }}
        href={href()}
        aria-current={isOpen() || undefined}
        onClick={() => {
          // The same again: the log goes there once more.
          if (isOpen()) navigate(session.hrefTo(message().room_id), { replace: true });
        }}
      >
        <Avatar user={peer()} small />
        <span class="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
          <span class="flex items-baseline gap-2">
            <span class="truncate font-semibold" dir="auto">
              {nameOf(peer())}
            </span>
            <time class="ms-auto shrink-0 text-xs text-muted" datetime={message().timestamp}>
              {times.short(message().timestamp, now())}
            </time>
          </span>
          <Neighbour message={neighbour(props.hit.before)} />
          <span class="line-clamp-3 text-sm wrap-anywhere">
            <span class="text-muted">{by(message().sender, session.user.id)}</span>
            <bdi>
              <For each={pieces()}>
                {(piece) => (
                  <Show when={piece.isHit} fallback={piece.text}>
                    <mark class="search-hit">{piece.text}</mark>
                  </Show>
                )}
              </For>
            </bdi>
          </span>
          <Neighbour message={neighbour(props.hit.after)} />
        </span>
      </a>
    </li>
  );
}

function Neighbour(props: { message: FoundMessage['before'] }) {
  const session = useSession();
  return (
    <Show when={props.message}>
      {(message) => (
        <span class="truncate text-sm text-muted">
          {by(message().sender, session.user.id)}
          <bdi>{previewOf(message().text)}</bdi>
        </span>
      )}
    </Show>
  );
}

function by(sender: User, me: number): string {
  return searchWords.by(sender.id === me ? searchWords.you : nameOf(sender));
}
