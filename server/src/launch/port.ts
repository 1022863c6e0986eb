import { createServer } from 'node:net';
import { LaunchError } from './launch-error.js';

/** Called before anything is started, because the server listens last. @throws LaunchError when the port is not free. */
export function assertPortFree(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(portError(error, port, host)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** Explains an error of listen(). Returns other errors unchanged. */
export function portError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new LaunchError(
        `Port ${port} is taken by another program, or by Parley itself in another window. ` +
          'Stop that one, or set PORT to another number.',
      );
    case 'EACCES':
      return new LaunchError(`Port ${port} is for root only. Set PORT to a number above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new LaunchError(
        `HOST ${host} is not an address of this machine. Set HOST to one that is, or unset it.`,
      );
    default:
      return error;
  }
}
