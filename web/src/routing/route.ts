/**
 * A page, as the URL names it. `at`: the seq of the message where the room opens, if it says so. `invite`: the code of
 * the invite in the URL.
 */
export type Page =
  | { page: 'list' }
  | { page: 'requests' }
  | { page: 'room'; roomId: number; at: number | null }
  | { page: 'register'; invite: string | null }
  | { page: 'notFound' };

/** The path of the requests. */
export const REQUESTS = '/requests';

/** What the URL says: which page, and which user this window acts as (null: it does not say). */
export type Route = Page & { as: string | null };

/** Reads a URL. The code of an invite is in its `hash`, which is in no log and no `Referer`. */
export function parseRoute(pathname: string, search: string, hash = ''): Route {
  const params = new URLSearchParams(search);
  const as = params.get('as');
  // What is shared is looked at where the list is (install/app-launch.tsx).
  if (pathname === '/' || pathname === '/share') return { page: 'list', as };
  if (pathname === REQUESTS) return { page: 'requests', as };
  if (pathname === '/register') {
    return { page: 'register', invite: new URLSearchParams(hash.slice(1)).get('invite') || null, as };
  }
  const room = /^\/rooms\/([1-9]\d{0,14})\/?$/.exec(pathname);
  if (!room) return { page: 'notFound', as };
  return { page: 'room', roomId: Number(room[1]), at: seqIn(params.get('at')), as };
}

/** Null for what is no seq: then the room opens as without it. */
function seqIn(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** The URL of room `roomId`, at the message with the seq `at` when given, or of the list. */
export function hrefOf(roomId: number | null, as: string | null, at?: number): string {
  const path = roomId === null ? '/' : `/rooms/${roomId}`;
  const query = String(new URLSearchParams({ ...(as !== null && { as }), ...(at && { at: String(at) }) }));
  return query === '' ? path : `${path}?${query}`;
}

/** Where in its room a route opens: the seq of a message, or null. */
export function seqOf(route: Route): number | null {
  return route.page === 'room' ? route.at : null;
}

/** The room of a route; null on every other page. */
export function roomIdOf(route: Route): number | null {
  return route.page === 'room' ? route.roomId : null;
}
