import { BARS, clockOf, voiceName, voiceOf } from './voice-name';

const named = (name: string, type = 'audio/webm') => voiceOf({ name, type });
const peak = (level: number) =>
  Math.max(...(named(voiceName('x', { seconds: 1, levels: [0, level] }, 'webm'))?.levels ?? []));

describe('the name of a voice message', () => {
  it('says how long it is and how loud each part, whatever the number of measurements', () => {
    for (const count of [0, 1, 7, BARS, 1_234]) {
      const levels = Array.from({ length: count }, (_, n) => n / count);
      const name = voiceName('Voice message', { seconds: 12.34, levels }, 'webm');
      expect(name).toMatch(/^Voice message 12\.3s [0-9a-f]{40}\.webm$/);
      const voice = named(name);
      expect(voice?.seconds).toBe(12.3);
      expect(voice?.levels).toHaveLength(BARS);
      const sorted = voice?.levels.toSorted((a, b) => a - b);
      expect(voice?.levels).toEqual(sorted);
      if (count > 1) expect(voice?.levels.at(-1)).toBe(1);
    }
  });

  it('fills the waveform with a quiet voice, and leaves silence flat', () => {
    expect([peak(0.3), peak(0)]).toEqual([1, 0]);
    expect(peak(0.02)).toBeLessThan(0.2);
  });

  it('is in any language, and fits into the longest name of a file', () => {
    const name = voiceName('Голосовое сообщение', { seconds: 1e9, levels: [] }, 'mp4');
    expect(named(name, 'audio/mp4')?.seconds).toBe(99_999);
    expect(name.length).toBeLessThan(100);
  });

  it.each([
    ['Voice message 1.0s.webm', 'audio/webm'],
    [`Voice message 1.0s ${'0'.repeat(39)}.webm`, 'audio/webm'],
    [`Voice message 1.0s ${'g'.repeat(40)}.webm`, 'audio/webm'],
    [`Voice message 0.0s ${'0'.repeat(40)}.webm`, 'audio/webm'],
    [`Voice message -1.0s ${'0'.repeat(40)}.webm`, 'audio/webm'],
    [`Voice message 1.0s ${'0'.repeat(40)}.webm`, 'application/octet-stream'],
    [`Voice message 1.0s ${'0'.repeat(40)}.png`, 'image/png'],
    ['song.mp3', 'audio/mpeg'],
  ])('is not %j of the type %s', (name, type) => {
    expect(named(name, type)).toBeNull();
  });
});

it('a time is minutes and seconds', () => {
  expect([0, 7.9, 60, 754, 6_000].map(clockOf)).toEqual(['0:00', '0:07', '1:00', '12:34', '100:00']);
});
