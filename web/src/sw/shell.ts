/** What the build knows of the page, put in its place by web/vite.config.ts. */
declare const SHELL: {
  /** Another one for each other page. */
  readonly version: string;
  /** Paths of what the page loads, but for parts that are large and rarely needed. */
  readonly files: readonly string[];
  /** The script that the start page names. */
  readonly entry: string;
  /** A value of the header `Link` that loads the font of its text. */
  readonly fontLink: string;
};

const PREFIX = 'parley-shell-';
const CACHE = PREFIX + SHELL.version;

/** Paths that are routes of the page: each has the start page (server/src/http/page.ts). */
const VIEWS = /^\/(rooms(\/\d+)?|requests|register|share)?\/?$/;

/** Whether a path is one of the page, and not of the API or its documentation. */
export function isView(path: string): boolean {
  return VIEWS.test(path);
}

/** Headers of the start page that are true of one answer only: how it was sent. */
const OF_ONE_ANSWER = ['content-encoding', 'content-length'];

/** Stores the page as a whole, or fails: then the next navigation tries again. */
export async function installShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Assets never change. The others are fetched past the cache of the browser.
  const requests = SHELL.files.map(
    (path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' }),
  );
  await cache.addAll(requests);
  const index = await cache.match('/');
  const text = (await index?.text()) ?? '';
  // While servers are upgraded one after the other, the start page may be of another version than this file.
  if (!text.includes(SHELL.entry)) {
    await caches.delete(CACHE);
    throw new Error('The start page is of another version.');
  }
  const headers = new Headers(index?.headers);
  for (const name of OF_ONE_ANSWER) headers.delete(name);
  // Modules are the same for every URL; what the server preloads besides is for this one.
  const modules = headers
    .get('link')
    ?.split(', ')
    .filter((link) => link.endsWith('rel=modulepreload'));
  // The font takes no time from here, and text that has it at once is laid out once.
  headers.set('link', [...(modules ?? []), SHELL.fontLink].join(', '));
  await cache.put('/', new Response(text, { headers }));
}

/** Keeps the version before this one too: a page that is open may need its parts. */
export async function removeOldShells(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of shells.slice(0, -1)) await caches.delete(name);
}

/** The answer to a request for the page or its files; null for everything else, which goes to the server as ever. */
export function answerFromShell(request: Request): Promise<Response> | null {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return null;
  if (request.mode === 'navigate') return isView(pathname) ? startPage(request) : null;
  if (pathname.startsWith('/assets/')) return asset(request);
  return pathname !== '/' && SHELL.files.includes(pathname) ? stored(request) : null;
}

async function startPage(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match('/')) ?? fetch(request);
}

/** From whichever version has it; else from the server, and stored from then on. */
async function asset(request: Request): Promise<Response> {
  const known = await caches.match(request.url);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request.url, answer.clone());
  }
  return answer;
}

async function stored(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request.url)) ?? fetch(request);
}
