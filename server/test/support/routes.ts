import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The routes of the running application, from its router: `GET /api/users`. */
export function routesOf(app: NestFastifyApplication): string[] {
  const lines = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n');
  const parents: string[] = [];
  return lines.flatMap((line) => {
    const parts = /^([│ ]*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line);
    if (!parts) return [];
    const depth = parts[1]!.length / 4;
    parents[depth] = (parents[depth - 1] ?? '') + parts[2]!;
    return (parts[3] ?? '').split(', ').map((method) => `${method} ${parents[depth]}`);
  });
}
