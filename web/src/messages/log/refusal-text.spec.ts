import type { ErrorCode } from '@parley/shared';
import { loadSecondWords, secondWords } from '../../words/words';
import { refusalText } from './refusal-text';

describe('refusalText', () => {
  beforeAll(loadSecondWords);

  it('has a sentence of its own for what a user can understand', () => {
    expect(refusalText('forbidden')).toBe('You may not write here.');
  });

  it.each(['bad_frame', 'moon_phase', 'constructor', 'It is too long.'])(
    'has a general sentence for %s',
    (reason) => expect(refusalText(reason as ErrorCode)).toBe(secondWords.refused.other),
  );
});
