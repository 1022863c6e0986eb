import { TypingSignal } from './typing-signal.js';

function setUp() {
  const clock = { ms: 0 };
  const sent: number[] = [];
  const typingSignal = new TypingSignal(
    () => sent.push(clock.ms),
    () => clock.ms,
  );
  return { clock, sent, typingSignal };
}

describe('TypingSignal', () => {
  it('sends the first key at once and then every three seconds while keys are pressed', () => {
    const { clock, sent, typingSignal } = setUp();
    for (; clock.ms <= 7_000; clock.ms += 100) typingSignal.typed(7);
    expect(sent).toEqual([0, 3_000, 6_000]);
  });

  it('sends at once when a message was sent before', () => {
    const { clock, sent, typingSignal } = setUp();
    typingSignal.typed(7);
    typingSignal.reset(7);
    clock.ms = 200;
    typingSignal.typed(7);
    expect(sent).toEqual([0, 200]);
  });
});
