import { connect } from 'node:net';

/** A socket whose frames are written byte by byte, for what no client would send. */
export interface RawSocket {
  /** The headers of the server's handshake. */
  readonly handshake: string;
  write(bytes: Buffer): void;
  /** The code with which the server closes it; 1006 if it says none. */
  readonly closed: Promise<number>;
}

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

export function rawSocket(origin: string, path: string, headers: string[] = []): Promise<RawSocket> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    let start = -1;
    let code = 1006;
    const socket = connect(Number(port), hostname, () => {
      socket.write([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...HANDSHAKE, ...headers, '', ''].join('\r\n'));
    });
    const closed = new Promise<number>((end) => socket.on('close', () => end(code)));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (start < 0) {
        start = received.indexOf('\r\n\r\n') + 4;
        if (start < 4) return;
        const handshake = received.subarray(0, start).toString();
        if (!handshake.startsWith('HTTP/1.1 101')) reject(new Error(handshake));
        resolve({ handshake, write: (bytes) => void socket.write(bytes), closed });
      }
      code = closeCodeIn(received.subarray(start)) ?? code;
      if (code !== 1006) socket.end();
    });
  });
}

/** Walks over whole, unmasked frames (a server's) to the closing one. */
function closeCodeIn(bytes: Buffer): number | null {
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (at + header > bytes.length) return null;
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    if (at + header + length > bytes.length) return null;
    if ((bytes[at]! & 0x0f) === 0x8) return length >= 2 ? bytes.readUInt16BE(at + header) : 1005;
    at += header + length;
  }
  return null;
}

/** A client's frame: masked (with zeros), the length as it is said, whatever the payload's is. */
export function rawFrame(first: number, payload: Buffer, length: number | bigint = payload.length): Buffer {
  const header =
    length < 126
      ? Buffer.from([first, 0x80 | Number(length)])
      : typeof length === 'number' && length < 65_536
        ? Buffer.from([first, 0x80 | 126, length >> 8, length & 0xff])
        : Buffer.alloc(10);
  if (header.length === 10) {
    header.set([first, 0x80 | 127]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}
