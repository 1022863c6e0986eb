import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { hashSource } from './security-headers.js';
import { urlOf } from './url.js';
import { problem } from './problem.js';

/** Paths that are routes of the page. */
const VIEWS = ['/', '/rooms', '/rooms/:id', '/register', '/requests', '/share'];

/** What the page loads in simulation as soon as its script has begun (web/src/app.tsx). */
const PARTS_OF_SIMULATION = ['src/auth/simulation/simulation.tsx', 'src/words/languages/en/simulation.ts'];

/**
 * Serves the built page from its folder. Assets have a hash in their names and never change; they lie there compressed as
 * well. @param config `serviceWorker`: else its script is one that removes it from the browsers that have it.
 */
export async function servePage(
  app: NestFastifyApplication,
  folder: string,
  { authMode, serviceWorker }: Pick<Config, 'authMode' | 'serviceWorker'>,
): Promise<void> {
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
  // A browser takes the hash of a script with such ends of lines, whatever those of the file are.
  const index = (await readFile(join(folder, 'index.html'), 'utf8')).replaceAll('\r\n', '\n');
  const scripts = [...index.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) =>
    hashSource(script),
  );
  const modules = authMode === 'simulation' ? await modulesOf(folder, PARTS_OF_SIMULATION) : [];
  for (const view of VIEWS) {
    fastify.get(view, { config: { scripts } }, async (request, reply) =>
      reply
        .header('Cache-Control', 'no-cache')
        .header(
          'Link',
          [`<${startPathOf(request)}>; rel=preload; as=fetch; crossorigin`, ...modules].join(', '),
        )
        .type('text/html; charset=utf-8')
        .send(index),
    );
  }
  // The page has one URL, so that the headers of `/` apply to its file too.
  fastify.get('/index.html', async (request, reply) => reply.redirect(`/${urlOf(request).search}`, 301));
  if (!serviceWorker) {
    const script = await readFile(join(folder, 'sw-off.js'));
    fastify.get('/sw.js', async (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8').send(script),
    );
  }
  await fastify.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    preCompressed: true,
    globIgnore: ['index.html', '**/*.br', '**/*.gz', 'sw-off.js', ...(serviceWorker ? [] : ['sw.js'])],
    setHeaders: (reply, path) => {
      void reply.header(
        'Cache-Control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}

/** Links that let the browser load parts of the page beside its script, in place of after it. */
async function modulesOf(folder: string, sources: readonly string[]): Promise<string[]> {
  const file = join(folder, '.vite/manifest.json');
  // Without it the page loads them by itself, only later.
  if (!existsSync(file)) return [];
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, { file: string }>;
  return sources.flatMap((source) => {
    const part = manifest[source];
    return part ? [`</${part.file}>; rel=modulepreload`] : [];
  });
}

/** A room id or a seq, as the page reads them (web/src/routing/route.ts). */
const NUMBER = /^[1-9]\d{0,14}$/;

/** The first request that the page makes (web/src/api/start.ts): the browser begins it while it loads the script. */
function startPathOf(request: FastifyRequest): string {
  const { searchParams } = urlOf(request);
  const { id = '' } = request.params as { id?: string };
  const [as, at] = [searchParams.get('as'), searchParams.get('at') ?? ''];
  const params = new URLSearchParams();
  if (as !== null) params.set('as', as);
  if (NUMBER.test(id)) {
    params.set('room', id);
    if (NUMBER.test(at)) params.set('around', at);
  }
  return `/api/start/?${params}`;
}
