import type { Config } from '../config/config.js';
import { databaseName } from './database-check.js';
import { isLoopback, publicUrlOf, warningOf } from './warnings.js';

/**
 * The text that `npm start` prints when the server runs.
 * @param link where the first user registers; null when there is one.
 */
export function summary(config: Config, link: string | null): string {
  const url = publicUrlOf(config);
  const warning = warningOf(config);
  const lines = [
    ['Mode', modeOf(config)],
    ['Data', config.databaseUrl ? `PostgreSQL at ${databaseName(config.databaseUrl)}` : config.dataDir],
    ['API', `${url}/api/docs`],
    ['Stop', 'Ctrl-C'],
    ...(link === null ? [] : [['Set up', `${link} (register the first user there; shown once)`]]),
    ...(warning === null ? [] : [['Note', warning]]),
  ];
  return [
    `Parley is ready: ${url}`,
    ...lines.map(([name = '', text]) => `  ${name.padEnd(6).padEnd(name.length + 1)}${text}`),
  ].join('\n');
}

function modeOf(config: Config): string {
  return config.authMode === 'simulation'
    ? `simulation: no login, anyone can be anyone${isLoopback(config.host) ? '; for this machine only' : ''}`
    : `accounts: people log in${config.accounts?.registration === 'open' ? ', and anyone may register' : ''}`;
}
