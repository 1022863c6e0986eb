import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the dialog that starts a chat. */
export default {
  findPeople: 'Find people',
  howToFind: (characters: number) =>
    `People you chat with, and others by the first ${characters} or more letters of their username.`,
  people: (count: number) => `${count} ${plural(count, { one: 'person', other: 'people' })}`,
  peoplePartial: 'The server does not answer. Some people may be missing.',
  searchedTooOften: 'You have searched very often. People who are new to you are found again later.',
  noPersonNamed: (query: string) => `Nobody is called “${query}”.`,
  findByName: (characters: number) => `Write at least ${characters} letters of a name.`,
  noOtherPeople: 'There is nobody else yet.',
  notOpened: (username: string) => `The chat with ${username} could not be opened. Try again.`,
  tooMany: 'You have opened many new chats. Try again in an hour.',
};
