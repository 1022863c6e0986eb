import type { Message } from '@parley/shared';
import { connect } from 'node:net';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

function request(line: string, headers: string, body = ''): string {
  return `${line} HTTP/1.1\r\nHost: ${new URL(parley.origin).host}\r\n${headers}\r\n${body}`;
}

describe('The path of a socket', () => {
  it.each(['/ws', '/ws/', '/ws/chat/1/'])('is answered 426 when GET %s asks for no upgrade', async (path) => {
    const response = await fetch(parley.origin + path);
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await response.json()).toMatchObject({ status: 426, code: 'upgrade_required' });
  });

  it('is answered 426 when the upgrade is another one', async () => {
    const answer = await rawHttp(parley.origin, request('GET /ws/?active_user=1', H2C));
    expect(answer).toMatchObject({ status: 426, headers: expect.stringMatching(/^upgrade: websocket/im) });
  });
});

describe('An upgrade that the server does not know', () => {
  it.each(['h2c', 'TLS/1.0', 'foo/2, bar', 'websocket2'])('is ignored when it is %s', async (protocol) => {
    const headers = `Connection: upgrade\r\nUpgrade: ${protocol}\r\n`;
    const answer = await rawHttp(parley.origin, request('GET /api/users/', headers));
    expect(answer).toMatchObject({ status: 200, headers: expect.not.stringMatching(/^upgrade:/im) });
    expect(JSON.parse(answer.body)).toEqual(expect.arrayContaining([expect.objectContaining({ id: 1 })]));
  });

  it('is ignored when the request has a body, at once or in pieces', async () => {
    const { room, a } = await parley.newRoom();
    const line = `POST /api/rooms/${room.id}/messages/?active_user=${a.id}`;
    const body = JSON.stringify({ text: 'sent with curl --http2' });
    const headers = `${H2C}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const whole = await rawHttp(parley.origin, request(line, headers, body));
    expect(whole.status).toBe(201);
    expect((JSON.parse(whole.body) as Message).text).toBe('sent with curl --http2');

    const inPieces = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(parley.origin).port), '127.0.0.1');
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.endsWith('}')) socket.end();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write(request(line, headers, body.slice(0, 5)));
      setTimeout(() => socket.write(body.slice(5)), 50);
    });
    expect(inPieces).toMatch(/^HTTP\/1.1 201/);
  });

  it('is ignored for every request of one connection', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    const answers = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(parley.origin).port), '127.0.0.1');
      let text = '';
      let asked = 1;
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.endsWith('}')) return;
        if (asked++ === 15) socket.end();
        else socket.write(request('GET /health/live', H2C));
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write(request('GET /health/live', H2C));
    });
    process.off('warning', listen);
    expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(15);
    expect(warnings).toEqual([]);
  });

  it('is 404 when it is a WebSocket at a path that has none', async () => {
    const headers =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    expect((await rawHttp(parley.origin, request('GET /api/users/', headers))).status).toBe(404);
  });
});
