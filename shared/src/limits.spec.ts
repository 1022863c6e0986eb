import fc from 'fast-check';
import { textLength } from './limits.js';

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
