/** The sentences of the profile of an account, and of its end. */
export default {
  profile: {
    displayName: 'Name',
    displayNameRule: 'What others see, in any script. They see a new name at once.',
    displayNameInvalid: 'This name cannot be used. Choose another one.',
    username: (username: string) => `Your username stays @${username}.`,
    save: 'Save',
    saving: 'Saving…',
    saved: 'Your name is changed.',
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
