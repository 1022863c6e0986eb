import { MAX_ATTACHMENT_NAME_LENGTH } from '@parley/shared';

/** Control characters, halves of surrogate pairs, and what turns the direction of the text around it. */
const UNSAFE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu;

/**
 * A name that shows what it is and leads nowhere: what follows the last slash, without characters that hide or turn others
 * (`photo\u202Egnp.exe` shows as `photoexe.png`), with its ending when it is too long.
 */
export function safeFileName(raw: string): string {
  const [last = ''] = raw.split(/[/\\]/).slice(-1);
  const name = last.replaceAll(UNSAFE, '').trim();
  if (name === '' || /^\.+$/.test(name)) return 'file';
  const characters = [...name];
  if (characters.length <= MAX_ATTACHMENT_NAME_LENGTH) return name;
  const ending = /\.[^.\s]{1,20}$/u.exec(name)?.[0] ?? '';
  return characters.slice(0, MAX_ATTACHMENT_NAME_LENGTH - [...ending].length).join('') + ending;
}

/** `Content-Disposition` (RFC 6266): the name in ASCII for old clients, and as it is in UTF-8 (RFC 8187). */
export function contentDisposition(name: string, isInline: boolean): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const utf8 = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isInline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
