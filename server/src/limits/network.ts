import { isIP } from 'node:net';

/** Groups of an IPv6 address that identify its network: a host usually has a whole /64. */
const NETWORK_GROUPS = 4;

/**
 * What limits count as one IP: an IPv4 address, or the /64 of an IPv6 address. An IPv4 address written as IPv6
 * (`::ffff:192.0.2.1`) counts as the IPv4 address.
 */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const address = ip.split('%', 1)[0] ?? ip;
  if (isIP(address) !== 6) return ip;
  // As a URL has it: lower case, no leading zeros, no dotted IPv4 at the end.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const after = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - after.length;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...after];
  return `${all.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function groups(part: string): string[] {
  return part === '' ? [] : part.split(':');
}
