import { fold, foldQuery, type User } from '@parley/shared';
import { createMemo, type Accessor } from 'solid-js';
import { HttpError } from '../../api/http';
import { useSession } from '../../auth/session';
import { findDay } from '../../messages/log/find-day';
import { useChat } from '../../realtime/chat.store';
import { addOpened } from '../../rooms/add-opened';
import { createRoom } from '../../rooms/create-room';
import { createRoomActions } from '../../rooms/room-actions';
import { useRooms } from '../../rooms/rooms.store';
import { goSoon } from '../../routing/go-soon';
import { navigate, openRoomId } from '../../routing/router';
import { excerptOf } from '../../search/excerpt';
import { createSearch, type Search } from '../../search/search.store';
import { useSettings } from '../../settings/settings.store';
import { now } from '../../ui/clock';
import { handleOf, nameOf } from '../../users/name-of';
import { createPeople, type People } from '../../users/people.store';
import { newChatWords, searchWords, secondWords, times } from '../../words/words';
import { actionWords } from '../action-words';
import { canRun, runAction } from '../provide';
import { ACTION_IDS, ACTIONS, type ActionId, type ActionRow } from '../table';
import { dayIn } from './day';
import type { Group, Item } from './items';
import { ranked } from './rank';
import { settingItems } from './setting-items';

/** Items of a group at most. */
const MOST: Record<Group, number> = { chats: 8, actions: 5, settings: 6, days: 1, people: 5, messages: 5 };
/** What is offered before anything is typed. */
const FIRST: readonly ActionId[] = ['newChat', 'search', 'shortcuts'];
/** From so many characters on, messages are searched. */
const SEARCHED = 2;

export interface PaletteItems {
  of(group: Group): readonly Item[];
  people: People;
  search: Search;
}

