import { createMemo, createSelector, createSignal, For, onCleanup, Show } from 'solid-js';
import { afterPaint } from '../ui/after-paint';
import { RoomEntry } from './room-entry';
import { useRooms } from './rooms.store';

/** Of a row, in pixels, at least. */
const ROW_PX = 56;
/** Rows that are rendered in one task: as many as the screen shows. The others follow, as many after each frame. */
const ROWS_AT_ONCE = Math.ceil(screen.height / ROW_PX);

/** Chats or requests, each with a preview. One stop of the Tab key, once the tools are there (room-tools.tsx). */
export function RoomEntries(props: { ids: readonly number[]; openId: number | null }) {
  const rooms = useRooms();
  const [step, nextStep] = createSignal(0);
  /** Of the two rows that change only. */
  const isOpen = createSelector(() => props.openId);
  /** Those that are rendered, and of the others so many from the top as fit into a task. */
  const shown = createMemo((before: readonly number[]) => {
    step();
    const known = new Set(before);
    let left = ROWS_AT_ONCE;
    const ids = props.ids.filter((id) => known.has(id) || left-- > 0);
    if (left < 0) onCleanup(afterPaint(() => nextStep((last) => last + 1)));
    return ids;
  }, []);

  return (
    <ul class="room-rows grid grid-cols-[minmax(0,1fr)] gap-0.5">
      <For each={shown()}>
        {(id) => (
          <li data-room={id} class="room-row">
            <Show when={rooms.get(id)}>{(room) => <RoomEntry room={room()} isOpen={isOpen(id)} />}</Show>
          </li>
        )}
      </For>
    </ul>
  );
}
