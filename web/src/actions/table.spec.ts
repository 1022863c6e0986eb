import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import actionWords from '../words/languages/en/actions';
import secondWords from '../words/languages/en/second';
import { readableKeys } from './keys';
import { ACTION_IDS, ACTIONS, PLACES, type ActionRow, type Place } from './table';

const DOCS = join(__dirname, '../../../docs/keyboard.md');

/** What browsers and systems do not give to a page, or what people would miss: in Chromium, Firefox and Safari. */
const TAKEN = [
  'mod+n mod+t mod+w mod+r mod+l mod+d mod+p mod+s mod+q mod+h mod+m mod+j mod+o mod+u mod+c mod+x mod+a mod+shift+n mod+shift+t mod+shift+p',
  'mod+shift+i mod+shift+j mod+shift+k mod+shift+c mod+shift+b mod+shift+a mod+plus mod+- mod+0 mod+1 mod+tab mod+shift+tab mod+f4 mod+f5 alt+f4',
  'f1 f5 f6 f7 f11 f12 alt+arrow-left alt+arrow-right alt+home alt+d alt+e alt+f tab shift+tab',
].flatMap((line) => line.split(' '));

const rowsOf = (place: Place) => ACTION_IDS.filter((id) => ACTIONS[id].place === place);
const keysOf = (place: Place) =>
  rowsOf(place).flatMap((id) => (ACTIONS[id] as ActionRow).keys.map((keys) => keys));

describe('the table of actions', () => {
  it.each(PLACES)('has no key twice in the place %s', (place) => {
    // What works everywhere works in each place too.
    const keys = place === 'page' ? keysOf('page') : [...keysOf(place), ...keysOf('page')];
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('takes no key of browsers and systems', () => {
    const used = PLACES.flatMap(keysOf);
    expect(used.filter((keys) => TAKEN.includes(keys))).toEqual([]);
  });

  it('has a name for every key', () => {
    const parts = PLACES.flatMap(keysOf).flatMap((keys) => keys.split('+'));
    const nameless = parts.filter(
      (part) => part.length > 1 && !/^f\d+$/.test(part) && !(part in secondWords.keys),
    );
    expect(nameless).toEqual([]);
  });

  it('is what docs/keyboard.md says', () => {
    const rows = PLACES.flatMap((place) => [
      `## ${actionWords.places[place]}`,
      ...rowsOf(place)
        .filter((id) => ACTIONS[id].keys.length > 0)
        .map((id) => {
          const keys = (ACTIONS[id] as ActionRow).keys.map((one) =>
            readableKeys(one, secondWords.keys, false),
          );
          return `| ${keys.map((one) => `\`${one}\``).join(' ')} | ${actionWords.names[id]} |`;
        }),
    ]);
    const documented = readFileSync(DOCS, 'utf8')
      .split('\n')
      .filter((line) => /^(## |\| +`)/.test(line))
      .map((line) => line.replaceAll(/ {2,}/g, ' '));
    expect(documented).toEqual(rows);
  });
});
