import { For, Show } from 'solid-js';
import { RoomEntry } from './room-entry';
import { useRooms } from './rooms.store';

/** Chats or requests, each with a preview. */
export function RoomEntries(props: { ids: readonly number[]; openId: number | null }) {
  const rooms = useRooms();
  return (
    <ul class="grid grid-cols-[minmax(0,1fr)] gap-0.5 p-2 max-md:pb-24">
      <For each={props.ids}>
        {(id) => (
          <li>
            <Show when={rooms.get(id)}>
              {(room) => <RoomEntry room={room()} isOpen={props.openId === id} />}
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}
