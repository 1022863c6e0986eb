import { Match, Show, Switch } from 'solid-js';
import { loadPrivacy } from '../privacy/load-privacy';
import { REQUESTS } from '../routing/route';
import { route } from '../routing/router';
import { secondLoad } from '../second-load/second-load';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { Later } from '../ui/later';
import { Notice } from '../ui/notice';
import { RoomsSkeleton } from '../ui/skeleton';
import { RoomEntries } from './room-entries';
import { useRooms } from './rooms.store';
import { words } from '../words/words';

/** From so many chats on, the list can be filtered by name. */
const MANY = 8;

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  // With another key it goes to another chat.
  if (event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  const index = links.findIndex((link) => link === document.activeElement);
  const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: links.length - 1 }[event.key];
  if (target === undefined || !links[target]) return;
  event.preventDefault();
  links[target].focus();
}

/** The rooms, the most recently active first, or the requests. Arrow keys go from one to the next. */
export function RoomList(props: { openId: number | null }) {
  const rooms = useRooms();
  const privacy = createChunk(words.notLoaded.privacy, loadPrivacy);
  const isRequests = () =>
    route().page === 'requests' || (props.openId !== null && rooms.get(props.openId)?.room.request);

  return (
    <nav
      class="slim-scrollbar flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain"
      aria-label={words.chats.title}
      onKeyDown={moveFocus}
    >
      <Switch>
        <Match when={rooms.hasFailed()}>
          <Later chunk={secondLoad()} fallback={<RoomsSkeleton />}>
            {({ RoomsNotLoaded }) => <RoomsNotLoaded onRetry={() => rooms.load()} />}
          </Later>
        </Match>
        <Match when={!rooms.isReady()}>
          <RoomsSkeleton />
        </Match>
        <Match when={isRequests()}>
          <Later chunk={privacy} fallback={<RoomsSkeleton />}>
            {({ Requests }) => <Requests openId={props.openId} />}
          </Later>
        </Match>
        <Match when={rooms.ids().length === 0 && rooms.requests().length === 0}>
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
                <span class="ml-auto tabular-nums">{count()}</span>
                <Icon name="chevron" class="size-4 -rotate-90" />
              </a>
            )}
          </Show>
          <Show
            when={rooms.ids().length >= MANY}
            fallback={<RoomEntries ids={rooms.ids()} openId={props.openId} />}
          >
            <Later
              chunk={secondLoad()}
              fallback={
                <>
                  <div class="h-13 shrink-0" />
                  <RoomEntries ids={rooms.ids()} openId={props.openId} />
                </>
              }
            >
              {({ RoomFilter }) => <RoomFilter ids={rooms.ids()} openId={props.openId} />}
            </Later>
          </Show>
        </Match>
      </Switch>
    </nav>
  );
}
