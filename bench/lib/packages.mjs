import { createRequire } from 'node:module';

/** Packages of the server, which the measurements use too. */
const require = createRequire(new URL('../../server/package.json', import.meta.url));
export const { Client } = require('pg');
export const { WebSocket } = require('ws');
