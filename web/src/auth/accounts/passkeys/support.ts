/** Why passkeys cannot be used in this page; null when they can. `name`: the page was opened by an IP address. */
export type Obstacle = 'browser' | 'name' | null;

/** WebAuthn ties a passkey to a name, and works over TLS or on this machine only. */
export function obstacle(): Obstacle {
  if (isAddress(window.location.hostname)) return 'name';
  return typeof window.PublicKeyCredential === 'function' ? null : 'browser';
}

/** This page by a name, when its machine is this one; null when only its administrator knows the name. */
export function namedUrl(): string | null {
  const { protocol, hostname, port } = window.location;
  const isLoopback = hostname.startsWith('127.') || hostname === '[::1]';
  return isLoopback ? `${protocol}//localhost${port === '' ? '' : `:${port}`}` : null;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname);
}

/** Where browsers offer passkeys among the suggestions for a username. */
export function usernameAutocomplete(): string {
  return ['username', ...(obstacle() === null ? ['webauthn'] : [])].join(' ');
}
