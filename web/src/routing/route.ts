/** A page, as the URL names it. */
export type Page = { page: 'list' } | { page: 'room'; roomId: number } | { page: 'notFound' };

/** What the URL says: which page, and which user this window acts as (null: it does not say). */
export type Route = Page & { as: string | null };

/** Reads a URL. */
export function parseRoute(pathname: string, search: string): Route {
  const as = new URLSearchParams(search).get('as');
  if (pathname === '/') return { page: 'list', as };
  const room = /^\/rooms\/([1-9]\d{0,14})\/?$/.exec(pathname);
  return room ? { page: 'room', roomId: Number(room[1]), as } : { page: 'notFound', as };
}

/** The URL of room `roomId`, or of the list. */
export function hrefOf(roomId: number | null, as: string | null): string {
  const path = roomId === null ? '/' : `/rooms/${roomId}`;
  return as === null ? path : `${path}?as=${encodeURIComponent(as)}`;
}

/** The room of a route; null on every other page. */
export function roomIdOf(route: Route): number | null {
  return route.page === 'room' ? route.roomId : null;
}
