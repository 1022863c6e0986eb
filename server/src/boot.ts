import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { authenticateRequests, requireSessions } from './auth/current-user.js';
import { Site } from './auth/site.js';
import type { Config } from './config/config.js';
import { serveDocuments } from './openapi/serve-documents.js';
import { compressAnswers } from './http/compression.js';
import { limitConnections } from './http/connection-limit.js';
import { fastifyOptions } from './http/fastify-options.js';
import { readJsonBodies } from './http/json-body.js';
import { servePage } from './http/page.js';
import { answerOtherMethods } from './http/methods.js';
import { ProblemFilter } from './http/problem.filter.js';
import { limitRequests } from './http/request-limit.js';
import { logRequests } from './http/request-log.js';
import { setSecurityHeaders } from './http/security-headers.js';
import { guardSite } from './http/site-guard.js';
import { requireUpgrade } from './http/upgrade.js';
import { PinoLogger } from './logging/pino-logger.js';
import { SecurityLog } from './logging/security-log.js';
import { Metrics } from './metrics/metrics.js';
import { SocketAdapter } from './realtime/socket.adapter.js';

/**
 * The application, wired and ready to listen.
 * @param pageFolder where the built page lies (web/dist).
 * @throws when the database cannot be reached.
 */
export async function createApp(config: Config, pageFolder: string): Promise<NestFastifyApplication> {
  const logger = new PinoLogger(config.logLevel, config.serverId);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config),
    new FastifyAdapter(fastifyOptions(config.trustedProxies)),
    { logger, abortOnError: false, bodyParser: false },
  );
  const site = new Site(config, app.get(SecurityLog));
  limitConnections(app, site, app.get(SecurityLog), config.limits.rates?.connectionsPerIp ?? null);
  app.useGlobalFilters(new ProblemFilter());
  app.useWebSocketAdapter(new SocketAdapter(app, site));
  await compressAnswers(app);
  setSecurityHeaders(app, site);
  logRequests(app, app.get(Metrics), app.get(SecurityLog));
  guardSite(app, site, config);
  if (!config.accounts) authenticateRequests(app);
  limitRequests(app, config.limits.rates);
  if (config.accounts) requireSessions(app);
  answerOtherMethods(app);
  readJsonBodies(app, config.limits.textLength);
  requireUpgrade(app);
  serveDocuments(app);
  await servePage(app, pageFolder, config);
  return app;
}

/** Page, API and sockets on one port. @throws when the port is taken. */
export async function boot(config: Config, pageFolder: string): Promise<NestFastifyApplication> {
  const app = await createApp(config, pageFolder);
  try {
    await app.listen({ port: config.port, host: config.host });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
