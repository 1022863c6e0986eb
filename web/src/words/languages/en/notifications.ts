import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** More than this is not counted: the title of a tab has little space. */
const MOST = 99;

/** The sentences of notifications, and the title of the window. */
export default {
  /** `chats`: how many have something unread; `peer`: whose chat is open. */
  title: (chats: number, peer: string | null) => {
    const count = chats > MOST ? `(${MOST}+) ` : chats > 0 ? `(${chats}) ` : '';
    return `${count}${peer === null ? '' : `${peer} · `}Parley`;
  },
  /** `text` is empty when it is not to be shown, or when there are files only. */
  body: (count: number, text: string, hasFiles: boolean) => {
    const messages = `${count} new ${plural(count, { one: 'message', other: 'messages' })}`;
    const newest = text || (hasFiles ? 'Sent a file' : '');
    if (newest === '') return messages;
    return count > 1 ? `${newest}\n${messages}` : newest;
  },
  /** Of something that this version of the page does not know. */
  unknown: 'There is something new.',
  reply: 'Reply',
  replyHint: 'Your reply',
  markRead: 'Mark as read',
  notSent: (text: string) => `Your reply could not be sent: ${text}`,
  notMarked: 'It could not be marked as read.',
  ask: 'Do you want to be notified when somebody writes?',
  allow: 'Allow',
  notNow: 'Not now',
  blocked: 'This browser blocks notifications of this site. You can allow them in the settings of the site.',
};
