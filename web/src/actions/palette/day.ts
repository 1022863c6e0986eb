import { foldQuery } from '@parley/shared';

/** Reads a day: `12 November`, `Nov 12 2025`, `2025-11-12`, `12.11.`, `yesterday`, in a language and in English. Null: it is none. */
export function dayIn(query: string, language: string, now: Date): Date | null {
  const text = foldQuery(query);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  for (const [days, name] of relativeDays(language)) {
    if (name === text) return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), today);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?$/.exec(text);
  if (dotted) return dayOf(yearOf(dotted[3]), Number(dotted[2]) - 1, Number(dotted[1]), today);
  const named =
    /^(?<day>\d{1,2})(?:st|nd|rd|th|\.)? (?<month>\p{L}{3,}\.?)(?:,? (?<year>\d{4}))?$/u.exec(text) ??
    /^(?<month>\p{L}{3,}\.?) (?<day>\d{1,2})(?:st|nd|rd|th|\.)?(?:,? (?<year>\d{4}))?$/u.exec(text);
  if (!named?.groups) return null;
  const month = monthOf(named.groups.month ?? '', language);
  return month === null ? null : dayOf(yearOf(named.groups.year), month, Number(named.groups.day), today);
}

function yearOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** Without a year the last day of that name. Null: there is no such day, or it is to come. */
function dayOf(year: number | null, month: number, day: number, today: Date): Date | null {
  let date = new Date(year ?? today.getFullYear(), month, day);
  if (year === null && date > today) date = new Date(today.getFullYear() - 1, month, day);
  return date.getMonth() === month && date.getDate() === day && date <= today ? date : null;
}

function relativeDays(language: string): [number, string][] {
  return [language, 'en'].flatMap((one) => {
    const format = new Intl.RelativeTimeFormat(one, { numeric: 'auto' });
    return [0, -1].map((days): [number, string] => [days, foldQuery(format.format(days, 'day'))]);
  });
}

/** By its name or the beginning of it: three letters at least. */
function monthOf(name: string, language: string): number | null {
  const start = name.replace('.', '');
  for (const one of [language, 'en']) {
    const format = new Intl.DateTimeFormat(one, { month: 'long', day: 'numeric' });
    for (let month = 0; month < 12; month++) {
      const parts = format.formatToParts(new Date(2024, month, 1));
      const full = foldQuery(parts.find(({ type }) => type === 'month')?.value ?? '');
      if (full.startsWith(start)) return month;
    }
  }
  return null;
}
