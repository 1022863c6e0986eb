import { findFolded, foldQuery } from '@parley/shared';
import { excerptOf } from './excerpt';

const hitsIn = (text: string, query: string) =>
  findFolded(text, foldQuery(query)).map(([start, end]) => text.slice(start, end));

describe('findFolded', () => {
  it.each([
    ['Crème brûlée', 'BRULEE', ['brûlée']],
    ['cre\u0300me', 'creme', ['cre\u0300me']],
    ['Straße, Strasse', 'strasse', ['Straße', 'Strasse']],
    ['Maß', 'mas', ['Maß']],
    ['مَرْحَبًا بك', 'مرحبا', ['مَرْحَبًا']],
    ['שָׁלוֹם', 'לום', ['לוֹם']],
    ['東京と東京', '東京', ['東京', '東京']],
    ['한국어', '국', ['국']],
    // The tone is a letter of its own: it is not part of the hit.
    ['👍🏽 and 👍', '👍', ['👍', '👍']],
    ['two \n lines', 'two lines', ['two \n lines']],
    ['aaa', 'aa', ['aa']],
    ['nothing', 'else', []],
    ['nothing', '', []],
  ])('finds in %j the query %j', (text, query, found) => {
    expect(hitsIn(text, query)).toEqual(found);
  });
});

describe('an excerpt', () => {
  it('has the whole of a short text, with its hits', () => {
    expect(excerptOf('Tea or tea?', 'tea')).toEqual([
      { text: 'Tea', isHit: true },
      { text: ' or ', isHit: false },
      { text: 'tea', isHit: true },
      { text: '?', isHit: false },
    ]);
  });

  it('begins shortly before the first hit, at a word, in a long text', () => {
    const text = `${'word '.repeat(100)}needle${' word'.repeat(100)}`;
    const pieces = excerptOf(text, 'needle');
    expect(pieces[0]).toEqual({ text: '…', isHit: false });
    expect(pieces[1]?.text).toMatch(/^(word ){7,8}$/);
    expect(pieces.at(-1)).toEqual({ text: '…', isHit: false });
    expect(pieces.map((piece) => piece.text).join('').length).toBeLessThan(250);
  });
});
