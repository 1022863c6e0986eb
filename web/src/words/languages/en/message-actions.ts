import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of what a user can do to a message. */
export default {
  /** One of several messages that are copied. */
  line: (at: string, sender: string, text: string) => `[${at}] ${sender}: ${text}`,
  /** What can be done, by the name of the action. */
  actions: {
    reply: 'Reply',
    edit: 'Edit',
    react: 'React',
    copy: 'Copy text',
    link: 'Copy link',
    unread: 'Mark unread from here',
    details: 'Details',
    cancel: 'Cancel sending',
    delete: 'Delete for both',
  },
  menu: 'Message actions',
  more: 'More actions',

  copied: 'Copied.',
  notCopied: 'The browser did not allow to copy. Select the text and copy it.',

  /** To the place in the messages from where the user has jumped. */
  back: 'Back',
  /** The text of an edit that was refused. */
  copyEdit: 'Copy text',

  reactions: {
    title: 'React',
    more: 'More reactions',
  },

  details: {
    title: 'Message details',
    text: 'Text',
    delivery: 'Delivery',
    queued: 'Queued',
    stored: (seq: string) => `Stored as #${seq}`,
    delivered: 'Delivered',
    read: 'Read',
    notYet: 'not yet',
    /** After a receipt, which has no time of its own. */
    done: 'yes',
    reactions: 'Reactions',
    versions: 'Versions',
    /** `when` the text was first sent, or changed. */
    original: (when: string) => `Sent ${when}`,
    changed: (when: string) => `Edited ${when}`,
    current: 'now',
    notLoaded: 'The earlier texts could not be loaded.',
  },

  /** Above the composer. */
  composing: {
    reply: (name: string) => `Reply to ${name}`,
    replyToSelf: 'Reply to yourself',
    edit: 'Edit message',
    cancelReply: 'Cancel reply',
    cancelEdit: 'Cancel edit',
  },

  deletion: {
    held: (count: number) =>
      count === 1
        ? 'Message deleted.'
        : `${count} ${plural(count, { one: 'message', other: 'messages' })} deleted.`,
    undo: 'Undo',
  },

  /** Before the sender and the text of a quoted message. */
  inReplyTo: 'In reply to',
  /** A quoted message without text. */
  file: 'File',

  /** Why a change was taken back, by error code; `other` for codes that mean nothing to a user. */
  refused: {
    edit: {
      edit_window_over: 'The message was not changed: the time to edit it is over.',
      deleted: 'The message was not changed: it is deleted.',
      other: 'The server did not accept the change of a message.',
    },
    delete: {
      edit_window_over: 'The message was not deleted: the time to delete it is over.',
      deleted: 'The message is deleted already.',
      other: 'The server did not accept the deletion of a message.',
    },
    react: {
      edit_window_over: 'The reaction was not accepted.',
      deleted: 'The message is deleted: it takes no reactions.',
      too_many: 'This message has as many different reactions as it can have.',
      other: 'The server did not accept the reaction.',
    },
  },
};
