import * as fc from 'fast-check';
import { EMOJI, emojiOf, findEmoji, GROUPS, inTone, TONES } from './emoji-data';

const codes = (query: string) => findEmoji(query, 5).map(({ names }) => names[0]);
const isOneEmoji = (text: string) => new RegExp('^\\p{RGI_Emoji}$', 'v').test(text);

describe('the emoji of the picker', () => {
  it('are each one emoji of Unicode, in a group, with short codes that no other has', () => {
    expect(EMOJI.length).toBeGreaterThan(1_800);
    expect(EMOJI.filter(({ char }) => !isOneEmoji(char))).toEqual([]);
    expect(new Set(EMOJI.map(({ group }) => group))).toEqual(new Set(GROUPS));
    const names = EMOJI.flatMap((emoji) => emoji.names);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are one emoji in every skin tone too, and themselves where there is none', () => {
    for (const tone of TONES) for (const { char } of EMOJI) expect(isOneEmoji(inTone(char, tone))).toBe(true);
    expect(inTone('👋', TONES[3])).toBe('👋🏽');
    expect(inTone('🕵️‍♀️', TONES[5])).toBe('🕵🏿‍♀️');
    expect(inTone('👨‍👩‍👧', TONES[5])).toBe('👨‍👩‍👧');
    expect(inTone('❤️', TONES[1])).toBe('❤️');
  });
});

describe('the search for emoji', () => {
  it.each([
    ['smile', 'smile'],
    [':smile:', 'smile'],
    ['+1', '+1'],
    ['heart', 'heart'],
    ['TADA', 'tada'],
    ['red heart', 'heart'],
    ['party', 'partying_face'],
  ])('finds %j as %s first', (query, code) => expect(codes(query)[0]).toBe(code));

  it('takes words in any order, by their beginnings', () => {
    expect(codes('face tear joy')).toContain('joy');
    expect(codes('iley')).toEqual([]);
  });

  it('finds nothing for nothing, and never more than asked for', () => {
    expect(findEmoji('', 10)).toEqual([]);
    expect(findEmoji(' : ', 10)).toEqual([]);
    fc.assert(fc.property(fc.string(), (query) => expect(findEmoji(query, 7).length).toBeLessThanOrEqual(7)));
  });

  it('knows an emoji by its text', () => {
    expect(emojiOf('🎉')?.names[0]).toBe('tada');
    expect(emojiOf('x')).toBeUndefined();
  });
});
