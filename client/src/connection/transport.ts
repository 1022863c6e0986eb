/** What a client needs of a socket: the `WebSocket` of a browser, of Node 22 and later, and of the package `ws`. */
export interface Socket {
  /** 1 while it is open. */
  readonly readyState: number;
  send(data: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  /** A socket of `ws` throws errors that have no listener; `close` follows each of them. */
  addEventListener(type: 'error', listener: () => void): void;
}

/** Opens a socket. If the server cannot be reached, it must not throw: it returns a socket that closes. */
export type Transport = (url: string) => Socket;

/**
 * The transport of every browser, and of Node 22 and later.
 * @throws TypeError where there is no WebSocket (Node 20): pass a transport there.
 */
export function platformTransport(url: string): Socket {
  return new (globalThis as unknown as { WebSocket: new (url: string) => Socket }).WebSocket(url);
}
