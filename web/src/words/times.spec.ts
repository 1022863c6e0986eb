import en from './languages/en';
import { createTimes, dayKey } from './times';

const noon = new Date(2026, 10, 18, 12, 0, 0).getTime();
const times = createTimes('en', en.presence, 'en-US');

function ago({ days = 0, hours = 0, minutes = 0, seconds = 0 }): string {
  const date = new Date(noon);
  date.setDate(date.getDate() - days);
  return new Date(date.getTime() - ((hours * 60 + minutes) * 60 + seconds) * 1_000).toISOString();
}

describe('createTimes', () => {
  it.each([
    [{ seconds: 20 }, 'now'],
    [{ minutes: 5 }, '5 min'],
    [{ days: 1 }, 'Yesterday'],
  ])('is short in lists: %j', (age, text) => expect(times.short(ago(age), noon)).toBe(text));

  it('says the year where it might be another one', () => {
    expect(times.short(ago({ days: 30 }), noon)).toBe('Oct 19');
    expect(times.short(ago({ days: 370 }), noon)).toBe('Nov 13, 2025');
    expect(times.lastSeen(ago({ days: 370 }), noon)).toBe('last seen Nov 13, 2025');
  });

  it('never says that something happens in the future, whatever the clocks', () => {
    const ahead = new Date(noon + 30_000).toISOString();
    expect(times.short(ahead, noon)).toBe('now');
    expect(times.lastSeen(ahead, noon)).toBe('last seen just now');
    expect(times.day(ahead, noon)).toBe('Today');
  });

  it('counts days from midnight to midnight', () => {
    expect(times.day(ago({ hours: 11 }), noon)).toBe('Today');
    expect(times.day(ago({ hours: 13 }), noon)).toBe('Yesterday');
    expect(times.day(ago({ days: 2 }), noon)).toBe('Monday');
    expect(times.day(ago({ days: 300 }), noon)).toContain('2026');
  });

  it.each([
    [{ minutes: 1 }, 'last seen 1 minute ago'],
    [{ minutes: 59 }, 'last seen 59 minutes ago'],
    [{ hours: 2 }, 'last seen at 10:00 AM'],
    [{ days: 1 }, 'last seen yesterday at 12:00 PM'],
    [{ days: 6 }, 'last seen Nov 12'],
  ])('says when a user was last seen: %j', (age, text) =>
    expect(times.lastSeen(ago(age), noon).replaceAll('\u202f', ' ')).toBe(text),
  );

  it('follows the customs of the browser in the language of the page', () => {
    const inGermany = createTimes('en', en.presence, 'de');
    expect(inGermany.lastSeen(ago({ days: 1 }), noon)).toBe('last seen yesterday at 12:00');
    expect(inGermany.clock(ago({ hours: 3 }))).toBe('09:00');
    expect(inGermany.day(ago({ days: 300 }), noon)).toBe('22 January 2026');
  });

  it('has the words of the language from Intl', () => {
    const german = createTimes('de', en.presence, 'de');
    expect(german.day(ago({ days: 1 }), noon)).toBe('Gestern');
    expect(german.short(ago({}), noon)).toBe('jetzt');
    expect(german.short(ago({ minutes: 5 }), noon)).toBe('5 Min.');
  });
});

describe('dayKey', () => {
  it('is equal for two points in time of one day', () => {
    expect(dayKey(ago({ hours: 1 }))).toBe(dayKey(ago({ hours: 5 })));
    expect(dayKey(ago({ hours: 1 }))).not.toBe(dayKey(ago({ days: 1 })));
  });
});
