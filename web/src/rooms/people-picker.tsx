import { MIN_SEARCH_LENGTH, type User } from '@parley/shared';
import { createEffect, createSignal, For, Show } from 'solid-js';
import { HttpError } from '../api/http';
import { useSession } from '../auth/session';
import { presenceText } from '../presence/presence-text';
import { useChat } from '../realtime/chat.store';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { Icon } from '../ui/icon';
import { navigate } from '../routing/router';
import { handleOf, nameOf } from '../users/name-of';
import { createPeople } from '../users/people.store';
import { addOpened } from './add-opened';
import { createRoom } from './create-room';
import { useRooms } from './rooms.store';
import { newChatWords, words } from '../words/words';

interface PeoplePickerProps {
  /** Called with the chat before it is opened. */
  onRoom?(roomId: number): void;
  onDone(): void;
}

/** All other users, found by name. Choosing one opens the chat with them, and creates it if needed. */
export function PeoplePicker(props: PeoplePickerProps) {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const people = createPeople(() => Object.values(chat.state().users), chat.me, session.mode);
  const [problem, setProblem] = createSignal('');
  /** Enter was pressed before the server had answered. */
  const [isFirstWanted, setFirstWanted] = createSignal(false);
  let list: HTMLUListElement | undefined;
  let field: HTMLInputElement | undefined;

  async function open(user: User): Promise<void> {
    setProblem('');
    try {
      const room = await createRoom(session, user.id);
      addOpened(chat, rooms, room);
      props.onRoom?.(room.id);
      navigate(session.hrefTo(room.id));
      props.onDone();
    } catch (error) {
      const isTooOften = error instanceof HttpError && error.status === 429;
      setProblem(isTooOften ? newChatWords.tooMany : newChatWords.notOpened(nameOf(user)));
    }
  }

  function openFirst(): void {
    const [first] = people.found();
    setFirstWanted(first === undefined && people.isLooking());
    if (first) void open(first);
  }

  createEffect(() => {
    if (isFirstWanted() && !people.isLooking()) openFirst();
  });

  function onKeyDown(event: KeyboardEvent): void {
    const stops: HTMLElement[] = [...(field ? [field] : []), ...(list?.querySelectorAll('button') ?? [])];
    const index = stops.findIndex((stop) => stop === document.activeElement);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (target === undefined || !stops[target]) return;
    event.preventDefault();
    stops[target].focus();
  }

  function emptyText(): string {
    if (people.isTooShort()) return newChatWords.findByName(MIN_SEARCH_LENGTH);
    if (people.isLooking()) return words.loading;
    if (people.query() !== '') return newChatWords.noPersonNamed(people.query());
    return chat.state().users[chat.me] ? newChatWords.noOtherPeople : words.loading;
  }

  return (
    <div class="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <form
        class="relative mx-4"
        onSubmit={(event) => {
          event.preventDefault();
          openFirst();
        }}
      >
        <Icon name="search" class="absolute top-3 start-3.5 size-5 text-muted" />
        <input
          ref={(element) => (field = element)}
          type="search"
          class="text-field ps-11"
          aria-label={newChatWords.findPeople}
          aria-describedby="how-to-find"
          placeholder={newChatWords.findPeople}
          autofocus
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            setFirstWanted(false);
            people.search(event.currentTarget.value);
          }}
        />
      </form>
      <Show when={session.mode === 'accounts'}>
        <p id="how-to-find" class="px-5 pt-2 text-sm text-pretty text-muted">
          {newChatWords.howToFind(MIN_SEARCH_LENGTH)}
        </p>
      </Show>
      <p class="px-5 text-sm text-danger not-empty:pt-2" role="alert">
        {problem()}
      </p>
      <p class="px-5 text-sm text-muted not-empty:pt-2" role="status">
        {people.isTooOften()
          ? newChatWords.searchedTooOften
          : people.isPartial()
            ? newChatWords.peoplePartial
            : ''}
      </p>
      <p class="sr-only" aria-live="polite">
        {newChatWords.people(people.found().length)}
      </p>
      <ul
        ref={(element) => (list = element)}
        class="slim-scrollbar grid min-h-24 flex-1 content-start gap-0.5 overflow-y-auto p-2"
      >
        <For each={people.found()} fallback={<li class="p-6 text-center text-muted">{emptyText()}</li>}>
          {(user) => (
            <li>
              <button
                type="button"
                class="flex min-h-14 w-full items-center gap-3 rounded-2xl px-3 text-start -outline-offset-2 hover:bg-hover"
                onClick={() => void open(user)}
              >
                <Avatar user={user} online={user.online} stale={!rooms.isPresenceKnown()} small />
                <span class="grid min-w-0">
                  <span class="truncate font-semibold" dir="auto">
                    {nameOf(user)}
                  </span>
                  <Show when={describe(user, rooms.isPresenceKnown())}>
                    {(text) => (
                      <span class="truncate text-sm text-muted" dir="auto">
                        {text()}
                      </span>
                    )}
                  </Show>
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}

function describe(user: User, isPresenceKnown: boolean): string {
  return [handleOf(user), presenceText(user, isPresenceKnown, now())]
    .filter((part) => part !== '')
    .join(' · ');
}
