import en from './languages/en';
import { loadLanguage } from './load-language';
import { setLanguage, times, words, type Words } from './words';

const german: Words = { ...en, close: 'Schließen' };
const languages = {
  './words/languages/de.ts': () => Promise.resolve(german),
  './words/languages/pt.ts': () => Promise.reject(new Error('No network.')),
};

describe('loadLanguage', () => {
  afterEach(() => setLanguage('en', en));

  it('uses the first language of the user that the page has', async () => {
    expect(await loadLanguage(['fr-CA', 'de-AT', 'en'], languages)).toBe('de');
    expect(words.close).toBe('Schließen');
    expect(times.day(new Date().toISOString(), Date.now())).toBe('Heute');
  });

  it.each([
    ['the user prefers it', ['en-GB', 'de']],
    ['the page has no other of the user', ['fr', 'it']],
    ['another cannot be loaded', ['pt-BR', 'de']],
    ['the browser has an invalid tag', ['en-US@posix']],
  ])('is English when %s', async (_, preferred) => {
    expect(await loadLanguage(preferred, languages)).toBe('en');
    expect(words.close).toBe('Close');
  });

  it('compiles no language that lacks a sentence', () => {
    const { close: _, ...rest } = en;
    // @ts-expect-error `close` is missing.
    const incomplete: Words = rest;
    expect(incomplete.close).toBeUndefined();
  });
});
