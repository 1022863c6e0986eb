import { shortCodeAt } from './short-code';

describe('a short code', () => {
  it.each([
    [':sm', 0, 'sm'],
    ['hi :Smile', 3, 'smile'],
    ['(:+1', 1, '+1'],
    ['a\n:ta', 2, 'ta'],
    ['`x` :ta', 4, 'ta'],
    ['```\na\n``` :ta', 10, 'ta'],
  ])('is at the end of %j', (text, start, letters) => expect(shortCodeAt(text)).toEqual({ start, letters }));

  it.each([
    '',
    ':',
    ':s',
    ':smile ',
    ':smile:',
    'a:bc',
    '12:30',
    'at :30',
    'http://x:80',
    'http://x:ab',
    '::ab',
    '`:ta',
    'x `a :ta',
    '```\n:ta',
    ':)',
    ':-D',
  ])('is not at the end of %j', (text) => expect(shortCodeAt(text)).toBeNull());
});
