const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const fullDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** `14:02`. */
export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}

/** Everything about a moment, for those who want to know. */
export function fullTime(iso: string): string {
  return moment.format(new Date(iso));
}

/** The day in local time; equal for two moments of the same day. */
export function dayKey(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** `Today`, `Yesterday`, `Monday`, `12 November 2026`. */
export function dayLabel(iso: string, now: number): string {
  const days = daysAgo(iso, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return days < 7 ? weekday.format(new Date(iso)) : fullDay.format(new Date(iso));
}

/** `now`, `5 min`, `14:02`, `Yesterday`, `Mon`, `12 Nov`: short, for lists. */
export function shortTime(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  const days = daysAgo(iso, now);
  if (age < MINUTE_MS) return 'now';
  if (age < 60 * MINUTE_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (days <= 0) return clockTime(iso);
  if (days === 1) return 'Yesterday';
  return (days < 7 ? shortWeekday : dayOfYear).format(new Date(iso));
}

/** `last seen just now`, `last seen 5 min ago`, `last seen yesterday at 14:02`, `last seen 12 Nov`. */
export function lastSeen(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  const days = daysAgo(iso, now);
  if (age < MINUTE_MS) return 'last seen just now';
  if (age < 60 * MINUTE_MS) return `last seen ${Math.floor(age / MINUTE_MS)} min ago`;
  if (days <= 0) return `last seen at ${clockTime(iso)}`;
  if (days === 1) return `last seen yesterday at ${clockTime(iso)}`;
  return `last seen ${dayOfYear.format(new Date(iso))}`;
}

/** In local days, so that it changes at midnight. */
function daysAgo(iso: string, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(Date.parse(iso))) / DAY_MS);
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
