import { createMemo, createSignal, Show } from 'solid-js';
import { Icon } from '../ui/icon';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { RoomEntries } from './room-entries';
import { useRooms } from './rooms.store';

/** The chats, or those with people of a name: what is typed may be any part of it. */
export function RoomFilter(props: { ids: readonly number[]; openId: number | null }) {
  const rooms = useRooms();
  const [filter, setFilter] = createSignal('');
  let box: HTMLDivElement | undefined;
  let field: HTMLInputElement | undefined;

  const wanted = createMemo(() => folded(filter().trim()));
  const shown = createMemo(() => (wanted() === '' ? props.ids : props.ids.filter(isWanted)));

  function isWanted(id: number): boolean {
    const room = rooms.get(id);
    const peer = room && rooms.peerOf(room);
    return !!peer && folded(`${nameOf(peer)} ${peer.username}`).includes(wanted());
  }

  function clear(): void {
    setFilter('');
    field?.focus();
  }

  /** The other keys lead into the list and through it. */
  function onKeyDown(event: KeyboardEvent): void {
    const first = box?.querySelector('a');
    const isInField = event.target === field;
    if (event.key === 'Escape' && filter() !== '') clear();
    else if (event.key === 'ArrowUp' && document.activeElement === first) field?.focus();
    else if (event.key === 'Enter' && isInField && wanted() !== '') first?.click();
    else {
      // They move the caret.
      if (isInField && /^(Home|End)$/.test(event.key)) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={(element) => (box = element)} onKeyDown={onKeyDown}>
      <div class="relative px-3 pt-2">
        <input
          ref={(element) => (field = element)}
          type="text"
          role="searchbox"
          inputmode="search"
          class="text-field pr-11"
          aria-label={secondWords.filter.label}
          placeholder={secondWords.filter.label}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          value={filter()}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <Show when={filter() !== ''}>
          <button
            type="button"
            class="button-quiet absolute end-3 top-2 px-0 text-muted"
            aria-label={secondWords.filter.clear}
            onClick={clear}
          >
            <Icon name="close" class="size-4.5" />
          </button>
        </Show>
      </div>
      <p class="px-5 text-sm text-muted not-empty:pt-2" role="status">
        {wanted() && secondWords.filter.found(shown().length)}
      </p>
      <RoomEntries ids={shown()} openId={props.openId} />
    </div>
  );
}

/** Without case and accents: `Zoë` is found by `zoe`. */
function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
