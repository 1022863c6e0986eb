import type { User } from '@parley/shared';
import { createEffect, createSignal, For, Show, type JSX } from 'solid-js';
import { Icon } from '../ui/icon';
import { newChatWords } from '../words/words';
import type { People } from './people.store';

interface PeopleSearchProps {
  people: People;
  /** How people are found, where that is not plain. */
  note?: string;
  /** Why the user that was chosen last could not be used. */
  problem?: string;
  /** Stands where nobody is found. */
  empty: string;
  onChoose(user: User): void;
  /** What is shown of a user. */
  children(user: User): JSX.Element;
}

/** A field, and the people that are found by what is typed into it. Enter chooses the first one. */
export function PeopleSearch(props: PeopleSearchProps) {
  /** Enter was pressed before the server had answered. */
  const [isFirstWanted, setFirstWanted] = createSignal(false);
  let list: HTMLUListElement | undefined;
  let field: HTMLInputElement | undefined;

  function chooseFirst(): void {
    const [first] = props.people.found();
    setFirstWanted(first === undefined && props.people.isLooking());
    if (first) props.onChoose(first);
  }

  createEffect(() => {
    if (isFirstWanted() && !props.people.isLooking()) chooseFirst();
  });

  function onKeyDown(event: KeyboardEvent): void {
    const stops: HTMLElement[] = [...(field ? [field] : []), ...(list?.querySelectorAll('button') ?? [])];
    const index = stops.findIndex((stop) => stop === document.activeElement);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (target === undefined || !stops[target]) return;
    event.preventDefault();
    stops[target].focus();
  }

  return (
    <div class="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <form
        class="relative mx-4"
        onSubmit={(event) => {
          event.preventDefault();
          chooseFirst();
        }}
      >
        <Icon name="search" class="absolute top-3 start-3.5 size-5 text-muted" />
        <input
          ref={(element) => (field = element)}
          type="search"
          class="text-field ps-11"
          aria-label={newChatWords.findPeople}
          aria-describedby={props.note && 'how-to-find'}
          placeholder={newChatWords.findPeople}
          autofocus
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            setFirstWanted(false);
            props.people.search(event.currentTarget.value);
          }}
        />
      </form>
      <Show when={props.note}>
        <p id="how-to-find" class="px-5 pt-2 text-sm text-pretty text-muted">
          {props.note}
        </p>
      </Show>
      <p class="px-5 text-sm text-danger not-empty:pt-2" role="alert">
        {props.problem}
      </p>
      <p class="px-5 text-sm text-muted not-empty:pt-2" role="status">
        {props.people.isTooOften()
          ? newChatWords.searchedTooOften
          : props.people.isPartial()
            ? newChatWords.peoplePartial
            : ''}
      </p>
      <p class="sr-only" aria-live="polite">
        {newChatWords.people(props.people.found().length)}
      </p>
      <ul
        ref={(element) => (list = element)}
        class="slim-scrollbar grid min-h-24 flex-1 content-start gap-0.5 overflow-y-auto p-2"
      >
        <For each={props.people.found()} fallback={<li class="p-6 text-center text-muted">{props.empty}</li>}>
          {(user) => (
            <li>
              <button
                type="button"
                class="flex min-h-14 w-full items-center gap-3 rounded-2xl px-3 text-start -outline-offset-2 hover:bg-hover"
                onClick={() => props.onChoose(user)}
              >
                {props.children(user)}
              </button>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}

interface PersonNamesProps {
  name: string;
  /** The line below, without which the name stands alone. */
  detail: string;
}

/** The text of a person in the list. */
export function PersonNames(props: PersonNamesProps) {
  return (
    <span class="grid min-w-0">
      <span class="truncate font-semibold" dir="auto">
        {props.name}
      </span>
      <Show when={props.detail}>
        <span class="truncate text-sm text-muted" dir="auto">
          {props.detail}
        </span>
      </Show>
    </span>
  );
}
