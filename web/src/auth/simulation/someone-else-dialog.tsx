import { Dialog } from '../../ui/dialog';
import { handleOf, nameOf } from '../../users/name-of';
import { createPeople } from '../../users/people.store';
import { PeopleSearch, PersonNames } from '../../users/people-search';
import { newChatWords, simulationWords, words } from '../../words/words';
import type { Identity } from './identity.store';

interface SomeoneElseDialogProps {
  identity: Identity;
  roomFor?: (username: string) => number | null;
  /** It was closed, by Escape too: the window stays who it is. */
  onClose(): void;
}

/** Finds a user whom the list of users does not reach, and acts as that user. */
export function SomeoneElseDialog(props: SomeoneElseDialogProps) {
  const people = createPeople(() => props.identity.users(), props.identity.me()?.id ?? 0, 'simulation');
  return (
    <Dialog title={simulationWords.actAsElse} onClose={() => props.onClose()}>
      <PeopleSearch
        people={people}
        empty={people.isLooking() ? words.loading : newChatWords.noPersonNamed(people.query())}
        onChoose={({ username }) => {
          props.identity.actAs(username, props.roomFor?.(username) ?? null);
          props.onClose();
        }}
      >
        {(user) => <PersonNames name={nameOf(user)} detail={handleOf(user)} />}
      </PeopleSearch>
    </Dialog>
  );
}
