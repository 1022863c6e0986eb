/** One Redis; with `+cluster` a Redis cluster, of which several servers may be named: `redis+cluster://a:7000,b:7000`. */
export const REDIS_SCHEMES = ['redis:', 'rediss:', 'redis+cluster:', 'rediss+cluster:'] as const;

const CLUSTER = '+cluster:';

/** Whether `REDIS_URL` may be this. */
export function isRedisUrl(raw: string): boolean {
  const parts = partsOf(raw);
  const isCluster = parts.scheme.endsWith(CLUSTER);
  return (
    REDIS_SCHEMES.some((scheme) => scheme === parts.scheme) &&
    (isCluster || parts.hosts.length === 1) &&
    urlsOf(parts).every((url) => URL.canParse(url) && (!isCluster || new URL(url).hostname !== ''))
  );
}

/** @returns the addresses to begin with, each a URL that names one Redis, the password in each. */
export function redisAddresses(raw: string): { isCluster: boolean; urls: [string, ...string[]] } {
  const parts = partsOf(raw);
  const [first = raw, ...others] = urlsOf(parts);
  return { isCluster: parts.scheme.endsWith(CLUSTER), urls: [first, ...others] };
}

interface Parts {
  scheme: string;
  /** With its `@`, or empty. */
  auth: string;
  hosts: string[];
  /** Path and query. */
  rest: string;
}

function partsOf(raw: string): Parts {
  const [, scheme = '', auth = '', hosts = '', rest = ''] =
    /^([^/]*)\/\/([^@/]*@)?([^/?]*)(.*)$/.exec(raw) ?? [];
  return { scheme, auth, hosts: hosts.split(','), rest };
}

function urlsOf({ scheme, auth, hosts, rest }: Parts): string[] {
  return hosts.map((host) => `${scheme.replace(CLUSTER, ':')}//${auth}${host}${rest}`);
}
