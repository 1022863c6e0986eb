import { createSignal, Match, Show, Switch } from 'solid-js';
import { privacyParts } from '../privacy/load-privacy';
import { REQUESTS } from '../routing/route';
import { route } from '../routing/router';
import { secondLoad } from '../second-load/second-load';
import { Icon } from '../ui/icon';
import { Later } from '../ui/later';
import { Notice } from '../ui/notice';
import { RoomEntries } from './room-entries';
import { useRooms } from './rooms.store';
import { words } from '../words/words';

/** From so many chats on, the list has views. */
const MANY = 8;

/** The chats of a view, in the order of the store, or the requests. Arrow keys go from one to the next (room-tools.tsx). */
export function RoomList(props: { openId: number | null }) {
  const rooms = useRooms();
  const privacy = privacyParts();
  /** What the views show, once they are there. */
  const [shown, setShown] = createSignal<(() => readonly number[]) | null>(null);
  const [list, setList] = createSignal<HTMLElement>();
  const isEmpty = () => [rooms.ids(), rooms.requests(), rooms.archived()].every(({ length }) => length === 0);
  const isRequests = () =>
    route().page === 'requests' || (props.openId !== null && rooms.get(props.openId)?.room.request);

  return (
    <nav
      ref={setList}
      class="slim-scrollbar relative flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain"
      aria-label={words.chats.title}
    >
      <Switch>
        <Match when={rooms.hasFailed()}>
          <Later chunk={secondLoad()} fallback={null}>
            {({ RoomsNotLoaded }) => <RoomsNotLoaded onRetry={() => rooms.load()} />}
          </Later>
        </Match>
        <Match when={!rooms.isReady()}>
          <Later chunk={secondLoad()} fallback={null}>
            {({ RoomsSkeleton }) => <RoomsSkeleton />}
          </Later>
        </Match>
        <Match when={isRequests()}>
          <Later chunk={privacy} fallback={null}>
            {({ Requests }) => <Requests openId={props.openId} />}
          </Later>
        </Match>
        <Match when={isEmpty()}>
          <Notice
            icon={<Icon name="chat" class="size-7" />}
            title={words.chats.none}
            text={words.chats.start}
          />
        </Match>
        <Match when={rooms.isReady()}>
          <Show when={rooms.requests().length}>
            {(count) => (
              <a
                class="button-quiet mx-2 mt-2 justify-start text-muted"
                href={REQUESTS}
                onPointerEnter={privacy.prepare}
                onFocus={privacy.prepare}
              >
                {words.chats.requests}
                <span class="ms-auto tabular-nums">{count()}</span>
                <Icon name="chevron" class="size-4 -rotate-90" />
              </a>
            )}
          </Show>
          <Show when={rooms.ids().length + rooms.archived().length >= MANY || rooms.archived().length > 0}>
            <Later chunk={secondLoad()} fallback={<div class="h-12 shrink-0" />}>
              {({ RoomViews }) => <RoomViews onShow={(ids) => setShown(() => ids)} />}
            </Later>
          </Show>
          <div id="chat-rows">
            <RoomEntries ids={(shown() ?? rooms.ids)()} openId={props.openId} />
          </div>
        </Match>
      </Switch>
      <Show when={secondLoad().content()} keyed>
        {({ RoomTools }) => <Show when={list()}>{(element) => <RoomTools list={element()} />}</Show>}
      </Show>
    </nav>
  );
}
