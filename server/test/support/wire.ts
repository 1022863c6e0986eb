import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

export const OP = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** A frame as it is on the wire. */
export interface WireFrame {
  opcode: number;
  payload: Buffer;
}

/** A client's frame, masked. @param first FIN, the reserved bits and the opcode: 0x81 is a whole text. */
export function clientFrame(first: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload);
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  const { length } = bytes;
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const short = extended.length === 0 ? length : extended.length === 2 ? 126 : 127;
  const masked = bytes.map((byte, i) => byte ^ mask[i % 4]!);
  return Buffer.concat([Buffer.from([first, 0x80 | short]), extended, mask, masked]);
}

/** A WebSocket client that writes bytes and shows every frame: for what libraries neither send nor show. */
export class Wire {
  readonly frames: WireFrame[] = [];
  readonly #socket: Socket;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Opens a socket, and takes the first `hello` frames off it. */
  static async open(origin: string, path: string, headers: string[], hellos = 1): Promise<Wire> {
    const { hostname, port, host } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('error', () => undefined);
    const wire = new Wire(socket);
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let head = Buffer.alloc(0);
    while (!head.includes('\r\n\r\n'))
      head = Buffer.concat([head, ...((await once(socket, 'data')) as [Buffer])]);
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'));
    wire.#take(head.subarray(head.indexOf('\r\n\r\n') + 4));
    socket.on('data', (chunk: Buffer) => wire.#take(chunk));
    await wire.until(() => wire.frames.length >= hellos);
    wire.frames.splice(0, hellos);
    return wire;
  }

  get isEnded(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  /** @param chop write so many bytes at a time; 0: all at once. */
  async write(bytes: Buffer, chop = 0): Promise<void> {
    if (chop === 0) return void this.#socket.write(bytes);
    for (let at = 0; at < bytes.length && !this.isEnded; at += chop) {
      this.#socket.write(bytes.subarray(at, at + chop));
      await nextTurn();
    }
  }

  /** Resolves when `isTrue`, or when the server has ended the connection. */
  async until(isTrue: () => boolean, timeoutMs = 5_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!isTrue() && !this.isEnded) {
      if (performance.now() > deadline) throw new Error('The server does not answer.');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const frame = firstFrame(this.#received);
      if (frame === null) return;
      this.#received = this.#received.subarray(frame.size);
      this.frames.push(frame);
      // The handshake of the close: the server waits for it.
      if (frame.opcode === OP.close) this.#socket.end(clientFrame(0x88, frame.payload));
    }
  }
}

/** The first whole, unmasked frame of these bytes. */
function firstFrame(bytes: Buffer): (WireFrame & { size: number }) | null {
  if (bytes.length < 2) return null;
  const short = bytes[1]!;
  if ((short & 0x80) !== 0) throw new Error('A server must not mask.');
  const header = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < header) return null;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const size = header + length;
  if (bytes.length < size) return null;
  if ((bytes[0]! & 0xf0) !== 0x80) throw new Error('The server fragments, or sets a reserved bit.');
  return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(header, size), size };
}
