import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * The headers that restrict what a browser may do with a response. They are set here and nowhere else, on every response:
 * page, assets, API, problems, explorer, and those written to a raw socket (raw-problem.ts).
 *
 * `Strict-Transport-Security` is not among them: only the proxy that ends TLS knows that the host has it for good
 * (docs/operations.md).
 */
const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Concerns only what a page embeds without CORS. Pages of ALLOWED_ORIGINS use CORS and are not affected.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': [
    'camera',
    'microphone',
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
    .join(', '),
} as const;

/** No answer may be framed, change the base of its links, or post a form anywhere. */
const FENCE = ["object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"];

/** Only our own files run: the text of a user can do nothing even if it slipped through as markup. */
const SAME_ORIGIN = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  ...FENCE,
];

const POLICIES = {
  page: SAME_ORIGIN.join('; '),
  // Swagger UI has its style sheet in the HTML and its icons in `data:`; its scripts are files.
  explorer: [...SAME_ORIGIN, "font-src 'self' data:"].join('; '),
  /** JSON, text, problems: opened as a document they may load nothing at all. */
  data: ["default-src 'none'", ...FENCE].join('; '),
} as const;

/** Private, and soon out of date. Only the files of the page and of the explorer say otherwise. */
const NO_STORE = 'no-store';

/** Adds the headers to every answer of Fastify, the ones of hooks, plugins and Nest among them. */
export function setSecurityHeaders(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (request, reply) => {
    void reply.headers(ALWAYS);
    void reply.header('Content-Security-Policy', POLICIES[kindOf(request.routeOptions.url)]);
    if (reply.statusCode >= 400 || !reply.hasHeader('Cache-Control'))
      void reply.header('Cache-Control', NO_STORE);
  });
}

/** The headers of an answer that carries data, for the answers that do not go through Fastify's hooks. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  ...ALWAYS,
  'Content-Security-Policy': POLICIES.data,
  'Cache-Control': NO_STORE,
};

/**
 * By the route and not by the path as it was sent, which can be written in many ways. No route (nothing found) and the
 * route of all preflights (`*`) answer data.
 */
function kindOf(route = '*'): keyof typeof POLICIES {
  if (route.startsWith('/api/docs')) return 'explorer';
  return route === '*' || /^\/(api|health|metrics|ws)\b/.test(route) ? 'data' : 'page';
}
