import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import type { Site } from '../auth/site.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scripts that are written in the HTML of the route, as `hashSource` names them: they run, and nothing else that is written there. */
    scripts?: readonly string[];
  }
}

/**
 * The headers that restrict what a browser may do with a response. They are set here and nowhere else, on every response:
 * page, assets, API, problems, explorer, and those written to a raw socket (raw-problem.ts).
 */
const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Concerns only what a page embeds without CORS. Pages of ALLOWED_ORIGINS use CORS and are not affected.
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The microphone is for voice messages.
  'Permissions-Policy': [
    'camera',
    'geolocation',
    'display-capture',
    'payment',
    'usb',
    'serial',
    'hid',
    'midi',
    'browsing-topics',
  ]
    .map((feature) => `${feature}=()`)
    .concat('microphone=(self)')
    .join(', '),
} as const;

/** No answer may be framed, change the base of its links, or post a form anywhere. */
const FENCE = ["object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"];

/**
 * Only our own files run: the text of a user can do nothing even if it slipped through as markup. Nor can it become
 * markup: with Trusted Types a text becomes elements or script only through a policy that is named here.
 */
const sameOrigin = (scripts: readonly string[] = []) => [
  "default-src 'self'",
  ["script-src 'self'", ...scripts].join(' '),
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  ...FENCE,
];

/** Of files that are not sent yet, the page shows what the browser holds. */
const LOCAL_FILES = ["img-src 'self' data: blob:", "media-src 'self' blob:"];

/** Solid's templates, which are written by its compiler (web/vite.config.ts), and the URL of the service worker. */
const page = (scripts?: readonly string[]) =>
  [...sameOrigin(scripts), ...LOCAL_FILES, "style-src 'self'", 'trusted-types solid service-worker'].join(
    '; ',
  );

/**
 * Swagger UI has its style sheet in the HTML, its icons in `data:`, and cleans descriptions with DOMPurify before React
 * makes elements of them (explorer-policy.ts).
 */
const EXPLORER = [
  ...sameOrigin(),
  "img-src 'self' data:",
  "font-src 'self' data:",
  'trusted-types default dompurify',
].join('; ');

/** JSON, text, problems: opened as a document they may load nothing at all. */
const DATA = ["default-src 'none'", ...FENCE].join('; ');

/**
 * Files of users. Opened as a document, one is alone in an origin of its own without scripts, whatever is in it, and loads
 * nothing but itself (the document that a browser makes around an image or a film).
 */
const FILE = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  "style-src 'unsafe-inline'",
  'sandbox',
  ...FENCE,
].join('; ');

/** Private, and soon out of date. Only the files of the page and of the explorer say otherwise. */
const NO_STORE = 'no-store';

/**
 * Two years. It holds for this name alone: other names of the domain may be other servers. Browsers ignore it without
 * TLS.
 */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000';

/** Adds the headers to every answer of Fastify, the ones of hooks, plugins and Nest among them. */
export function setSecurityHeaders(app: NestFastifyApplication, site: Site): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (request, reply, payload) => {
    void reply.headers(ALWAYS);
    const { config, url } = request.routeOptions;
    void reply.header(
      'Content-Security-Policy',
      config?.sendsFile && reply.statusCode < 400 ? FILE : policyOf(url, payload, config?.scripts),
    );
    if (site.isSecure(request.raw)) void reply.header('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY);
    if (reply.statusCode >= 400 || !reply.hasHeader('Cache-Control'))
      void reply.header('Cache-Control', NO_STORE);
  });
}

/** The headers of an answer that carries data, for the answers that do not go through Fastify's hooks. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  ...ALWAYS,
  'Content-Security-Policy': DATA,
  'Cache-Control': NO_STORE,
};

/**
 * By the route and not by the path as it was sent, which can be written in many ways. No route (nothing found) and the
 * route of all preflights (`*`) answer data.
 */
function policyOf(route = '*', payload: unknown, scripts?: readonly string[]): string {
  if (route.startsWith('/api/docs')) return `${EXPLORER}; ${styleSourcesOf(payload)}`;
  return route === '*' || /^\/(api|health|metrics|ws)\b/.test(route) ? DATA : page(scripts);
}

/** In the logo of Swagger UI, which its script makes. */
const LOGO_STYLE = '.logo_small_svg__cls-2{fill:#fff}.logo_small_svg__cls-3{fill:#85ea2d}';

/** The style sheets and the `style` attributes that are written in the explorer, by their hashes; else only files. */
function styleSourcesOf(payload: unknown): string {
  if (typeof payload !== 'string' || !payload.includes('<style>')) return "style-src 'self'";
  const written = [...payload.matchAll(/<style>(.*?)<\/style>/gs), ...payload.matchAll(/ style="(.*?)"/gs)];
  const styles = [...written.map(([, style = '']) => style), LOGO_STYLE];
  return `style-src 'self' 'unsafe-hashes' ${styles.map(hashSource).join(' ')}`;
}

/** How a policy names a script or a style that is written in HTML: this text, and no other. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
