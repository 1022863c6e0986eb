import { pluralsOf } from './plurals';

describe('pluralsOf', () => {
  it('has the forms of its language', () => {
    const polish = pluralsOf('pl');
    const messages = (count: number) =>
      polish(count, { one: 'wiadomość', few: 'wiadomości', many: 'wiadomości…', other: 'wiadomości' });
    expect([1, 3, 5].map(messages)).toEqual(['wiadomość', 'wiadomości', 'wiadomości…']);
  });

  it('takes the general form when a language leaves one out', () => {
    expect(pluralsOf('en')(1, { other: 'sheep' })).toBe('sheep');
  });
});
