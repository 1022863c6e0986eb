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
};

function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${Math.round(size / 1_000)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}
