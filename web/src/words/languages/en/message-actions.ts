/** The sentences of what a user can do to a message. */
export default {
  /** One of several messages that are copied. */
  line: (at: string, sender: string, text: string) => `[${at}] ${sender}: ${text}`,
  /** What can be done, by the name of the action. */
  actions: {
    copy: 'Copy text',
    link: 'Copy link',
    unread: 'Mark unread from here',
    details: 'Details',
    cancel: 'Cancel sending',
  },
  /** The name of the Delete key, as it is written on it. */
  deleteKey: 'Del',
  menu: 'Message actions',
  more: 'More actions',

  copied: 'Copied.',
  notCopied: 'The browser did not allow to copy. Select the text and copy it.',

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
  },
};
