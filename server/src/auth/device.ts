/** In this order: browsers also name those that they want to be taken for. */
const PROGRAMS: [pattern: RegExp, name: string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: [pattern: RegExp, name: string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];
const MAX_NAME_LENGTH = 40;

/** A name by which a user recognises a device, from `User-Agent`. Versions are left out: they change, and say too much. */
export function deviceName(userAgent: string | undefined): string {
  const agent = userAgent ?? '';
  const nameIn = (names: typeof PROGRAMS) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const program = nameIn(PROGRAMS) ?? /^[\w .-]+/.exec(agent)?.[0].trim().slice(0, MAX_NAME_LENGTH);
  const system = nameIn(SYSTEMS);
  return [program || 'Unknown program', ...(system ? [system] : [])].join(' on ');
}
