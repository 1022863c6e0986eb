import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Site } from '../auth/site.js';
import { IpCap } from '../limits/ip-cap.js';
import { networkOf } from '../limits/network.js';
import type { SecurityLog } from '../logging/security-log.js';

/**
 * Closes TCP connections of an IP that has too many open, before anything is read from them. Proxies of
 * `trustedProxies` connect for many clients and are not limited here.
 * @param max null: no limit.
 */
export function limitConnections(
  app: NestFastifyApplication,
  site: Site,
  security: SecurityLog,
  max: number | null,
): void {
  if (max === null) return;
  const cap = new IpCap(max);
  const counted = new WeakSet<Socket>();
  const server = app.getHttpServer() as Server;
  server.prependListener('connection', (socket: Socket) => {
    const ip = socket.remoteAddress;
    // ignoreUpgrade emits the event again for a connection that is counted already.
    if (ip === undefined || counted.has(socket) || site.isProxy(ip)) return;
    const release = cap.take(networkOf(ip));
    if (!release) {
      security.report('rate_limited', ip, { reason: 'too many connections of one IP' });
      socket.destroy();
      return;
    }
    counted.add(socket);
    socket.once('close', release);
  });
}
