import type { Config } from '../config/config.js';
import { databaseName } from './database-check.js';

/** The text that `npm start` prints when the server runs. */
export function summary(config: Config): string {
  const url = addressOf(config);
  const lines = [
    ['Mode', modeOf(config)],
    ['Data', config.databaseUrl ? `PostgreSQL at ${databaseName(config.databaseUrl)}` : config.dataDir],
    ['API', `${url}/api/docs`],
    ['Stop', 'Ctrl-C'],
  ];
  return [`Parley is ready: ${url}`, ...lines.map(([name = '', text]) => `  ${name.padEnd(6)}${text}`)].join(
    '\n',
  );
}

function modeOf(config: Config): string {
  return config.authMode === 'simulation'
    ? `simulation: no login, anyone can be anyone${isLoopback(config.host) ? '; for this machine only' : ''}`
    : config.authMode;
}

function addressOf({ host, port }: Config): string {
  const everywhere = isLoopback(host) || host === '0.0.0.0' || host === '::';
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${everywhere ? 'localhost' : name}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
