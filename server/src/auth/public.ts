import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';

/** Extension of the document: the call needs no session. Replaced by `security` (openapi.ts). */
export const PUBLIC = 'x-public';

/** A call that is answered without a session in accounts mode. */
export function Public(config: FastifyContextConfig = {}) {
  return applyDecorators(RouteConfig({ ...config, isPublic: true }), ApiExtension(PUBLIC, true));
}
