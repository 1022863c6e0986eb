import { createMemo, onCleanup, onMount, Show } from 'solid-js';
import { Icon } from '../ui/icon';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import type { Rooms } from './rooms.store';

interface RoomFilterProps {
  text: string;
  /** Chats that match. */
  count: number;
  onInput(text: string): void;
  /** The user needs it no more. */
  onClose(): void;
}

/** A field for a part of a name. Arrow keys lead from it into the list and back; Enter opens the first chat. */
export function RoomFilter(props: RoomFilterProps) {
  let field: HTMLInputElement | undefined;
  let list: HTMLElement | null | undefined;

  function onKeyDown(event: KeyboardEvent): void {
    const first = list?.querySelector<HTMLElement>('[data-room] a');
    const isInField = event.target === field;
    if (event.key === 'Escape' && (isInField || props.text !== '')) props.onClose();
    else if (event.key === 'ArrowUp' && document.activeElement === first) field?.focus();
    else if (event.key === 'ArrowDown' && isInField) first?.focus();
    else if (event.key === 'Enter' && isInField && props.text.trim() !== '') first?.click();
    else {
      // They move the caret.
      if (isInField && /^(Home|End)$/.test(event.key)) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  onMount(() => {
    list = field?.closest('nav');
    list?.addEventListener('keydown', onKeyDown);
    onCleanup(() => list?.removeEventListener('keydown', onKeyDown));
    field?.focus();
  });

  return (
    <div class="relative px-3 pt-1">
      <input
        ref={(element) => (field = element)}
        type="text"
        role="searchbox"
        inputmode="search"
        class="text-field pe-11"
        aria-label={secondWords.filter.label}
        placeholder={secondWords.filter.label}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        value={props.text}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <button
        type="button"
        class="button-quiet absolute end-3 top-1 px-0 text-muted"
        aria-label={secondWords.filter.close}
        onClick={() => props.onClose()}
      >
        <Icon name="close" class="size-4.5" />
      </button>
      <p class="px-2 text-sm text-muted not-empty:pt-2" role="status">
        <Show when={props.text.trim() !== ''}>{secondWords.filter.found(props.count)}</Show>
      </p>
    </div>
  );
}

/** Those of `ids` whose people have `text` in their names; all for an empty one. Without regard to case and accents. */
export function createFiltered(
  rooms: Rooms,
  ids: () => readonly number[],
  text: () => string,
): () => readonly number[] {
  const wanted = createMemo(() => folded(text().trim()));
  return createMemo(() =>
    ids().filter((id) => {
      const room = rooms.get(id);
      const peer = room && rooms.peerOf(room);
      return !!peer && folded(`${nameOf(peer)} ${peer.username}`).includes(wanted());
    }),
  );
}

/** `Zoë` is found by `zoe`. */
function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
