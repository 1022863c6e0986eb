import { MIN_SEARCH_LENGTH, type User } from '@parley/shared';
import { createSignal } from 'solid-js';
import { HttpError } from '../api/http';
import { useSession } from '../auth/session';
import { presenceText } from '../presence/presence-text';
import { useChat } from '../realtime/chat.store';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { navigate } from '../routing/router';
import { handleOf, nameOf } from '../users/name-of';
import { createPeople } from '../users/people.store';
import { PeopleSearch, PersonNames } from '../users/people-search';
import { addOpened } from './add-opened';
import { createRoom } from './create-room';
import { useRooms } from './rooms.store';
import { newChatWords, words } from '../words/words';

interface PeoplePickerProps {
  /** Called with the chat before it is opened. */
  onRoom?(roomId: number): void;
  onDone(): void;
}

/** All other users, found by name. Choosing one opens the chat with them, and creates it if needed. */
export function PeoplePicker(props: PeoplePickerProps) {
  const chat = useChat();
  const rooms = useRooms();
  const session = useSession();
  const people = createPeople(() => Object.values(chat.state().users), chat.me, session.mode);
  const [problem, setProblem] = createSignal('');

  async function open(user: User): Promise<void> {
    setProblem('');
    try {
      const room = await createRoom(session, user.id);
      addOpened(chat, rooms, room);
      props.onRoom?.(room.id);
      navigate(session.hrefTo(room.id));
      props.onDone();
    } catch (error) {
      const isTooOften = error instanceof HttpError && error.status === 429;
      setProblem(isTooOften ? newChatWords.tooMany : newChatWords.notOpened(nameOf(user)));
    }
  }

  function emptyText(): string {
    if (people.isTooShort()) return newChatWords.findByName(MIN_SEARCH_LENGTH);
    if (people.isLooking()) return words.loading;
    if (people.query() !== '') return newChatWords.noPersonNamed(people.query());
    return chat.state().users[chat.me] ? newChatWords.noOtherPeople : words.loading;
  }

  return (
    <PeopleSearch
      people={people}
      note={session.mode === 'accounts' ? newChatWords.howToFind(MIN_SEARCH_LENGTH) : undefined}
      problem={problem()}
      empty={emptyText()}
      onChoose={(user) => void open(user)}
    >
      {(user) => (
        <>
          <Avatar user={user} online={user.online} stale={!rooms.isPresenceKnown()} small />
          <PersonNames name={nameOf(user)} detail={describe(user, rooms.isPresenceKnown())} />
        </>
      )}
    </PeopleSearch>
  );
}

function describe(user: User, isPresenceKnown: boolean): string {
  return [handleOf(user), presenceText(user, isPresenceKnown, now())]
    .filter((part) => part !== '')
    .join(' · ');
}
