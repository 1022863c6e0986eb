import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { isOutage } from '../database/database-errors.js';
import { asyncApi, withServer } from './asyncapi/document.js';
import { withExistingExamples } from './explorer-examples.js';
import { EXPLORER_POLICY, EXPLORER_POLICY_PATH } from './explorer-policy.js';
import { describe } from './openapi.js';

/** Swagger UI at /api/docs; the documents at /api/openapi.json, /api/openapi.yaml and /api/asyncapi.json. */
export function serveDocuments(app: NestFastifyApplication): void {
  const { openapi, frames } = describe(app);
  const database = app.get(Database);
  const { accounts, authMode, limits, attachments } = app.get<Config>(CONFIG);
  SwaggerModule.setup('api/docs', app, openapi, {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Parley API',
    // Is loaded before Swagger UI begins, which waits for the whole page.
    customJs: EXPLORER_POLICY_PATH,
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true, validatorUrl: null },
    // The explorer's own copy only: the published document is the same on every server and at all times.
    patchDocumentOnRequest: async (request, _reply, document): Promise<OpenAPIObject> => {
      const isExplorer = (request as unknown as FastifyRequest).url.includes('/swagger-ui-init.js');
      // With accounts nobody may see the ids of others.
      if (!isExplorer || accounts) return document;
      try {
        return await withExistingExamples(document, database);
      } catch (error) {
        // The explorer can be read without the database; its calls will say that it is away.
        if (isOutage(error)) return document;
        throw error;
      }
    },
  });
  const document = asyncApi(frames, { ...limits, attachments: attachments.max }, authMode);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/api/asyncapi.json', async ({ host, protocol }) =>
    withServer(document, host, protocol === 'https'),
  );
  fastify.get(EXPLORER_POLICY_PATH, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(EXPLORER_POLICY),
  );
}
