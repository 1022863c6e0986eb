import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the export of the data of an account, and of its end. */
export default {
  dataExport: {
    text: 'A ZIP archive with your account, your devices and all your chats: as pages to read in any browser, and as JSON for programs.',
    private: 'It is not encrypted, and has what others wrote to you. Keep it where only you can read it.',
    start: 'Export my data',
    running: 'Exporting…',
    progress: (done: number, total: number) =>
      `${done} of ${total} ${plural(total, { one: 'message', other: 'messages' })}`,
    keepOpen: 'Keep this dialog open until it is done.',
    stop: 'Stop',
    again: 'Try again',
    done: 'The archive is complete. Your browser saves it.',
    isRunning: 'Another export of yours is running. Wait until it is done.',
    failed: 'The export broke off. Check your network and try again.',
  },

  deletion: {
    text: 'Your username, name, password and devices are deleted at once, and you are signed out everywhere. This cannot be undone.',
    messages: 'Your messages',
    keep: {
      title: 'Keep the texts',
      text: 'The people you chat with still have them, from “Deleted account”.',
    },
    remove: {
      title: 'Remove the texts',
      text: 'In their place others see “Message deleted”. This takes a few minutes at most.',
    },
    others: 'Messages that others sent to you stay theirs. Nobody can write in your chats any more.',
    unsent: 'Messages that are not sent yet are deleted.',
    wrong: 'This is not your password.',
    confirm: 'Delete my account',
    deleting: 'Deleting…',
    deleted: 'Your account is deleted.',
  },
};
