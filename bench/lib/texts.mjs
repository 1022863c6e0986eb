const ONSETS = [
  '',
  'b',
  'br',
  'c',
  'ch',
  'd',
  'f',
  'g',
  'gr',
  'h',
  'j',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pr',
  'r',
  's',
  'sh',
  'st',
  't',
  'th',
  'tr',
  'v',
  'w',
];
const NUCLEI = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'ai', 'é'];
const CODAS = ['', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'm', 'ck', 'st'];

/** Texts like those of a chat: words of a vocabulary, the n-th as frequent as 1/n, 3 to 30 in a text. */
export class TextMaker {
  /** The most frequent first. */
  words;
  #state = 1;

  constructor(size = 20_000) {
    const words = new Set();
    while (words.size < size) {
      // Frequent words are short.
      const syllables = 1 + Math.floor((words.size / size) * 2.5 + this.#random());
      words.add(
        Array.from({ length: syllables }, () => this.#of(ONSETS) + this.#of(NUCLEI) + this.#of(CODAS)).join(
          '',
        ),
      );
    }
    this.words = [...words];
  }

  next() {
    const length = 3 + Math.floor(this.#random() ** 2 * 28);
    const words = Array.from(
      { length },
      () => this.words[Math.floor(this.words.length ** this.#random()) - 1],
    );
    return `${words.join(' ')}.`;
  }

  #of(list) {
    return list[Math.floor(this.#random() * list.length)];
  }

  /** The same numbers in every run (mulberry32). */
  #random() {
    let t = (this.#state += 0x6d2b79f5);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
