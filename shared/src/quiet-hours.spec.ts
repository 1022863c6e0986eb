import { isQuiet, isTimeZone } from './quiet-hours.js';

const NIGHT = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' };
const at = (time: string) => new Date(`2026-01-15T${time}Z`);

describe('quiet hours', () => {
  it('are in the time zone of the user, from the first minute to before the last', () => {
    expect(isQuiet(NIGHT, at('20:59:59'))).toBe(false);
    expect(isQuiet(NIGHT, at('21:00:00'))).toBe(true);
    expect(isQuiet(NIGHT, at('05:59:59'))).toBe(true);
    expect(isQuiet(NIGHT, at('06:00:00'))).toBe(false);
  });

  it('follow summer time', () => {
    expect(isQuiet(NIGHT, new Date('2026-07-15T05:00:00Z'))).toBe(false);
    expect(isQuiet(NIGHT, new Date('2026-07-15T20:00:00Z'))).toBe(true);
  });

  it('do not pass midnight when they end later than they begin', () => {
    const noon = { from: '12:00', to: '13:00', time_zone: 'UTC' };
    expect(isQuiet(noon, at('12:30:00'))).toBe(true);
    expect(isQuiet(noon, at('13:00:00'))).toBe(false);
    expect(isQuiet(noon, at('00:00:00'))).toBe(false);
  });

  it('are the whole day when they end as they begin, and never when there are none', () => {
    expect(isQuiet({ from: '08:00', to: '08:00', time_zone: 'UTC' }, at('03:00:00'))).toBe(true);
    expect(isQuiet(null, at('03:00:00'))).toBe(false);
  });

  it('count in UTC for a time zone that is not known', () => {
    expect(isQuiet({ ...NIGHT, time_zone: 'Moon/Base' }, at('22:00:00'))).toBe(true);
    expect(isTimeZone('Moon/Base')).toBe(false);
    expect(isTimeZone('Asia/Kolkata')).toBe(true);
  });
});
