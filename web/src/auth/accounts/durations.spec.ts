import { ago, inWords } from './durations';

describe('inWords', () => {
  it.each([
    [0, '1 second'],
    [1, '1 second'],
    [45, '45 seconds'],
    [60, '1 minute'],
    [61, '2 minutes'],
    [3_599, '60 minutes'],
    [3_600, '1 hour'],
  ])('says %i seconds as a wait that is long enough', (seconds, text) =>
    expect(inWords(seconds, 'en')).toBe(text),
  );

  it('uses the language of the page', () => expect(inWords(120, 'de')).toBe('2 Minuten'));
});

describe('ago', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');

  it.each([
    ['2026-11-25T12:00:20Z', 'now'],
    ['2026-11-25T11:59:30Z', 'now'],
    ['2026-11-25T11:55:00Z', '5 minutes ago'],
    ['2026-11-25T09:00:00Z', '3 hours ago'],
    ['2026-11-24T11:00:00Z', 'yesterday'],
    ['2026-11-13T11:00:00Z', '12 days ago'],
  ])('says %s', (iso, text) => expect(ago(iso, now, 'en')).toBe(text));
});
