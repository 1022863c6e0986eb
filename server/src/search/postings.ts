import { gramAt, type Gram, type GramRange } from './grams.js';

/**
 * A page of the index: entries in the order of their grams. Each is the difference to the gram before it (the first: to `gram`), the
 * length of its list in bytes, and the list: the positions of the messages that have the gram, each as the difference to the one
 * before. All numbers are LEB128: seven bits a byte, the lowest first.
 */
export interface PostingsPage {
  /** The first gram. */
  gram: Gram;
  data: Buffer;
}

/** A page is full with so many bytes. A list is never divided, so a page may be larger. */
const PAGE_BYTES = 500;

/** Collects the grams of messages, and makes the pages of a segment of them. */
export class SegmentBuilder {
  /** By gram: the last position, and the bytes of the list. */
  readonly #lists = new Map<Gram, number[]>();
  /** How many grams were added: what the segment costs in memory and on disk. */
  size = 0;

  /** @param position at least that of the message added before. */
  add(position: number, folded: string, sender: Gram): void {
    for (let i = 0; i < folded.length; i++) this.#addGram(position, gramAt(folded, i));
    this.#addGram(position, sender);
    this.size += folded.length + 1;
  }

  *pages(): Generator<PostingsPage> {
    const grams = Float64Array.from(this.#lists.keys()).toSorted();
    let first: Gram = 0;
    let last: Gram = 0;
    let bytes: number[] = [];
    for (const gram of grams) {
      if (bytes.length === 0) first = last = gram;
      const [, ...list] = this.#lists.get(gram)!;
      write(bytes, gram - last);
      write(bytes, list.length);
      for (const byte of list) bytes.push(byte);
      last = gram;
      if (bytes.length < PAGE_BYTES) continue;
      yield { gram: first, data: Buffer.from(bytes) };
      bytes = [];
    }
    if (bytes.length > 0) yield { gram: first, data: Buffer.from(bytes) };
  }

  #addGram(position: number, gram: Gram): void {
    const list = this.#lists.get(gram);
    if (list === undefined) {
      const created = [position];
      write(created, position);
      this.#lists.set(gram, created);
    } else if (list[0] !== position) {
      write(list, position - list[0]!);
      list[0] = position;
    }
  }
}

/** Adds the positions of a page's lists whose grams are in the range, each list in ascending order. */
export function readPage(
  { gram: first, data }: PostingsPage,
  { low, high }: GramRange,
  to: number[][],
): void {
  const reader = { data, at: 0 };
  let gram = first;
  while (reader.at < data.length) {
    gram += read(reader);
    const length = read(reader);
    if (gram > high) return;
    const end = reader.at + length;
    if (gram >= low) {
      const list: number[] = [];
      let position = 0;
      while (reader.at < end) list.push((position += read(reader)));
      to.push(list);
    }
    reader.at = end;
  }
}

function write(bytes: number[], value: number): void {
  // A difference of grams has up to 49 bits, so no shifts.
  while (value >= 0x80) {
    bytes.push((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  bytes.push(value);
}

function read(reader: { data: Buffer; at: number }): number {
  let value = 0;
  for (let factor = 1; ; factor *= 0x80) {
    const byte = reader.data[reader.at++]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
}
