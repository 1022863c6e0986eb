import { pluralsOf } from '../../plurals';
import type { ActionId, Place } from '../../../actions/table';

const plural = pluralsOf('en');

/** What each action of the table is called. */
const names: Record<ActionId, string> = {
  palette: 'Search or jump',
  newChat: 'New chat',
  search: 'Search messages',
  previousChat: 'Previous chat',
  nextChat: 'Next chat',
  previousUnread: 'Previous unread chat',
  nextUnread: 'Next unread chat',
  requests: 'Requests',
  jumpToDate: 'Jump to date',
  attach: 'Attach files',
  settings: 'Settings',
  leave: 'Close, or go back a step',
  write: 'Write a message, from anywhere',
  shortcuts: 'Keyboard shortcuts',
  moveInList: 'Go through the chats',
  chatMenu: 'Options for the chat',
  moveInMessages: 'Go through the messages',
  messageMenu: 'Message actions',
  reply: 'Reply',
  edit: 'Edit',
  react: 'React',
  delete: 'Delete for both, or cancel sending',
  undoDelete: 'Undo a deletion',
  send: 'Send',
  newLine: 'New line',
  editNewest: 'Edit the last message, from an empty field',
  bold: 'Bold',
  italic: 'Italic',
  strike: 'Strikethrough',
  code: 'Code',
  olderHit: 'Older hit',
  newerHit: 'Newer hit',
};

/** Where the keys of an action work. */
const places: Record<Place, string> = {
  page: 'Everywhere',
  list: 'In the list of chats',
  messages: 'On a message',
  composer: 'While writing',
  search: 'In the search of a chat',
};

/** The sentences of the actions: of the palette and the sheet of shortcuts. */
export default {
  names,
  places,
  palette: {
    placeholder: 'Chats, people, messages, actions…',
    list: 'Results',
    groups: {
      chats: 'Chats',
      actions: 'Actions',
      settings: 'Settings',
      days: 'Days',
      people: 'People',
      messages: 'Messages',
    },
    found: (count: number) => `${count} ${plural(count, { one: 'result', other: 'results' })}`,
    none: (query: string) => `Nothing found for “${query}”.`,
    /** A setting and one of its values. */
    setting: (setting: string, value: string) => `${setting}: ${value}`,
    /** An action of the open chat, and with whom it is. */
    inChat: (action: string, name: string) => `${action} (${name})`,
    /** The value that it has. */
    current: 'current',
    /** `day`: «Yesterday», «12 November 2026». */
    jumpTo: (day: string) => `Jump to ${day}`,
  },
  sheet: {
    title: 'Keyboard shortcuts',
    singleKeys: 'Keys without Ctrl, ⌘ or Alt outside of fields',
    singleKeysHint: 'Turn them off when you speak to your computer.',
  },
};
