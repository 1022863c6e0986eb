import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the page is parted: all that it shows is before it. */
const MARK = '<div id="app"></div>';
/** Between the parts, in milliseconds. */
const PAUSE_MS = 400;

/** A server before that of `origin` by which the page comes in two parts, as on a bad line, and all else as it is. */
export async function partPage(origin: string): Promise<{ origin: string; close(): void }> {
  const { hostname, port } = new URL(origin);
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on('data', (data) => {
      // What is compressed has no such place.
      const text = data.toString('latin1').replace(/^accept-encoding: .*$/im, 'Accept-Encoding: identity');
      upstream.write(text, 'latin1');
    });
    let last = Promise.resolve();
    const send = (data: Buffer) => (last = last.then(() => void client.write(data)));
    upstream.on('data', (data: Buffer) => {
      const end = data.indexOf(MARK) + MARK.length;
      if (end < MARK.length) return void send(data);
      void send(data.subarray(0, end));
      last = last.then(() => sleep(PAUSE_MS));
      void send(data.subarray(end));
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => void last.then(() => client.destroy()));
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
