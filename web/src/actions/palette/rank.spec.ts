import { dayIn } from './day';
import { ranked } from './rank';

describe('ranking', () => {
  it('puts what is the same first, then what begins so, then words, then any part, each in the order given', () => {
    const names = ['manna', 'joanna an', 'anna', 'ann', 'lee anna', 'an', 'bob'];
    expect(ranked(names, (name) => [name], 'an', 10)).toEqual([
      'an',
      'anna',
      'ann',
      'joanna an',
      'lee anna',
      'manna',
    ]);
    expect(ranked(names, (name) => [name], 'an', 2)).toEqual(['an', 'anna']);
  });

  it('finds words in any order', () => {
    expect(ranked(['jump to date', 'new chat'], (name) => [name], 'date jump', 5)).toEqual(['jump to date']);
  });
});

describe('a day', () => {
  const now = new Date(2026, 10, 26, 15, 0);

  it.each([
    ['12 November', 'en', [2026, 11, 12]],
    ['november 12', 'en', [2026, 11, 12]],
    ['Nov 12, 2024', 'en', [2024, 11, 12]],
    ['3rd dec', 'en', [2025, 12, 3]],
    ['2025-02-03', 'en', [2025, 2, 3]],
    ['3.2.', 'de', [2026, 2, 3]],
    ['3. März 2025', 'de', [2025, 3, 3]],
    ['yesterday', 'de', [2026, 11, 25]],
    ['Gestern', 'de', [2026, 11, 25]],
    ['today', 'en', [2026, 11, 26]],
  ])('is read from %j (%s)', (query, language, [year, month, day]) => {
    expect(dayIn(query, language, now)).toEqual(new Date(year!, month! - 1, day));
  });

  it.each(['12', 'november', '31 february', '12 nonsense', '2027-01-01', 'no 5'])('is not in %j', (query) => {
    expect(dayIn(query, 'en', now)).toBeNull();
  });
});
