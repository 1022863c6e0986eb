import type { Message, Problem, Room, User } from '@parley/shared';
import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import type { Answer, Parley } from './parley.js';
import { bearer } from './sessions.js';

export const TUS = { 'Tus-Resumable': '1.0.0' };

/** A client of tus 1.0 that does what a test says, and nothing by itself. */
export class Uploader {
  constructor(
    private readonly parley: Pick<Parley, 'origin'>,
    private readonly userId: number,
    /** In accounts mode. */
    private readonly token?: string,
  ) {}

  /** @returns the answer, and where the upload is. */
  async create(
    name: string,
    size: number,
    type = '',
  ): Promise<{ response: Response; url: string; id: number }> {
    const metadata = [`filename ${base64(name)}`, ...(type ? [`filetype ${base64(type)}`] : [])].join(',');
    const response = await this.#fetch(`/api/uploads/?active_user=${this.userId}`, 'POST', {
      'Upload-Length': String(size),
      'Upload-Metadata': metadata,
    });
    const url = response.headers.get('Location') ?? '';
    return { response, url, id: Number(/uploads\/(\d+)/.exec(url)?.[1]) };
  }

  patch(url: string, offset: number, body: Uint8Array | ReadableStream): Promise<Response> {
    const headers = { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
    return this.#fetch(url, 'PATCH', headers, body);
  }

  head(url: string): Promise<Response> {
    return this.#fetch(url, 'HEAD');
  }

  async offset(url: string): Promise<number> {
    return Number((await this.head(url)).headers.get('Upload-Offset'));
  }

  remove(url: string): Promise<Response> {
    return this.#fetch(url, 'DELETE');
  }

  /** A whole upload. @returns its id. */
  async upload(name: string, content: Uint8Array, type?: string): Promise<number> {
    const { url, id, response } = await this.create(name, content.length, type);
    if (response.status !== 201) throw new Error(`Not created: ${response.status} ${await response.text()}`);
    const patched = await this.patch(url, 0, content);
    if (patched.status !== 204) throw new Error(`Not uploaded: ${patched.status} ${await patched.text()}`);
    return id;
  }

  /** The refusal of a file whose bytes have all arrived. */
  async refusal(name: string, content: Uint8Array): Promise<Problem> {
    const { url } = await this.create(name, content.length);
    const response = await this.patch(url, 0, content);
    return (await response.json()) as Problem;
  }

  #fetch(
    path: string,
    method: string,
    headers: Record<string, string> = {},
    body?: Uint8Array | ReadableStream,
  ): Promise<Response> {
    const credentials = this.token === undefined ? {} : bearer(this.token);
    const init = {
      method,
      headers: { ...TUS, ...credentials, ...headers },
      ...(body ? { body, duplex: 'half' } : {}),
    };
    return fetch(`${this.parley.origin}${path}`, init as RequestInit);
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

export function sendFiles(
  parley: Parley,
  room: Pick<Room, 'id'>,
  sender: Pick<User, 'id'>,
  attachments: number[],
  more: object = {},
): Promise<Answer<Message & Problem>> {
  const body = { text: '', attachments, active_user_id: sender.id, ...more };
  return parley.post<Message & Problem>(`/api/rooms/${room.id}/messages/`, body);
}

/** What suites about files do, in simulation. */
export function fileTools(parley: () => Parley) {
  const by = (user: Pick<User, 'id'>) => new Uploader(parley(), user.id);

  return {
    by,

    fetchFile: (url: string, user: Pick<User, 'id'>, headers: Record<string, string> = {}) =>
      fetch(`${parley().origin}${url}?active_user=${user.id}`, { headers }),

    /** A message with one file, in a new room. */
    async sent(name: string, content: Uint8Array, type?: string) {
      const { room, a, b } = await parley().newRoom();
      const id = await by(a).upload(name, content, type);
      const { body, status } = await sendFiles(parley(), room, a, [id]);
      if (status !== 201) throw new Error(`Not sent: ${status} ${body.detail}`);
      return { room, a, b, message: body, attachment: body.attachments[0]! };
    },

    /** The names of what the storage has of an attachment. */
    async filesOf(id: number): Promise<string[]> {
      const [row] = await parley().sql<{ key: string }>('SELECT key FROM attachments WHERE id = $1', [id]);
      if (!row) return [];
      return readdir(`${parley().filesDir}/${row.key.slice(0, 2)}/${row.key}`).catch(() => []);
    },
  };
}

export const bytes = (text: string) => new TextEncoder().encode(text);
export const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** A photo as a camera writes it: lying on its side, with where it was taken. */
export function photo(width = 1_200, height = 800): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#3a7' } })
    .jpeg()
    .withExif({
      IFD0: { Make: 'Camera of alice' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '52/1 31/1 12/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '13/1 24/1 18/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}
