import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Site } from '../auth/site.js';
import { CONFIG, type Config } from '../config/config.js';
import { STATUS } from '../errors/chat-error.js';
import { SecurityLog } from '../logging/security-log.js';
import { Metrics } from './metrics.js';

/** Serves `/metrics`, and nothing else, at METRICS_HOST and METRICS_PORT. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #site: Site;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
    security: SecurityLog,
  ) {
    this.#site = new Site(config, security);
  }

  /** @throws when the port is taken, or the host is not of this machine. */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.metrics) return;
    const { host, port } = this.config.metrics;
    try {
      this.#server.listen(port, host);
      await once(this.#server, 'listening');
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      throw new Error(`METRICS_HOST ${host} and METRICS_PORT ${port} cannot be listened on: ${code}`, {
        cause: error,
      });
    }
  }

  onApplicationShutdown(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url } = request;
    // The same rule as for `/metrics` on PORT.
    const refusal = this.#site.refusalOf(request, 'ip');
    if (refusal) {
      response.writeHead(STATUS[refusal.code]).end();
    } else if (url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else {
      const { registry } = this.metrics;
      const text = await registry.metrics();
      response
        .writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' })
        .end(text);
    }
  }
}
