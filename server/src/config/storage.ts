import { readSecret } from './secret.js';

/** A bucket of S3 or of a server that speaks its protocol. */
export interface S3Settings {
  /** Origin, such as https://s3.eu-central-1.amazonaws.com. */
  readonly endpoint: string;
  readonly bucket: string;
  /** In front of the path of each file, without slashes at its ends; empty: none. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const SHAPE = 's3://KEY:SECRET@HOST/BUCKET[/PREFIX][?region=REGION&tls=off]';

/** Reads STORAGE_URL. @returns null: files are kept in STORAGE_DIR. Nothing of the value is repeated in `mistakes`. */
export function readStorageUrl(
  env: Readonly<Record<string, string | undefined>>,
  mistakes: string[],
): S3Settings | null {
  const raw = readSecret(env, 'STORAGE_URL', mistakes);
  if (!raw) return null;
  const settings = parse(raw);
  if (!settings) mistakes.push(`STORAGE_URL must be ${SHAPE}, with characters such as / written as %2F`);
  return settings;
}

function parse(raw: string): S3Settings | null {
  if (!raw.startsWith('s3://') || !URL.canParse(raw)) return null;
  const { username, password, host, pathname, searchParams, hash } = new URL(raw);
  const [bucket = '', ...prefix] = pathname.replace(/^\/|\/$/g, '').split('/');
  const isPlain = [bucket, ...prefix].every((part) => /^[\w.-]*$/.test(part) && !/^\.+$/.test(part));
  const tls = searchParams.get('tls') ?? 'on';
  const isKnown = [...searchParams.keys()].every((name) => name === 'region' || name === 'tls');
  if (!username || !password || !host || !bucket || !isPlain || !isKnown || hash) return null;
  if (tls !== 'on' && tls !== 'off') return null;
  return {
    endpoint: `${tls === 'on' ? 'https' : 'http'}://${host}`,
    bucket,
    prefix: prefix.join('/'),
    region: searchParams.get('region') || 'us-east-1',
    accessKeyId: decodeURIComponent(username),
    secretAccessKey: decodeURIComponent(password),
  };
}
