import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the access tokens of an account. */
export default {
  text: 'For bots and scripts that act as you. They cannot change your password or manage your account.',
  explorer: 'API explorer',
  loading: 'Loading access tokens…',
  notLoaded: 'Your access tokens could not be loaded.',
  none: 'No access tokens yet',
  noneText: 'Create one for each program, and delete it when the program is gone.',
  scope: { read: 'Reads', write: 'Reads and writes' },
  /** `when`: «5 minutes ago». `device` and `ip` may be «Unknown program» and an address. */
  used: (when: string, device: string, ip: string) => `Used ${when} by ${device} (${ip})`,
  neverUsed: 'Never used',
  /** `day`: «12 Nov 2026». */
  expires: (day: string) => `Expires ${day}`,
  expired: (day: string) => `Expired ${day}`,
  noExpiry: 'Does not expire',
  delete: 'Delete',
  deleteOne: (name: string) => `Delete ${name}`,
  question: (name: string) => `Delete “${name}”? Programs that use it stop working.`,
  deleted: (name: string) => `${name} is deleted.`,
  notDeleted: 'That did not work. Check your network and try again.',
  isFull: (tokens: number) =>
    `You have ${tokens} access ${plural(tokens, { one: 'token', other: 'tokens' })}, the most there can be. Delete one first.`,

  new: 'New token',
  form: {
    title: 'New access token',
    name: 'Name',
    nameHint: 'What it is for, so that you know it again.',
    nameMissing: 'Give it a name.',
    nameInvalid: 'This name cannot be used. Choose another one.',
    scopes: 'What it may do',
    read: 'Read',
    write: 'Read and write',
    scopeTexts: {
      read: 'See your chats and the people in them.',
      write: 'Also send messages, and mark them as read.',
    },
    expiry: 'Expires',
    days: (days: number) => `In ${days} ${plural(days, { one: 'day', other: 'days' })}`,
    year: 'In a year',
    never: 'Never',
    create: 'Create token',
    creating: 'Creating…',
  },

  created: {
    title: 'Your new token',
    /** Before the token itself. */
    text: (name: string) => `Copy the token for “${name}” now. It is not shown again.`,
    token: 'Access token',
    copy: 'Copy',
    copied: 'Copied',
    /** Where the page may not write to the clipboard. */
    notCopied: 'The token is selected. Copy it with your keyboard or menu.',
    usage: 'A program sends it with every request:',
    secret: 'Anyone who has it can act as you. Keep it like a password.',
    done: 'Done',
  },
};
