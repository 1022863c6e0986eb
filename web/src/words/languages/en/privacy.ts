interface Duration {
  count: number;
  unit: string;
}

/** `4 weeks`. */
const duration = ({ count, unit }: Duration) =>
  new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** The sentences of privacy: requests, block, report, disappearing messages, and what others see. */
export default {
  cancel: 'Cancel',
  tryAgain: 'Try again',
  tooMany: 'That was too often. Try again later.',
  /** After an action that the server did not take. */
  failed: 'That did not work. Check your network and try again.',
  loading: 'Loading…',
  notLoaded: 'Your settings could not be loaded.',

  /** About the other of a chat. */
  details: {
    title: 'Details',
    handle: (username: string) => `@${username}`,
    presence: 'Last online',
    unknown: 'Not shared',
    since: 'Chat since',
    messages: 'Messages',
    count: (messages: number) => new Intl.NumberFormat('en').format(messages),
    timer: 'Disappearing messages',
  },

  /** Instead of the composer. */
  deleted:
    'The other person has deleted their account. You can read this chat, but nobody can write in it any more.',

  requests: {
    title: 'Requests',
    back: 'Back to chats',
    text: 'People who are new to you. They do not see whether you have read their messages.',
    none: 'No requests',
    noneText: 'When somebody new writes to you, you find it here.',
  },

  request: {
    label: (name: string) => `Request of ${name}`,
    question: (name: string) => `Do you want to chat with ${name}?`,
    text: (name: string) =>
      `${name} sees neither that you have read this nor whether you are online until you accept.`,
    accept: 'Accept',
    decline: 'Decline',
    declined: (name: string) => `The request of ${name} is removed. ${name} does not learn of it.`,
  },

  menu: (name: string) => `Chat with ${name}`,
  block: {
    action: (name: string) => `Block ${name}`,
    title: (name: string) => `Block ${name}?`,
    text: (name: string) => [
      `Messages of ${name} do not reach you. What ${name} writes meanwhile arrives when you unblock.`,
      `You look offline to ${name}. Nothing says that you have blocked.`,
      'You cannot write in this chat until you unblock.',
    ],
    confirm: 'Block',
    undo: (name: string) => `Unblock ${name}`,
    undoShort: 'Unblock',
    blocked: (name: string) => `You have blocked ${name}.`,
  },

  report: {
    short: 'Report',
    action: (name: string) => `Report ${name}`,
    title: (name: string) => `Report ${name}`,
    text: (name: string) =>
      `The people who run this server get your report with the last messages of this chat. ${name} does not learn of it.`,
    category: 'What is it about?',
    categories: {
      spam: 'Spam or fraud',
      harassment: 'Insults or threats',
      impersonation: 'Pretends to be somebody else',
      illegal: 'Something illegal',
      other: 'Something else',
    },
    missing: 'Choose what it is about.',
    details: 'Details (optional)',
    alsoBlock: (name: string) => `Also block ${name}`,
    send: 'Send report',
    sending: 'Sending…',
    sent: 'Your report is sent.',
    sentAndBlocked: (name: string) => `Your report is sent, and ${name} is blocked.`,
  },

  timer: {
    title: 'Disappearing messages',
    text: (name: string) => [
      `New messages in this chat disappear for you and ${name} this long after they are sent, whether or not they have been read. Either of you can change it.`,
      'Messages that are here already are not affected. Nothing keeps anybody from copying a message in time.',
    ],
    question: 'New messages disappear after',
    off: 'Off',
    duration,
    you: 'You',
    setBy: (name: string, when: string) => `${name} set this on ${when}.`,
    save: 'Save',
    note: (after: Duration) => `New messages disappear after ${duration(after)}`,
    /** In the log, where it was changed. */
    changed: (name: string, after: Duration | null) =>
      after === null
        ? `${name} turned off disappearing messages`
        : `${name} set messages to disappear after ${duration(after)}`,
    /** The setting of the server. */
    retention: (after: Duration) => `This server removes messages after ${duration(after)}.`,
  },

  /** What others see of the user. */
  share: {
    title: 'Privacy',
    titleIn: 'Privacy of this chat',
    text: 'What the people you chat with see of you. What you see of them does not change.',
    textIn: (name: string) => `What ${name} sees of you. The rest of your chats stays as it is.`,
    items: {
      share_read: { title: 'Read', text: 'That you have read a message' },
      share_delivered: { title: 'Delivered', text: 'That a message has reached your device' },
      share_typing: { title: 'Typing', text: 'That you are writing' },
      share_presence: { title: 'Online', text: 'That you are online, and when you last were' },
    },
    /** What a chat does: as in general, or always on or off. */
    inGeneral: (isOn: boolean) => `Default (${isOn ? 'on' : 'off'})`,
    on: 'On',
    off: 'Off',
    notSaved: 'This could not be saved. Check your network and try again.',
  },

  preview: {
    title: (name: string) => `What ${name} sees`,
    titleOthers: 'What others see',
    message: 'Are you coming tonight?',
    /** For screen readers, after the title. */
    summary: (seen: readonly string[]) => (seen.length === 0 ? 'only your messages' : seen.join(', ')),
    seen: {
      share_read: 'when you have read',
      share_delivered: 'when messages arrive',
      share_typing: 'when you type',
      share_presence: 'when you are online',
    },
  },

  blockedPeople: {
    title: 'Blocked people',
    none: 'You have blocked nobody.',
    notLoaded: 'This list could not be loaded. Check your network.',
  },
};
