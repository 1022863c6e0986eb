import { createEffect, createSignal, Show } from 'solid-js';
import { isList } from '../routing/router';
import { secondLoad } from '../second-load/second-load';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { words } from '../words/words';
import type { InRoom } from './in-room';

/** Opens the search in all chats, or in one, whose code comes only when it is wanted: over the part of the page that the button is in. */
export function SearchButton(props: { in?: InRoom }) {
  let button: HTMLButtonElement | undefined;
  const [isOpen, setOpen] = createSignal(false);
  const search = createChunk(words.notLoaded.search, async () => (await import('./search')).loadSearch());
  const open = () => search.demand(() => setOpen(true));

  createEffect(() =>
    secondLoad()
      .content()
      ?.provideAction('search', open, () => !props.in === isList() && !isOpen(), button),
  );

  return (
    <>
      <button
        ref={(element) => (button = element)}
        type="button"
        class="button-quiet ms-auto px-0"
        aria-label={words.chats.search}
        onClick={open}
      >
        <Icon name="search" />
      </button>
      <Show when={isOpen() && search.content()} keyed>
        {(Search) => <Search in={props.in} onClose={() => setOpen(false)} />}
      </Show>
    </>
  );
}
