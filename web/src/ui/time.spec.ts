import { dayKey, dayLabel, lastSeen, shortTime } from './time';

const noon = new Date(2026, 10, 18, 12, 0, 0).getTime();

function ago({ days = 0, hours = 0, minutes = 0, seconds = 0 }): string {
  const date = new Date(noon);
  date.setDate(date.getDate() - days);
  return new Date(date.getTime() - ((hours * 60 + minutes) * 60 + seconds) * 1_000).toISOString();
}

describe('time', () => {
  it.each([
    [{ seconds: 20 }, 'now'],
    [{ minutes: 5 }, '5 min'],
    [{ days: 1 }, 'Yesterday'],
  ])('is short in lists: %j', (age, text) => expect(shortTime(ago(age), noon)).toBe(text));

  it('never says that something happens in the future, whatever the clocks', () => {
    const ahead = new Date(noon + 30_000).toISOString();
    expect(shortTime(ahead, noon)).toBe('now');
    expect(lastSeen(ahead, noon)).toBe('last seen just now');
    expect(dayLabel(ahead, noon)).toBe('Today');
  });

  it('counts days from midnight to midnight', () => {
    expect(dayLabel(ago({ hours: 11 }), noon)).toBe('Today');
    expect(dayLabel(ago({ hours: 13 }), noon)).toBe('Yesterday');
    expect(dayLabel(ago({ days: 2 }), noon)).toBe('Monday');
    expect(dayLabel(ago({ days: 300 }), noon)).toContain('2026');
  });

  it('knows two moments of one day', () => {
    expect(dayKey(ago({ hours: 1 }))).toBe(dayKey(ago({ hours: 5 })));
    expect(dayKey(ago({ hours: 1 }))).not.toBe(dayKey(ago({ days: 1 })));
  });
});
