import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');
const MEGABYTE = 1_048_576;

/** The sentences of attachments: choosing, uploading, looking at them. */
export default {
  list: 'Files to send',
  dropHere: 'Drop files to send them',
  remove: (name: string) => `Remove ${name}`,
  tooLarge: (name: string, most: number) => `${name} is larger than ${Math.floor(most / MEGABYTE)} MB.`,
  empty: (name: string) => `${name} is empty.`,
  tooMany: (count: number) =>
    `A message has at most ${count} ${plural(count, { one: 'file', other: 'files' })}.`,
  /** The browser stores nothing, or has no space left. */
  notKept: 'This browser cannot keep the files: leave this window open until they are sent.',
  gone: 'This browser no longer has the file. Attach it again.',
  uploading: (percent: number) => `Uploading, ${percent}%`,
  cancel: 'Cancel upload',
  open: (name: string) => `Open ${name}`,
  download: (name: string) => `Download ${name}`,
  imageOf: (name: string) => `Image ${name}`,
  viewer: 'Image',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  previous: 'Previous image',
  next: 'Next image',
  file: 'File',
  place: (at: number, count: number) => `${at} / ${count}`,
  progress: (size: number, percent: number) => `${bytes(size)}, ${percent}%`,
  bytes,
  voice: {
    /** In front of length and waveform, the name of the file. */
    label: 'Voice message',
    record: 'Record a voice message',
    send: 'Send voice message',
    cancel: 'Cancel recording',
    slide: 'Slide to cancel',
    started: 'Recording. Escape cancels.',
    ended: 'The recording has ended.',
    cancelled: 'The recording is cancelled.',
    queued: 'The voice message is being sent.',
    denied: 'The microphone is blocked. Allow it for this page in the settings of your browser.',
    missing: 'There is no microphone.',
    busy: 'The microphone cannot be used. Another program may be using it.',
    full: 'A voice message cannot be longer: send it, or cancel.',
    of: (length: string) => `Voice message, ${length}`,
    play: 'Play',
    pause: 'Pause',
    position: 'Position',
    at: (position: string, length: string) => `${position} of ${length}`,
    speed: (times: number) => `Speed ${times}×`,
    times: (times: number) => `${times}×`,
    cannotPlay: 'The voice message cannot be played. Check your network, or try another browser.',
  },
};

function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${Math.round(size / 1_000)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}
