import { sharedText } from './shared-text';

describe('sharedText', () => {
  it.each([
    [{ title: 'A page', text: 'Look', url: 'https://example.com/' }, 'A page\nLook\nhttps://example.com/'],
    [{ text: 'Look at https://example.com/', url: 'https://example.com/' }, 'Look at https://example.com/'],
    [{ title: 'Look', text: 'Look' }, 'Look'],
    [{ title: ' ', url: 'https://example.com/' }, 'https://example.com/'],
    [{}, ''],
  ])('makes one text of %j', (params, text) => {
    expect(sharedText(new URLSearchParams(params as Record<string, string>))).toBe(text);
  });
});
