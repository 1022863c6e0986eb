import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { asyncApi } from './asyncapi.js';
import { describe } from './openapi.js';

/** Swagger UI at /api/docs; the documents at /api/openapi.json and /api/asyncapi.json. */
export function serveDocs(app: NestFastifyApplication): void {
  const { openapi, frames } = describe(app);
  SwaggerModule.setup('api/docs', app, openapi, {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Parley API',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true, validatorUrl: null },
  });
  const document = asyncApi(frames);
  app
    .getHttpAdapter()
    .getInstance()
    .get('/api/asyncapi.json', async () => document);
}
