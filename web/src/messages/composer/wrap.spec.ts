import * as fc from 'fast-check';
import { wrap } from './wrap';

/** `[` and `]` are the selection, `|` a caret. */
function read(shown: string) {
  const caret = shown.indexOf('|');
  if (caret >= 0) return { text: shown.replace('|', ''), start: caret, end: caret };
  const start = shown.indexOf('[');
  const end = shown.indexOf(']') - 1;
  return { text: shown.replace('[', '').replace(']', ''), start, end };
}

function press(shown: string, mark: string): string {
  const before = read(shown);
  const { from, to, by, start, end } = wrap(before, mark);
  const text = before.text.slice(0, from) + by + before.text.slice(to);
  if (start === end) return `${text.slice(0, start)}|${text.slice(start)}`;
  return `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

describe('marks', () => {
  it.each([
    ['a [b] c', 'a *[b]* c'],
    ['a *[b]* c', 'a [b] c'],
    ['[*b*]', '[b]'],
    ['a[ b c ]d', 'a *[b c]* d'],
    ['a | b', 'a *|* b'],
    ['[one\n\ntwo]', '[*one*\n\n*two*]'],
    ['[*one*\n*two*]', '[one\ntwo]'],
  ])('change %j to %j', (before, after) => expect(press(before, '*')).toBe(after));

  it('put another mark around the same words', () => {
    expect(press(press('[both]', '*'), '_')).toBe('*_[both]_*');
  });

  it('change nothing but marks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '*', '\n') }),
        fc.nat(),
        fc.nat(),
        (text, a, b) => {
          const [start, end] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y) as [
            number,
            number,
          ];
          const { from, to, by, ...selected } = wrap({ text, start, end }, '*');
          const after = text.slice(0, from) + by + text.slice(to);
          expect(after.replaceAll('*', '')).toBe(text.replaceAll('*', ''));
          expect(selected.start).toBeLessThanOrEqual(selected.end);
          expect(selected.end).toBeLessThanOrEqual(after.length);
        },
      ),
    );
  });
});
