/** The sentences of the identities by which a user signs in: accounts at other sites. */
export default {
  text: 'Sign in here with an account that you have elsewhere.',
  loading: 'Loading linked accounts…',
  notLoaded: 'Your linked accounts could not be loaded.',
  none: 'No account is linked yet.',
  /** `when`: «5 minutes ago». */
  made: (when: string) => `linked ${when}`,
  /** The server has no such provider any more. */
  unused: 'not offered by this server any more',
  link: (provider: string) => `Link ${provider}`,
  leaving: 'Opening…',
  remove: 'Remove',
  removeOne: (name: string) => `Remove ${name}`,
  question: (name: string) => `Remove “${name}”? It will not sign you in any more.`,
  removed: (name: string) => `${name} is not linked any more.`,
  isLast: 'It is your only way to sign in. Add a passkey or set a password first.',
  tooMany: 'Your account has as many linked accounts as it can have. Remove one first.',
  unavailable: 'That site cannot be reached now. Try again later.',
  /** After the return from a provider. */
  outcomes: {
    done: (provider: string) => `${provider} is linked. You can sign in with it from now on.`,
    taken: (provider: string) => `Somebody else signs in here with this account of ${provider}.`,
    denied: (provider: string) => `${provider} is not linked: you did not sign in there.`,
    expired: (provider: string) =>
      `${provider} is not linked: that took too long, or was begun in another browser.`,
    refused: (provider: string) => `${provider} cannot be linked to this account.`,
    too_many: (provider: string) => `${provider} is not linked: too many attempts. Try again later.`,
    failed: (provider: string) => `${provider} is not linked: signing in there did not work.`,
  },
};
