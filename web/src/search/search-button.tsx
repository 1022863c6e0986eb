import { createSignal, onCleanup, Show } from 'solid-js';
import { isList } from '../routing/router';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { words } from '../words/words';
import type { InRoom } from './in-room';

/** Opens the search in all chats, or in one, whose code comes only when it is wanted: over the part of the page that the button is in. */
export function SearchButton(props: { in?: InRoom }) {
  const [isOpen, setOpen] = createSignal(false);
  const search = createChunk(words.notLoaded.search, async () => (await import('./search')).loadSearch());
  const open = () => search.demand(() => setOpen(true));

  const onKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'f' || !props.in !== isList()) return;
    // A dialog has the page to itself. In the field of the search the same keys are the browser's own search.
    if (document.querySelector('dialog[open],[data-search]:focus')) return;
    event.preventDefault();
    open();
  };
  window.addEventListener('keydown', onKey);
  onCleanup(() => window.removeEventListener('keydown', onKey));

  return (
    <>
      <button type="button" class="button-quiet ml-auto px-0" aria-label={words.chats.search} onClick={open}>
        <Icon name="search" />
      </button>
      <Show when={isOpen() && search.content()} keyed>
        {(Search) => <Search in={props.in} onClose={() => setOpen(false)} />}
      </Show>
    </>
  );
}
