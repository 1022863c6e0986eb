import { connect } from 'node:net';

/** What came back over a bare connection. */
export interface RawAnswer {
  status: number;
  headers: string;
  body: string;
}

/**
 * Writes bytes to the server as they are, and reads until it closes (or has answered completely): for what no HTTP
 * client would send.
 */
export function rawHttp(origin: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`No answer but: ${text}`)));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const answer = answerIn(text);
      if (answer) {
        resolve(answer);
        socket.destroy();
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`Closed after: ${text}`)));
  });
}

/** The answer, once it is there as long as its Content-Length says. */
function answerIn(text: string): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1] ?? 0);
  if (body.length < length) return null;
  return { status: Number(headers.split(' ')[1]), headers, body };
}
