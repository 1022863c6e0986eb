import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problem } from './problem.js';

/** All methods of the API, for CORS preflights. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Headers of the answer to `OPTIONS`. */
    optionsHeaders?: Readonly<Record<string, string>>;
  }
}

/** A route and what it can be asked to do. */
interface Route {
  path: RegExp;
  methods: Set<string>;
  optionsHeaders: Readonly<Record<string, string>>;
}

/**
 * Answers 405 with `Allow` to other methods of an existing path, and `OPTIONS` with the methods of the path. Call it before
 * any route is registered, and after CORS, so that pages of other origins can read these responses.
 */
export function answerOtherMethods(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = new Map<string, Route>();
  fastify.addHook('onRoute', ({ url, method, config }) => {
    if (url === '*') return;
    const template = url.replace(/(?<=.)\/$/, '');
    const route = routes.get(template) ?? {
      path: pattern(template),
      methods: new Set(),
      optionsHeaders: {},
    };
    for (const name of [method].flat()) route.methods.add(name);
    Object.assign(route.optionsHeaders, config?.optionsHeaders);
    routes.set(template, route);
  });
  const routesAt = (path: string) => [...routes.values()].filter((route) => route.path.test(path));
  const allowed = (at: readonly Route[]): string[] => {
    const methods = at.flatMap((route) => [...route.methods]);
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])];
  };
  fastify.after(() => {
    fastify.addHook('preParsing', async (request, reply) => {
      const isOptions = request.method === 'OPTIONS';
      if (!request.is404 && !isOptions) return;
      const at = routesAt(request.url.split('?', 1)[0] ?? '');
      const methods = allowed(at);
      if (isOptions) for (const { optionsHeaders } of at) void reply.headers(optionsHeaders);
      if (methods.length > 0) void reply.header('Allow', methods.join(', '));
      const isPreflight = isOptions && request.headers['access-control-request-method'] !== undefined;
      if (isPreflight || (isOptions && methods.length > 0)) return reply.status(204).send();
      if (methods.length === 0) return isOptions ? reply.callNotFound() : undefined;
      return reply
        .status(405)
        .type('application/problem+json')
        .send(JSON.stringify(problem(405, 'Method not allowed: see `Allow`.')));
    });
  });
}

/** A route's template as a pattern. A trailing slash is optional everywhere. */
function pattern(template: string): RegExp {
  const source = template
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace('\\*', '.*');
  return new RegExp(`^${source}/?$`);
}
