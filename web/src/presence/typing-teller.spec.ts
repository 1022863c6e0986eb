import { TypingTeller } from './typing-teller';

function setUp() {
  const clock = { ms: 0 };
  const told: number[] = [];
  const teller = new TypingTeller(
    () => told.push(clock.ms),
    () => clock.ms,
  );
  return { clock, told, teller };
}

describe('TypingTeller', () => {
  it('tells the first key at once and then every three seconds', () => {
    const { clock, told, teller } = setUp();
    for (; clock.ms <= 7_000; clock.ms += 100) teller.typed();
    expect(told).toEqual([0, 3_000, 6_000]);
  });

  it('tells at once after a message was sent', () => {
    const { clock, told, teller } = setUp();
    teller.typed();
    teller.reset();
    clock.ms = 200;
    teller.typed();
    expect(told).toEqual([0, 200]);
  });
});
