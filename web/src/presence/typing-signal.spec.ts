import { TypingSignal } from './typing-signal';

function setUp() {
  const clock = { ms: 0 };
  const sentAt: number[] = [];
  const typingSignal = new TypingSignal(
    () => sentAt.push(clock.ms),
    () => clock.ms,
  );
  return { clock, sentAt, typingSignal };
}

describe('TypingSignal', () => {
  it('sends the first key at once and then every three seconds', () => {
    const { clock, sentAt, typingSignal } = setUp();
    for (; clock.ms <= 7_000; clock.ms += 100) typingSignal.typed();
    expect(sentAt).toEqual([0, 3_000, 6_000]);
  });

  it('sends at once after a message was sent', () => {
    const { clock, sentAt, typingSignal } = setUp();
    typingSignal.typed();
    typingSignal.reset();
    clock.ms = 200;
    typingSignal.typed();
    expect(sentAt).toEqual([0, 200]);
  });
});
