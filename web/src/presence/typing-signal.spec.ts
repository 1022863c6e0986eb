import { TypingSignal } from './typing-signal';

function setUp() {
  const clock = { ms: 0 };
  const told: number[] = [];
  const typingSignal = new TypingSignal(
    () => told.push(clock.ms),
    () => clock.ms,
  );
  return { clock, told, typingSignal };
}

describe('TypingSignal', () => {
  it('tells the first key at once and then every three seconds', () => {
    const { clock, told, typingSignal } = setUp();
    for (; clock.ms <= 7_000; clock.ms += 100) typingSignal.typed();
    expect(told).toEqual([0, 3_000, 6_000]);
  });

  it('tells at once after a message was sent', () => {
    const { clock, told, typingSignal } = setUp();
    typingSignal.typed();
    typingSignal.reset();
    clock.ms = 200;
    typingSignal.typed();
    expect(told).toEqual([0, 200]);
  });
});
