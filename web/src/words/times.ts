const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A day of the year before is not taken for one of this year. */
const CLEAR_YEAR_DAYS = 300;

/** What `Intl` has no words for. */
export interface LastSeenWords {
  lastSeenNow: string;
  lastSeen(when: string): string;
  lastSeenToday(time: string): string;
  lastSeenOn(day: string, time: string): string;
}

/** Points in time as text. Times are ISO-8601, `now` is in milliseconds. */
export interface Times {
  /** `14:02`. */
  clock(iso: string): string;
  /** Date and time in full. */
  full(iso: string): string;
  /** Date and time in numbers: `11/12/26, 2:02 PM`. */
  stamp(iso: string): string;
  /** `Today`, `Yesterday`, `Monday`, `12 November 2026`. */
  day(iso: string, now: number): string;
  /** `now`, `5 min`, `14:02`, `Yesterday`, `Mon`, `12 Nov`: short, for lists. */
  short(iso: string, now: number): string;
  /** `last seen just now`, `last seen 5 minutes ago`, `last seen yesterday at 14:02`, `last seen 12 Nov`. */
  lastSeen(iso: string, now: number): string;
}

/**
 * In a language of the page, with the customs of the region of `browser`, a locale: 24 hours, or AM and PM. Formats are made
 * when they are used for the first time: the first paint needs two or three of the ten.
 */
export function createTimes(
  language: string,
  words: LastSeenWords,
  browser: string = new Intl.DateTimeFormat().resolvedOptions().locale,
): Times {
  const { region } = new Intl.Locale(browser).maximize();
  const locale = new Intl.Locale(language, { region });
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = lazy(() => new Intl.DateTimeFormat(locale, options));
    return (iso: string) => format().format(new Date(iso));
  };
  const clock = dates({ timeStyle: 'short' });
  const weekday = dates({ weekday: 'long' });
  const shortWeekday = dates({ weekday: 'short' });
  const dayOfYear = dates({ day: 'numeric', month: 'short' });
  const dayOfAnyYear = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const fullDay = dates({ day: 'numeric', month: 'long', year: 'numeric' });
  const relative = lazy(() => new Intl.RelativeTimeFormat(locale.toString(), { numeric: 'auto' }));
  const minuteCount = lazy(() => new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute' }));

  function day(iso: string, now: number): string {
    const days = daysAgo(iso, now);
    if (days > 1) return (days < 7 ? weekday : fullDay)(iso);
    const text = relative().format(-Math.max(0, days), 'day');
    return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  }

  /** Without the year where it is clear which one it is. */
  function date(iso: string, now: number): string {
    return (daysAgo(iso, now) < CLEAR_YEAR_DAYS ? dayOfYear : dayOfAnyYear)(iso);
  }

  return {
    clock,
    full: dates({ dateStyle: 'full', timeStyle: 'medium' }),
    stamp: dates({ dateStyle: 'short', timeStyle: 'short' }),
    day,
    short(iso, now) {
      const minutes = minutesAgo(iso, now);
      const days = daysAgo(iso, now);
      if (minutes < 1) return relative().format(0, 'second');
      if (minutes < 60) return minuteCount().format(minutes);
      if (days < 1) return clock(iso);
      return (days < 2 ? day : days < 7 ? shortWeekday : date)(iso, now);
    },
    lastSeen(iso, now) {
      const minutes = minutesAgo(iso, now);
      const days = daysAgo(iso, now);
      if (minutes < 1) return words.lastSeenNow;
      if (minutes < 60) return words.lastSeen(relative().format(-minutes, 'minute'));
      if (days < 1) return words.lastSeenToday(clock(iso));
      if (days < 2) return words.lastSeenOn(relative().format(-1, 'day'), clock(iso));
      return words.lastSeen(date(iso, now));
    },
  };
}

/** The day in local time; equal for two points in time of the same day. */
export function dayKey(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function minutesAgo(iso: string, now: number): number {
  return Math.floor((now - Date.parse(iso)) / MINUTE_MS);
}

/** In local days: it changes at midnight. */
function daysAgo(iso: string, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(Date.parse(iso))) / DAY_MS);
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** What `make` makes, when it is needed for the first time. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
