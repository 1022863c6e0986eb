/** The sentences of the settings. */
export default {
  title: 'Settings',
  text: 'They take effect at once, on all your devices.',
  waiting: 'Not saved yet: this waits for the server.',

  appearance: 'Appearance',
  notifications: 'Notifications',
  writing: 'Writing',
  screenReader: 'Screen reader',

  choices: {
    theme: { title: 'Theme', values: { system: 'As the device', light: 'Light', dark: 'Dark' } },
    contrast: { title: 'Contrast', values: { system: 'As the device', more: 'More' } },
    text_size: {
      title: 'Text size',
      values: { small: 'Small', medium: 'Medium', large: 'Large', larger: 'Larger' },
    },
    density: { title: 'Density', values: { comfortable: 'Comfortable', compact: 'Compact' } },
    motion: { title: 'Motion', values: { system: 'As the device', reduced: 'Reduced' } },
    enter: {
      title: 'Enter',
      text: 'Ctrl or ⌘ with Enter always sends, and Shift with Enter always makes a new line.',
      values: { auto: 'Sends, on touch a new line', send: 'Sends', line: 'New line' },
    },
    announcements: {
      title: 'Announce new messages',
      values: { all: 'With their text', brief: 'Who has written', none: 'Never' },
    },
  },

  notify: {
    notifications: {
      title: 'Notifications',
      text: 'When somebody writes and you do not look at Parley.',
    },
    notification_text: { title: 'Show the message', text: 'Without it, only who has written.' },
    sounds: { title: 'Sounds', text: 'A short tone with each new message.' },
    quiet_hours: { title: 'Quiet hours', text: 'Neither notifications nor sounds, every day.' },
    blocked:
      'This browser blocks notifications of this site. Open the settings of the site, left of the address, allow notifications, and come back.',
    unsupported: 'This browser has no notifications for this site.',
    notAsked: 'This browser has not allowed them yet.',
    allow: 'Allow in this browser',
    from: 'From',
    to: 'To',
    zone: (name: string) => `in the time zone ${name}`,
    useZone: (name: string) => `Use ${name}`,
  },
};
