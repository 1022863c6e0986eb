import { isOf } from './private-storage';

describe('isOf', () => {
  it.each(['parley-draft-7-12', 'parley-opened-7'])('finds what belongs to the user: %s', (key) =>
    expect(isOf(7, key)).toBe(true),
  );

  it.each(['parley-draft-71-7', 'parley-opened-71', 'parley-draft', 'other-draft-7-1', 'parley-7'])(
    'leaves alone what does not: %s',
    (key) => expect(isOf(7, key)).toBe(false),
  );
});
