import type { MessagePage } from '@parley/shared';
import { get as httpGet } from 'node:http';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Parley } from '../../support/parley.js';

let parley: Parley;
let history: string;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent', RATE_LIMIT: 'off' });
  const { room, a } = await parley.newRoom();
  for (let i = 0; i < 60; i++) await parley.send(room.id, a.id, `message ${i}`);
  history = `/api/rooms/${room.id}/messages/?page_size=100`;
});
afterAll(() => parley.stop());

interface Raw {
  encoding: string | undefined;
  vary: string;
  bytes: Buffer;
}

/** An answer as it travels: fetch would unpack it. */
function raw(path: string, accept: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = httpGet(parley.origin + path, { headers: { 'Accept-Encoding': accept } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          encoding: response.headers['content-encoding'],
          vary: String(response.headers.vary),
          bytes: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', reject);
  });
}

describe('an answer', () => {
  it('is compressed for clients that take it so, and says the same', async () => {
    const plain = await raw(history, 'identity');
    const [br, gzip] = [await raw(history, 'gzip, deflate, br'), await raw(history, 'gzip')];
    expect([plain.encoding, br.encoding, gzip.encoding]).toEqual([undefined, 'br', 'gzip']);
    expect((JSON.parse(plain.bytes.toString()) as MessagePage).results).toHaveLength(60);
    expect(brotliDecompressSync(br.bytes)).toEqual(plain.bytes);
    expect(gunzipSync(gzip.bytes)).toEqual(plain.bytes);
    expect(br.bytes.length).toBeLessThan(plain.bytes.length / 5);
    expect(br.vary.toLowerCase()).toContain('accept-encoding');
  });

  it('is compressed when it is a script of the page', async () => {
    const page = (await raw('/', 'identity')).bytes.toString();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)![1]!;
    const [plain, br] = [await raw(script, 'identity'), await raw(script, 'br')];
    expect(br.encoding).toBe('br');
    expect(brotliDecompressSync(br.bytes)).toEqual(plain.bytes);
    expect(br.bytes.length).toBeLessThan(plain.bytes.length * 0.45);
  });

  it('is the file that the build has compressed when it is one of the page, and no path of its own', async () => {
    const page = (await raw('/', 'identity')).bytes.toString();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)![1]!;
    const plain = await raw(script, 'identity');
    const best = brotliCompressSync(plain.bytes).length;
    expect((await raw(script, 'gzip, br')).bytes.length).toBe(best);
    expect((await raw(script, 'br')).vary.toLowerCase()).toContain('accept-encoding');
    for (const end of ['.br', '.gz']) expect((await parley.get(`${script}${end}`)).status).toBe(404);
  });

  it('is left as it is when it is small', async () => {
    expect((await raw(`${history.split('?')[0]}?page_size=1`, 'br')).encoding).toBeUndefined();
    expect((await raw('/api/version', 'br')).encoding).toBeUndefined();
    expect((await raw('/api/nothing', 'br')).encoding).toBeUndefined();
  });
});
