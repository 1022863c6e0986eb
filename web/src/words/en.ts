/** English. */
export const en = {
  messageStatus: {
    sending: 'Sending',
    sent: 'Sent',
    delivered: 'Delivered',
    read: 'Read',
    failed: 'Not sent',
  },

  refusal: {
    too_long: 'It is too long.',
    not_found: 'This chat does not exist any more.',
    forbidden: 'You may not write here.',
    unauthorized: 'The server does not know who you are.',
    other: 'The server did not accept it.',
  },

  stopped: {
    policy: 'Disconnected: too many messages or open windows.',
    unauthorized: 'The server does not know who you are any more.',
    notAMember: 'The server has refused the connection.',
    noSuchRoom: 'The server has refused the connection.',
  },
};
