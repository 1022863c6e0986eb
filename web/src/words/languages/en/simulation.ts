/** The sentences of simulation: no login, a window acts as any user. */
export default {
  actingAs: 'Acting as',
  profile: 'Profile',
  menu: 'Account',
  /** Says of the whole page what it is. */
  label: 'Simulation: anyone here can act as anyone.',
  settings: 'Settings',
  choose: 'Choose…',
  /** Where the server has more users than the list: opens a dialog, and its title. */
  someoneElse: 'Someone else…',
  actAsElse: 'Act as someone else',
  unknown: (username: string) => `Nobody is called ${username}`,
  chooseWho: 'Choose who you are in this window.',
  none: 'There are no users yet',
  chooseName: 'Choose a name to begin.',
  username: 'Username',
  usernameRule: 'A name begins with a letter or digit, and has only letters, digits, “.”, “_” and “-”.',
  notCreated: 'The user could not be created. Try again.',
  createFirst: 'Create the first user',
  /** `request` and `documentation` are elements of the page. */
  createMore: <T>(request: T, documentation: T) => [
    'More users are created with ',
    request,
    ', for example in the ',
    documentation,
    '.',
  ],
  apiDocumentation: 'API documentation',
};
