/** A time of each day, which may pass midnight. */
export interface QuietHours {
  /** `HH:MM`, included. */
  from: string;
  /** `HH:MM`, not included. The same as `from`: the whole day. */
  to: string;
  /** The IANA name of a time zone, for example `Europe/Berlin`. */
  time_zone: string;
}

/** The form of `from` and `to` in {@link QuietHours}. */
export const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
/** Longest name of a time zone, in characters. */
export const MAX_TIME_ZONE_LENGTH = 64;

/** Whether `now` is within the quiet hours. A time zone that this runtime does not know counts as UTC. */
export function isQuiet(hours: QuietHours | null, now: Date): boolean {
  if (!hours) return false;
  const { from, to } = hours;
  const time = timeOfDay(now, hours.time_zone);
  return from < to ? from <= time && time < to : time >= from || time < to;
}

function timeOfDay(now: Date, timeZone: string): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', {
    ...time,
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
  }).format(now);
}

/** Whether this runtime knows the time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
