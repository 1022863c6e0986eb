import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the search for messages. */
export default {
  all: 'Search messages',
  inRoom: (username: string) => `Search in the chat with ${username}`,
  placeholder: 'Search',
  close: 'Close search',
  hint: 'Any part of a message, in any language.',
  none: 'Nothing found',
  noneFor: (query: string) => `No message has “${query}”.`,
  withFilters: 'Try it with fewer filters.',
  searching: 'Searching…',
  failed: 'The search did not get an answer.',
  found: (count: number, hasMore: boolean) =>
    `${count}${hasMore ? ' or more' : ''} ${plural(count, { one: 'message', other: 'messages' })} found`,
  position: (current: number, count: number, hasMore: boolean) =>
    `${current} of ${count}${hasMore ? '+' : ''}`,
  older: 'Older hit',
  newer: 'Newer hit',
  more: 'More results',
  filters: 'Filters',
  chat: 'Chat',
  anyChat: 'All chats',
  from: 'From',
  anyone: 'Anyone',
  me: 'Me',
  date: 'Date',
  anyTime: 'Any time',
  week: 'Past 7 days',
  month: 'Past 30 days',
  year: 'Past year',
  range: 'Choose dates…',
  firstDay: 'First day',
  lastDay: 'Last day',
  clearFilters: 'Clear filters',
  you: 'You',
  /** Before the text of a hit, by its sender, in isolation (U+2068, U+2069): a name from right to left turns nothing around. */
  by: (sender: string) => `\u2068${sender}\u2069: `,
};
