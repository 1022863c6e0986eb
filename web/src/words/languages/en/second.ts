import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the second load: of what the first paint does not need. */
export default {
  /** Of what it leads to. */
  parts: {
    actions: async () => (await import('./actions')).default,
  },

  retry: 'Retry',
  loadingChats: 'Loading chats…',
  loadingMessages: 'Loading messages…',
  typing: (username: string) => `${username} is typing…`,

  unreachable: {
    title: 'Parley cannot be reached',
    text: 'The server or your network does not answer. This page keeps trying.',
  },

  roomsNotLoaded: 'Your chats could not be loaded',
  olderNotLoaded: 'Older messages could not be loaded.',
  newerNotLoaded: 'Newer messages could not be loaded.',

  /** What another app shares. */
  share: {
    title: 'Share with',
    notLoaded: 'What was shared cannot be shown. Check your network.',
  },

  /** What the browser does not let the page store. */
  notStored: {
    messages: 'This browser blocks storage for this site. Your unsent messages will not survive a reload.',
    drafts: 'This browser blocks storage for this site. Your drafts will not survive a reload.',
    messagesAndDrafts:
      'This browser blocks storage for this site. Your unsent messages and drafts will not survive a reload.',
    chats: 'This browser has no space left: your chats cannot be read here without a connection.',
  },

  connection: {
    connecting: 'Connecting…',
    reconnecting: 'Reconnecting…',
    offline: 'You are offline.',
    waiting: (messages: number) =>
      `${messages} ${plural(messages, { one: 'message', other: 'messages' })} waiting`,
    tryNow: 'Try now',
    reconnect: 'Reconnect',
    /** By the name of the close code. */
    stopped: {
      policy: 'Disconnected: too many messages or open windows.',
      unauthorized: 'The server does not know who you are any more.',
      notAMember: 'The server has refused the connection.',
      noSuchRoom: 'The server has refused the connection.',
    },
  },

  notFound: {
    heading: 'Chat not found',
    title: 'There is no such chat',
    text: 'It does not exist, or it is between other people.',
  },

  /** The filter of the list of chats. */
  filter: {
    label: 'Filter by name',
    close: 'Close the filter',
    found: (count: number) =>
      count === 0
        ? 'No chat with anyone of that name'
        : `${count} ${plural(count, { one: 'chat', other: 'chats' })} found`,
  },

  /** What of the chats is shown. */
  views: {
    label: 'Views',
    all: 'All',
    unread: 'Unread',
    owed: 'I owe a reply',
    waiting: 'Waiting',
    archived: 'Archived',
    empty: {
      all: 'All chats are archived',
      unread: 'Nothing unread',
      owed: 'You owe nobody a reply',
      waiting: 'You wait for nobody',
      archived: 'Nothing archived',
    },
  },

  /** How the user keeps a chat. */
  listing: {
    menu: (name: string) => `Options for the chat with ${name}`,
    notLoaded: 'The options could not be loaded. Check your network.',
    draft: 'Draft:',
    markedUnread: 'marked unread',
    muted: 'muted',
    pinned: 'pinned',
    pin: 'Pin',
    unpin: 'Unpin',
    mute: 'Mute',
    unmute: 'Unmute',
    mutes: { hour: 'For 1 hour', hours: 'For 8 hours', week: 'For 1 week', always: 'For ever' },
    archive: 'Archive',
    unarchive: 'Back to the chats',
    markRead: 'Mark as read',
    markUnread: 'Mark as unread',
    undo: 'Undo',
    mutedNow: (name: string) => `The chat with ${name} is muted.`,
    archivedNow: (name: string) => `The chat with ${name} is archived.`,
    tooManyPinned: 'No more chats can be pinned.',
    failed: 'The server does not answer: nothing has changed.',
  },

  dateJump: {
    title: 'Jump to date',
    date: 'Date',
    go: 'Jump',
    failed: 'The server does not answer. Try again.',
    notLoaded: 'Jump to date could not be loaded. Check your network.',
  },

  /** What a screen reader says by itself. */
  announcements: {
    message: (name: string, text: string) => `${name}: ${text}`,
    from: (name: string, count: number) =>
      `${count} new ${plural(count, { one: 'message', other: 'messages' })} from ${name}`,
    inChats: (count: number, chats: number) =>
      `${count} new ${plural(count, { one: 'message', other: 'messages' })} in ${chats} chats`,
    files: (count: number) => `${count} ${plural(count, { one: 'file', other: 'files' })}`,
    notSent: (count: number) =>
      count === 1
        ? 'A message was not sent.'
        : `${count} ${plural(count, { one: 'message', other: 'messages' })} were not sent.`,
    connected: 'Connected again.',
  },

  /** The keys as they are called on a keyboard, by the names of the table of actions. */
  keys: {
    mod: 'Ctrl',
    alt: 'Alt',
    shift: 'Shift',
    'arrow-up': '↑',
    'arrow-down': '↓',
    home: 'Home',
    end: 'End',
    enter: 'Enter',
    escape: 'Esc',
    delete: 'Del',
    backspace: 'Backspace',
    'context-menu': 'Menu',
    plus: '+',
    comma: ',',
    character: 'any character',
  },
  notLoaded: {
    newChat: 'New chat could not be loaded. Check your network.',
    emoji: 'Emoji could not be loaded. Check your network.',
    actions: 'Shortcuts could not be loaded. Check your network.',
    palette: 'Search or jump could not be loaded. Check your network.',
  },

  firstUnread: 'First unread',
  newCount: (count: number) => `${count} new`,
  jumpToLatest: 'Jump to latest',
  /** Continues `newCount`. */
  newCountJump: ', jump to latest',

  settings: {
    title: 'Settings',
    notLoaded: 'The settings could not be loaded. Check your network.',
    refused: 'The server did not take a setting. It is as before.',
  },

  discard: 'Discard',
  /** By error code; `other` for codes that mean nothing to a user. */
  refused: {
    too_long: 'It is too long.',
    not_found: 'This chat does not exist any more.',
    forbidden: 'You may not write here.',
    unauthorized: 'The server does not know who you are.',
    other: 'The server did not accept it.',
  },

  composer: {
    otherDraft: 'Also written:',
    useOtherDraft: 'Use it',
    discardOtherDraft: 'Discard the other draft',
    keepOpen: 'Keep this window open until all is sent.',
    length: (length: number, max: number) => `${length} / ${max}`,
    tooLong: (length: number, max: number) => `${length} / ${max}: too long to be sent`,
  },
};
