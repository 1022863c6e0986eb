import proxyAddr from '@fastify/proxy-addr';
import { isIP } from 'node:net';
import { isRedisUrl, REDIS_SCHEMES } from './redis-url.js';
import { readSecret } from './secret.js';

/** Longest name of a server, in characters. */
export const MAX_NAME_LENGTH = 64;
const DAY_MS = 86_400_000;

/**
 * Reads single settings, by their names. Unset or empty means the default.
 * @param mistakes gets a sentence for each value that is not allowed; what is returned then is the default.
 */
export function reader(env: Readonly<Record<string, string | undefined>>, mistakes: string[]) {
  return {
    integer(name: string, unset: number, least: number, most: number): number {
      const raw = env[name];
      if (!raw) return unset;
      const value = Number(raw);
      if (/^\d+$/.test(raw) && value >= least && value <= most) return value;
      mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${raw}"`);
      return unset;
    },
    /** A time in seconds, fractions allowed. @returns milliseconds. */
    seconds(name: string, unset: number, least: number, most: number): number {
      const raw = env[name];
      if (!raw) return unset * 1_000;
      const value = Number(raw);
      if (/^\d+(\.\d{1,3})?$/.test(raw) && value >= least && value <= most) return Math.round(value * 1_000);
      mistakes.push(`${name} must be seconds from ${least} to ${most}, such as 2 or 0.5, not "${raw}"`);
      return unset * 1_000;
    },
    /** A time in days, fractions allowed. @returns milliseconds. */
    days(name: string, unset: number, most: number): number {
      const raw = env[name];
      if (!raw) return unset * DAY_MS;
      const milliseconds = Math.round(Number(raw) * DAY_MS);
      if (/^\d+(\.\d{1,6})?$/.test(raw) && milliseconds > 0 && milliseconds <= most * DAY_MS)
        return milliseconds;
      mistakes.push(`${name} must be days, more than 0 and at most ${most}, such as 30 or 0.5, not "${raw}"`);
      return unset * DAY_MS;
    },
    /** A time in which something is allowed, in whole units; `none`: for ever. @returns milliseconds, null for ever. */
    window(name: string, unset: number, unitMs: number): number | null {
      const raw = env[name];
      if (!raw) return unset * unitMs;
      if (raw === 'none') return null;
      if (/^\d{1,6}$/.test(raw)) return Number(raw) * unitMs;
      mistakes.push(
        `${name} must be a whole number from 0 (never) to 999999, or none (for ever), not "${raw}"`,
      );
      return unset * unitMs;
    },
    choice<T extends string>(name: string, choices: readonly T[], unset: T): T {
      const raw = env[name];
      if (!raw) return unset;
      const choice = choices.find((candidate) => candidate === raw);
      if (choice) return choice;
      mistakes.push(`${name} must be ${choices.join(' or ')}, not "${raw}"`);
      return unset;
    },
    name(name: string, unset: string): string {
      const raw = env[name];
      if (!raw) return unset;
      if (raw.length <= MAX_NAME_LENGTH && /^[\w.-]+$/.test(raw)) return raw;
      mistakes.push(`${name} must be up to ${MAX_NAME_LENGTH} letters, digits, dots, dashes and underscores`);
      return unset;
    },
    /** The value is not repeated in the mistake: a database URL holds a password. */
    url(name: string, protocols: readonly string[]): string | null {
      const raw = readSecret(env, name, mistakes);
      if (!raw) return null;
      if (URL.canParse(raw) && protocols.includes(new URL(raw).protocol)) return raw;
      mistakes.push(`${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`);
      return null;
    },
    /** How somebody is reached. */
    contact(name: string, unset: string): string {
      const raw = env[name];
      if (!raw) return unset;
      if (/^mailto:[^\s@]+@[^\s@]+$/.test(raw) || (raw.startsWith('https://') && URL.canParse(raw)))
        return raw;
      mistakes.push(`${name} must be a URL that begins with mailto: or https://, not "${raw}"`);
      return unset;
    },
    redis(name: string): string | null {
      const raw = readSecret(env, name, mistakes);
      if (!raw || isRedisUrl(raw)) return raw || null;
      mistakes.push(
        `${name} must be a URL that begins with ${REDIS_SCHEMES.map((s) => `${s}//`).join(' or ')}`,
      );
      return null;
    },
    commit(name: string): string | null {
      const raw = env[name];
      if (!raw || /^[0-9a-f]{7,64}$/.test(raw)) return raw || null;
      mistakes.push(`${name} must be a commit: 7 to 64 digits 0-9 and a-f, not "${raw}"`);
      return null;
    },
    addresses(name: string): readonly string[] {
      const addresses = entriesOf(env[name]);
      try {
        proxyAddr.compile(addresses);
      } catch {
        mistakes.push(
          `${name} must list addresses or ranges such as 10.0.0.0/8, or loopback, linklocal, uniquelocal`,
        );
      }
      return addresses;
    },
    hosts(name: string): readonly string[] {
      return entriesOf(env[name]).flatMap((entry) => {
        const host = isIP(entry) === 6 ? `[${entry}]` : entry;
        const isAlone = isIP(host.slice(1, -1)) === 6 || !/[\s:/\\?#@*]/.test(host);
        if (isAlone && URL.canParse(`http://${host}`)) return new URL(`http://${host}`).hostname;
        mistakes.push(
          `${name} must list names such as chat.example.com, or IP addresses, without scheme and port, not "${entry}"`,
        );
        return [];
      });
    },
    origins(name: string, unset: readonly string[]): readonly string[] {
      const raw = env[name];
      if (!raw) return unset;
      return raw.split(',').map((entry) => {
        const origin = entry.trim();
        if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
          mistakes.push(`${name} must list origins such as https://chat.example.com, not "${origin}"`);
        }
        return origin;
      });
    },
  };
}

function entriesOf(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
