/** The sentences in formatted messages. */
export default {
  /** Over code in a language that the message does not name. */
  code: 'Code',
  copy: 'Copy',
  copied: 'Copied',
};
