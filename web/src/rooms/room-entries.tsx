import { createMemo, createSelector, createSignal, For, Show } from 'solid-js';
import { RoomEntry } from './room-entry';
import { useRooms } from './rooms.store';

/** Chats or requests, each with a preview. They are one stop of the Tab key: the one that had the focus last, or is open. */
export function RoomEntries(props: { ids: readonly number[]; openId: number | null }) {
  const rooms = useRooms();
  const [focused, setFocused] = createSignal<number | null>(null);
  const stop = createMemo(
    () => [focused(), props.openId].find((id) => id !== null && props.ids.includes(id)) ?? props.ids[0],
  );
  const isStop = createSelector(stop);
  return (
    <ul class="grid grid-cols-[minmax(0,1fr)] gap-0.5 p-2 max-md:pb-24">
      <For each={props.ids}>
        {(id) => (
          <li data-room={id} onFocusIn={() => setFocused(id)}>
            <Show when={rooms.get(id)}>
              {(room) => <RoomEntry room={room()} isOpen={props.openId === id} isStop={isStop(id)} />}
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}
