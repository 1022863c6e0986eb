import { createDatabase } from '../../support/database.js';
import type { Crowd } from './crowd.js';
import { OwnPostgres } from './own-postgres.js';
import { OwnRedisCluster } from './own-redis-cluster.js';
import { OwnRedis } from './own-redis.js';
import { ServerProcess } from './processes.js';
import { TcpProxy } from './tcp-proxy.js';

/** What a suite has started, to be ended in the reverse order whatever happened in between. */
export class Stack {
  readonly #ends: (() => Promise<unknown> | void)[] = [];

  /** Kept until the end of the suite. */
  keep<T>(started: T, end: (started: T) => Promise<unknown> | void): T {
    this.#ends.push(() => end(started));
    return started;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }

  /** A migrated database on the PostgreSQL that all suites share. */
  database(): Promise<string> {
    return createDatabase();
  }

  async postgres(): Promise<OwnPostgres> {
    return this.keep(await OwnPostgres.start(), (postgres) => postgres.stop());
  }

  async redis(): Promise<OwnRedis> {
    return this.keep(await OwnRedis.start(), (redis) => redis.stop());
  }

  async redisCluster(): Promise<OwnRedisCluster> {
    return this.keep(await OwnRedisCluster.start(), (cluster) => cluster.stop());
  }

  async proxy(targetPort: number): Promise<TcpProxy> {
    return this.keep(await TcpProxy.before(targetPort), (proxy) => proxy.close());
  }

  async server(settings: Record<string, string>): Promise<ServerProcess> {
    return this.keep(await ServerProcess.start(settings), async (server) => {
      if (!server.isAlive) return;
      server.signal('SIGCONT');
      await server.kill();
    });
  }

  crowd(crowd: Crowd): Crowd {
    return this.keep(crowd, () => crowd.disperse());
  }
}

/** The same address with another port: through a proxy. */
export function through(proxy: TcpProxy, url: string): string {
  const address = new URL(url);
  address.port = String(proxy.port);
  return address.href;
}