/** What the palette offers for a query: what the page knows at once, and what the server finds when it answers. */
export function createPaletteItems(query: Accessor<string>): PaletteItems {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const settings = useSettings();
  const folded = createMemo(() => foldQuery(query()));
  const people = createPeople(() => Object.values(chat.state().users), chat.me, session.mode);
  const search = createSearch(session, () => ({
    q: folded().length < SEARCHED ? '' : query(),
    room: null,
    from: null,
    after: null,
    before: null,
  }));

  const roomIds = createMemo(() => [...rooms.ids(), ...rooms.archived(), ...rooms.requests()]);
  /** What is found of each chat; an item stays the same while its names do, and so does its row. */
  const known = new Map<number, { texts: string[]; item: Item; peer: User }>();
  const chats = createMemo(() =>
    roomIds().flatMap((id) => {
      const room = rooms.get(id);
      if (!room) return [];
      const peer = rooms.peerOf(room);
      const name = nameOf(peer);
      let entry = known.get(id);
      if (!entry || !looksSame(entry.peer, peer)) {
        const item = {
          key: `chat-${id}`,
          title: name,
          detail: handleOf(peer),
          avatar: peer,
          run: () => goSoon(session.hrefTo(id)),
        };
        known.set(id, (entry = { texts: [fold(name), fold(peer.username)], item, peer }));
      }
      return [{ id, ...entry }];
    }),
  );

  const actions = createMemo(() =>
    ACTION_IDS.filter((id) => !(ACTIONS[id] as ActionRow).isKeyOnly && canRun(id)).map((id) => ({
      id,
      texts: [fold(actionWords.names[id])],
      item: {
        key: `action-${id}`,
        title: actionWords.names[id],
        action: id,
        run: () => void runAction(id),
      } as Item,
    })),
  );

  /** What can be done to the open chat. */
  const roomActions = createRoomActions();
  const chatActions = createMemo(() => {
    const id = openRoomId();
    const room = id === null ? undefined : rooms.get(id);
    if (!room || room.room.request) return [];
    const { mute } = secondWords.listing;
    const items = roomActions.items(room, () => undefined).filter(({ title }) => title !== mute);
    const mutes = rooms.listingOf(room).muted_until === null ? roomActions.mutes(room) : [];
    const entries = [
      ...items.map(({ title, run }) => [title, run] as const),
      ...mutes.map(({ title, run }) => [actionWords.palette.setting(mute, title), run] as const),
    ];
    return entries.map(([title, run]) => {
      const named = actionWords.palette.inChat(title, nameOf(rooms.peerOf(room)));
      return { texts: [fold(named)], item: { key: `chat-action-${title}`, title: named, run } as Item };
    });
  });

  async function open(user: User): Promise<string | null> {
    try {
      const room = await createRoom(session, user.id);
      addOpened(chat, rooms, room);
      navigate(session.hrefTo(room.id));
      return null;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return error.status === 429 ? newChatWords.tooMany : newChatWords.notOpened(nameOf(user));
    }
  }

  async function goToDay(roomId: number, day: Date): Promise<string | null> {
    const room = rooms.get(roomId);
    if (!room) return null;
    try {
      navigate(session.hrefTo(roomId, await findDay(session, room, day.getTime())));
      return null;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return secondWords.dateJump.failed;
    }
  }

  const groups: Record<Group, Accessor<readonly Item[]>> = {
    chats: createMemo(() => {
      const openId = openRoomId();
      const found =
        folded() === ''
          ? chats()
              .filter(({ id }) => id !== openId)
              .slice(0, MOST.chats)
          : ranked(chats(), ({ texts }) => texts, folded(), MOST.chats);
      return found.map(({ item }) => item);
    }),
    actions: createMemo(() => {
      const found =
        folded() === ''
          ? actions().filter(({ id }) => FIRST.includes(id))
          : ranked([...actions(), ...chatActions()], ({ texts }) => texts, folded(), MOST.actions);
      return found.map(({ item }) => item);
    }),
    settings: createMemo(() => (folded() === '' ? [] : settingItems(settings(), folded(), MOST.settings))),
    days: createMemo(() => {
      const roomId = openRoomId();
      const day = roomId === null ? null : dayIn(query(), document.documentElement.lang, new Date());
      if (!day || roomId === null || !rooms.get(roomId)?.room.last_seq) return [];
      const title = actionWords.palette.jumpTo(times.day(day.toISOString(), Date.now()));
      return [{ key: `day-${day.getTime()}`, title, attempt: () => goToDay(roomId, day) }];
    }),
    people: createMemo(() => {
      if (folded() === '') return [];
      const peers = new Set(
        roomIds().map((id) => {
          const room = rooms.get(id);
          return room && rooms.peerOf(room).id;
        }),
      );
      return people
        .found()
        .filter(({ id }) => !peers.has(id))
        .slice(0, MOST.people)
        .map((user) => ({
          key: `person-${user.id}`,
          title: nameOf(user),
          detail: handleOf(user),
          avatar: user,
          attempt: () => open(user),
        }));
    }),
    messages: createMemo(() =>
      // Those of an older query as long as they match.
      (search.hits() ?? [])
        .filter(({ message }) => fold(message.text).includes(folded()))
        .slice(0, MOST.messages)
        .map(({ message }) => {
          const room = rooms.get(message.room_id);
          const sender = message.sender.id === chat.me ? searchWords.you : nameOf(message.sender);
          const excerpt = excerptOf(message.text, search.shown())
            .map(({ text }) => text)
            .join('');
          return {
            key: `message-${message.id}`,
            title: searchWords.by(sender) + excerpt,
            detail: [room && nameOf(rooms.peerOf(room)), times.short(message.timestamp, now())]
              .filter(Boolean)
              .join(', '),
            run: () => goSoon(session.hrefTo(message.room_id, message.seq)),
          };
        }),
    ),
  };

  return { of: (group) => groups[group](), people, search };
}

function looksSame(a: User, b: User): boolean {
  return nameOf(a) === nameOf(b) && a.online === b.online && a.avatar === b.avatar;
}
