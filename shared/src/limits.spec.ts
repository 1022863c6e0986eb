import fc from 'fast-check';
import { hasVisibleText, TEXT_PATTERN, textLength } from './limits.js';

describe('textLength', () => {
  it('counts code points as iteration does, lone surrogates included', () => {
    const anyUnit = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(fc.oneof(anyUnit, fc.string({ unit: 'binary' })), (text) => {
        expect(textLength(text)).toBe([...text].length);
      }),
    );
  });

  it('counts an emoji outside the basic plane once', () => {
    expect(textLength('a😀b')).toBe(3);
  });
});

describe('hasVisibleText', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \t\r\n\u0085\u00a0\u2003\u2028\u3000'],
    ['zero-width space, joiners, word joiner, byte order mark', '\u200b\u200c\u200d\u2060\ufeff'],
    ['blank Braille cells', '\u2800\u2800'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['direction and formatting characters', '\u200e\u202e\u2066\u2069\u00ad\u034f'],
    ['variation selectors and tags', '\ufe0f\u{e0061}\u{e007f}'],
    ['control characters', '\u0001\u001f\u007f\u009f'],
    ['all of it together', ' \u200b\n\u2800\u3164 '],
  ])('is false when a text is only %s', (_, text) => {
    expect(hasVisibleText(text)).toBe(false);
  });

  it.each(['.', '\u200ba', '❤️', '👩‍👩‍👧', '한', '⠁', '\u0301', '\ud83d', 'ـ', '۝'])(
    'is true when there is something to see: %s',
    (text) => {
      expect(hasVisibleText(text)).toBe(true);
    },
  );
});

describe('TEXT_PATTERN', () => {
  it.each(['', 'u'])(
    'says of every character up to U+FFFF what the check says, with the flags "%s"',
    (flags) => {
      const pattern = new RegExp(TEXT_PATTERN, flags);
      const differing: string[] = [];
      for (let code = 0; code <= 0xffff; code++) {
        const text = String.fromCharCode(code);
        const isFine = hasVisibleText(text) && (code < 0xd800 || code > 0xdfff);
        if (pattern.test(text) !== isFine) differing.push(code.toString(16));
      }
      expect(differing).toEqual([]);
      for (const text of ['a😀', ' 😀 ', '\u200ba\n']) expect(pattern.test(text)).toBe(true);
      for (const text of ['a\0', 'a\ud800', '\udc00a', '\udc00\ud800', ' \u200b ']) {
        expect(pattern.test(text)).toBe(false);
      }
    },
  );
});
