import { pluralsOf } from '../plurals';

const plural = pluralsOf('en');

/** Every sentence of the page, in English. A file beside this one is another language: see `Words`. */
export default {
  appTitle: (unread: number) => (unread > 0 ? `(${unread}) Parley` : 'Parley'),
  retry: 'Retry',
  tryAgain: 'Try again',
  reload: 'Reload',
  close: 'Close',
  dismiss: 'Dismiss',
  loading: 'Loading…',
  loadingChats: 'Loading chats…',
  loadingMessages: 'Loading messages…',

  /** Sentences of parts of the page that are loaded later: see `loadAccountWords`. */
  parts: {
    simulation: async () => (await import('./en/simulation')).default,
    newChat: async () => (await import('./en/new-chat')).default,
    accounts: async () => (await import('./en/accounts')).default,
    privacy: async () => (await import('./en/privacy')).default,
    emoji: async () => (await import('./en/emoji')).default,
    messageActions: async () => (await import('./en/message-actions')).default,
    attachments: async () => (await import('./en/attachments')).default,
    format: async () => (await import('./en/format')).default,
    search: async () => (await import('./en/search')).default,
  },

  unreachable: {
    title: 'Parley cannot be reached',
    text: 'The server or your network does not answer. This page keeps trying.',
  },
  unexpectedError: 'Something went wrong in this window. Reload it if it does not work.',
  newVersion: 'There is a new version of Parley. Reload to go on.',
  notLoaded: {
    newChat: 'New chat could not be loaded. Check your network.',
    page: 'This page could not be loaded. Check your network.',
    account: 'Your account could not be loaded. Check your network.',
    privacy: 'Requests and privacy could not be loaded. Check your network.',
    emoji: 'Emoji could not be loaded. Check your network.',
    attachments: 'Files could not be loaded. Check your network.',
    messageActions: 'Message actions could not be loaded. Check your network.',
    search: 'Search could not be loaded. Check your network.',
  },
  /** What the browser does not let the page store. */
  notStored: {
    messages: 'This browser blocks storage for this site. Your unsent messages will not survive a reload.',
    drafts: 'This browser blocks storage for this site. Your drafts will not survive a reload.',
    messagesAndDrafts:
      'This browser blocks storage for this site. Your unsent messages and drafts will not survive a reload.',
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

  presence: {
    online: 'online',
    lastKnownOnline: 'last known online',
    typing: 'typing…',
    userTyping: (username: string) => `${username} is typing…`,
    lastSeenNow: 'last seen just now',
    /** `when`: «5 minutes ago», «12 Nov». */
    lastSeen: (when: string) => `last seen ${when}`,
    lastSeenToday: (time: string) => `last seen at ${time}`,
    /** `day`: «yesterday». */
    lastSeenOn: (day: string, time: string) => `last seen ${day} at ${time}`,
  },

  chats: {
    title: 'Chats',
    notLoaded: 'Your chats could not be loaded',
    none: 'No chats yet',
    start: 'Start one with anyone.',
    newChat: 'New chat',
    search: 'Search messages',
    requests: 'Requests',
    you: 'You:',
    unread: (count: number) => `${count} unread`,
    markedUnread: 'marked unread',
  },

  chat: {
    title: (username: string) => `Chat with ${username}`,
    skipTo: 'Skip to the chat',
    backToList: 'Back to chats',
    menu: 'Chat options',
    pick: 'Pick a chat',
    pickText: 'Or start a new chat: it stays between the two of you.',
    notFound: 'Chat not found',
    notFoundTitle: 'There is no such chat',
    notFoundText: 'It does not exist, or it is between other people.',
  },

  messages: {
    title: (username: string) => `Messages with ${username}`,
    none: 'No messages yet',
    deleted: 'Message deleted',
    disappeared: 'Message disappeared',
    sayHello: (username: string) => `Say hello to ${username}.`,
    beginning: 'This is the beginning of your chat.',
    olderNotLoaded: 'Older messages could not be loaded.',
    newerNotLoaded: 'Newer messages could not be loaded.',
    newMessages: 'New messages',
    newCount: (count: number) => `${count} new`,
    jumpToLatest: 'Jump to latest',
    /** Continues `newCount`. */
    newCountJump: ', jump to latest',
    /** Before the text of a message, by its sender. */
    from: (sender: string) => `${sender}:`,
    you: 'You',
    /** One of several messages that are copied. */
    copied: (at: string, sender: string, text: string) => `[${at}] ${sender}: ${text}`,
    discard: 'Discard',
    status: {
      sending: 'Sending',
      sent: 'Sent',
      delivered: 'Delivered',
      read: 'Read',
      failed: 'Not sent',
    },
    /** By error code; `other` for codes that mean nothing to a user. */
    refused: {
      too_long: 'It is too long.',
      not_found: 'This chat does not exist any more.',
      forbidden: 'You may not write here.',
      unauthorized: 'The server does not know who you are.',
      other: 'The server did not accept it.',
    },
  },

  composer: {
    label: 'Message',
    placeholder: (username: string) => `Message ${username}`,
    send: 'Send',
    emoji: 'Emoji',
    attach: 'Attach files',
    keepOpen: 'Keep this window open until all is sent.',
    length: (length: number, max: number) => `${length} / ${max}`,
    tooLong: (length: number, max: number) => `${length} / ${max}: too long to be sent`,
  },
};
