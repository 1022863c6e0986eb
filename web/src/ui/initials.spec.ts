import { initialsOf } from './initials';

describe('initialsOf', () => {
  it.each([
    ['alice', 'a'],
    ['Bob Brown', 'BB'],
    ['Bob Brown Carter', 'BB'],
    ['a', 'a'],
    ['_mary-ann', 'ma'],
    ['Élodie Çelik', 'ÉÇ'],
    // Each a letter and a combining accent.
    ['e\u0301lodie c\u0327elik', 'e\u0301c\u0327'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧f'],
    // A digit and what makes it an emoji.
    ['1\uFE0F\u20E3 first', '1\uFE0F\u20E3f'],
    ['日本 太郎', '日太'],
    ['...', ''],
  ])('of %s', (name, initials) => expect(initialsOf(name)).toBe(initials));
});
