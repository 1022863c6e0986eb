import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { LaunchError } from './launch-error.js';

/** `.env` beside the package.json of the repository. The relative path is the same from src and from dist. */
const ENV_FILE = fileURLToPath(new URL('../../../.env', import.meta.url));

const NAME = /^(?:export\s+)?[A-Za-z_]\w*\s*=\s*/;
/** A value in quotes, followed by nothing or a comment. */
const QUOTED = /^(["'`]).*\1\s*(?:#.*)?$/;
// oxlint-disable-next-line no-control-regex -- it searches for control characters
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

type Environment = Record<string, string | undefined>;

/**
 * Adds the settings of `.env` to the environment, except those that are set there. Does nothing when there is no file.
 * @throws LaunchError that names the file and the line, but does not quote the line: it may contain a password.
 */
export function loadEnvFile(file = ENV_FILE, env: Environment = process.env): void {
  const bytes = read(file);
  if (!bytes) return;
  const text = decode(bytes, file);
  text.split(/\r?\n|\r/).forEach((line, i) => {
    const problem = problemOf(line.trim());
    if (problem) throw unusable(file, `line ${i + 1} ${problem}`);
  });
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'EISDIR') throw unusable(file, 'it is a folder');
    throw unusable(file, code === 'EACCES' ? 'permission is denied' : message);
  }
}

function decode(bytes: Buffer, file: string): string {
  const isUtf16 = [0xfffe, 0xfeff].includes(bytes.length >= 2 ? bytes.readUInt16BE() : 0);
  if (isUtf16) throw unusable(file, 'it is UTF-16, and must be UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(file, `line ${lineOfBadByte(bytes)} is not UTF-8`);
  }
}

/** The number of the first line that is not UTF-8. (In UTF-8 a newline byte is never part of another character.) */
function lineOfBadByte(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}

/** The mistake in a line; undefined when there is none. */
function problemOf(line: string): string | undefined {
  if (NO_TEXT.test(line)) return 'has characters that are no text (is the file UTF-16?)';
  if (line === '' || line.startsWith('#')) return undefined;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return 'is not NAME=value';
  const value = line.slice(name.length);
  if (/^["'`]/.test(value) && !QUOTED.test(value)) return 'has a quote that is not closed on that line';
  return undefined;
}

function unusable(file: string, reason: string): LaunchError {
  return new LaunchError(
    `The settings in ${file} cannot be used: ${reason}. Correct that, or remove the file.`,
  );
}
