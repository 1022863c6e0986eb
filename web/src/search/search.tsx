import { onCleanup } from 'solid-js';
import { AllSearch } from './all-search';
import { RoomSearch } from './room-search';
import { loadSearchWords } from '../words/words';
import type { InRoom } from './in-room';

/** The search in all chats, or in one. The focus goes back to where it was. */
function Search(props: { in: InRoom | undefined; onClose(): void }) {
  const before = document.activeElement;
  onCleanup(() => before instanceof HTMLElement && before.focus());
  return props.in ? (
    <RoomSearch in={props.in} onClose={props.onClose} />
  ) : (
    <AllSearch onClose={props.onClose} />
  );
}

/** The search, once it has its words. */
export async function loadSearch(): Promise<typeof Search> {
  await loadSearchWords();
  return Search;
}
