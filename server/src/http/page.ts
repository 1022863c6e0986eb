import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from './problem.filter.js';

/** Only our own files run; texts of others can do nothing even if one slipped through as markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** Addresses of the page itself: its router makes a view of them. */
const VIEWS = ['/', '/rooms', '/rooms/:id'];

/** Serves the built page from its folder. Assets have a hash in their names and never change. */
export async function servePage(app: NestFastifyApplication, folder: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  if (!existsSync(join(folder, 'index.html'))) {
    fastify.get('/', async (_request, reply) =>
      reply
        .status(503)
        .type('application/problem+json')
        .send(problem(503, 'The page is not built: npm run build')),
    );
    return;
  }
  const index = await readFile(join(folder, 'index.html'));
  for (const view of VIEWS) {
    fastify.get(view, async (_request, reply) =>
      reply.headers(HEADERS).type('text/html; charset=utf-8').send(index),
    );
  }
  await fastify.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    setHeaders: (reply, path) => {
      void reply.header('X-Content-Type-Options', 'nosniff');
      void reply.header(
        'Cache-Control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
