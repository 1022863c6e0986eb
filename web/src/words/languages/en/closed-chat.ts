/** The sentences of a chat in which nobody can write any more. */
export default {
  deleted:
    'The other person has deleted their account. You can read this chat, but nobody can write in it any more.',
};
