/** Every sentence of the page, in English. A file beside this one is another language: see `Words`. */
export default {
  tryAgain: 'Try again',
  reload: 'Reload',
  close: 'Close',
  dismiss: 'Dismiss',
  loading: 'Loading…',

  /** Sentences of parts of the page that are loaded later: see `loadAccountWords`. */
  parts: {
    second: async () => (await import('./en/second')).default,
    simulation: async () => (await import('./en/simulation')).default,
    newChat: async () => (await import('./en/new-chat')).default,
    accounts: async () => (await import('./en/accounts')).default,
    profile: async () => (await import('./en/profile')).default,
    privacy: async () => (await import('./en/privacy')).default,
    emoji: async () => (await import('./en/emoji')).default,
    messageActions: async () => (await import('./en/message-actions')).default,
    attachments: async () => (await import('./en/attachments')).default,
    format: async () => (await import('./en/format')).default,
    search: async () => (await import('./en/search')).default,
    settings: async () => (await import('./en/settings')).default,
    notifications: async () => (await import('./en/notifications')).default,
  },

  unexpectedError: 'Something went wrong in this window. Reload it if it does not work.',
  newVersion: 'There is a new version of Parley. Reload to go on.',
  notLoaded: {
    rest: 'A part of this page could not be loaded. Check your network.',
    page: 'This page could not be loaded. Check your network.',
    account: 'Your account could not be loaded. Check your network.',
    privacy: 'Requests and privacy could not be loaded. Check your network.',
    attachments: 'Files could not be loaded. Check your network.',
    messageActions: 'Message actions could not be loaded. Check your network.',
    search: 'Search could not be loaded. Check your network.',
  },
  presence: {
    online: 'online',
    lastKnownOnline: 'last known online',
    typing: 'typing…',
    lastSeenNow: 'last seen just now',
    /** `when`: «5 minutes ago», «12 Nov». */
    lastSeen: (when: string) => `last seen ${when}`,
    lastSeenToday: (time: string) => `last seen at ${time}`,
    /** `day`: «yesterday». */
    lastSeenOn: (day: string, time: string) => `last seen ${day} at ${time}`,
  },

  chats: {
    title: 'Chats',
    none: 'No chats yet',
    start: 'Start one with anyone.',
    newChat: 'New chat',
    palette: 'Search or jump…',
    search: 'Search messages',
    requests: 'Requests',
    you: 'You:',
    unread: (count: number) => `${count} unread`,
  },

  chat: {
    title: (username: string) => `Chat with ${username}`,
    skipTo: 'Skip to the chat',
    backToList: 'Back to chats',
    menu: 'Chat options',
    pick: 'Pick a chat',
    pickText: 'Or start a new chat: it stays between the two of you.',
  },

  messages: {
    title: (username: string) => `Messages with ${username}`,
    none: 'No messages yet',
    deleted: 'Message deleted',
    disappeared: 'Message disappeared',
    sayHello: (username: string) => `Say hello to ${username}.`,
    beginning: 'This is the beginning of your chat.',
    newMessages: 'New messages',
    /** Before the text of a message, by its sender. */
    from: (sender: string) => `${sender}:`,
    you: 'You',
    edited: 'edited',
    status: {
      sending: 'Sending',
      sent: 'Sent',
      delivered: 'Delivered',
      read: 'Read',
      failed: 'Not sent',
    },
  },

  composer: {
    label: 'Message',
    placeholder: (username: string) => `Message ${username}`,
    send: 'Send',
    /** In the place of Send, while a message is edited. */
    save: 'Save',
    emoji: 'Emoji',
    attach: 'Attach files',
  },
};
