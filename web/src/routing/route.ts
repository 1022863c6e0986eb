/** What the address says: which room, and who one is. */
export interface Route {
  /** Null on the list, NaN for an address that is no page of ours. */
  roomId: number | null;
  as: string | null;
}

/** Reads an address. */
export function parseRoute(pathname: string, search: string): Route {
  const as = new URLSearchParams(search).get('as');
  if (pathname === '/') return { roomId: null, as };
  const room = /^\/rooms\/([1-9]\d{0,14})\/?$/.exec(pathname);
  return { roomId: room ? Number(room[1]) : Number.NaN, as };
}

/** Writes an address. */
export function hrefOf({ roomId, as }: Route): string {
  const path = roomId === null ? '/' : `/rooms/${roomId}`;
  return as === null ? path : `${path}?as=${encodeURIComponent(as)}`;
}
