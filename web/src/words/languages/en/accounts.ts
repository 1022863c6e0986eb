import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of accounts: sign in, register, devices, password. */
export default {
  /** The sentences of views whose code comes later still. */
  parts: {
    accessTokens: async () => (await import('./access-tokens')).default,
    ownAccount: async () => (await import('./own-account')).default,
    identities: async () => (await import('./identities')).default,
  },
  pageTitle: (page: string) => `${page} · Parley`,
  username: 'Username',
  passwordLabel: 'Password',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  show: 'Show',
  hide: 'Hide',
  /** `field`: «Password», «New password». */
  showPassword: (field: string) => `Show ${field.toLowerCase()}`,
  hidePassword: (field: string) => `Hide ${field.toLowerCase()}`,
  passwordRule: (characters: number) =>
    `At least ${characters} characters. A few words in a row are hard to guess and easy to remember.`,
  passwordTooShort: (characters: number) => `Use at least ${characters} characters.`,
  passwordTooLong: (characters: number) => `Use at most ${characters} characters.`,
  passwordIsUsername: 'The password must not be the username.',
  passwordTooCommon: 'Many people use this password, so it is easy to guess. Choose another one.',
  insecure:
    'This connection is not encrypted: others on the network can read your password. Open this page by https.',

  /** What can be wrong with any form. */
  form: {
    missing: 'Fill in this field.',
    unreachable: 'The server does not answer. Check your network and try again.',
    tooMany: 'Too many attempts. Try again later.',
    /** `wait`: «45 seconds». */
    tooManyUntil: (wait: string) => `Too many attempts. Try again in ${wait}.`,
    failed: 'That did not work. Try again.',
  },

  signIn: {
    title: 'Sign in',
    send: 'Sign in',
    sending: 'Signing in…',
    wrong: 'The username or the password is wrong.',
    /** Between the other ways to sign in and the form. */
    orPassword: 'or with your password',
    /** Before `register`. */
    isNew: 'New here?',
    register: 'Create an account',
    needsInvite: 'New here? An invite link lets you create an account.',
  },

  /** Why the user has to sign in again. */
  ended: {
    title: 'You have been signed out',
    text: 'This session was ended in another window or on another device, or it has expired.',
    unsent: (messages: number, username: string) =>
      `${messages} unsent ${plural(messages, { one: 'message is', other: 'messages are' })} kept here, and sent when ${username} signs in again.`,
  },

  register: {
    title: 'Create your account',
    invited: 'You are invited to Parley.',
    usernameRule: 'Others find you by it. Letters, digits, “.”, “_” and “-”.',
    usernameInvalid:
      'A username begins with a letter or digit, and has only letters, digits, “.”, “_” and “-”.',
    taken: 'This username is taken, or looks like one that is. Choose another one.',
    displayName: 'Name (optional)',
    displayNameRule: 'What others see, in any script.',
    displayNameInvalid: 'This name cannot be used. Choose another one.',
    inviteNotValid: 'This invite is not valid any more. Ask for a new one.',
    notOpen: 'An account on this server needs an invite link. Ask the person who runs it for one.',
    send: 'Create account',
    sending: 'Creating your account…',
    /** Before a link with `signIn.title`. */
    hasAccount: 'Do you have an account?',
  },

  menu: 'Account',
  handle: (username: string) => `@${username}`,

  devices: {
    title: 'Devices',
    text: 'Where you are signed in. Sign out what you do not use or do not know.',
    loading: 'Loading devices…',
    notLoaded: 'Your devices could not be loaded.',
    unknown: 'Unknown device',
    current: 'This device',
    /** `when`: «5 minutes ago». */
    used: (when: string) => `used ${when}`,
    end: 'Sign out',
    endOne: (device: string) => `Sign out ${device}`,
    ended: (device: string) => `${device} is signed out.`,
    endOthers: 'Sign out all other devices',
    question: (devices: number) =>
      `Sign out ${devices} other ${plural(devices, { one: 'device', other: 'devices' })}?`,
    confirm: 'Sign out',
    othersEnded: 'All other devices are signed out.',
    notEnded: 'That did not work. Check your network and try again.',
    none: 'You are signed in on this device only.',
  },

  passkeys: {
    title: 'Passkeys',
    text: 'Sign in with your fingerprint, your face or the lock of your screen. A passkey cannot be guessed, and no false page can take it from you.',
    signIn: 'Sign in with a passkey',
    register: 'Create account with a passkey',
    instead: 'Use a passkey instead',
    passwordInstead: 'Use a password instead',
    cancelled: 'The browser gave no passkey. Try again, or choose another way.',
    known: 'This device has a passkey of your account already.',
    refused: 'This passkey does not work here. Try again, or choose another way.',
    tooMany: 'Your account has as many passkeys as it can have. Remove one first.',
    /** Before a link. */
    needName: 'Passkeys need a name in the address. On this machine, open',
    needNameOfServer: 'To use a passkey, open this page by its name, not by its IP address.',
    noBrowser: 'This browser cannot use passkeys, or the connection is not encrypted.',
    loading: 'Loading passkeys…',
    notLoaded: 'Your passkeys could not be loaded.',
    none: 'You have no passkey yet.',
    synced: 'Synced',
    unused: 'not used yet',
    /** `when`: «5 minutes ago». */
    made: (when: string) => `added ${when}`,
    elsewhere: (host: string) => `works at ${host} only`,
    name: 'Name of the new passkey (optional)',
    add: 'Add a passkey',
    added: (name: string) => `The passkey ${name} is added.`,
    remove: 'Remove',
    removeOne: (name: string) => `Remove ${name}`,
    rename: 'Rename',
    renameOne: (name: string) => `Rename ${name}`,
    newName: 'Name of the passkey',
    renamed: (name: string) => `The passkey is called ${name} now.`,
    question: (name: string) => `Remove “${name}”? It will not sign you in any more.`,
    removed: (name: string) => `The passkey ${name} is removed.`,
    isLast: 'It is your only way to sign in. Add another passkey or set a password first.',
  },

  /** Identity providers: other sites where people have an account that they sign in with. */
  providers: {
    use: (provider: string) => `Continue with ${provider}`,
    chooseName: (provider: string) =>
      `You signed in with ${provider}. Choose the name by which others find you.`,
    /** By the reason of the server. */
    failures: {
      denied: 'You did not sign in there. Try again, or choose another way.',
      expired: 'That took too long, or was begun in another browser. Try again.',
      failed: 'Signing in there did not work. Try again, or choose another way.',
      refused: 'This account cannot sign in.',
      too_many: 'Too many attempts. Try again later.',
    },
  },

  /** The view in which a user links accounts of these sites. */
  identities: {
    title: 'Linked accounts',
    notLoaded: 'This view could not be loaded. Check your network and try again.',
  },

  /** Asked again before something changes by which the user signs in. */
  proof: {
    title: 'Confirm that it is you',
    text: 'This changes how you sign in. Use a passkey or your password once more.',
    passkey: 'Use a passkey',
    password: 'Continue',
    /** Before the buttons of the providers. */
    again: 'Sign in again first, and come back here within ten minutes.',
  },

  settings: { title: 'Settings' },
  privacy: {
    title: 'Privacy',
  },

  password: {
    title: 'Change password',
    set: 'Set a password',
    setText: 'You sign in with a passkey. With a password you have a second way.',
    notLoaded: 'Your account could not be loaded.',
    current: 'Current password',
    next: 'New password',
    wrong: 'This is not your current password.',
    others: 'All your other devices will be signed out, and all access tokens end.',
    change: 'Change password',
    changing: 'Changing…',
    changed: 'Your password is changed. Your other devices are signed out, and access tokens have ended.',
  },

  tokens: {
    title: 'Access tokens',
    notLoaded: 'The access tokens could not be opened. Check your network.',
  },

  ownAccount: {
    notLoaded: 'That could not be opened. Check your network.',
  },
  profile: { title: 'Profile' },
  dataExport: { title: 'Export my data' },
  deletion: { title: 'Delete account' },

  logOut: {
    title: 'Log out',
    question: 'Log out?',
    unsent: (messages: number) =>
      `${messages} ${plural(messages, { one: 'message is', other: 'messages are' })} not sent yet. If you log out now, ${plural(messages, { one: 'it is', other: 'they are' })} deleted.`,
    confirm: 'Log out and delete',
    failed: 'You could not be logged out. Check your network.',
  },
};
